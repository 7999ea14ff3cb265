"""Mandates given with a planned end, departures recorded ahead: one holder at a time, and nothing left running."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from members.membership.adhesion import (
    Election,
    accept,
    apply_for_membership,
    change_departure,
    come_back,
    end_mandate,
    enrol,
    give_mandate,
    hold_election,
    leave,
)
from members.models import Mandate, Professional
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
ELECTED, TERM = date(2026, 1, 1), date(2029, 1, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


@pytest.fixture
def president(cpts) -> Mandate:
    """Elected for three years."""
    return give_mandate(person(cpts, "Riou"), office="president", start=ELECTED, end=TERM, by=None)


def person(cpts, name: str) -> Professional:
    return make.member(cpts, civil_last_name=name).professional


def ends(**wanted) -> list[date | None]:
    return list(Mandate.objects.filter(**wanted).order_by("pk").values_list("end", flat=True))


def test_no_second_president_during_a_term_whose_end_is_planned(cpts, president):
    other = person(cpts, "Masson")
    for start, end in ((date(2027, 6, 1), None), (date(2025, 1, 1), date(2026, 1, 2)), (date(2025, 1, 1), None)):
        with pytest.raises(NotPossible, match="tenu par Dominique Riou depuis le 1er janvier 2026 jusqu’au 1er janv"):
            give_mandate(other, office="president", start=start, end=end, by=None)
    give_mandate(other, office="president", start=TERM, by=None)
    give_mandate(other, office="president", start=date(2025, 1, 1), end=ELECTED, by=None)
    give_mandate(other, office="vice_president", start=ELECTED, by=None)
    give_mandate(person(factories.cpts(), "Ailleurs"), office="president", start=ELECTED, by=None)


def test_somebody_resigns_before_the_planned_end(cpts, president):
    assert end_mandate(president, on=date(2027, 5, 1), by=None).end == date(2027, 5, 1)
    with pytest.raises(NotPossible, match="déjà fin ce jour-là"):
        end_mandate(president, on=date(2027, 5, 1), by=None)
    with pytest.raises(NotPossible, match="postérieure à son début"):
        end_mandate(president, on=ELECTED, by=None)


def test_an_end_is_put_off_as_long_as_nobody_holds_the_office_next(cpts, president):
    assert end_mandate(president, on=date(2029, 3, 1), by=None).end == date(2029, 3, 1)
    give_mandate(person(cpts, "Masson"), office="president", start=date(2029, 3, 1), by=None)
    with pytest.raises(NotPossible, match="Dominique Masson"):
        end_mandate(president, on=date(2029, 4, 1), by=None)
    assert end_mandate(president, on=date(2029, 2, 1), by=None).end == date(2029, 2, 1)


def test_an_election_ends_terms_before_their_planned_end_and_keeps_those_already_over(cpts, president):
    over = give_mandate(person(cpts, "Bon"), office="secretary", start=ELECTED, end=date(2027, 1, 1), by=None)
    next_one = person(cpts, "Masson")
    elected = [Election(next_one, "president"), Election(next_one, "secretary")]
    hold_election(on=date(2027, 6, 1), ended=[president, over], elected=elected, by=None)
    assert ends() == [date(2027, 6, 1), date(2027, 1, 1), None, None]


def test_a_departure_ends_a_term_before_its_planned_end(cpts, president):
    membership = president.professional.memberships.get()
    give_mandate(president.professional, office="director", start=ELECTED, end=date(2026, 6, 1), by=None)
    leave(membership, on=date(2027, 6, 1), reason="Déménagement", by=None)
    assert ends() == [date(2027, 6, 1), date(2026, 6, 1)]


def test_undoing_a_departure_gives_back_the_terms_it_ended_unless_somebody_else_holds_them(cpts, president):
    riou = president.professional
    give_mandate(riou, office="mission_lead", subject="Soins non programmés", start=ELECTED, by=None)
    give_mandate(riou, office="director", start=ELECTED, end=date(2027, 6, 1), by=None)
    left = leave(riou.memberships.get(), on=date(2027, 6, 1), reason="Erreur", by=None)
    give_mandate(person(cpts, "Masson"), office="president", start=date(2027, 6, 1), by=None)
    come_back(left, by=None)
    assert ends(professional=riou) == [date(2027, 6, 1), None, date(2027, 6, 1)]


def test_a_planned_departure_is_moved_with_the_terms_it_ends(cpts, president):
    membership = president.professional.memberships.get()
    with pytest.raises(NotPossible, match="Aucun départ"):
        change_departure(membership, on=date(2027, 6, 1), reason="Retraite", by=None)
    leave(membership, on=date(2027, 6, 1), reason="Retraite", by=None)
    for on in (date(2027, 9, 1), date(2027, 3, 1)):
        moved = change_departure(membership, on=on, reason="Retraite", by=None)
        assert (moved.end, ends()) == (on, [on])
    change_departure(membership, on=date(2030, 1, 1), reason="Retraite", by=None)
    assert ends() == [TERM]
    with pytest.raises(NotPossible, match="motif du départ"):
        change_departure(membership, on=date(2030, 1, 1), reason=" ", by=None)
    with pytest.raises(NotPossible, match="postérieur au début"):
        change_departure(membership, on=date(2020, 1, 1), reason="Retraite", by=None)


def test_nobody_is_a_member_twice_at_once_while_her_departure_is_planned(cpts):
    someone = person(cpts, "Riou")
    left = leave(someone.memberships.get(), on=date(2027, 6, 1), reason="Retraite", by=None)
    for act in (
        lambda: enrol(someone, start=date(2027, 5, 1), by=None),
        lambda: enrol(someone, start=date(2020, 1, 1), end=date(2024, 1, 2), by=None),
        lambda: apply_for_membership(someone, on=date(2027, 5, 1), by=None),
    ):
        with pytest.raises(NotPossible, match="est adhérent du 1er janvier 2024 au 1er juin 2027"):
            act()
    asked = apply_for_membership(someone, on=date(2027, 6, 1), by=None)
    change_departure(left, on=date(2027, 6, 10), reason="Retraite", by=None)
    with pytest.raises(NotPossible, match="ne se chevauchent pas"):
        accept(asked, on=date(2027, 6, 5), by=None)
    accepted = accept(asked, on=date(2027, 6, 10), by=None)
    with pytest.raises(NotPossible, match="a déjà une adhésion"):
        change_departure(left, on=date(2027, 7, 1), reason="Retraite", by=None)
    assert accepted.start == date(2027, 6, 10)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presidents_elected_at_the_same_instant_are_one(cpts):
    """On PostgreSQL they wait for the lock of the CPTS, on SQLite for that of the database."""
    people = [person(cpts, name) for name in ("Riou", "Masson")]
    start = Barrier(len(people))

    def elect(someone: Professional) -> str:
        start.wait()
        try:
            with everything("test of concurrency"):
                give_mandate(someone, office="president", start=ELECTED, end=TERM, by=None)
            return "elected"
        except NotPossible:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        assert sorted(pool.map(elect, people)) == ["elected", "refused"]
