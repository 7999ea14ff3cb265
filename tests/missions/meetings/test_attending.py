"""The list of a meeting: invited, noted, locked as evidence, corrected by two people, printed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from members.models import PersonalDataExport
from missions.meetings.attendance_sheet import BY_PROFESSION, BY_STRUCTURE, attendance_sheet
from missions.meetings.attending import (
    Guest,
    Mark,
    ask_correction,
    check_in,
    decide_correction,
    invite,
    lock_attendance,
    unlock_attendance,
    welcome,
)
from missions.models import Attendance, AttendanceCorrection, GroupMember, Meeting
from tests import factories, member_factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db
AFTER = datetime(2026, 3, 3, 22, tzinfo=UTC)
PRESENT = Mark("present")


def url(name: str, *args) -> str:
    return reverse(f"missions:{name}", args=args)


@pytest.fixture(autouse=True)
def whole_portal():
    with everything("rules of the list"):
        yield


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def me(cpts):
    return factories.coordinator(cpts)


def test_the_people_of_the_group_that_day_a_chosen_one_and_a_guest_are_invited_once(client, cpts, me):
    group, today, gone, chosen = make.group(cpts), *(member_factories.professional(cpts) for _ in range(3))
    GroupMember.objects.create(group=group, professional=today, start=date(2026, 1, 1))
    GroupMember.objects.create(group=group, professional=gone, start=date(2025, 1, 1), end=date(2026, 1, 1))
    meeting = make.meeting(cpts, group=group)
    client.force_login(me)
    form = {
        "whole_group": "on",
        "person_0": f"{chosen} (n° {chosen.pk})",
        "invites-TOTAL_FORMS": "4",
        "invites-INITIAL_FORMS": "0",
        "invites-0-name": "Camille Exemple",
        "invites-0-organisation": "CPAM",
    }
    client.post(url("meeting-invite", cpts.pk, meeting.pk), form)
    assert {str(row) for row in Attendance.objects.all()} == {str(today), str(chosen), "Camille Exemple"}
    again = client.post(url("meeting-invite", cpts.pk, meeting.pk), form)
    assert again.status_code == 422
    assert Attendance.objects.count() == 3


def test_one_tap_notes_a_person_and_the_same_tap_takes_it_back(client, cpts, me):
    row = make.attendance(make.meeting(cpts))
    client.force_login(me)
    tapped = client.post(
        url("attendance-tap", cpts.pk, row.pk), {"presence": "present"}, headers={"HX-Request": "true"}
    )
    assert 'aria-pressed="true"' in tapped.content.decode()
    row.refresh_from_db()
    assert (row.presence, row.means) == ("present", "list")
    client.post(url("attendance-tap", cpts.pk, row.pk), {"presence": ""})
    row.refresh_from_db()
    assert row.presence == ""
    assert client.post(url("attendance-tap", cpts.pk, row.pk), {"presence": "rien"}).status_code == 422


def test_late_and_early_stand_inside_the_meeting(cpts, me):
    row = make.attendance(make.meeting(cpts))  # 20:00 to 22:00 in France
    check_in(row, Mark("present", time(20, 30), time(21, 30)), moment=AFTER, by=me)
    with pytest.raises(NotPossible):
        check_in(row, Mark("present", time(19, 0)), moment=AFTER, by=me)
    with pytest.raises(NotPossible):
        check_in(row, Mark("present", time(21, 0), time(20, 30)), moment=AFTER, by=me)
    assert check_in(row, Mark("absent", time(20, 30)), moment=AFTER, by=me).arrived_at is None


def test_nobody_is_present_before_the_day(cpts, me):
    row = make.attendance(make.meeting(cpts))
    check_in(row, Mark("excused"), moment=AFTER - timedelta(days=2), by=me)
    with pytest.raises(NotPossible):
        check_in(row, PRESENT, moment=AFTER - timedelta(days=2), by=me)


def locked(cpts, me, *people) -> Meeting:
    meeting = make.meeting(cpts)
    for row in invite(meeting, people=people, guests=[Guest("Camille Exemple", "CPAM")], by=me):
        check_in(row, PRESENT, moment=AFTER, by=me)
    return lock_attendance(meeting, moment=AFTER, by=me)


def test_the_lock_writes_who_was_a_member_that_day_and_who_did_not_come(cpts, me):
    member = member_factories.member(cpts).professional
    former = member_factories.member(cpts, end=date(2026, 3, 3)).professional
    meeting = make.meeting(cpts)
    silent = make.attendance(meeting)
    for row in invite(meeting, people=[member, former], by=me):
        check_in(row, PRESENT, moment=AFTER, by=me)
    lock_attendance(meeting, moment=AFTER, by=me)
    said = {row.professional: row.was_member for row in Attendance.objects.all()}
    assert said == {member: True, former: False, silent.professional: False}
    silent.refresh_from_db()
    assert silent.presence == "absent"
    with pytest.raises(NotPossible):
        check_in(silent, PRESENT, moment=AFTER, by=me)


def test_a_list_without_anybody_present_or_before_the_meeting_is_not_locked(cpts, me):
    row = make.attendance(make.meeting(cpts))
    with pytest.raises(NotPossible, match="Personne n’est pointé présent"):
        lock_attendance(row.meeting, moment=AFTER, by=me)
    check_in(row, PRESENT, moment=AFTER, by=me)
    with pytest.raises(NotPossible, match="pas commencé"):
        lock_attendance(row.meeting, moment=AFTER - timedelta(hours=6), by=me)


def test_unlocking_asks_a_reason_that_the_history_keeps(client, cpts, me):
    meeting = locked(cpts, me)
    client.force_login(me)
    assert client.post(url("meeting-unlock", cpts.pk, meeting.pk), {"reason": ""}).status_code == 422
    client.post(url("meeting-unlock", cpts.pk, meeting.pk), {"reason": "Une présence oubliée"})
    meeting.refresh_from_db()
    assert not meeting.is_locked
    assert "Une présence oubliée" in client.get(url("meeting-detail", cpts.pk, meeting.pk)).content.decode()


def test_a_list_that_somebody_is_paid_for_is_not_opened_again(cpts, me):
    person = member_factories.professional(cpts)
    meeting = locked(cpts, me, person)
    row = Attendance.objects.get(professional=person)
    make.pay_line(person, attendance=row)
    with pytest.raises(NotPossible, match="paiement"):
        unlock_attendance(meeting, reason="Oubli", by=me)
    one = ask_correction(row, Mark("absent"), reason="Pas venue", by=me)
    with pytest.raises(NotPossible, match="payée"):
        decide_correction(one, is_accepted=True, moment=AFTER, by=factories.board_member(cpts))
    one.refresh_from_db()
    assert one.decided_at is None


def test_a_correction_takes_two_people(client, cpts, me):
    locked(cpts, me)
    row = Attendance.objects.get()
    client.force_login(me)
    asked = {"presence": "excused", "reason": "Confusion de nom"}
    client.post(url("attendance-correct", cpts.pk, row.pk), asked)
    one = AttendanceCorrection.objects.get()
    refused = client.post(url("correction-accept", cpts.pk, one.pk))
    assert refused.status_code == 422
    assert "une autre personne" in refused.content.decode()
    client.force_login(factories.board_member(cpts))
    client.post(url("correction-accept", cpts.pk, one.pk))
    row.refresh_from_db()
    assert (row.presence, row.means) == ("excused", "correction")
    assert row.history.first().history_change_reason == "Confusion de nom"


def test_the_database_refuses_a_correction_decided_by_who_asked(cpts, me):
    locked(cpts, me)
    one = ask_correction(Attendance.objects.get(), Mark("absent"), reason="Erreur", by=me)
    one.decided_at, one.decided_by, one.is_accepted = AFTER, me, True
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save()


def test_the_sheet_to_sign_groups_people_and_keeps_guests_apart(client, cpts, me):
    meeting = make.meeting(cpts)
    nurse, doctor = (
        member_factories.professional(cpts, profession=member_factories.profession(code)) for code in ("60", "10")
    )
    invite(meeting, people=[nurse, doctor], guests=[Guest("Camille Exemple", "CPAM")], by=me)
    sheet = attendance_sheet(meeting, grouped_by=BY_PROFESSION, printed_on=date(2026, 3, 1))
    assert [len(section["rows"]) for section in sheet["sections"]] == [1, 1, 1]
    assert sheet["sections"][-1]["name"] == "Invités"
    by_structure = attendance_sheet(meeting, grouped_by=BY_STRUCTURE, printed_on=date(2026, 3, 1))
    assert [section["name"] for section in by_structure["sections"]] == ["Sans structure", "Invités"]
    client.force_login(me)
    answer = client.get(url("meeting-sheet", cpts.pk, meeting.pk))
    assert answer.content.startswith(b"%PDF")
    assert PersonalDataExport.objects.get().persons == 3


# --- A guest nobody expected ------------------------------------------------------------------------------------------
def under_way(cpts) -> Meeting:
    return make.meeting(cpts, starts_at=timezone.now() - timedelta(hours=1))


def test_a_guest_without_an_address_is_added_and_present_at_once(client, cpts, me):
    meeting = under_way(cpts)
    client.force_login(me)
    screen = url("meeting-check-in", cpts.pk, meeting.pk)
    answer = client.post(screen, {"name": "Camille Exemple", "organisation": "CPAM"}, follow=True)
    assert "La présence de Camille Exemple est notée." in answer.content.decode()
    row = Attendance.objects.get()
    assert (row.guest_name, row.guest_organisation, row.guest_email) == ("Camille Exemple", "CPAM", "")
    assert (row.presence, row.means) == ("present", "list")
    lock_attendance(meeting, moment=timezone.now(), by=me)
    row.refresh_from_db()
    assert row.was_member is False


@pytest.mark.parametrize("sent", [{}, {"name": "Camille Exemple", "email": "pas une adresse"}])
def test_a_guest_without_a_name_or_with_a_wrong_address_comes_back_on_the_form(client, cpts, me, sent):
    meeting = under_way(cpts)
    client.force_login(me)
    refused = client.post(url("meeting-check-in", cpts.pk, meeting.pk), sent)
    assert refused.status_code == 422
    assert "1 erreur à corriger" in refused.content.decode().replace("\u00a0", " ")
    assert Attendance.objects.count() == 0


def test_the_same_guest_is_not_added_twice_nor_before_the_day_nor_to_a_locked_list(client, cpts, me):
    meeting, guest = under_way(cpts), Guest("Camille Exemple")
    welcome(meeting, guest, moment=timezone.now(), by=me)
    with pytest.raises(NotPossible, match="Cette personne est déjà sur la liste"):
        welcome(meeting, guest, moment=timezone.now(), by=me)
    to_come = make.meeting(cpts, starts_at=timezone.now() + timedelta(days=3))
    with pytest.raises(NotPossible, match="n’a pas encore eu lieu"):
        welcome(to_come, guest, moment=timezone.now(), by=me)
    assert not to_come.attendances.exists()  # what was refused leaves nothing behind
    lock_attendance(meeting, moment=timezone.now(), by=me)
    client.force_login(me)
    late = client.post(url("meeting-check-in", cpts.pk, meeting.pk), {"name": "Alix Démo"})
    assert late.status_code == 422
    assert Attendance.objects.count() == 1


def test_guests_stand_below_the_people_of_the_register(client, cpts, me):
    meeting = under_way(cpts)
    welcome(meeting, Guest("Alix Démo"), moment=timezone.now(), by=me)
    person = make.attendance(meeting).professional
    client.force_login(me)
    for page in ("meeting-check-in", "meeting-detail"):
        shown = client.get(url(page, cpts.pk, meeting.pk)).context["rows"]
        assert [str(row) for row in shown] == [str(person), "Alix Démo"]


def test_only_the_coordination_adds_a_guest(client, cpts):
    meeting = under_way(cpts)
    for user in (factories.board_member(cpts), factories.ars_agent(cpts.ars)):
        client.force_login(user)
        assert client.post(url("meeting-check-in", cpts.pk, meeting.pk), {"name": "Alix Démo"}).status_code == 403


def test_the_history_tells_the_lock_once_and_not_person_by_person(client, cpts, me):
    meeting = under_way(cpts)
    present, *silent = (make.attendance(meeting) for _ in range(3))
    check_in(present, PRESENT, moment=timezone.now(), by=me)
    lock_attendance(meeting, moment=timezone.now(), by=me)
    client.force_login(me)
    page = client.get(url("meeting-detail", cpts.pk, meeting.pk))
    told = [event.sentence.replace("\u00a0", " ") for event in page.context["events"]]
    assert f"a verrouillé les présences de « {meeting.title} »" in told
    assert f"a noté présent : {present.professional}" in told
    assert f"a noté {len(silent)} personnes absentes" in told
    assert [sentence for sentence in told if "adhérent" in sentence or "auteur" in sentence] == []
