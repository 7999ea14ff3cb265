"""Where somebody stands on a day, past days included: in Python, in the database, and in the tabs of the list."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.listing import Criteria, RegisterRows, Situation
from members.membership.adhesion import accept, apply_for_membership, enrol, refuse
from members.models import Membership, Professional, Status
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
FIRST = date(2015, 1, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


def tabs(cpts, day: date) -> dict[Situation, list[str]]:
    """The names under each tab that shows somebody that day."""
    found = {
        each: [row.name for row in RegisterRows(Criteria(cpts=cpts, day=day, year=day.year, situation=each))]
        for each in Situation
        if each != Situation.ANY
    }
    return {each: names for each, names in found.items() if names}


def test_nobody_is_awaited_before_she_asked(cpts):
    person = make.professional(cpts, civil_last_name="Riou")
    asked = apply_for_membership(person, on=date(2026, 3, 1), by=None)
    assert asked.status_on(date(2026, 2, 28)) is None
    assert tabs(cpts, FIRST) == tabs(cpts, date(2026, 2, 28)) == {Situation.NEVER: ["Riou"]}
    assert tabs(cpts, date(2026, 3, 1)) == {Situation.AWAITED: ["Riou"]}


def test_an_accepted_application_was_an_application_until_the_board_met(cpts):
    asked = apply_for_membership(make.professional(cpts), on=date(2026, 3, 1), by=None)
    accepted = accept(asked, on=date(2026, 3, 15), start=date(2026, 4, 1), by=None)
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 15), date(2026, 4, 1)]
    assert [accepted.status_on(day) for day in days] == [None, Status.APPLIED, Status.UPCOMING, Status.MEMBER]


def test_a_member_of_long_standing_was_not_awaited_years_before(cpts):
    enrol(make.professional(cpts, civil_last_name="Riou"), start=date(2024, 1, 1), by=None)
    assert tabs(cpts, FIRST) == tabs(cpts, date(2023, 12, 31)) == {Situation.NEVER: ["Riou"]}
    assert tabs(cpts, date(2024, 1, 1)) == {Situation.MEMBER: ["Riou"]}


def test_a_refusal_counts_from_the_day_of_the_refusal(cpts):
    asked = apply_for_membership(make.professional(cpts, civil_last_name="Riou"), on=date(2026, 3, 1), by=None)
    refused = refuse(asked, on=date(2026, 3, 15), reason="Hors du territoire", by=None)
    days = [date(2026, 2, 28), date(2026, 3, 14), date(2026, 3, 15)]
    assert [refused.status_on(day) for day in days] == [None, Status.APPLIED, Status.REFUSED]
    assert [tabs(cpts, day) for day in days] == [
        {Situation.NEVER: ["Riou"]},
        {Situation.AWAITED: ["Riou"]},
        {Situation.REFUSED: ["Riou"]},
    ]


def test_a_membership_to_come_without_any_other_date_is_awaited_from_the_day_it_was_recorded(cpts):
    to_come = enrol(make.professional(cpts, civil_last_name="Riou"), start=date(2100, 1, 1), by=None)
    recorded = to_come.recorded_on
    assert to_come.status_on(recorded - timedelta(days=1)) is None
    assert tabs(cpts, recorded) == {Situation.AWAITED: ["Riou"]}


def test_everybody_is_listed_whatever_the_day(cpts):
    """The tab « Tout le registre » shows a card whose memberships came later, without a status."""
    enrol(make.professional(cpts), start=date(2024, 1, 1), by=None)
    everyone = RegisterRows(Criteria(cpts=cpts, day=FIRST, year=2015, situation=Situation.ANY))
    for order in ("name", "since", "-college"):
        assert [row.detail.status for row in everyone.order_by(order)] == [None]


# --- The same rule three times ------------------------------------------------------------------------------------
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 9))


@st.composite
def memberships(draw) -> dict[str, date | None]:
    """Dates in any order that the constraints let in."""
    found = {
        "applied_on": draw(DAYS),
        "refused_on": None,
        "accepted_on": None,
        "start": None,
        "end": None,
        "recorded_on": draw(st.dates(date(2020, 1, 1), date(2020, 1, 9))),
    }
    kind = draw(st.sampled_from(["applied", "refused", "started", "ended"]))
    if kind == "refused":
        found["refused_on"] = draw(st.dates(date(2020, 1, 1), date(2020, 1, 9)))
    if kind in ("started", "ended"):
        found["accepted_on"] = draw(DAYS)
        found["start"] = draw(st.dates(date(2020, 1, 1), date(2020, 1, 8)))
    if kind == "ended":
        found["end"] = found["start"] + timedelta(days=draw(st.integers(1, 5)))
    return found


EXPECTED_TAB = {
    Status.MEMBER: Situation.MEMBER,
    Status.APPLIED: Situation.AWAITED,
    Status.UPCOMING: Situation.AWAITED,
    Status.LEFT: Situation.LEFT,
    Status.REFUSED: Situation.REFUSED,
    None: Situation.NEVER,
}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(dates=memberships(), day=st.dates(date(2019, 12, 31), date(2020, 1, 15)))
def test_python_the_database_and_the_tabs_agree_on_any_day(cpts, dates, day):
    Membership.objects.all().delete()
    Professional.objects.all().delete()
    person = make.professional(cpts, civil_last_name="Riou")
    membership = Membership.objects.create(cpts=cpts, professional=person, **dates)
    told = membership.status_on(day)
    assert Membership.objects.with_status_on(day).values_list("status_value", flat=True).get() == told
    assert tabs(cpts, day) == {EXPECTED_TAB[told]: ["Riou"]}
    assert Membership.objects.members_on(day).exists() == (told == Status.MEMBER)
    assert (membership.known_from <= day) == (told is not None)
