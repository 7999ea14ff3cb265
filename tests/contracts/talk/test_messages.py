"""Messages: at once, once a day or never; the daily summary tells each what she may read."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.models import Comment, MailChoice
from contracts.review.lifecycle import REVIEWS
from contracts.shared.journal import write_journal
from contracts.talk.assignments import assign
from contracts.talk.digests import digest_for, send_digest
from contracts.talk.messages import choose_rhythm, people_of
from cpts_portal.accounts.models import Access
from cpts_portal.accounts.roles import Role
from tests import contract_factories as make
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
MORNING = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
YESTERDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


@pytest.fixture
def letter():
    return make.review(factories.cpts(), "letter", "submitted")


@pytest.fixture
def agent(letter):
    return factories.ars_agent(letter.cpts.ars)


def daily(person, since=YESTERDAY) -> MailChoice:
    return MailChoice.objects.create(user=person, rhythm="daily", digest_at=since)


def line(cpts, words="a déposé la lettre", at=NOON, by=None, **facts):
    return write_journal(cpts, act="submit", subject="Lettre", words=words, moment=at, by=by, facts=facts)


def comment_at(review, at=NOON, **fields):
    made = make.comment(review, **fields)
    Comment.objects.filter(pk=made.pk).update(at=at)
    return made


def told(digest) -> tuple[list[str], list[str]]:
    moves = [move.words for each in digest.news for move in each.moves]
    return moves, [comment.text for each in digest.news for comment, _ in each.comments]


def test_each_hears_of_a_move_as_she_chose(letter, agent, django_capture_on_commit_callbacks):
    at_once, once_a_day, never = (factories.coordinator(letter.cpts) for _ in range(3))
    choose_rhythm("at_once", by=at_once)
    choose_rhythm("daily", by=once_a_day)
    choose_rhythm("never", by=never)
    with django_capture_on_commit_callbacks(execute=True):
        REVIEWS.make(letter, "visa", make.act(agent, Role.ARS_AGENT, version="0"))
    assert [message.to for message in mail.outbox] == [[at_once.email]]
    assert reverse("contracts:mail-choice") in mail.outbox[0].body


def test_the_agent_in_charge_alone_is_told_while_she_works_there(letter, agent):
    colleague = factories.ars_agent(letter.cpts.ars)
    assert people_of(letter, "ars") == [agent, colleague]
    assign(letter, colleague, party="ars", day=timezone.localdate(), by=agent)
    assert people_of(letter, "ars") == [colleague]
    colleague.is_active = False
    colleague.save()
    assert people_of(letter, "ars") == [agent]


def test_a_summary_holds_what_happened_since_the_last_one_on_ones_cpts(letter, agent):
    choice = daily(agent)
    line(letter.cpts, "avant", at=YESTERDAY - timedelta(seconds=1))
    line(letter.cpts, "au début", at=YESTERDAY)
    line(letter.cpts, "à midi", review=letter.pk)
    line(letter.cpts, "trop récent", at=MORNING)
    line(factories.cpts(), "ailleurs")
    line(letter.cpts, "de sa main", by=agent)
    comment_at(letter, text="Un mot")
    comment_at(letter, text="Un vieux mot", at=YESTERDAY - timedelta(hours=1))
    assert told(digest_for(choice, MORNING)) == (["au début", "à midi"], ["Un mot"])


def test_a_summary_tells_only_what_each_may_read(letter, agent):
    cpts = letter.cpts
    for text, fields in {
        "Pour tous": {},
        "Entre agences": {"audience": "agencies", "agency": cpts.lead_fund},
        "Caisse": {"audience": "own", "agency": cpts.lead_fund},
    }.items():
        comment_at(letter, text=text, **fields)

    def comments_told_to(person) -> set[str]:
        return set(told(digest_for(daily(person), MORNING))[1])

    elsewhere = factories.coordinator(cpts)
    Access.objects.create(user=elsewhere, role=Role.ARS_AGENT, agency=factories.cpts().ars, start="2024-01-01")
    assert comments_told_to(factories.fund_agent(cpts.lead_fund)) == {"Pour tous", "Entre agences", "Caisse"}
    assert comments_told_to(agent) == {"Pour tous", "Entre agences"}
    assert comments_told_to(factories.coordinator(cpts)) == comments_told_to(elsewhere) == {"Pour tous"}
    assert comments_told_to(factories.observer()) == comments_told_to(factories.administrator()) == set()


def test_what_is_entrusted_to_a_colleague_is_left_out(letter, agent):
    colleague = factories.ars_agent(letter.cpts.ars)
    assign(letter, colleague, party="ars", day=timezone.localdate(), by=agent)
    line(letter.cpts, "sur la lettre", review=letter.pk)
    line(letter.cpts, "un versement")
    comment_at(letter, text="Un mot")
    assert told(digest_for(daily(agent), MORNING)) == (["un versement"], [])
    assert told(digest_for(daily(colleague), MORNING)) == (["sur la lettre", "un versement"], ["Un mot"])


def test_a_second_run_sends_nothing_and_nothing_is_sent_when_nothing_happened(letter, agent):
    choice = daily(agent)
    line(letter.cpts, "à midi")
    assert (send_digest(choice, MORNING), send_digest(choice, MORNING)) == (1, 0)
    assert send_digest(choice, MORNING + timedelta(days=1)) == 0
    (message,) = mail.outbox
    assert message.to == [agent.email]
    assert "à midi" in message.body
    assert letter.cpts.full_name in message.body
    assert "1 nouveauté" in message.subject.replace("\u00a0", " ")


def test_a_line_written_during_the_run_comes_in_the_next_summary(letter, agent):
    choice = daily(agent)
    line(letter.cpts, "à l’instant", at=MORNING - timedelta(seconds=20))
    assert send_digest(choice, MORNING) == 0
    assert send_digest(choice, MORNING + timedelta(days=1)) == 1


def test_the_command_says_what_it_did_and_a_trial_sends_nothing(letter, agent):
    now = timezone.now()
    daily(agent, now - timedelta(days=1))
    daily(factories.ars_agent(factories.agency("ars")), now - timedelta(days=1))
    line(letter.cpts, "hier", at=now - timedelta(hours=2))
    out = StringIO()
    call_command("send_contract_digests", dry_run=True, stdout=out)
    assert mail.outbox == []
    assert f"{agent.email} : 1 ligne" in out.getvalue().replace("\u00a0", " ")
    out = StringIO()
    call_command("send_contract_digests", stdout=out)
    assert len(mail.outbox) == 1
    assert "1 résumé, 1 ligne" in out.getvalue().replace("\u00a0", " ")


def test_one_failing_address_stops_nobody_else(letter, agent, settings):
    """The mail server refuses the first one; the second is written to, and the command fails at the end."""
    settings.EMAIL_BACKEND = f"{__name__}.RefusesTheFirst"
    RefusesTheFirst.left = 1
    now = timezone.now()
    other = factories.ars_agent(letter.cpts.ars)
    for person in (agent, other):
        daily(person, now - timedelta(days=1))
    line(letter.cpts, "hier", at=now - timedelta(hours=2))
    with pytest.raises(CommandError, match="échec"):
        call_command("send_contract_digests", stdout=StringIO(), stderr=StringIO())
    assert [message.to for message in mail.outbox] == [[other.email]]
    assert MailChoice.objects.get(user=agent).digest_at == now - timedelta(days=1)


class RefusesTheFirst(EmailBackend):
    """A mail server that refuses `left` messages."""

    left = 0

    def send_messages(self, messages):
        if RefusesTheFirst.left:
            RefusesTheFirst.left -= 1
            raise OSError("refused")
        return super().send_messages(messages)


class TestPage:
    """Each chooses for herself."""

    ADDRESS = reverse("contracts:mail-choice")

    def client_of(self, person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def test_choosing_the_summary_starts_it_now(self, agent):
        client = self.client_of(agent)
        assert client.get(self.ADDRESS).context["form"]["rhythm"].value() == "at_once"
        client.post(self.ADDRESS, {"rhythm": "daily"})
        choice = MailChoice.objects.get(user=agent)
        assert choice.rhythm == "daily"
        assert timezone.now() - choice.digest_at < timedelta(minutes=1)
        before = choice.digest_at
        client.post(self.ADDRESS, {"rhythm": "daily"})
        choice.refresh_from_db()
        assert choice.digest_at == before, "saying it again does not skip anything"
        assert client.post(self.ADDRESS, {"rhythm": "hourly"}).status_code == 422

    def test_the_account_menu_leads_there_those_who_are_a_party(self, agent):
        def menu(person) -> str:
            return self.client_of(person).get(reverse("accounts:profile")).content.decode()

        assert self.ADDRESS in menu(agent)
        assert self.ADDRESS not in menu(factories.observer())
        assert self.client_of(factories.observer()).get(self.ADDRESS).status_code == 403

    def test_nobody_reads_the_choices_of_others_in_the_admin(self, agent):
        address = reverse("admin:contracts_mailchoice_changelist")
        assert self.client_of(agent).get(address).status_code == 403
        assert self.client_of(factories.administrator()).get(address).status_code == 200
