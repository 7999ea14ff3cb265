"""Joining and leaving the association."""

from datetime import date

import pytest

from cpts_portal.core.refusals import NotPossible
from members.membership.adhesion import (
    accept,
    apply_for_membership,
    come_back,
    end_mandate,
    enrol,
    give_mandate,
    leave,
    refuse,
)
from members.models import Mandate, Membership, Status
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]


@pytest.fixture
def cpts():
    return factories.cpts()


@pytest.fixture
def coordinator(cpts):
    return factories.coordinator(cpts)


def test_an_application_becomes_a_membership_by_the_boards_decision(cpts, coordinator):
    person = make.professional(cpts)
    asked = apply_for_membership(person, on=date(2026, 3, 1), by=coordinator)
    assert asked.status_on(date(2026, 3, 2)) == Status.APPLIED
    accepted = accept(asked, on=date(2026, 3, 15), by=coordinator)
    assert accepted.status_on(date(2026, 3, 14)) == Status.APPLIED
    assert accepted.status_on(date(2026, 3, 15)) == Status.MEMBER
    assert accepted.history.first().history_user == coordinator


def test_a_refusal_keeps_its_reason_and_leaves_room_for_a_new_application(cpts, coordinator):
    person = make.professional(cpts)
    asked = apply_for_membership(person, on=date(2026, 3, 1), by=coordinator)
    with pytest.raises(NotPossible, match="motif du refus"):
        refuse(asked, on=date(2026, 3, 2), reason=" ", by=coordinator)
    refused = refuse(asked, on=date(2026, 3, 2), reason="Exerce hors du territoire", by=coordinator)
    assert refused.status_on(date(2026, 4, 1)) == Status.REFUSED
    apply_for_membership(person, on=date(2026, 9, 1), by=coordinator)
    assert Membership.objects.filter(professional=person).count() == 2


def test_the_board_decides_once_and_not_before_the_application(cpts, coordinator):
    asked = apply_for_membership(make.professional(cpts), on=date(2026, 3, 10), by=coordinator)
    with pytest.raises(NotPossible, match="ne peut pas précéder"):
        accept(asked, on=date(2026, 3, 9), by=coordinator)
    accept(asked, on=date(2026, 3, 12), by=coordinator)
    for act in (
        lambda: accept(asked, on=date(2026, 3, 13), by=coordinator),
        lambda: refuse(asked, on=date(2026, 3, 13), reason="Non", by=coordinator),
    ):
        with pytest.raises(NotPossible, match="déjà reçu une décision"):
            act()


def test_one_open_membership_at_a_time(cpts, coordinator):
    person = make.professional(cpts)
    enrol(person, start=date(2024, 1, 1), by=coordinator)
    with pytest.raises(NotPossible, match="déjà une adhésion"):
        enrol(person, start=date(2025, 1, 1), by=coordinator)
    with pytest.raises(NotPossible, match="déjà une adhésion"):
        apply_for_membership(person, on=date(2025, 1, 1), by=coordinator)


def test_leaving_ends_the_membership_and_the_mandates_and_deletes_nothing(cpts, coordinator):
    membership = make.member(cpts)
    give_mandate(membership.professional, office=Mandate.Office.TREASURER, start=date(2024, 2, 1), by=coordinator)
    left = leave(membership, on=date(2026, 7, 1), reason="Départ en retraite", by=coordinator)
    assert (left.status_on(date(2026, 6, 30)), left.status_on(date(2026, 7, 1))) == (Status.MEMBER, Status.LEFT)
    assert [m.end for m in Mandate.objects.all()] == [date(2026, 7, 1)]
    assert list(Membership.objects.members_on(date(2026, 6, 30))) == [left]
    assert list(Membership.objects.members_on(date(2026, 7, 1))) == []


def test_a_departure_recorded_by_mistake_is_undone(cpts, coordinator):
    membership = make.member(cpts)
    leave(membership, on=date(2026, 7, 1), reason="Erreur", by=coordinator)
    back = come_back(membership, by=coordinator)
    assert back.status_on(date(2026, 8, 1)) == Status.MEMBER


def test_the_same_rule_gives_the_status_in_python_and_in_the_database(cpts, coordinator):
    day = date(2026, 6, 1)
    make.member(cpts)
    make.member(cpts, start=date(2026, 7, 1), decided_on=date(2026, 5, 20))
    make.member(cpts, end=date(2026, 6, 1))
    apply_for_membership(make.professional(cpts), on=date(2026, 5, 1), by=coordinator)
    refuse(
        apply_for_membership(make.professional(cpts), on=date(2026, 5, 1), by=coordinator),
        on=date(2026, 5, 2),
        reason="Dossier incomplet",
        by=coordinator,
    )
    found = Membership.objects.with_status_on(day)
    assert {m.status_on(day) for m in found} == set(Status)
    assert [m.status_value for m in found] == [m.status_on(day) for m in found]


def test_president_treasurer_and_secretary_are_held_by_one_person(cpts, coordinator):
    first, second = make.member(cpts).professional, make.member(cpts).professional
    held = give_mandate(first, office=Mandate.Office.PRESIDENT, start=date(2025, 1, 1), by=coordinator)
    with pytest.raises(NotPossible, match=str(first)):
        give_mandate(second, office=Mandate.Office.PRESIDENT, start=date(2026, 1, 1), by=coordinator)
    end_mandate(held, on=date(2026, 1, 1), by=coordinator)
    give_mandate(second, office=Mandate.Office.PRESIDENT, start=date(2026, 1, 1), by=coordinator)
    for person in (first, second):
        give_mandate(person, office=Mandate.Office.VICE_PRESIDENT, start=date(2026, 1, 1), by=coordinator)


def test_a_structure_may_be_a_member(cpts):
    membership = make.member_structure(cpts, name="EHPAD des Essais")
    assert str(membership.holder) == "EHPAD des Essais"


# --- The date of the board ----------------------------------------------------------------------------------------
def test_an_enrolment_claims_no_decision_of_the_board_that_nobody_dated(cpts, coordinator):
    undated = enrol(make.professional(cpts), start=date(2024, 1, 1), by=coordinator)
    dated = enrol(make.professional(cpts), start=date(2024, 1, 1), decided_on=date(2023, 12, 15), by=coordinator)
    assert (undated.accepted_on, dated.accepted_on) == (None, date(2023, 12, 15))
    day = date(2024, 1, 1)
    assert [row.status_on(day) for row in (undated, dated)] == [Status.MEMBER, Status.MEMBER]
    for act in (
        lambda: accept(undated, on=date(2024, 2, 1), by=coordinator),
        lambda: refuse(undated, on=date(2024, 2, 1), reason="Non", by=coordinator),
    ):
        with pytest.raises(NotPossible, match="déjà reçu une décision"):
            act()
