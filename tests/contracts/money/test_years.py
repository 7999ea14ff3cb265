"""What a year brings as it stands: missions as they started, indicators, crisis, closed figures; simulated, by date."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.models import Closing, JournalEntry, OtherResource
from contracts.money.crisis import recognise, top_up_of
from contracts.money.entitlements import money_of, terms_reader, years_of
from contracts.money.funding import entitlement, from_json, to_json
from contracts.money.schedule import schedule_lines, schedule_sheet
from contracts.money.simulation import Hypotheses, Start, simulate
from contracts.money.three_figures import civil_year, figures_of, schedule
from contracts.terms.terms import AmountTerm
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from missions.models import BudgetLine
from tests import contract_factories as make
from tests import factories
from tests import mission_factories as missions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
DAY = date(2026, 3, 2)
MOMENT = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def cpts():
    return factories.cpts()


@pytest.fixture
def year(cpts):
    return make.year(make.contract(cpts))


def line(year, mission: str, part: str, day: date = DAY):
    return money_of(year, day).found.line(mission, part)


# --- As it stands ---------------------------------------------------------------------------------------------------
def test_the_fixed_part_runs_from_the_real_start_and_says_how_it_is_rounded(year, cpts):
    missions.mission(cpts, "acces", started_on=date(2026, 2, 1))
    found = line(year, "acces", "fixed")
    assert (found.due, found.advance_on) == (Decimal("82356.16"), date(2026, 2, 1))
    assert found.explanation[1:] == (
        "Du 1er février 2026 au 31 décembre 2026 : 334\xa0jours sur 365.",
        "Soit 82\u202f356,16\xa0€, arrondis une fois au centime.",
        "Avance de 75 %, solde avec l’évaluation de l’année.",
    )


def test_the_variable_part_unfolds_into_the_sentence_of_each_indicator(year, cpts):
    missions.mission(cpts, "acces", started_on=date(2026, 1, 1))
    for name, value in (("Soirées", "5"), ("Annuaire", "0")):
        target = missions.target(missions.indicator(cpts, name=name), value="4", amount="5000.00")
        missions.result(target, value)
    found = line(year, "acces", "variable")
    assert found.due == Decimal("5000.00")
    assert found.explanation[1:] == (
        "Indicateurs : 5\u202f000,00\xa0€ gagnés sur 35\u202f000,00\xa0€.",
        "« Soirées ». Tout ou rien : cible de 4 atteinte avec 5. Soit 5\u202f000,00\xa0€ sur 5\u202f000,00\xa0€.",
        "« Annuaire ». Tout ou rien : cible de 4 non atteinte avec 0. Soit 0,00\xa0€ sur 5\u202f000,00\xa0€.",
    )


def test_a_mission_stopped_or_a_contract_terminated_no_longer_earns(year, cpts):
    missions.mission(
        cpts, "acces", started_on=date(2026, 1, 1), stopped_on=date(2026, 7, 1), stop_reason="Moyens insuffisants"
    )
    assert line(year, "acces", "fixed").due == Decimal("44630.14")  # 181 days of 365
    contract = year.contract
    contract.ended_on, contract.end_reason, contract.end_initiator = date(2026, 4, 1), "Fin", "cpts"
    contract.save()
    year.refresh_from_db()
    assert line(year, "acces", "fixed").due == Decimal("22191.78")  # 90 days of 365


def test_an_amendment_changes_the_amounts_from_the_next_anniversary(cpts):
    contract = make.contract(cpts)
    more = make.terms(amounts=(AmountTerm("functioning", Decimal(90_000), "Avenant n° 1", "verified"),))
    review = make.review(cpts, "amendment", "signed", content=make.to_json(more))
    contract.versions.create(
        review=review, number=1, effective_on=date(2026, 6, 1), sealed_at=MOMENT, reason="x", asked_by="cpts",
        terms_sha256="0" * 64, **{f"{party}_signed_on": date(2026, 6, 1) for party in ("cpts", "ars", "fund")},
    )  # fmt: skip
    first, second = (money_of(make.year(contract, number), DAY).found.line("", "functioning") for number in (1, 2))
    assert (first.due, second.due) == (Decimal(75_000), Decimal(90_000))
    assert "Avenant n° 1" in second.explanation[0]


def test_a_closed_year_tells_its_closed_figures_and_is_never_computed_again(year, cpts):
    missions.mission(cpts, "acces", started_on=date(2026, 1, 1))
    closed = money_of(year, DAY).found
    Closing.objects.create(
        year=year, number=1, entitlement=to_json(closed), total=closed.total, sha256="0" * 64, closed_at=MOMENT
    )
    missions.mission(cpts, "acces").delete()
    missions.mission(cpts, "acces", started_on=date(2026, 12, 1))
    money = money_of(year, DAY)
    assert money.is_closed
    assert money.found == closed
    Closing.objects.update(reopened_at=MOMENT, reopen_reason="Erreur")
    assert money_of(year, DAY).found != closed


def test_what_a_closed_year_keeps_is_read_back_to_the_cent(year):
    found = money_of(year, DAY).found
    assert from_json(to_json(found)) == found
    assert from_json({}).total == 0


# --- A crisis -------------------------------------------------------------------------------------------------------
def with_crisis(cpts):
    top_up = AmountTerm("crisis", Decimal(67_500), "Annexe", "verified", "acces", "Accès aux soins")
    return make.year(make.contract(cpts, of=make.terms(amounts=(*make.terms().amounts, top_up))))


def test_a_crisis_recognised_by_the_ars_opens_the_top_up_and_stands_in_the_journal(cpts):
    year, agent = with_crisis(cpts), factories.ars_agent(cpts.ars)
    assert line(year, "acces", "crisis") is None
    fields = {"decision": "Décision n° 14", "version": "0", "moment": MOMENT, "day": DAY, "by": agent}
    with pytest.raises(NotPossible, match="une fois reconnue"):
        recognise(year, on=date(2026, 3, 3), **fields)
    with pytest.raises(NotPossible, match="L’année va du 1er janvier 2026 au 31 décembre 2026"):
        recognise(year, on=date(2025, 12, 31), **fields)
    with pytest.raises(NotPossible, match="Indiquez la décision"):
        recognise(year, on=DAY, **{**fields, "decision": " "})
    assert top_up_of(year, DAY) == 0
    year = recognise(year, on=DAY, **fields)
    assert top_up_of(year, DAY) == Decimal(67_500)
    assert line(year, "acces", "crisis").due == Decimal(67_500)
    assert "Décision n° 14" in JournalEntry.objects.get(act="crisis").words
    with pytest.raises(StaleEdit):
        recognise(year, on=DAY, **fields)


# --- Et si… ---------------------------------------------------------------------------------------------------------
def sim(year, **hypotheses):
    return simulate(Start.of(year, DAY), Hypotheses(**hypotheses))


def rows(found) -> dict[str, Decimal]:
    return {row.label: row.difference for row in found.rows if row.difference}


def test_prevention_that_starts_in_september(year):
    found = sim(year, starts={"prevention": date(2026, 9, 1)})
    assert rows(found) == {"Prévention : part fixe": Decimal("-11650.68")}  # 17 500 x 122 / 365 instead of all
    assert found.total.signed == "−11\u202f650,68\xa0€"


def test_six_thousand_more_inhabitants_within_the_size_change_nothing(year):
    found = sim(year, population=96_000)
    assert (found.size_now, found.size_then, rows(found)) == (3, 3, {})
    assert "reste en taille 3" in found.remarks[0]


def test_another_size_takes_the_grid_of_that_size_and_says_what_is_to_confirm(year):
    found = sim(year, population=60_000)
    assert (found.size_now, found.size_then) == (3, 2)
    assert rows(found)["Fonctionnement"] == Decimal(-15_000)
    doubts = {row.label: row.is_verified for row in found.rows}
    assert (doubts["Fonctionnement"], doubts["Accès aux soins : part fixe"]) == (True, False)


def test_eighty_percent_of_the_targets(year):
    found = sim(year, percent=80)
    assert rows(found) == {
        "Accès aux soins : part variable": Decimal(28_000),
        "Prévention : part variable": Decimal(14_000),
    }
    assert rows(sim(year, percent=80, percents={"acces": 0})) == {"Prévention : part variable": Decimal(14_000)}


def test_a_simulation_saves_nothing_and_no_hypothesis_changes_nothing(year, django_assert_num_queries):
    start = Start.of(year, DAY)
    with django_assert_num_queries(0):
        assert not simulate(start, Hypotheses()).changes
    assert Hypotheses().is_empty


@given(percent=st.integers(0, 100), other=st.integers(0, 100), shift=st.integers(0, 364))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_lines_always_make_the_total_and_more_achievement_never_pays_less(year, percent, other, shift):
    start = Start.of(year, DAY)
    later = {"acces": date.fromordinal(year.exercise.start.toordinal() + shift)}
    low, high = (simulate(start, Hypotheses(percent=each, starts=later)) for each in sorted((percent, other)))
    for found in (low, high):
        assert sum(row.difference for row in found.rows) == found.total.difference
        assert sum(row.then for row in found.rows) == found.total.then
    assert low.total.then <= high.total.then


# --- Three figures, by year and by date -----------------------------------------------------------------------------
def spend(cpts, amount: str, **fields) -> BudgetLine:
    dates = {name: fields.pop(name) for name in ("start", "started_on") if name in fields}
    action = missions.action(cpts, "acces", **dates)
    return BudgetLine.objects.create(action=action, label="Dépense", spent=Decimal(amount), **fields)


def test_contractual_paid_and_spent_by_envelope(year, cpts):
    access = missions.mission(cpts, "acces", started_on=date(2026, 1, 1))
    make.payment(year, amount=Decimal(75_000), status="paid", decided_at=MOMENT, paid_on=DAY)
    make.payment(year, amount=Decimal(10_000), status="proposed")
    spend(cpts, "1200", envelope="mission", mission=access, started_on=date(2026, 5, 1))
    spend(cpts, "300", envelope="functioning", start=date(2026, 6, 1))
    spend(cpts, "999", envelope="own", started_on=date(2026, 5, 1))
    spend(cpts, "50", envelope="functioning")
    spend(cpts, "70", envelope="functioning", started_on=date(2027, 5, 1))
    money = figures_of(cpts, [year], DAY)
    (found,) = money.years
    told = {row.label: (row.contractual, row.paid, row.spent) for row in found.rows}
    assert told == {
        "Fonctionnement": (Decimal(75_000), Decimal(75_000), Decimal(300)),
        "Accès aux soins": (Decimal(90_000), 0, Decimal(1200)),
        "Prévention": (Decimal(17_500), 0, 0),
    }
    assert (found.total.to_pay, found.total.left) == (Decimal(107_500), Decimal(73_500))
    assert money.undated == Decimal(50)


def test_the_schedule_sums_to_the_entitlement(year, cpts):
    missions.target(missions.indicator(cpts), value="1", amount="777.77")
    money = money_of(year, DAY)
    dates = schedule(money)
    assert sum(each.amount for each in dates) == money.found.total
    assert [each.on for each in dates] == sorted(each.on for each in dates)


def test_the_civil_year_tells_what_falls_due_and_what_was_paid_in_it(cpts):
    contract = make.contract(cpts, date(2026, 10, 9))
    year = make.year(contract)
    make.payment(year, status="paid", decided_at=MOMENT, paid_on=date(2026, 12, 30))
    make.payment(year, status="paid", decided_at=MOMENT, paid_on=date(2027, 1, 4), received_on=date(2027, 1, 5))
    OtherResource.objects.create(cpts=cpts, label="FIR", giver="ARS", amount=Decimal(30_000), received_on=DAY)
    day = date(2027, 2, 1)
    first, second = civil_year(cpts, 2026, day), civil_year(cpts, 2027, day)
    assert {each.on.year for each in first.due} == {2026}
    assert (first.paid_total, second.paid_total, first.other_total) == (75_000, 75_000, 30_000)
    assert first.sentence == "1\xa0versement, dont 1 à rapprocher par la CPTS."
    assert second.sentence == "1\xa0versement, tous rapprochés par la CPTS."
    assert {each.year.exercise.number for each in second.due} == {
        1,
        2,
    }  # a balance, then an advance
    everything_due = [each.amount for number in range(2026, 2033) for each in civil_year(cpts, number, day).due]
    assert sum(everything_due) == sum(money_of(each, day).found.total for each in years_of(cpts))


def test_the_schedule_to_print_says_what_is_paid_and_what_is_left(year):
    make.payment(year, status="paid", decided_at=MOMENT, paid_on=DAY, reference="VIR-1")
    sheet = schedule_sheet(year, day=DAY)
    assert (sheet["received"], sheet["left"]) == (Decimal(75_000), Decimal(107_500))
    assert next(iter(schedule_lines(sheet)))[1:] == ("Fonctionnement", "Avance", Decimal(75_000), "vérifié")


def test_terms_of_a_year_before_the_first_text_are_those_of_the_first_text(year):
    terms_on = terms_reader(year.contract)
    assert terms_on(date(2020, 1, 1)) == terms_on(DAY) == make.terms()
    facts = Start.of(year, DAY).facts
    assert entitlement(terms_on, replace(facts, has_crisis=True)).total == Decimal(182_500)
