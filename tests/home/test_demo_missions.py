"""The demonstration CPTS of size 3 carries the whole of a contract, which balances, slip included."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from cpts_portal.home.demo_indicators import ENVELOPES
from cpts_portal.home.demo_missions import FULL, fill_missions
from missions.indicators.achievement import contradictions
from missions.indicators.results import year_states
from missions.indicators.rules import rule_of
from missions.models import CptsMission, Exercise, Indicator, ResultEnvelope, Target
from territories.models import Cpts
from tests import factories, member_factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


@pytest.fixture
def full(see_everything) -> Cpts:
    cpts = factories.cpts("CPTS de démonstration")
    for _ in range(18):
        member_factories.professional(cpts)
    fill_missions({FULL: cpts}, today=TODAY, by=factories.administrator(), made=Counter())
    return cpts


def test_the_amounts_of_each_year_add_up_to_the_variable_part_of_each_mission(full):
    for year in Exercise.objects.filter(cpts=full):
        sums = Target.objects.filter(exercise=year).values_list("indicator__mission__mission__code")
        amounts = {code: total for code, total in sums.annotate(Sum("amount")).order_by() if total}
        noted = ResultEnvelope.objects.filter(exercise=year).values_list("mission__mission__code", "amount")
        assert amounts == dict(noted) == ENVELOPES
    assert [int(amount) for amount in ENVELOPES.values()] == [35_000, 45_000, 17_500, 15_000, 10_000]
    assert Exercise.objects.filter(cpts=full).count() == 5


def test_only_the_slip_of_the_real_contract_does_not_hold_together(full):
    found = {}
    for target in Target.objects.filter(exercise__cpts=full, exercise__number=3).select_related("indicator"):
        said = contradictions(rule_of(target), kind=target.kind, value=target.value, written=target.written)
        if said:
            found[target.indicator.name] = said
    assert list(found) == ["Patients de plus de 16 ans avec un médecin traitant"]
    assert "68" in found["Patients de plus de 16 ans avec un médecin traitant"][0]


def test_meetings_feed_the_indicators_and_prove_them(full):
    state = {
        each.target.indicator.name: each for each in year_states(full, Exercise.objects.get(cpts=full, number=3), TODAY)
    }
    evenings = state["Soirées pluriprofessionnelles tenues"]
    assert (evenings.value, evenings.missing_proofs) == (Decimal(1), ())
    assert state["Médecins participant au service d’accès aux soins"].missing_proofs == ("Bilan",)


def test_a_cpts_that_has_missions_is_left_as_it_is(full):
    before = (CptsMission.objects.count(), Indicator.objects.count())
    fill_missions({FULL: full}, today=TODAY, by=factories.administrator(), made=Counter())
    assert (CptsMission.objects.count(), Indicator.objects.count()) == before
