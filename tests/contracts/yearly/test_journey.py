"""A year from its opening to its decisions: what is copied, what each agency may decide and when."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from contracts.models import (
    ContractYear,
    LineVerdict,
    Review,
    Submission,
)
from contracts.yearly.deciding import Choice, decide, validate_proven, why_not_decide
from contracts.yearly.lines import board_of
from contracts.yearly.opening import due_year, open_year_review, open_yearly_reviews, title_of
from cpts_portal.accounts.roles import Role
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from missions.models import Exercise, ExpectedProof, Proof
from tests import contract_factories as make
from tests import factories
from tests.contracts.yearly.steps import (
    DAY,
    Table,
    indicator_of,
    lines,
    one_line,
    opened,
    result,
    retained,
    size_3,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]


@pytest.fixture
def table() -> Table:
    return Table(factories.cpts())


@pytest.fixture
def year(table) -> ContractYear:
    return make.year(size_3(table.cpts))


# --- Opened ---------------------------------------------------------------------------------------------------------
def test_the_title_names_the_year_and_its_calendar_years():
    assert title_of(Exercise(number=2, start=date(2025, 12, 19), end=date(2026, 12, 19))) == (
        "Dialogue de gestion, année 2 (2025-2026)"
    )
    assert title_of(Exercise(number=1, start=date(2026, 1, 1), end=date(2027, 1, 1))) == (
        "Dialogue de gestion, année 1 (2026)"
    )


def test_a_review_opens_from_90_days_before_the_end_of_the_year_and_once(table, year):
    assert due_year(table.cpts.pk, date(2026, 10, 2)) is None
    with pytest.raises(NotPossible, match="3 octobre 2026"):
        open_year_review(year, day=date(2026, 10, 2), by=None)
    assert due_year(table.cpts.pk, date(2026, 10, 3)) == year
    review = open_year_review(year, day=date(2026, 10, 3), by=table.people[Role.COORDINATOR])
    year.refresh_from_db()
    assert (year.review, review.kind, review.status) == (review, "year", "draft")
    with pytest.raises(NotPossible, match="déjà ouvert"):
        open_year_review(year, day=DAY, by=None)
    assert due_year(table.cpts.pk, DAY) is None


def test_every_night_those_of_the_years_about_to_end_open(table, year, capsys):
    size_3(factories.cpts())
    ended = size_3(factories.cpts())
    ended.ended_on, ended.end_reason, ended.end_initiator = date(2026, 9, 1), "Accord", "cpts"
    ended.save()
    assert open_yearly_reviews(date(2026, 9, 30)) == []
    assert len(open_yearly_reviews(DAY)) == 2
    assert open_yearly_reviews(DAY) == []
    call_command("open_yearly_reviews", "--dry-run")
    assert capsys.readouterr().out == "À ouvrir : 0\xa0dialogue de gestion.\n"


# --- Presented ------------------------------------------------------------------------------------------------------
def test_what_is_missing_is_told_before_submitting(table, year):
    review = open_year_review(year, day=DAY, by=None)
    with pytest.raises(NotPossible) as refusal:
        table.move(review, "submit", Role.COORDINATOR)
    assert str(refusal.value) == (
        "Aucun indicateur n’a de cible cette année. Document manquant : rapport d’activité. "
        "Document manquant : comptes annuels."
    )
    target = indicator_of(year, "acces", "5000", cadence="quarter")
    with pytest.raises(NotPossible, match=f"Résultat à saisir : {target.indicator.name}"):
        table.move(review, "submit", Role.COORDINATOR)


def test_what_is_submitted_is_copied_and_no_longer_moves(table, year):
    target = indicator_of(year, "acces", "5000")
    ExpectedProof.objects.create(indicator=target.indicator, kind="report")
    entered = result(target, 120)
    review = submitted(table, year)
    (line,) = lines(year)
    assert (line.value, line.earned, line.most, line.goal) == (120, 5000, 5000, "cible : 100 patients")
    assert (line.mission.code, line.explanation) == ("acces", "Tout ou rien : cible de 100 atteinte avec 120.")
    assert len(line.missing_proofs) == 1
    assert Submission.objects.get(review=review).content["lines"][0]["value"] == "120.00"
    entered.value = Decimal(3)
    save_as(entered, by=None)
    target.value = Decimal(1000)
    save_as(target, by=None)
    table.both(line, "corrected", 100)  # judged by the target as submitted
    (state,) = board_of(lines(year)[0].year).states
    assert (state.line.value, state.retained.amount) == (120, 5000)


def test_proofs_are_locked_when_the_year_is_submitted(table, year):
    target = indicator_of(year, "acces", "5000")
    result(target, 120)
    proof = Proof.objects.create(target=target, kind="report", title="Bilan", link="https://exemple.test/bilan")
    submitted(table, year)
    proof.refresh_from_db()
    assert proof.locked_at is not None


def test_after_corrections_only_the_lines_with_an_open_correction_are_copied_again(table, year):
    targets = [indicator_of(year, "acces", "5000") for _ in range(2)]
    entered = [result(target, 120) for target in targets]
    review = submitted(table, year)
    first, second = lines(year)
    table.both(first)
    table.decide(second, "ars", "contested")
    table.decide(second, "fund")
    table.move(review, "visa", Role.FUND_AGENT)
    table.move(review, "send_back", Role.ARS_AGENT, reason="Voir le second")
    for row in entered:
        row.value = Decimal(90)
        save_as(row, by=None)
    again = table.move(review, "submit", Role.COORDINATOR)
    first, second = lines(year)
    assert ([first.value, second.value], again.number) == ([120, 90], 2)
    assert first.verdicts.count() == 2
    assert second.verdicts.count() == 0  # both had judged other figures
    assert again.fund_agreed_at is None  # its visa covered a decision that no longer holds
    assert [line["value"] for line in again.content["lines"]] == ["120.00", "90.00"]


def test_a_line_that_an_agency_corrected_is_copied_again(table, year):
    targets = [indicator_of(year, "acces", "5000") for _ in range(2)]
    entered = [result(target, 120) for target in targets]
    review = submitted(table, year)
    first, second = lines(year)
    table.both(first)
    table.decide(second, "ars", "corrected", 110)
    table.move(review, "send_back", Role.ARS_AGENT, reason="Voir le second")
    for row in entered:
        row.value = Decimal(90)
        save_as(row, by=None)
    table.move(review, "submit", Role.COORDINATOR)
    assert [line.value for line in lines(year)] == [120, 90]


def test_the_rules_of_lines_that_are_not_copied_again_stay_as_submitted(table, year):
    targets = [indicator_of(year, "acces", "5000") for _ in range(2)]
    for target in targets:
        result(target, 120)
    review = submitted(table, year)
    rules = Review.objects.get(pk=review.pk).content["rules"]
    first, second = lines(year)
    table.both(first)
    table.decide(second, "ars", "contested")
    table.move(review, "send_back", Role.ARS_AGENT, reason="Voir le second")
    targets[0].value = Decimal(1000)
    save_as(targets[0], by=None)
    again = table.move(review, "submit", Role.COORDINATOR)
    assert again.content["rules"] == rules


def test_a_request_for_correction_about_a_line_opens_it_again(table, year):
    targets = [indicator_of(year, "acces", "5000") for _ in range(2)]
    entered = [result(target, 120) for target in targets]
    review = submitted(table, year)
    first, _second = lines(year)
    make.comment(review, kind="correction", anchor=f"line:{first.pk}")
    table.move(review, "send_back", Role.ARS_AGENT, reason="Voir la remarque")
    for row in entered:
        row.value = Decimal(90)
        save_as(row, by=None)
    table.move(review, "submit", Role.COORDINATOR)
    assert [line.value for line in lines(year)] == [90, 120]


def test_without_any_open_correction_the_whole_year_is_copied_again(table, year):
    kept, gone = (indicator_of(year, "acces", "5000") for _ in range(2))
    entered = result(kept, 120)
    review = submitted(table, year)
    table.both(lines(year)[0])
    table.move(review, "send_back", Role.FUND_AGENT, reason="À revoir dans l’ensemble")
    gone.indicator.is_active = False
    save_as(gone.indicator, by=None)
    new = indicator_of(year, "prevention", "1000")
    table.move(review, "submit", Role.COORDINATOR)
    assert [line.target for line in lines(year)] == [kept, new]
    assert lines(year)[0].verdicts.count() == 2  # the same figures: the decisions hold
    assert entered.value == 120


# --- Decided --------------------------------------------------------------------------------------------------------
def test_an_amount_is_retained_once_both_agencies_say_the_same(table, year):
    _review, line = one_line(table, year)
    table.decide(line, "ars")
    assert retained(year) == 0
    table.decide(line, "fund")
    assert retained(year) == 5000
    table.decide(line, "fund", "corrected", 80)
    assert retained(year) == 0  # to be settled between them
    table.decide(line, "ars", "corrected", 80)
    assert retained(year) == 0  # both agree that the target is missed
    assert board_of(year).is_settled


def test_a_corrected_value_at_a_middle_step_earns_that_step(table, year):
    target = indicator_of(year, "acces", "5000", steps={50: "2000", 100: "5000"})
    result(target, 120)
    submitted(table, year)
    (line,) = lines(year)
    assert line.earned == 5000
    table.both(line, "corrected", 60)
    assert retained(year) == 2000


def test_everything_but_a_validation_has_a_reason_and_a_correction_its_value(table, year):
    _review, line = one_line(table, year)
    for choice, words in (
        (Choice("contested"), "Indiquez le motif."),
        (Choice("corrected", None, "Erreur"), "Indiquez la valeur corrigée."),
    ):
        with pytest.raises(NotPossible, match=words):
            decide(line, choice, party="ars", stamp=f"{line.version}.0.0", by=table.people[Role.ARS_AGENT])


def test_a_colleague_who_decided_meanwhile_is_not_undone(table, year):
    _review, line = one_line(table, year)
    colleague = factories.ars_agent(table.cpts.ars)
    table.decide(line, "ars", "contested")
    with pytest.raises(StaleEdit):
        decide(line, Choice("validated"), party="ars", stamp=f"{line.version}.0.0", by=colleague)
    assert LineVerdict.objects.get(line=line).verdict == "contested"


def test_only_agencies_decide_and_only_on_a_year_submitted(table, year):
    review = opened(year)
    assert "une fois l’année déposée" in why_not_decide(review, "ars")
    result(indicator_of(year, "acces", "5000"), 120)
    review = table.move(review, "submit", Role.COORDINATOR)
    assert why_not_decide(review, "ars") == ""
    assert "Seules" in why_not_decide(review, "cpts")


def test_a_visa_stands_by_its_decisions_until_it_is_taken_back(table, year):
    review, line = one_line(table, year)
    table.both(line)
    table.move(review, "visa", Role.ARS_AGENT)
    with pytest.raises(NotPossible, match="retirez-le d’abord"):
        table.decide(line, "ars", "contested")
    table.move(review, "take_back", Role.ARS_AGENT, reason="Nouvel élément")
    table.decide(line, "ars", "contested")
    assert LineVerdict.objects.get(line=line, party="ars").verdict == "contested"


def test_decisions_the_cpts_agreed_to_no_longer_change_until_corrections_are_asked(table, year):
    review, line = one_line(table, year)
    table.both(line)
    table.move(review, "agree", Role.BOARD)
    with pytest.raises(NotPossible, match="La CPTS a donné son accord"):
        table.decide(line, "fund", "contested")
    back = table.move(review, "send_back", Role.FUND_AGENT, reason="Une pièce manque")
    assert back.cpts_agreed_at is None
    table.decide(line, "fund", "contested")


def test_what_is_proven_is_validated_at_once_and_nothing_else(table, year):
    proven, unproven, empty = (indicator_of(year, "acces", "1000") for _ in range(3))
    ExpectedProof.objects.create(indicator=unproven.indicator, kind="report")
    result(proven, 120)
    result(unproven, 120)
    submitted(table, year)
    first = lines(year)[0]
    table.decide(first, "fund", "contested")
    assert validate_proven(lines(year)[0].year, party="ars", by=table.people[Role.ARS_AGENT]) == 1
    assert validate_proven(lines(year)[0].year, party="fund", by=table.people[Role.FUND_AGENT]) == 0
    assert list(LineVerdict.objects.values_list("line__target", "party", "verdict")) == [
        (proven.pk, "ars", "validated"),
        (proven.pk, "fund", "contested"),
    ]
    assert empty.pk in {line.target_id for line in lines(year)}


def test_the_last_year_of_a_contract_carries_nothing_over(table):
    contract = size_3(table.cpts)
    last = make.year(contract, 5)
    result(indicator_of(last, "acces", "5000"), 3)
    review = open_year_review(last, day=date(2030, 12, 1), by=None)
    last.refresh_from_db()
    Review.objects.filter(pk=review.pk).update(status="submitted", submitted_on=DAY, number=1)
    line = make.year_line(last, name="Soirées")
    with pytest.raises(NotPossible, match="dernière année"):
        table.decide(line, "ars", "carried")
