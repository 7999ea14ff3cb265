"""Invitations by e-mail: the calendar event read back, changes, cancellation, answers without an account."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from cpts_portal.core.scoping import everything
from members.models import Contact
from missions.models import Attendance, Meeting
from tests import factories, member_factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db
STARTS = datetime(2030, 3, 5, 18, tzinfo=UTC)


def url(name: str, *args) -> str:
    return reverse(f"missions:{name}", args=args)


@pytest.fixture(autouse=True)
def whole_portal():
    with everything("invitations"):
        yield


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def meeting(cpts) -> Meeting:
    """A guest with an address, a member with one, a member without."""
    made = make.meeting(cpts, title="Bureau", starts_at=STARTS, place="Mairie", agenda="Budget")
    person = member_factories.professional(cpts)
    Contact.objects.create(professional=person, channel="email", value="soin@example.org")
    make.attendance(made, person)
    make.attendance(made, member_factories.professional(cpts))
    make.attendance(made, guest_name="Camille Exemple", guest_email="camille@example.org")
    return made


@pytest.fixture
def coordination(client, cpts):
    client.force_login(factories.coordinator(cpts))
    return client


def events() -> list:
    """(address, method, event) of each message, as a calendar reads it."""
    found = []
    for message in mail.outbox:
        part = next(p for p in message.message().walk() if p.get_content_type() == "text/calendar")
        calendar = Calendar.from_ical(part.get_payload(decode=True))
        assert part.get_param("method") == calendar["method"]
        found.append((message.to[0], str(calendar["method"]), calendar.walk("VEVENT")[0]))
    return found


def send(client, meeting, django_capture_on_commit_callbacks, act="meeting-send", **form) -> str:
    with django_capture_on_commit_callbacks(execute=True):
        return client.post(url(act, meeting.cpts_id, meeting.pk), form, follow=True).content.decode()


def test_each_person_receives_her_own_event_once(coordination, meeting, django_capture_on_commit_callbacks):
    page = send(coordination, meeting, django_capture_on_commit_callbacks)
    assert "2\u00a0invitations envoyées" in page
    assert "Sans adresse électronique" in page
    assert {address for address, _, _ in events()} == {"soin@example.org", "camille@example.org"}
    address, method, event = events()[0]
    assert (method, event["sequence"], event["dtstart"].dt) == ("REQUEST", 0, STARTS)
    assert str(event["attendee"]) == f"mailto:{address}"
    assert event["location"] == "Mairie"
    meeting.refresh_from_db()
    assert meeting.called_at
    refused = coordination.post(url("meeting-send", meeting.cpts_id, meeting.pk))
    assert refused.status_code == 422
    assert len(mail.outbox) == 2


def test_a_new_hour_then_a_cancellation_replace_the_event(coordination, meeting, django_capture_on_commit_callbacks):
    send(coordination, meeting, django_capture_on_commit_callbacks)
    uid = events()[0][2]["uid"]
    meeting.refresh_from_db()
    form = {"title": "Bureau", "day": "2030-03-05", "place": "Mairie", "version": str(meeting.version)}
    mail.outbox.clear()
    same = {**form, "begins": "19:00", "finishes": "21:00"}
    send(coordination, meeting, django_capture_on_commit_callbacks, "meeting-edit", **same)
    assert mail.outbox == []
    meeting.refresh_from_db()
    moved = {**same, "begins": "18:00", "version": str(meeting.version)}
    send(coordination, meeting, django_capture_on_commit_callbacks, "meeting-edit", **moved)
    assert {(event["uid"], event["sequence"]) for _, _, event in events()} == {(uid, 1)}
    mail.outbox.clear()
    send(coordination, meeting, django_capture_on_commit_callbacks, "meeting-cancel", reason="Neige")
    said = {(method, event["uid"], event["sequence"], str(event["status"])) for _, method, event in events()}
    assert said == {("CANCEL", uid, 2, "CANCELLED")}
    assert "Neige" in mail.outbox[0].body


def test_an_answer_is_given_without_account_and_counted(client, meeting, coordination):
    row = Attendance.objects.get(guest_name="Camille Exemple")
    coordination.logout()
    page = reverse("invited:answer", args=[row.token])
    assert "Camille Exemple" in client.get(page).content.decode()
    assert client.post(page, {"answer": "rien"}).status_code == 422
    client.post(page, {"answer": "yes"})
    row.refresh_from_db()
    assert (row.answer, bool(row.answered_at)) == ("yes", True)
    assert client.get(reverse("invited:answer", args=["inconnu"])).status_code == 404


def test_nobody_answers_once_the_meeting_began(client, cpts):
    row = make.attendance(make.meeting(cpts, starts_at=timezone.now() - timedelta(hours=1)))
    page = reverse("invited:answer", args=[row.token])
    assert client.post(page, {"answer": "yes"}).status_code == 422
    assert "on ne répond plus" in client.get(page).content.decode()


def test_the_card_counts_the_answers(coordination, meeting):
    make.attendance(meeting, answer="yes")
    page = coordination.get(url("meeting-detail", meeting.cpts_id, meeting.pk)).content.decode()
    assert "1\u00a0vient" in page
    assert "3\u00a0sans réponse" in page
