"""Groups with their people, meetings called and cancelled, as a browser sees them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from missions.models import Group, GroupMember, Meeting
from tests import factories, member_factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"missions:{name}", args=args)


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordination(client, cpts):
    client.force_login(factories.coordinator(cpts))
    return client


def sheet(**fields) -> dict:
    return {
        "title": "Bureau de mars",
        "day": "2026-03-03",
        "begins": "19:00",
        "finishes": "21:00",
        "version": "0",
        **fields,
    }


def test_a_group_with_two_people_added_at_once_one_leads_one_leaves(coordination, cpts):
    one, two = member_factories.professional(cpts), member_factories.professional(cpts)
    coordination.post(url("group-add", cpts.pk), {"kind": "board", "name": "Bureau"})
    with everything("reading back"):
        group = Group.objects.get()
    people = {"start": "2026-01-01", "person_0": f"{one} (n° {one.pk})", "person_3": f"{two} (n° {two.pk})"}
    page = coordination.post(url("group-people", cpts.pk, group.pk), people, follow=True).content.decode()
    assert "2\u00a0personnes inscrites dans le groupe." in page
    with everything("reading back"):
        first, second = GroupMember.objects.order_by("pk")
    coordination.post(url("participant-lead", cpts.pk, first.pk))
    coordination.post(url("participant-end", cpts.pk, second.pk), {"on": "2026-02-01"})
    with everything("reading back"):
        first.refresh_from_db()
        second.refresh_from_db()
    assert (first.is_lead, second.end) == (True, date(2026, 2, 1))
    again = coordination.post(url("group-people", cpts.pk, group.pk), {**people, "person_3": ""})
    assert again.status_code == 422
    assert "font déjà partie du groupe" in again.content.decode()


def test_a_closed_group_lets_its_people_go(coordination, cpts):
    group = make.group(cpts)
    with everything("test data"):
        GroupMember.objects.create(
            group=group, professional=member_factories.professional(cpts), start=date(2026, 1, 1)
        )
    coordination.post(url("group-close", cpts.pk, group.pk), {"on": "2026-06-01"})
    with everything("reading back"):
        assert GroupMember.objects.get().end == date(2026, 6, 1)


def test_a_meeting_is_kept_in_local_time_with_its_mission(coordination, cpts):
    mission = make.mission(cpts)
    page = coordination.post(url("meeting-add", cpts.pk), sheet(missions=[mission.pk]), follow=True)
    assert "Personne n’est encore invité" in page.content.decode()
    with everything("reading back"):
        made = Meeting.objects.get()
        assert made.starts_at == datetime(2026, 3, 3, 18, tzinfo=UTC)
        assert list(made.missions.all()) == [mission]


def test_what_is_wrong_comes_back_filled(coordination, cpts):
    answer = coordination.post(url("meeting-add", cpts.pk), sheet(finishes="18:00"))
    assert answer.status_code == 422
    assert "L’heure de fin doit suivre l’heure de début." in answer.content.decode()
    assert 'value="Bureau de mars"' in answer.content.decode()


def test_a_second_person_on_the_same_meeting_is_told(coordination, cpts):
    coordination.post(url("meeting-add", cpts.pk), sheet())
    with everything("reading back"):
        made = Meeting.objects.get()
    opened = sheet(version=str(made.version))
    coordination.post(url("meeting-edit", cpts.pk, made.pk), {**opened, "title": "Premier"})
    late = coordination.post(url("meeting-edit", cpts.pk, made.pk), {**opened, "title": "Second"})
    assert late.status_code == 422
    again = {**opened, "title": "Second", "version": late.context["form"]["version"].value()}
    assert coordination.post(url("meeting-edit", cpts.pk, made.pk), again).status_code == 302


def test_a_cancelled_meeting_says_why_and_no_longer_changes(coordination, cpts):
    meeting = make.meeting(cpts)
    assert coordination.post(url("meeting-cancel", cpts.pk, meeting.pk), {"reason": ""}).status_code == 422
    coordination.post(url("meeting-cancel", cpts.pk, meeting.pk), {"reason": "Quorum impossible"})
    assert "Quorum impossible" in coordination.get(url("meeting-detail", cpts.pk, meeting.pk)).content.decode()
    refused = coordination.post(url("meeting-edit", cpts.pk, meeting.pk), sheet(version="1"))
    assert refused.status_code == 422
    assert "annulée" in refused.content.decode()


def titles(client, cpts, **query) -> list[str]:
    table = client.get(url("meetings", cpts.pk), query).context["table"]
    with everything("reading back"):
        return [row.record.title for row in table.rows]


def test_the_list_tells_what_is_to_come_past_and_to_close(coordination, cpts):
    now = timezone.now()
    make.meeting(cpts, "acces", title="Demain", starts_at=now + timedelta(days=1))
    make.meeting(cpts, title="Hier", starts_at=now - timedelta(days=1))
    locked = {"attendance_locked_at": now, "attendance_locked_by": factories.user()}
    make.meeting(cpts, title="Tenue", starts_at=now - timedelta(days=9), **locked)
    make.meeting(cpts, title="Annulée", starts_at=now - timedelta(days=8), cancelled_at=now, cancel_reason="Neige")
    assert titles(coordination, cpts, quand="a-venir") == ["Demain"]
    assert titles(coordination, cpts, quand="passees") == ["Hier", "Tenue"]
    assert titles(coordination, cpts, quand="a-clore") == ["Hier"]
    assert titles(coordination, cpts, quand="annulees") == ["Annulée"]
    assert titles(coordination, cpts, mission=make.official("acces").pk) == ["Demain"]


@pytest.mark.parametrize("page", ["meetings", "groups"])
def test_each_list_takes_as_many_queries_for_one_row_as_for_three(coordination, cpts, page):
    def add() -> None:
        make.attendance(make.meeting(cpts, "acces", group=make.group(cpts)))

    add()
    coordination.get(url(page, cpts.pk))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as found:
            assert coordination.get(url(page, cpts.pk)).status_code == 200
        counts.append(len(found))
        add()
        add()
    assert counts[0] == counts[1]


def test_agencies_and_other_cpts_stay_out(client, cpts):
    meeting = make.meeting(cpts)
    client.force_login(factories.ars_agent(cpts.ars))
    assert client.get(url("meetings", cpts.pk)).status_code == 403
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.get(url("meeting-detail", cpts.pk, meeting.pk)).status_code == 404
