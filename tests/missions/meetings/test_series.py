"""A meeting repeated by a rule, and a series given up."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from missions.meetings.series import days_after, repeat_meeting
from missions.models import Meeting, MeetingSeries
from tests import factories
from tests import mission_factories as make

Rhythm = MeetingSeries.Rhythm
PARIS = ZoneInfo("Europe/Paris")
DAYS = st.dates(date(2024, 1, 1), date(2030, 1, 1))


@pytest.fixture
def cpts(db):
    return factories.cpts("du Penthièvre")


def url(name: str, meeting: Meeting) -> str:
    return reverse(f"missions:{name}", args=[meeting.cpts_id, meeting.pk])


def test_a_second_tuesday_stays_a_second_tuesday_and_a_fifth_one_becomes_the_last():
    assert list(days_after(date(2026, 9, 8), Rhythm.MONTHLY_DAY, date(2026, 12, 31))) == [
        date(2026, 10, 13),
        date(2026, 11, 10),
        date(2026, 12, 8),
    ]
    assert list(days_after(date(2026, 9, 29), Rhythm.MONTHLY_DAY, date(2026, 11, 30))) == [
        date(2026, 10, 27),
        date(2026, 11, 24),
    ]


@given(DAYS, st.sampled_from(Rhythm.values), st.integers(0, 700))
def test_days_go_up_keep_the_weekday_and_end_in_time(first, rhythm, length):
    until = first + timedelta(days=length)
    days = list(days_after(first, rhythm, until))
    assert days == sorted(set(days))
    assert all(first < day <= until and day.weekday() == first.weekday() for day in days)


def test_the_hour_is_that_of_the_clock_when_the_season_changes(cpts):
    first = make.meeting(cpts, "acces", starts_at=datetime(2026, 10, 13, 20, tzinfo=PARIS))
    with everything("test"):
        made = repeat_meeting(
            first, rhythm=Rhythm.MONTHLY_DAY, until=date(2026, 11, 30), by=factories.coordinator(cpts)
        )
        assert [timezone.localtime(each.starts_at).hour for each in made] == [20]
        assert [str(mission) for mission in made[0].missions.all()] == [str(make.mission(cpts))]
        with pytest.raises(NotPossible, match="déjà partie"):
            repeat_meeting(first, rhythm=Rhythm.WEEKLY, until=date(2026, 12, 1), by=None)


def test_repeated_on_its_page_then_the_coming_ones_are_cancelled_and_the_invited_told(
    client, cpts, django_capture_on_commit_callbacks
):
    client.force_login(factories.coordinator(cpts))
    soon = datetime.now(UTC) + timedelta(days=7)
    first = make.meeting(cpts, starts_at=soon)
    until = (soon + timedelta(days=15)).date().isoformat()
    answer = client.post(url("meeting-repeat", first), {"rhythm": "weekly", "until": until}, follow=True)
    assert "2 réunions ajoutées" in answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    with everything("reading back"):
        second = Meeting.objects.exclude(pk=first.pk).earliest("starts_at")
        make.attendance(second, guest_name="Camille Invitée", guest_email="camille@example.org", invited_at=soon)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("meeting-stop-series", second), {"reason": "Travaux"}, follow=True)
    with everything("reading back"):
        assert Meeting.objects.filter(cancelled_at__isnull=True).count() == 0
        assert Meeting.objects.filter(cancel_reason="Travaux").count() == 3
    assert [message.to for message in mail.outbox] == [["camille@example.org"]]


def test_a_series_too_long_or_empty_is_refused_and_the_form_comes_back_filled(client, cpts):
    client.force_login(factories.coordinator(cpts))
    first = make.meeting(cpts, starts_at=datetime(2026, 3, 3, 19, tzinfo=UTC))
    for until, words in (("2026-03-05", "Aucune réunion"), ("2030-01-01", "60 au plus")):
        answer = client.post(url("meeting-repeat", first), {"rhythm": "weekly", "until": until})
        assert words in answer.content.decode()
        assert until in answer.content.decode()
    with everything("reading back"):
        assert Meeting.objects.count() == 1


def test_a_board_member_does_not_repeat_and_another_cpts_sees_nothing(client, cpts):
    meeting = make.meeting(cpts)
    client.force_login(factories.board_member(cpts))
    assert client.get(url("meeting-repeat", meeting)).status_code == 403
    client.force_login(factories.coordinator(factories.cpts("voisine")))
    assert client.get(url("meeting-repeat", meeting)).status_code == 404
    assert client.get(url("meeting-stop-series", meeting)).status_code == 404


def test_a_meeting_alone_has_no_series_to_cancel(client, cpts):
    client.force_login(factories.coordinator(cpts))
    assert client.get(url("meeting-stop-series", make.meeting(cpts))).status_code == 404
    assert mail.outbox == []
