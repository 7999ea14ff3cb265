"""What two decisions make of an indicator: the four cases read in turn, then what holds whatever is decided."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.models import Verdict
from contracts.yearly.retained import Decision, Outcome, Presented, amount_under, retained, value_under
from contracts.yearly.submission import rule_from_json, rule_to_json
from missions.indicators.achievement import Rule, Rung, achievement

STEPS = Rule(
    "steps", "up", None, Decimal(5000), rungs=(Rung(Decimal(2), Decimal(2000)), Rung(Decimal(4), Decimal(5000)))
)
VALIDATED, CONTESTED, CARRIED = (Decision(each) for each in (Verdict.VALIDATED, Verdict.CONTESTED, Verdict.CARRIED))


def presented(value: int | None, rule: Rule = STEPS) -> Presented:
    figure = None if value is None else Decimal(value)
    found = achievement(rule, figure)
    return Presented(figure, found.earned, found.explanation, rule)


def corrected(value: int) -> Decision:
    return Decision(Verdict.CORRECTED, Decimal(value))


@pytest.mark.parametrize(
    ("ars", "fund", "outcome", "amount"),
    [
        (VALIDATED, VALIDATED, Outcome.SETTLED, 5000),
        (corrected(3), corrected(3), Outcome.SETTLED, 2000),
        (VALIDATED, corrected(4), Outcome.SETTLED, 5000),  # corrected to the very value submitted
        (VALIDATED, corrected(5), Outcome.DIFFERENT, 0),  # the same euros, another figure
        (corrected(3), corrected(2), Outcome.DIFFERENT, 0),
        (VALIDATED, CARRIED, Outcome.DIFFERENT, 0),
        (CARRIED, CARRIED, Outcome.CARRIED, 0),
        (CONTESTED, VALIDATED, Outcome.CONTESTED, 0),
        (CONTESTED, CONTESTED, Outcome.CONTESTED, 0),
    ],
)
def test_what_two_decisions_retain(ars, fund, outcome, amount):
    found = retained(presented(4), {"ars": ars, "fund": fund})
    assert (found.outcome, found.amount) == (outcome, Decimal(amount))


def test_one_decision_missing_retains_nothing_yet():
    assert retained(presented(4), {}).outcome == Outcome.PENDING
    assert retained(presented(4), {"fund": VALIDATED}).outcome == Outcome.PENDING


def test_one_contestation_is_enough_whether_or_not_the_other_has_decided():
    assert retained(presented(4), {"ars": CONTESTED}).outcome == Outcome.CONTESTED


def test_a_corrected_value_is_judged_by_the_rule_of_the_target_and_says_why():
    found = retained(presented(4), {"ars": corrected(3), "fund": corrected(3)})
    assert found.value == 3
    assert "3 atteint le palier de 2" in found.explanation


FIGURES = st.decimals(min_value=0, max_value=1000, places=2)
RULES = st.builds(
    Rule,
    method=st.sampled_from(["binary", "linear", "steps"]),
    direction=st.sampled_from(["up", "down"]),
    target=FIGURES,
    amount=FIGURES,
    baseline=FIGURES,
    rungs=st.lists(st.builds(Rung, FIGURES, FIGURES), max_size=3).map(tuple),
)
DECISIONS = st.one_of(
    st.sampled_from([VALIDATED, CONTESTED, CARRIED]), st.builds(Decision, st.just(Verdict.CORRECTED), FIGURES)
)
VERDICTS = st.dictionaries(st.sampled_from(["ars", "fund"]), DECISIONS)


def line_of(rule: Rule, value: Decimal | None) -> Presented:
    found = achievement(rule, value)
    return Presented(value, found.earned, found.explanation, rule)


@given(RULES, st.none() | FIGURES, VERDICTS)
def test_money_only_when_both_take_the_same_figure(rule, value, verdicts):
    line = line_of(rule, value)
    found = retained(line, verdicts)
    if found.outcome != Outcome.SETTLED:
        assert found.amount == 0
        return
    ars, fund = verdicts["ars"], verdicts["fund"]
    assert value_under(line, ars) == value_under(line, fund) == found.value
    assert found.amount == amount_under(line, ars) == amount_under(line, fund) == achievement(rule, found.value).earned


@given(RULES, st.none() | FIGURES, VERDICTS)
def test_which_agency_said_what_makes_no_difference(rule, value, verdicts):
    line = line_of(rule, value)
    swapped = {{"ars": "fund", "fund": "ars"}[party]: decision for party, decision in verdicts.items()}
    assert retained(line, verdicts) == retained(line, swapped)


@given(RULES, st.none() | FIGURES, DECISIONS)
def test_the_same_decision_twice_is_final_unless_it_contests(rule, value, decision):
    found = retained(line_of(rule, value), {"ars": decision, "fund": decision})
    assert found.is_final is (decision.verdict != Verdict.CONTESTED)


@given(RULES)
def test_a_rule_kept_with_the_submission_is_read_back_as_it_was(rule):
    assert rule_from_json(rule_to_json(rule)) == rule
