"""Changing a territory from a day on: dated, complete refusals, never two whole owners."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpts_portal.core.versions import StaleEdit
from territories.models import Commune, Cpts, CptsCommune
from territories.perimeter import TerritoryConflict, changing, perimeter_of, set_territory
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
DAY = date(2026, 11, 22)
LATER = date(2027, 1, 1)


def held(cpts: Cpts, day: date = DAY) -> dict[str, int | None]:
    return {row.commune.code: row.inhabitants for row in perimeter_of(cpts, day=day).rows}


def periods(cpts: Cpts) -> list[tuple]:
    rows = CptsCommune.objects.filter(cpts=cpts).order_by("commune__code", "start")
    return [(row.commune.code, row.start, row.end, row.inhabitants) for row in rows]


def test_from_the_day_on_the_territory_is_the_one_asked_and_yesterday_is_unchanged():
    ours, author = factories.cpts(), factories.administrator()
    leaving, staying, coming = (factories.commune(code) for code in ("22001", "22002", "22003"))
    for commune in (leaving, staying):
        factories.in_territory(ours, commune)
    set_territory(ours, rows={staying.pk: None, coming.pk: None}, day=DAY, by=author, version=0)
    assert held(ours) == {"22002": None, "22003": None}
    assert held(ours, DAY - timedelta(days=1)) == {"22001": None, "22002": None}
    assert Cpts.objects.get(pk=ours.pk).version == 1


def test_a_share_change_closes_the_row_and_opens_another():
    ours, author = factories.cpts(), factories.administrator()
    rennes = factories.commune("35238", population=1000)
    factories.in_territory(ours, rennes, start=date(2024, 1, 1), inhabitants=100)
    set_territory(ours, rows={rennes.pk: 250}, day=DAY, by=author)
    assert periods(ours) == [("35238", date(2024, 1, 1), DAY, 100), ("35238", DAY, None, 250)]


def test_a_row_added_and_removed_on_the_same_day_leaves_no_row_but_a_history():
    ours, author = factories.cpts(), factories.administrator()
    commune = factories.commune("22001")
    set_territory(ours, rows={commune.pk: None}, day=DAY, by=author)
    set_territory(ours, rows={}, day=DAY, by=author)
    assert periods(ours) == []
    kinds = list(CptsCommune.history.order_by("history_id").values_list("history_type", "history_user"))
    assert kinds == [("+", author.pk), ("-", author.pk)]


def test_nothing_is_written_when_nothing_changes():
    ours = factories.cpts()
    commune = factories.commune()
    factories.in_territory(ours, commune)
    plan = set_territory(ours, rows={commune.pk: None}, day=DAY, by=factories.administrator())
    assert (plan.is_empty, Cpts.objects.get(pk=ours.pk).version) == (True, 0)


def test_every_change_is_in_the_history_with_its_author():
    ours, author = factories.cpts(), factories.administrator()
    leaving, coming = factories.commune("22001"), factories.commune("22002")
    factories.in_territory(ours, leaving)
    CptsCommune.history.all().delete()
    set_territory(ours, rows={coming.pk: None}, day=DAY, by=author)
    rows = CptsCommune.history.order_by("history_id")
    assert [(row.commune.code, row.history_type, row.end, row.history_user) for row in rows] == [
        ("22001", "~", DAY, author),
        ("22002", "+", None, author),
    ]


@pytest.mark.parametrize(
    ("theirs", "ours_share"),
    [({}, None), ({}, 10), ({"inhabitants": 10}, None), ({"start": LATER}, None), ({"inhabitants": 95}, 10)],
    ids=["whole twice", "share of a whole", "whole of a shared", "whole from later on", "too many inhabitants"],
)
def test_what_another_cpts_holds_is_refused_and_nothing_is_written(theirs, ours_share):
    ours, other = factories.cpts(), factories.cpts("du Voisin")
    taken, free = factories.commune("22001", population=100), factories.commune("22002")
    factories.in_territory(other, taken, **theirs)
    with pytest.raises(TerritoryConflict) as refusal:
        set_territory(ours, rows={taken.pk: ours_share, free.pk: None}, day=DAY, by=factories.administrator())
    assert "CPTS du Voisin" in str(refusal.value)
    assert (held(ours), Cpts.objects.get(pk=ours.pk).version) == ({}, 0)


def test_a_commune_left_by_another_cpts_may_be_taken_from_that_day():
    ours, other = factories.cpts(), factories.cpts()
    commune = factories.commune("22001")
    factories.in_territory(other, commune, end=LATER)
    author = factories.administrator()
    with pytest.raises(TerritoryConflict):
        set_territory(ours, rows={commune.pk: None}, day=LATER - timedelta(days=1), by=author)
    set_territory(ours, rows={commune.pk: None}, day=LATER, by=author)
    assert (held(ours), held(ours, LATER), held(other, LATER)) == ({}, {"22001": None}, {})


def test_a_share_may_take_all_that_is_left_and_not_one_more():
    ours, other, author = factories.cpts(), factories.cpts(), factories.administrator()
    rennes = factories.commune("35238", population=1000)
    factories.in_territory(other, rennes, inhabitants=600)
    with pytest.raises(TerritoryConflict, match="au plus 400, pas 401"):
        set_territory(ours, rows={rennes.pk: 401}, day=DAY, by=author)
    set_territory(ours, rows={rennes.pk: 400}, day=DAY, by=author)
    assert held(ours) == {"35238": 400}


@pytest.mark.parametrize(
    ("population", "share", "reason"), [(100, 0, "supérieur à zéro"), (None, 5, "population n’est pas connue")]
)
def test_meaningless_shares_are_refused(population, share, reason):
    commune = factories.commune(population=population)
    with pytest.raises(TerritoryConflict, match=reason):
        set_territory(factories.cpts(), rows={commune.pk: share}, day=DAY, by=factories.administrator())


def test_communes_that_do_not_exist_on_the_day_are_refused():
    author, ours = factories.administrator(), factories.cpts()
    parent = factories.commune("22001", "Lamballe-Armor")
    ended = factories.commune("22002", "Morieux", ended_on=date(2019, 1, 1), successor=parent)
    delegated = factories.commune("22003", "Planguenoual", kind=Commune.Kind.DELEGATED, parent=parent)
    future = factories.commune("22004", "Demain", started_on=LATER)
    reasons = {
        ended: "prenez Lamballe-Armor .22001., qui lui succède",
        delegated: "une commune déléguée : prenez Lamballe-Armor",
        future: "n’existe que depuis le 1er janvier 2027",
    }
    for commune, reason in reasons.items():
        with pytest.raises(TerritoryConflict, match=reason):
            set_territory(ours, rows={commune.pk: None}, day=DAY, by=author)
    set_territory(ours, rows={future.pk: None}, day=LATER, by=author)
    assert held(ours, LATER) == {"22004": None}


def test_a_change_already_planned_for_later_stays_planned():
    ours, author = factories.cpts(), factories.administrator()
    first, second, third = (factories.commune(code) for code in ("22001", "22002", "22003"))
    set_territory(ours, rows={first.pk: None}, day=date(2024, 1, 1), by=author)
    set_territory(ours, rows={second.pk: None}, day=LATER, by=author)
    set_territory(ours, rows={first.pk: None, third.pk: None}, day=DAY, by=author)
    assert held(ours) == {"22001": None, "22003": None}
    assert held(ours, LATER) == {"22002": None, "22003": None}


def test_taking_today_a_commune_planned_for_later_opens_it_until_then():
    ours, author = factories.cpts(), factories.administrator()
    commune = factories.commune("22001", population=100)
    set_territory(ours, rows={commune.pk: 40}, day=LATER, by=author)
    set_territory(ours, rows={commune.pk: None}, day=DAY, by=author)
    assert periods(ours) == [("22001", DAY, LATER, None), ("22001", LATER, None, 40)]


def test_a_commune_that_has_disappeared_since_is_held_until_then_and_followed_by_its_successor():
    ours, author = factories.cpts(), factories.administrator()
    heir = factories.commune("22001")
    gone = factories.commune("22002", ended_on=date(2025, 1, 1), successor=heir)
    set_territory(ours, rows={gone.pk: None}, day=date(2024, 6, 1), by=author)
    assert periods(ours) == [
        ("22001", date(2025, 1, 1), None, None),
        ("22002", date(2024, 6, 1), date(2025, 1, 1), None),
    ]
    carried = CptsCommune.objects.get(commune=heir)
    assert (carried.origin, carried.carried_from.commune) == ("carried", gone)


def test_two_merged_communes_taken_in_the_past_give_one_row_of_their_successor():
    ours, author = factories.cpts(), factories.administrator()
    heir = factories.commune("22001")
    gone = [factories.commune(code, ended_on=date(2025, 1, 1), successor=heir) for code in ("22002", "22003")]
    set_territory(ours, rows={commune.pk: None for commune in gone}, day=date(2024, 6, 1), by=author)
    assert held(ours) == {"22001": None}


def test_an_older_version_is_refused():
    ours, author = factories.cpts(), factories.administrator()
    commune = factories.commune()
    set_territory(ours, rows={commune.pk: None}, day=DAY, by=author, version=0)
    with pytest.raises(StaleEdit):
        set_territory(ours, rows={}, day=DAY, by=author, version=0)
    assert len(held(ours)) == 1


def test_the_database_constraint_becomes_the_sentence_that_names_the_other_cpts(monkeypatch):
    """The check is made blind once, as if the other CPTS saved just after it."""
    ours, other = factories.cpts(), factories.cpts("du Voisin")
    commune = factories.commune("22001", "Lamballe")
    factories.in_territory(other, commune)
    real, calls = changing.conflicts_of, []

    def blind_once(*args):
        calls.append(args)
        return [] if len(calls) == 1 else real(*args)

    monkeypatch.setattr(changing, "conflicts_of", blind_once)
    with pytest.raises(TerritoryConflict, match="entièrement à la CPTS du Voisin"):
        set_territory(ours, rows={commune.pk: None}, day=DAY, by=factories.administrator())
    assert held(ours) == {}


def test_the_number_of_queries_does_not_depend_on_the_territory(django_assert_max_num_queries):
    ours, author = factories.cpts(), factories.administrator()
    for count in (3, 30):
        rows = {factories.commune().pk: None for _ in range(count)}
        with django_assert_max_num_queries(16):
            set_territory(ours, rows=rows, day=DAY, by=author)
        day_after = DAY + timedelta(days=1)
        with django_assert_max_num_queries(16):
            set_territory(ours, rows={}, day=day_after, by=author)
        CptsCommune.objects.all().delete()


POPULATIONS = (100, 50, 7)
changes = st.tuples(
    st.integers(0, 2),  # which CPTS
    st.integers(0, 5),  # which day
    st.dictionaries(st.integers(0, 2), st.none() | st.integers(1, 120), max_size=3),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(changes, min_size=1, max_size=8))
def test_whatever_is_saved_no_commune_is_ever_held_twice_nor_over_shared(steps):
    """Any sequence of changes, in any order of dates: the invariants hold on every day."""
    with transaction.atomic():
        author = factories.administrator()
        cpts = [factories.cpts() for _ in range(3)]
        communes = [factories.commune(f"2200{n}", population=people) for n, people in enumerate(POPULATIONS)]
        for who, when, wanted in steps:
            rows = {communes[n].pk: share for n, share in wanted.items()}
            day = DAY + timedelta(days=when)
            before = periods(cpts[who])
            try:
                set_territory(cpts[who], rows=rows, day=day, by=author)
            except TerritoryConflict:
                assert periods(cpts[who]) == before
            else:
                assert held(cpts[who], day) == {communes[n].code: share for n, share in wanted.items()}
        _assert_invariants(communes)
        transaction.set_rollback(True)
    assert connection.in_atomic_block  # still inside the test's own transaction


def _assert_invariants(communes: list[Commune]) -> None:
    for offset in range(-1, 8):
        for commune, population in zip(communes, POPULATIONS, strict=True):
            rows = list(CptsCommune.on(DAY + timedelta(days=offset)).filter(commune=commune))
            owners = [row.cpts_id for row in rows]
            assert len(owners) == len(set(owners))
            if any(row.inhabitants is None for row in rows):
                assert len(rows) == 1
            assert sum(row.inhabitants or 0 for row in rows) <= population
