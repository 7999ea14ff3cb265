"""How much an indicator earns: three rules, bounds, monotonicity, direction, contradictions of a target."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.indicators.achievement import Rule, Rung, achievement, contradictions, final_value

D = Decimal
values = st.decimals(min_value=-10_000, max_value=100_000, places=2)
amounts = st.decimals(min_value=0, max_value=50_000, places=2)
directions = st.sampled_from(["up", "down"])


@st.composite
def rules(draw) -> Rule:
    """Any rule a coordinator may define, consistent or not."""
    method = draw(st.sampled_from(["binary", "steps", "linear"]))
    bounds = draw(st.lists(values, min_size=1, max_size=4, unique=True))
    direction = draw(directions)
    ordered = sorted(bounds, reverse=direction == "down")  # from the easiest to the hardest
    earned = sorted(draw(st.lists(amounts, min_size=len(bounds), max_size=len(bounds))))
    return Rule(
        method=method,
        direction=direction,
        target=draw(values),
        amount=max(earned) if method == "steps" else draw(amounts),
        baseline=draw(values),
        rungs=tuple(Rung(bound, amount) for bound, amount in zip(ordered, earned, strict=True)),
    )


@given(rules(), values)
def test_nothing_earned_goes_beyond_the_amount_nor_below_zero(rule, result):
    found = achievement(rule, result)
    assert 0 <= found.rate <= 1
    assert 0 <= found.earned <= rule.amount


@given(rules(), values, values)
def test_a_better_result_never_earns_less(rule, one, other):
    worse, better = sorted((one, other), reverse=rule.direction == "down")
    assert achievement(rule, worse).earned <= achievement(rule, better).earned


@given(rules())
def test_reaching_the_target_earns_everything_when_the_rule_has_one(rule):
    if rule.method == "steps":
        best = rule.rungs[-1]
        assert achievement(rule, best.bound).earned == rule.amount
    else:
        assert achievement(rule, rule.target).earned == rule.amount


@given(rules())
def test_without_a_result_nothing_is_earned(rule):
    assert achievement(rule, None).earned == 0


@given(st.decimals(min_value=0, max_value=1000, places=2), amounts)
def test_the_middle_of_a_proportional_way_earns_half_to_the_cent(step, amount):
    rule = Rule("linear", "down", target=D(100) - step - 1, amount=amount, baseline=D(100))
    middle = (rule.target + rule.baseline) / 2
    assert abs(achievement(rule, middle).earned - amount / 2) <= D("0.005")


@pytest.mark.parametrize(
    ("result", "earned"), [("219", "3000"), ("100", "6000"), ("51", "6000"), ("50", "9000"), ("220", "0")]
)
def test_the_steps_of_a_real_contract(result, earned):
    """Patients with a long illness and no doctor: 219 at first; at most 50, 100, 219."""
    rungs = (Rung(D(219), D(3000)), Rung(D(100), D(6000)), Rung(D(50), D(9000)))
    rule = Rule("steps", "down", None, D(9000), D(219), rungs)
    assert achievement(rule, D(result)).earned == D(earned)


@pytest.mark.parametrize(
    ("kind", "value", "baseline", "final"),
    [
        ("absolute", "75", "66.26", "75"),
        ("delta", "700", "66111", "66811"),
        ("rate", "-10", "200", "180.00"),
        ("delta", "700", None, None),
    ],
)
def test_the_final_figure_of_a_target(kind, value, baseline, final):
    found = final_value(kind, D(value), D(baseline) if baseline else None)
    assert found == (D(final) if final else None)


def test_the_slip_of_a_real_contract_is_caught():
    """« 68 811 patients, soit +700 » on 66 111 patients: 66 811."""
    rule = Rule("binary", "up", D(66_811), D(5000), D(66_111))
    [sentence] = contradictions(rule, kind="delta", value=D(700), written=D(68_811))
    assert "68\u202f811" in sentence
    assert "66\u202f811" in sentence
    assert contradictions(rule, kind="delta", value=D(700), written=D(66_811)) == []


def test_a_target_on_the_wrong_side_and_steps_that_do_not_add_up_are_told():
    down = Rule("binary", "down", D(300), D(1000), D(219))
    assert any(
        "à la baisse" in sentence for sentence in contradictions(down, kind="absolute", value=D(300), written=None)
    )
    steps = Rule("steps", "up", None, D(3500), D(66), (Rung(D(70), D(1000)), Rung(D(75), D(1000))))
    told = contradictions(steps, kind="absolute", value=None, written=None)
    assert len(told) == 2
