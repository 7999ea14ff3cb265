"""Check-in by the code of the room: its windows, what a stranger learns (nothing), the link that confirms."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from missions.meetings.room import WINDOW, accepts, code_at
from missions.models import Attendance
from tests import factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def whole_portal():
    cache.clear()
    with everything("the room"):
        yield


@pytest.fixture
def row() -> Attendance:
    """A guest of a meeting that began an hour ago."""
    meeting = make.meeting(factories.cpts(), starts_at=timezone.now() - timedelta(minutes=60))
    return make.attendance(meeting, guest_name="Camille Exemple", guest_email="camille@example.org")


def scan(client, meeting) -> tuple[str, str]:
    """The page that the code opens, and what its form keeps to prove it."""
    page = reverse("invited:room", args=[meeting.pk, code_at(meeting, timezone.now())])
    return page, client.get(page).context["form"]["entry"].value()


def test_the_code_of_this_half_minute_and_of_the_one_before_are_accepted(row):
    now = timezone.now()
    code = code_at(row.meeting, now)
    ages = [accepts(row.meeting, code, now + timedelta(seconds=WINDOW * age)) for age in (-1, 0, 1, 2)]
    assert ages == [False, True, True, False]
    other = make.meeting(row.meeting.cpts)
    assert not accepts(other, code, now)


@pytest.mark.parametrize("typed", ["CAMILLE@example.org", "exemple camille"])
def test_the_mailed_link_confirms_and_notes_the_hour_of_who_is_late(
    client, row, typed, django_capture_on_commit_callbacks
):
    page, entry = scan(client, row.meeting)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page, {"who": typed, "entry": entry})
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)[1]
    assert mail.outbox[0].to == ["camille@example.org"]
    client.get(link)
    row.refresh_from_db()
    assert row.presence == ""
    assert "Votre présence est notée" in client.post(link, follow=True).content.decode()
    row.refresh_from_db()
    assert (row.presence, row.means, bool(row.confirmed_at)) == ("present", "code", True)
    assert row.arrived_at is not None


def test_a_stranger_reads_the_same_answer_and_receives_nothing(client, row, django_capture_on_commit_callbacks):
    page, entry = scan(client, row.meeting)
    answers = []
    for typed in ("camille@example.org", "personne@example.org"):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(page, {"who": typed, "entry": entry}, follow=True)
        answers.append((answer.status_code, [str(message) for message in answer.context["messages"]]))
    assert answers[0] == answers[1]
    assert len(mail.outbox) == 1


def test_an_old_code_or_a_forged_entry_opens_nothing(client, row, django_capture_on_commit_callbacks):
    old = reverse("invited:room", args=[row.meeting_id, code_at(row.meeting, timezone.now() - timedelta(minutes=5))])
    assert "Ce code n’est plus valable" in client.get(old).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(old, {"who": "camille@example.org", "entry": "inventé"})
    assert answer.status_code == 422
    assert mail.outbox == []
    assert client.get(reverse("invited:confirm", args=["inventé"])).status_code == 404


def test_one_person_receives_a_few_mails_only(client, row, django_capture_on_commit_callbacks):
    page, entry = scan(client, row.meeting)
    for _ in range(8):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(page, {"who": "camille@example.org", "entry": entry})
    assert len(mail.outbox) == 5


def test_the_screen_of_the_room_draws_the_code(client, row):
    client.force_login(factories.coordinator(row.meeting.cpts))
    page = client.get(reverse("missions:meeting-room", args=[row.meeting.cpts_id, row.meeting_id])).content.decode()
    assert "<svg" in page
    assert 'hx-trigger="every 30s"' in page


def test_a_guest_without_an_address_reads_whom_to_ask(client, row):
    page = reverse("invited:room", args=[row.meeting.pk, code_at(row.meeting, timezone.now())])
    assert "Dites votre nom et votre organisme à la personne qui anime" in client.get(page).content.decode()
