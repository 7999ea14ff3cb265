"""From the register: payments, reminders and certificates for the ticked rows."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from members.dues import bulk as bulk_dues
from members.dues.dues import exempt
from members.models import Contact, Due, LetterBatch
from tests import factories
from tests import member_factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordinator(client, cpts):
    person = factories.coordinator(cpts)
    client.force_login(person)
    return person


def year() -> int:
    return timezone.localdate().year


def url(name: str, *args) -> str:
    return reverse(f"members:{name}", args=args)


def late_campaign(cpts):
    return make.campaign(cpts, year(), due_on=timezone.localdate() - timedelta(days=1))


def key(membership) -> str:
    return f"{'person' if membership.professional_id else 'structure'}-{membership.holder.pk}"


def due_of(membership) -> Due:
    with everything("test"):
        return Due.objects.get(membership=membership)


def said(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_payments_of_the_ticked_rows(client, cpts, coordinator):
    first, home, other = make.member(cpts), make.member_structure(cpts), make.member(cpts)
    free = make.member(cpts)
    late_campaign(cpts)
    with everything("test data"):
        exempt(due_of(free), reason="Congé", by=None)
    asked = {"row": [key(first), key(home), key(free)]}
    page = client.get(url("bulk-payments", cpts.pk), asked, follow=True)
    assert {row.due.membership_id for row in page.context["rows"]} == {first.pk, home.pk}
    everybody = client.get(url("bulk-payments", cpts.pk), {"all": 1, "dues": "late", "year": year()}, follow=True)
    assert {row.due.membership_id for row in everybody.context["rows"]} == {first.pk, home.pk, other.pk}


@pytest.mark.parametrize("name", ["bulk-payments", "bulk-reminder"])
def test_nothing_to_do_is_said_on_the_list(client, cpts, coordinator, name):
    member = make.member(cpts)
    assert "pas encore appelées" in said(client.get(url(name, cpts.pk), {"row": key(member)}))
    late_campaign(cpts)
    with everything("test data"):
        exempt(due_of(member), reason="Congé", by=None)
    answer = client.get(url(name, cpts.pk), {"row": key(member), "q": "a"})
    assert answer.url == f"{url('register', cpts.pk)}?q=a"
    assert "Cochez d’abord" in said(client.get(url(name, cpts.pk)))


def test_too_many_dues_at_once_are_refused(client, cpts, coordinator, monkeypatch):
    monkeypatch.setattr(bulk_dues, "AT_MOST", 1)
    make.member(cpts), make.member(cpts)
    late_campaign(cpts)
    assert "c’est trop" in said(client.get(url("bulk-payments", cpts.pk), {"all": 1}))


def test_a_reminder_goes_to_the_ticked_ones_who_are_late(client, cpts, coordinator, django_capture_on_commit_callbacks):
    chosen, other = make.member(cpts), make.member(cpts)
    with everything("test data"):
        for place, membership in enumerate((chosen, other)):
            Contact.objects.create(professional=membership.professional, channel="email", value=f"m{place}@example.org")
    late_campaign(cpts)
    here = client.get(url("bulk-reminder", cpts.pk), {"row": key(chosen)}).url
    with django_capture_on_commit_callbacks(execute=True):
        client.post(here, {"message": "Merci.", "action": "send"})
    assert [sent.to for sent in mail.outbox] == [["m0@example.org"]]


def test_certificates_of_the_ticked_members_in_one_file(client, cpts, coordinator, django_capture_on_commit_callbacks):
    chosen, left_out = make.member(cpts), make.member(cpts)
    with everything("test data"):
        never = make.professional(cpts)
    here = f"{url('bulk-certificates', cpts.pk)}?situation=all&row={key(chosen)}&row=person-{never.pk}"
    page = client.get(here).content.decode().replace("\u00a0", " ")
    assert f"1 attestation pour l’année {year()}" in page
    assert f"1 fiche sans adhésion en {year()}" in page
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(here, {"expected": 2})
    with everything("test"):
        batch = LetterBatch.objects.get()
    assert (batch.status, batch.letters, batch.selection, batch.campaign) == ("done", 1, [chosen.pk], None)
    assert response.url == url("letters-detail", cpts.pk, batch.pk)
    assert client.get(response.url).status_code == 200
    assert left_out.pk not in batch.selection


def test_certificates_of_nobody_are_refused(client, cpts, coordinator):
    never = make.professional(cpts)
    answer = client.post(f"{url('bulk-certificates', cpts.pk)}?situation=all&row=person-{never.pk}", {"expected": 1})
    assert answer.status_code == 422
    assert "Aucune de ces fiches" in answer.content.decode()


@pytest.mark.parametrize("name", ["bulk-payments", "bulk-reminder", "bulk-certificates"])
def test_another_cpts_and_the_wrong_role(client, cpts, name):
    here = f"{url(name, cpts.pk)}?all=1"
    make.member(cpts)
    assert client.get(here).status_code == 302
    for person, status in (
        (factories.coordinator(factories.cpts()), 404),
        (factories.ars_agent(cpts.ars), 403),
        (factories.board_member(cpts), 403),
    ):
        client.force_login(person)
        assert client.get(here).status_code == status
    assert client.put(here).status_code in (403, 405)
