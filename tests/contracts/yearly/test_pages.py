"""The yearly review as a browser sees it: opened, prepared, decided, recorded, printed; each side its own page."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contracts.models import Closing, ContractYear, LineVerdict, Review, YearLine
from contracts.yearly.opening import open_year_review
from contracts.yearly.record import year_record
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from missions.models import ExpectedProof
from tests import contract_factories as make
from tests import factories
from tests.contracts.yearly.steps import Table, indicator_of, lines, opened, result, size_3, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> Table:
    return Table(factories.cpts("du Penthièvre"))


@pytest.fixture
def year(table) -> ContractYear:
    return make.year(size_3(table.cpts))


@pytest.fixture
def presented(table, year) -> list[YearLine]:
    """Two indicators of 5 000 €, met; the second one lacks its proof."""
    with everything("test data"):
        first, second = (indicator_of(year, "acces", "5000") for _ in range(2))
        ExpectedProof.objects.create(indicator=second.indicator, kind="report")
        for target in (first, second):
            result(target, 120)
        submitted(table, year)
        year.refresh_from_db()
        return lines(year)


def url(name: str, *args) -> str:
    return reverse(f"contracts:{name}", args=args)


def words(answer) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def as_role(client, table, role: Role):
    client.force_login(table.people[role])
    return client


def stamp(line: YearLine) -> str:
    with everything("test data"):
        mine = LineVerdict.objects.filter(line=line, party="ars").first()
    return f"{line.version}.{mine.pk if mine else 0}.{mine.version if mine else 0}"


def decisions(line: YearLine) -> list[tuple[str, str]]:
    with everything("reading back"):
        return list(LineVerdict.objects.filter(line=line).values_list("party", "verdict"))


def about_to_end(table: Table) -> ContractYear:
    """The fifth year of a contract, which ends in thirty days."""
    ends = timezone.localdate() + timedelta(days=30)
    return make.year(make.contract(table.cpts, start=ends.replace(day=1, year=ends.year - 1)))


# --- Opened, prepared -----------------------------------------------------------------------------------------------
def test_the_coordinator_opens_the_review_of_a_year_about_to_end(client, table):
    year = about_to_end(table)
    page = as_role(client, table, Role.COORDINATOR).get(url("file", table.cpts.pk))
    assert "Ouvrir le dialogue de gestion de l’année 1" in words(page)
    client.post(url("open", table.cpts.pk, "year"))
    with everything("reading back"):
        year.refresh_from_db()
        assert year.review.kind == "year"
    assert "Ouvrir le dialogue" not in words(client.get(url("file", table.cpts.pk)))


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.BOARD, Role.ARS_AGENT, Role.FUND_AGENT])
def test_before_it_opens_the_page_says_so_and_only_the_coordinator_may_open_it(client, table, role):
    year = about_to_end(table)
    shown = words(as_role(client, table, role).get(url("year-review", table.cpts.pk, year.pk)))
    assert "Le dialogue de gestion n’est pas ouvert" in shown
    assert (url("open", table.cpts.pk, "year") in shown) is (role == Role.COORDINATOR)


def test_the_cpts_sees_what_is_missing_with_the_way_to_it(client, table, year):
    with everything("test data"):
        open_year_review(year, day=date(2026, 12, 10), by=None)
        target = indicator_of(year, "acces", "5000", cadence="quarter", name="Soirées")
        ExpectedProof.objects.create(indicator=target.indicator, kind="report")
    page = url("year-review", table.cpts.pk, year.pk)
    shown = words(as_role(client, table, Role.COORDINATOR).get(page))
    assert reverse("missions:target-record", args=[table.cpts.pk, target.pk]) in shown
    assert reverse("missions:target-proof", args=[table.cpts.pk, target.pk]) in shown
    assert "preuve manquante : Bilan" in shown
    agent = words(as_role(client, table, Role.ARS_AGENT).get(page))
    assert "Soirées" in agent
    assert reverse("missions:target-record", args=[table.cpts.pk, target.pk]) not in agent


# --- The page of a year ---------------------------------------------------------------------------------------------
def test_both_decisions_stand_side_by_side_and_the_totals_follow(client, table, year, presented):
    with everything("test data"):
        table.both(presented[0])
        table.decide(presented[1], "ars", "contested")
    shown = words(as_role(client, table, Role.BOARD).get(url("year-review", table.cpts.pk, year.pk)))
    assert "Retenu : 5 000,00 €, pour 10 000,00 € présentés (10 000,00 € au plus)." in shown
    assert "1 indicateur réglé sur 2" in shown
    assert "Vu en réunion" in shown
    assert "Enregistrer la décision" not in shown


@pytest.mark.parametrize(
    ("role", "asked", "expected"),
    [
        (Role.ARS_AGENT, "a-decider", 0),
        (Role.FUND_AGENT, "a-decider", 1),
        (Role.COORDINATOR, "contestes", 1),
        (Role.COORDINATOR, "a-trancher", 0),
        (Role.COORDINATOR, "autre", 2),
    ],
)
def test_filters_show_what_each_side_has_to_do(client, table, year, presented, role, asked, expected):
    with everything("test data"):
        table.both(presented[0])
        table.decide(presented[1], "ars", "contested")
    shown = words(as_role(client, table, role).get(url("year-review", table.cpts.pk, year.pk) + f"?voir={asked}"))
    assert shown.count('class="year-line"') == expected
    assert ("Rien ne correspond à ce filtre" in shown) is (expected == 0)


def test_an_observer_reads_and_decides_nothing(client, table, year, presented):
    client.force_login(factories.observer())
    shown = words(client.get(url("year-review", table.cpts.pk, year.pk)))
    assert presented[0].name in shown
    assert "line-decide" not in shown
    assert "Enregistrer la décision" not in shown
    for name, pk in (("year-validate", year.pk), ("line-decide", presented[0].pk), ("year-meeting", year.pk)):
        assert client.get(url(name, table.cpts.pk, pk)).status_code == 403


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.BOARD])
def test_the_cpts_does_not_decide(client, table, presented, role):
    answer = as_role(client, table, role).post(
        url("line-decide", table.cpts.pk, presented[0].pk), {"verdict": "validated"}
    )
    assert answer.status_code == 403
    assert decisions(presented[0]) == []


def test_another_cpts_does_not_exist(client, table, year, presented):
    other = Table(factories.cpts())
    for role in (Role.COORDINATOR, Role.ARS_AGENT):
        as_role(client, other, role)
        for name in ("year-review", "year-record"):
            assert client.get(url(name, table.cpts.pk, year.pk)).status_code == 404
            assert client.get(url(name, other.cpts.pk, year.pk)).status_code == 404
    for cpts in (table.cpts, other.cpts):
        sent = {"verdict": "validated", "stamp": stamp(presented[0])}
        assert client.post(url("line-decide", cpts.pk, presented[0].pk), sent).status_code == 404
    assert decisions(presented[0]) == []


@pytest.mark.parametrize("role", [Role.ARS_AGENT, Role.COORDINATOR])
def test_the_page_reads_the_same_number_of_queries_for_1_and_3_lines(client, role):
    found = []
    for codes in (("acces",), ("acces", "acces", "prevention")):
        table = Table(factories.cpts())
        with everything("test data"):
            year = make.year(size_3(table.cpts))
            for code in codes:
                result(indicator_of(year, code, "5000"), 120)
            submitted(table, year)
            for line in lines(year):
                table.both(line, "corrected", 100)
        page = url("year-review", table.cpts.pk, year.pk)
        as_role(client, table, role).get(page)
        with CaptureQueriesContext(connection) as captured:
            shown = client.get(page).content.decode()
        assert shown.count('class="year-line"') == len(codes)
        found.append(len(captured))
    assert found[0] == found[1]


# --- Decided --------------------------------------------------------------------------------------------------------
def test_a_decision_without_javascript_comes_back_to_the_line(client, table, year, presented):
    line = presented[0]
    page = url("line-decide", table.cpts.pk, line.pk)
    assert as_role(client, table, Role.ARS_AGENT).get(page).status_code == 200
    answer = client.post(page, {"verdict": "validated", "stamp": stamp(line)})
    assert (answer.status_code, answer.url) == (302, url("year-review", table.cpts.pk, year.pk) + f"#line-{line.pk}")
    assert decisions(line) == [("ars", "validated")]


def test_with_htmx_the_line_and_the_totals_are_drawn_again(client, table, presented):
    line = presented[0]
    with everything("test data"):
        table.decide(line, "fund")
    sent = {"verdict": "validated", "stamp": stamp(line)}
    page = url("line-decide", table.cpts.pk, line.pk)
    answer = as_role(client, table, Role.ARS_AGENT).post(page, sent, headers={"HX-Request": "true"})
    shown = words(answer)
    assert answer.status_code == 200
    assert "<html" not in shown
    assert shown.count("hx-swap-oob") == 3
    assert "Retenu : 5 000,00 €, pour 10 000,00 € présentés" in shown
    assert "280 000,00 €" in shown  # due for the year


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"verdict": "corrected", "reason": "Erreur"}, "Indiquez la valeur corrigée."),
        ({"verdict": "corrected", "value": "beaucoup", "reason": "Erreur"}, "Saisissez un nombre."),
        ({"verdict": "contested", "reason": " "}, "Indiquez le motif."),
        ({"verdict": "autre"}, "Sélectionnez un choix valide"),
        ({}, "Ce champ est obligatoire."),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_bad_decision_is_refused_and_what_was_typed_stays(client, table, presented, sent, problem, htmx):
    line = presented[0]
    headers = {"HX-Request": "true"} if htmx else {}
    page = url("line-decide", table.cpts.pk, line.pk)
    sent = {**sent, "stamp": stamp(line)}
    answer = as_role(client, table, Role.ARS_AGENT).post(page, sent, headers=headers)
    assert answer.status_code == 422
    assert problem in words(answer)
    assert decisions(line) == []


@pytest.mark.parametrize("htmx", [True, False])
def test_a_colleague_who_decided_meanwhile_is_told_and_may_confirm(client, table, presented, htmx):
    line, headers = presented[0], {"HX-Request": "true"} if htmx else {}
    old = stamp(line)
    with everything("test data"):
        table.decide(line, "ars", "contested")
    sent = {"verdict": "corrected", "value": "1 100,5", "reason": "Autre source", "stamp": old}
    page = url("line-decide", table.cpts.pk, line.pk)
    answer = as_role(client, table, Role.ARS_AGENT).post(page, sent, headers=headers)
    shown = words(answer)
    assert answer.status_code == 422
    assert "a changé depuis que vous l’avez ouvert" in shown
    assert 'value="1 100,5"' in shown
    assert f'value="{stamp(line)}"' in shown
    assert decisions(line) == [("ars", "contested")]
    client.post(page, {**sent, "stamp": stamp(line)}, headers=headers)
    assert decisions(line) == [("ars", "corrected")]


def test_nothing_is_decided_before_the_year_is_submitted_and_the_page_says_why(client, table, year):
    with everything("test data"):
        opened(year)
        line = make.year_line(year)
    page = url("line-decide", table.cpts.pk, line.pk)
    answer = as_role(client, table, Role.FUND_AGENT).post(page, {"verdict": "validated", "stamp": "0.0.0"})
    assert answer.status_code == 422
    assert "une fois l’année déposée" in words(client.get(page))


def test_what_is_proven_is_validated_at_once_after_being_named(client, table, year, presented):
    page = url("year-validate", table.cpts.pk, year.pk)
    shown = words(as_role(client, table, Role.FUND_AGENT).get(page))
    assert presented[0].name in shown
    assert presented[1].name not in shown
    assert client.post(page).status_code == 302
    assert decisions(presented[0]) == [("fund", "validated")]
    assert decisions(presented[1]) == []


# --- The meeting, the record ----------------------------------------------------------------------------------------
def test_any_of_the_three_parties_records_the_meeting(client, table, year, presented):
    page = url("year-meeting", table.cpts.pk, year.pk)
    today = timezone.localdate().isoformat()
    for rank, role in enumerate((Role.COORDINATOR, Role.ARS_AGENT, Role.FUND_AGENT)):
        sent = {"meeting_on": today, "record": f"Décision {rank}", "version": str(rank)}
        assert as_role(client, table, role).post(page, sent).status_code == 302
    with everything("reading back"):
        year.refresh_from_db()
    assert year.record == "Décision 2"
    stale = client.post(page, {"meeting_on": today, "record": "Ancienne", "version": "1"})
    assert stale.status_code == 422
    assert "vient d’enregistrer cette réunion" in words(stale)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert client.post(page, {"meeting_on": tomorrow, "record": "", "version": "3"}).status_code == 422


def test_the_record_is_a_pdf_that_every_party_reads(client, table, year, presented):
    answer = as_role(client, table, Role.BOARD).get(url("year-record", table.cpts.pk, year.pk))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "releve-de-decisions-annee-1-du-penthievre.pdf" in answer["Content-Disposition"]


@pytest.mark.usefixtures("see_everything")
def test_the_record_tells_decisions_reasons_and_amounts_and_keeps_those_of_the_closing(table, year, presented):
    table.both(presented[0])
    table.decide(presented[1], "ars", "corrected", 90)
    draft = year_record(ContractYear.objects.get(pk=year.pk), day=date(2026, 12, 10))
    ((_mission, rows),) = draft["missions"]
    assert [row["said"] for row in rows] == [["Validé", "Validé"], ["Corrigé : 90 patients", "en attente"]]
    assert rows[1]["reasons"] == ["ARS : Vu en réunion"]
    assert (draft["closing"], draft["envelopes"].total) == (None, Decimal("280000.00"))
    table.decide(presented[1], "fund", "corrected", 90)
    table.close(Review.objects.get(contract_year=year))
    ContractYear.objects.filter(pk=year.pk).update(crisis_on=date(2026, 6, 1), crisis_text="Arrêté")
    closed = year_record(ContractYear.objects.get(pk=year.pk), day=date(2026, 12, 10))
    assert (closed["closing"], closed["envelopes"].total) == (Closing.objects.get(), Decimal("280000.00"))


# --- The panel, the closed year -------------------------------------------------------------------------------------
def test_the_file_says_where_the_decisions_stand(client, table, year, presented):
    with everything("test data"):
        table.decide(presented[0], "ars")
        review = Review.objects.get(contract_year=year)
    shown = words(as_role(client, table, Role.COORDINATOR).get(url("review-detail", table.cpts.pk, review.pk)))
    assert "2 indicateurs présentés : 10 000,00 € demandés, 0,00 € retenus à ce jour." in shown
    assert "1 décision sur 2" in shown
    assert url("year-review", table.cpts.pk, year.pk) in shown


def test_a_closed_year_shows_its_figures_its_print_and_what_it_proposed_to_pay(client, table, year, presented):
    with everything("test data"):
        for line in presented:
            table.both(line)
        review = Review.objects.get(contract_year=year)
        table.close(review)
        table.move(review, "reopen", Role.FUND_AGENT, reason="Une facture manquait")
        table.close(review)
        closing = Closing.objects.get(reopened_at__isnull=True)
    shown = words(as_role(client, table, Role.FUND_AGENT).get(url("year-review", table.cpts.pk, year.pk)))
    assert "Montants constatés à la clôture" in shown
    assert closing.sha256 in shown
    assert "Clôture n° 1 du" in shown
    assert "Motif : Une facture manquait" in shown
    assert "Noter la réunion" not in shown
