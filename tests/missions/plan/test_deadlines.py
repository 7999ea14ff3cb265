"""Delays of the agreement: 6 and 18 months, 12 and 24 months after the signature, and when they press."""

from datetime import date

import pytest

from missions.models import CptsMission, MissionState
from missions.plan.deadlines import deadlines, pressing
from missions.plan.planning import terms_on
from tests import mission_factories as make

pytestmark = pytest.mark.django_db
SIGNED = date(2026, 1, 31)


def promised(code: str, **dates) -> list[tuple[str, date]]:
    terms = terms_on(SIGNED)[make.official(code).pk]
    return [(each.what, each.due_on) for each in deadlines(CptsMission(agreed_on=SIGNED, **dates), terms)]


@pytest.mark.parametrize(
    ("code", "start", "deployed"),
    [
        ("acces", date(2026, 7, 31), date(2027, 7, 31)),
        ("parcours", date(2027, 1, 31), date(2028, 1, 31)),
        ("prevention", date(2027, 1, 31), date(2028, 1, 31)),
        ("crises", date(2026, 7, 31), date(2027, 7, 31)),
    ],
)
def test_the_delays_of_the_core_missions(code, start, deployed):
    assert promised(code) == [("démarrée", start), ("déployée", deployed)]


@pytest.mark.parametrize("code", ["qualite", "accompagnement"])
def test_optional_missions_have_no_delay(code):
    assert promised(code) == []


def test_the_crises_mission_is_core_since_the_second_amendment_only():
    before, after = terms_on(date(2021, 1, 1)), terms_on(date(2023, 1, 1))
    crises = make.official("crises").pk
    assert crises not in before
    assert after[crises].is_core


@pytest.mark.parametrize(
    ("day", "pressed"),
    [(date(2026, 4, 30), 1), (date(2026, 4, 29), 0), (date(2026, 7, 31), 1), (date(2026, 8, 1), 1)],
)
def test_a_delay_presses_from_three_months_before(day, pressed):
    terms = terms_on(SIGNED)[make.official("acces").pk]
    assert len(pressing(CptsMission(agreed_on=SIGNED), terms, day)) == pressed


def test_what_is_met_or_stopped_presses_nobody():
    terms = terms_on(SIGNED)[make.official("acces").pk]
    late = date(2030, 1, 1)
    done = CptsMission(agreed_on=SIGNED, started_on=date(2026, 3, 1), deployed_on=date(2027, 3, 1))
    stopped = CptsMission(agreed_on=SIGNED, stopped_on=date(2026, 3, 1), stop_reason="Essai")
    assert pressing(done, terms, late) == pressing(stopped, terms, late) == []


def test_the_state_is_read_from_the_dates():
    mission = CptsMission(
        started_on=date(2026, 3, 1), deployed_on=date(2027, 3, 1), stopped_on=date(2028, 3, 1), stop_reason="Essai"
    )
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2027, 3, 1), date(2028, 3, 1)]
    assert [mission.state_on(day) for day in days] == list(MissionState)
