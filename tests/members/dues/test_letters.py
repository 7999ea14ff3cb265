"""Calls for dues and reminders: who receives one, what it says, when it is stamped."""

from datetime import date
from decimal import Decimal

import pytest
from django.core import mail

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from members.dues.dues import PaymentOrder, record_payments
from members.dues.letters import ask_for_letters, mailing_for, to_call, to_remind
from members.models import Contact, Due, LetterBatch, Payment
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TODAY = date(2026, 6, 1)
CALL, REMINDER = LetterBatch.Kind.CALL, LetterBatch.Kind.REMINDER


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre", email="contact@cpts.example.org")


def with_email(membership, value: str):
    with everything("test data"):
        Contact.objects.create(professional=membership.professional, channel="email", value=value)
    return membership


def pay(membership, amount="20.00"):
    due = Due.objects.select_related("campaign", "membership").get(membership=membership)
    record_payments([PaymentOrder(due, Decimal(amount), TODAY, Payment.Method.TRANSFER)], by=None)


def test_the_call_reaches_those_who_owe_and_names_those_without_address(cpts):
    reached = with_email(make.member(cpts), "a@example.org")
    home = make.member_structure(cpts, email="ehpad@example.org")
    silent, paid = make.member(cpts), with_email(make.member(cpts), "paye@example.org")
    campaign = make.campaign(cpts, 2026)
    pay(paid)
    found = mailing_for(to_call(campaign))
    assert {due.membership_id: to for due, to in found.reachable} == {
        reached.pk: "a@example.org",
        home.pk: "ehpad@example.org",
    }
    assert [due.membership_id for due in found.unreachable] == [silent.pk]


def test_a_secure_health_mail_address_is_no_address_for_a_call(cpts):
    membership = make.member(cpts)
    with everything("test data"):
        Contact.objects.create(professional=membership.professional, channel="mss", value="a@mss.example.org")
    assert mailing_for(to_call(make.campaign(cpts, 2026))).reachable == []


def test_sending_waits_for_the_commit_then_stamps_each_due(cpts, django_capture_on_commit_callbacks):
    first, second = with_email(make.member(cpts), "a@example.org"), make.member(cpts)
    campaign = make.campaign(cpts, 2026, message="Par virement, merci.")
    with django_capture_on_commit_callbacks(execute=True):
        batch = ask_for_letters(campaign, kind=CALL, dues=to_call(campaign), by=factories.coordinator(cpts))
        assert mail.outbox == []
    batch.refresh_from_db()
    (sent,) = mail.outbox
    assert (sent.to, sent.reply_to) == (["a@example.org"], ["contact@cpts.example.org"])
    assert sent.subject == "[Portail CPTS] CPTS du Penthièvre : votre cotisation 2026"
    assert "20,00\u00a0€" in sent.body
    assert "avant le 31 mars 2026" in sent.body
    assert "Par virement, merci." in sent.body
    assert (batch.status, batch.letters) == ("done", 1)
    assert batch.problems == [{"who": str(second.holder), "why": "sans adresse"}]
    stamped = {due.membership_id: bool(due.called_at) for due in Due.objects.all()}
    assert stamped == {first.pk: True, second.pk: False}


def test_a_second_call_reaches_only_those_without_one(cpts, django_capture_on_commit_callbacks):
    with_email(make.member(cpts), "a@example.org")
    campaign = make.campaign(cpts, 2026)
    author = factories.coordinator(cpts)
    with django_capture_on_commit_callbacks(execute=True):
        ask_for_letters(campaign, kind=CALL, dues=to_call(campaign), by=author)
    with pytest.raises(NotPossible, match="liste est vide"):
        ask_for_letters(campaign, kind=CALL, dues=to_call(campaign), by=author)


def test_reminders_go_to_the_late_only_and_are_counted(cpts, django_capture_on_commit_callbacks):
    late = with_email(make.member(cpts), "a@example.org")
    paid = with_email(make.member(cpts), "b@example.org")
    campaign = make.campaign(cpts, 2026)
    pay(paid)
    assert to_remind(campaign, today=date(2026, 3, 31)) == []
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            dues = to_remind(campaign, today=TODAY)
            ask_for_letters(campaign, kind=REMINDER, dues=dues, by=factories.coordinator(cpts))
    assert [sent.to for sent in mail.outbox] == [["a@example.org"]] * 2
    assert Due.objects.get(membership=late).reminders == 2
    assert "il reste 20,00\u00a0€" in mail.outbox[0].body


def test_one_sending_at_a_time(cpts):
    with_email(make.member(cpts), "a@example.org")
    campaign = make.campaign(cpts, 2026)
    author = factories.coordinator(cpts)
    ask_for_letters(campaign, kind=CALL, dues=to_call(campaign), by=author)
    with pytest.raises(NotPossible, match="déjà en cours"):
        ask_for_letters(campaign, kind=CALL, dues=to_call(campaign), by=author)


def test_a_payment_that_arrived_meanwhile_receives_no_call(cpts, django_capture_on_commit_callbacks):
    membership = with_email(make.member(cpts), "a@example.org")
    campaign = make.campaign(cpts, 2026)
    with django_capture_on_commit_callbacks(execute=True):
        ask_for_letters(campaign, kind=CALL, dues=to_call(campaign), by=factories.coordinator(cpts))
        pay(membership)
    assert mail.outbox == []


def test_a_mail_server_that_does_not_answer_leaves_its_sentence(cpts, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    membership = with_email(make.member(cpts), "a@example.org")
    campaign = make.campaign(cpts, 2026)
    with django_capture_on_commit_callbacks(execute=True):
        batch = ask_for_letters(campaign, kind=CALL, dues=to_call(campaign), by=factories.coordinator(cpts))
    batch.refresh_from_db()
    assert batch.status == "failed"
    assert "ne répond pas" in batch.failure
    assert Due.objects.get(membership=membership).called_at is None
