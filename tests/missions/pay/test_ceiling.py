"""The PASS bounds both natures and every CPTS of the portal; what is refused gives its room back."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from missions.models import CeilingAccount, CeilingValue, PayLine
from missions.pay.ceiling import Room, room_of, rooms_of
from missions.pay.payment import approve_line, refuse_line
from tests import factories
from tests.missions.pay.steps import NOW, approved, checked_for, officer

PASS = Decimal("48060.00")
amounts = st.decimals(min_value="0.01", max_value="60000", places=2)


@given(st.lists(amounts, max_size=30))
def test_whatever_is_asked_in_any_order_the_sum_granted_stays_under_the_ceiling(asked):
    granted = Decimal("0.00")
    for amount in asked:
        room = Room(2026, PASS, granted)
        if not room.refusal(amount):
            granted += amount
        assert room.left == PASS - room.granted
        assert granted <= PASS


@given(amounts, amounts)
def test_an_amount_is_refused_exactly_when_it_passes_and_warned_about_from_80_percent(granted, amount):
    room = Room(2026, PASS, granted)
    assert bool(room.refusal(amount)) == (granted + amount > PASS)
    assert bool(room.warning(amount)) == (Decimal("0.8") * PASS <= granted + amount <= PASS)


def test_a_year_without_a_known_ceiling_grants_nothing():
    assert "(PASS) de 2031 n’est pas connu" in Room(2031, None).refusal(Decimal("0.01"))


@pytest.fixture
def whole_portal(db):
    with everything("rules of the ceiling"):
        yield


@pytest.fixture
def person(whole_portal):
    return officer(factories.cpts())


def test_two_cpts_and_two_natures_share_one_ceiling_and_only_the_room_is_said(person):
    elsewhere = officer(factories.cpts("secrète"), rpps=person.rpps)
    approved(elsewhere, "40000.00", nature="remuneration", activity="Astreinte confidentielle")
    treasurer = factories.board_member(person.cpts)
    with pytest.raises(NotPossible) as refusal:
        approve_line(checked_for(person, "8060.01"), moment=NOW, by=treasurer)
    assert "8 060,00" in str(refusal.value).replace("\u202f", " ")
    assert "secrète" not in str(refusal.value)
    assert "confidentielle" not in str(refusal.value)
    approve_line(checked_for(person, "8060.00"), moment=NOW, by=treasurer)
    assert room_of(elsewhere, 2026).left == 0


def test_another_year_and_a_line_not_yet_approved_leave_the_room_whole(person):
    checked_for(person, "1000.00")
    approved(person, "500.00", day="2025-05-05")
    assert room_of(person, 2026).left == PASS


def test_refusing_an_approved_line_gives_its_room_back(person):
    line = approved(person, "48060.00")
    refuse_line(line, reason="Erreur", moment=NOW, by=factories.coordinator(person.cpts))
    assert CeilingAccount.objects.get().granted == 0
    assert approved(person, "48060.00").status == "approved"


def test_the_year_of_an_unknown_ceiling_is_refused_at_approval(person):
    CeilingValue.objects.filter(year=2026).delete()
    with pytest.raises(NotPossible, match="n’est pas connu"):
        approved(person, "10.00")


def test_what_was_granted_before_the_rpps_number_was_known_still_counts(person):
    rpps, person.rpps = person.rpps, ""
    person.save()
    approved(person, "40000.00")
    person.rpps = rpps
    person.save()
    assert room_of(person, 2026).left == Decimal("8060.00")
    assert rooms_of([person], 2026)[person.pk] == room_of(person, 2026)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_approvals_at_the_same_instant_in_two_cpts_never_pass_the_ceiling(attempt):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    here = officer(factories.cpts())
    there = officer(factories.cpts(), rpps=here.rpps)
    boards = {person.cpts_id: factories.board_member(person.cpts) for person in (here, there)}
    lines = [checked_for(person, "20000.00") for person in (here, there, here, there)]
    start = Barrier(len(lines))

    def run(line: PayLine) -> str:
        start.wait()
        try:
            with everything("test of concurrency"):
                return approve_line(line, moment=NOW, by=boards[line.cpts_id]).status
        except NotPossible:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(lines)) as pool:
        assert sorted(pool.map(run, lines)) == ["approved", "approved", "refused", "refused"]
    with everything("test reads"):
        granted = PayLine.objects.filter(status="approved").aggregate(total=Sum("amount"))["total"]
    assert granted == CeilingAccount.objects.get().granted == Decimal("40000.00")
