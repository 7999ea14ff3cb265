"""From the letter of intent to the closed first year, in the browser, by the four people around the table."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone
from playwright.sync_api import expect

from contracts.models import Closing, Contract, FundPayment, YearLine
from cpts_portal.core.scoping import everything
from cpts_portal.core.text import date_fr, euros_fr
from missions.models import CptsMission
from tests import factories
from tests import mission_factories as make
from tests.e2e.contract_trip import ARS, BOARD, COORDINATOR, FUND, MINE, THEIRS, Trip

pytestmark = pytest.mark.django_db(transaction=True)
LETTER, PROJECT, CONTRACT, YEAR = "letter", "project", "contract", "year"
CORE = ("acces", "parcours", "prevention", "crises")
LATE_START = 100  # days after the signature, for one mission
LETTER_TEXTS = {
    "territory": "Trois communes de la vallée.",
    "diagnosis": "Dix médecins partent d’ici à 2030.",
    "actors": "Vingt soignants de ville et l’hôpital.",
    "orientations": "Répondre aux soins non programmés.",
    "calendar": "Le projet de santé au printemps.",
}


@dataclass(frozen=True)
class Days:
    """A first year that ended some days ago."""

    today: date
    signed: date
    late_start: date
    anniversary: date


@pytest.fixture
def days() -> Days:
    today = timezone.localdate()
    signed = (today - timedelta(days=20)).replace(day=1) - relativedelta(years=1)
    return Days(today, signed, signed + timedelta(days=LATE_START), signed + relativedelta(years=1))


@pytest.fixture
def trip(page, visit, login_as, settings, tmp_path) -> Trip:
    """A CPTS of size 3: three communes, 90 000 inhabitants."""
    settings.MEDIA_ROOT = tmp_path / "files"
    cpts = factories.cpts("du Penthièvre", factories.agency("ars", "ARS Bretagne"), factories.agency("cpam", "CPAM 22"))
    for name in ("Lamballe-Armor", "Jugon-les-Lacs", "Plénée-Jugon"):
        factories.in_territory(cpts, factories.commune(name=name, population=30_000))
    return Trip(cpts, page, visit, login_as)


# --- 1. The letter of intent ----------------------------------------------------------------------------------------
def write_and_submit_the_letter(trip: Trip) -> None:
    trip.opens(COORDINATOR, "Commencer la lettre d’intention")
    trip.reads(ARS, LETTER, THEIRS, "La CPTS le prépare ; il se lit déjà.")
    trip.inbox(ARS)
    trip.reads(COORDINATOR, LETTER, MINE, "Complétez-le, puis déposez-le")
    trip.write(LETTER, LETTER_TEXTS)
    trip.move(COORDINATOR, LETTER, "Déposer", "Déposé : l’ARS et la caisse sont prévenues.")
    trip.reads(COORDINATOR, LETTER, THEIRS, "En attente : l’ARS Bretagne, la CPAM 22.")
    trip.inbox(ARS, "Lettre d’intention")
    trip.inbox(FUND, "Lettre d’intention")


def ask_for_another_calendar(trip: Trip) -> None:
    page = trip.page
    trip.reads(ARS, LETTER, MINE, "Votre visa est attendu")
    page.locator("#commenter > summary").click()
    form = page.locator("#commenter form")
    form.locator("[name=anchor]").select_option("section:calendar")
    form.locator("[name=kind]").select_option("correction")
    form.locator("[name=text]").fill("Indiquez un mois.")
    form.get_by_role("button", name="Publier").click()
    expect(page.locator("#comments .thread")).to_contain_text("Indiquez un mois.")
    asked = "Corrections demandées : la CPTS est prévenue."
    trip.move(ARS, LETTER, "Demander des corrections", asked, reason="Le calendrier est à préciser.")
    trip.inbox(ARS)
    trip.inbox(COORDINATOR, "Lettre d’intention")


def correct_the_calendar(trip: Trip) -> None:
    """Only this section opens; the ARS reads what changed in it, and that nothing else did."""
    page = trip.page
    trip.reads(COORDINATOR, LETTER, MINE, "Des corrections sont demandées")
    trip.go("review-write", pk=trip.review(LETTER).pk)
    expect(page.locator("main textarea")).to_have_count(1)
    expect(page.locator("#section-calendar")).to_contain_text("Indiquez un mois.")
    trip.confirm("Enregistrer et revenir au dossier", calendar="Le projet de santé en mai.")
    trip.move(COORDINATOR, LETTER, "Déposer", "Déposé : l’ARS et la caisse sont prévenues.")
    trip.become(ARS)
    trip.go("review-changes", pk=trip.review(LETTER).pk, submission_number=1)
    expect(page.get_by_role("region", name="Calendrier").locator("ins").last).to_contain_text("mai")
    expect(page.get_by_text("Sans changement : Territoire, Premier diagnostic, Acteurs, Orientations.")).to_be_visible()


def accept_the_letter(trip: Trip) -> None:
    trip.visas(LETTER, ARS)
    trip.reads(ARS, LETTER, THEIRS, "En attente : la CPAM 22.")
    trip.inbox(ARS)
    trip.visas(LETTER, FUND)
    trip.reads(COORDINATOR, LETTER, THEIRS, "L’ARS et la caisse ont donné leur visa.")
    expect(trip.page.locator("main")).to_contain_text("Validée")


# --- 2. The health project ------------------------------------------------------------------------------------------
def have_the_project_accepted(trip: Trip) -> None:
    trip.opens(COORDINATOR, "Commencer le projet de santé")
    trip.reads(COORDINATOR, PROJECT, MINE)
    trip.lacks("Déposer", "Document manquant : statuts", "récépissé de déclaration (RNA)", "gouvernance")
    trip.go("review-write", pk=trip.review(PROJECT).pk)
    assert "Lamballe-Armor" in trip.page.locator("[name=territory]").input_value()  # prefilled
    trip.write(PROJECT, {name: f"Partie {name}." for name in ("missions", "governance", "calendar", "evaluation")})
    trip.upload(PROJECT, "statutes", "rna_receipt", "project")
    trip.move(COORDINATOR, PROJECT, "Déposer", "Déposé : l’ARS et la caisse sont prévenues.")
    trip.inbox(ARS, "Projet de santé")
    trip.reads(FUND, PROJECT, MINE, "Votre visa est attendu", "Réputé validé le", "sans opposition de l’ARS")
    trip.visas(PROJECT)
    trip.reads(COORDINATOR, PROJECT, THEIRS, "L’ARS et la caisse ont donné leur visa.")


# --- 3. The contract ------------------------------------------------------------------------------------------------
def negotiate(trip: Trip, days: Days) -> None:
    """The four missions of the core with their start, the amounts of the grid, the bank details."""
    page = trip.page
    trip.opens(COORDINATOR, "Ouvrir la négociation du contrat")
    trip.reads(COORDINATOR, CONTRACT, MINE)
    trip.lacks("Déposer", "Date de démarrage à fixer", "relevé d’identité bancaire")
    page.get_by_role("link", name="Négocier les termes").click()
    for code in CORE:
        expect(page.locator(f"[name=mission-{code}]")).to_be_checked()
    starts = {f"start-{code}": days.signed.isoformat() for code in CORE}
    trip.confirm("Enregistrer les termes", **{**starts, "start-parcours": days.late_start.isoformat()})
    trip.upload(CONTRACT, "bank_details")
    trip.move(COORDINATOR, CONTRACT, "Déposer", "Déposé : l’ARS et la caisse sont prévenues.")
    trip.reads(BOARD, CONTRACT, MINE, "L’accord de la CPTS est attendu, par son bureau.")
    trip.visas(CONTRACT)
    trip.reads(ARS, CONTRACT, THEIRS, "En attente : la CPTS du Penthièvre.")
    trip.move(BOARD, CONTRACT, "Donner l’accord de la CPTS", "Accord donné : l’ARS et la caisse sont prévenues.")


def sign(trip: Trip, days: Days) -> None:
    signed = {"on": days.signed.isoformat(), "signatory": "Dominique Exemple, présidente"}
    for who, others in ((BOARD, (ARS, FUND)), (ARS, (FUND,)), (FUND, ())):
        trip.reads(who, CONTRACT, MINE, "Enregistrez votre signature.")
        trip.move(who, CONTRACT, "Enregistrer une signature", "Signature enregistrée.", **signed)
        for other in others:
            trip.inbox(other, "Contrat ACI")
    trip.inbox(FUND)
    trip.reads(COORDINATOR, CONTRACT, THEIRS, "Les trois parties ont signé : les termes sont figés.")


def check_the_contract(trip: Trip, days: Days) -> None:
    page = trip.page
    with everything("the contract of the journey"):
        contract = Contract.objects.get()
    last_day = days.signed + relativedelta(years=5, days=-1)
    trip.go("contract-detail", pk=contract.pk)
    expect(page.locator("main")).to_contain_text("En vigueur")
    expect(page.locator("main")).to_contain_text(f"du {date_fr(days.signed)} au {date_fr(last_day)}")
    pdf = page.get_by_role("link", name="Document signé (PDF)").evaluate("link => link.href")
    assert page.request.get(pdf).body().startswith(b"%PDF")
    trip.go("funding")
    years = page.locator("main table").first.locator("tbody tr")
    expect(years).to_have_count(5)
    for number, row in enumerate(years.all()):
        expect(row).to_contain_text(f"du {date_fr(days.signed + relativedelta(years=number))}")


# --- 4. The first year ----------------------------------------------------------------------------------------------
def live_the_year(trip: Trip, days: Days) -> None:
    """The four missions started when they were promised; one indicator of access, met."""
    trip.become(COORDINATOR)
    with everything("the missions of the journey"):
        missions = list(CptsMission.objects.select_related("mission"))
    assert {each.mission.code for each in missions} == set(CORE)
    for each in missions:
        trip.visit("missions:mission-start", cpts_id=trip.cpts.pk, pk=each.pk)
        trip.confirm("Enregistrer le démarrage", on=each.planned_start.isoformat())
    make.result(make.target(make.indicator(trip.cpts, "acces", name="Soins non programmés"), 1, amount="10000"), "120")


def present_the_year(trip: Trip) -> None:
    trip.opens(COORDINATOR, "Ouvrir le dialogue de gestion de l’année 1")
    trip.reads(COORDINATOR, YEAR, MINE)
    trip.lacks("Déposer", "rapport d’activité", "comptes annuels")
    trip.upload(YEAR, "activity_report", "accounts")
    trip.move(COORDINATOR, YEAR, "Déposer", "Déposé : l’ARS et la caisse sont prévenues.")
    trip.inbox(ARS, "Dialogue de gestion")
    trip.inbox(FUND, "Dialogue de gestion")


def decide_the_year(trip: Trip, days: Days) -> None:
    """Each agency in its way, then the meeting, the visas, the agreement."""
    page = trip.page
    with everything("the year of the journey"):
        line = YearLine.objects.get()
    trip.reads(FUND, YEAR, MINE, "Votre visa est attendu")
    trip.lacks("Donner son visa", "1 indicateur sans décision de votre agence.")
    trip.go("year-review", pk=line.year_id)
    page.get_by_role("button", name="Valider : Soins non programmés").click()
    expect(page.get_by_text("Décision enregistrée")).to_be_visible()
    expect(page.locator("#year-totals")).to_contain_text("0,00 €")
    trip.become(ARS)
    trip.go("year-review", pk=line.year_id)
    page.get_by_role("link", name="Valider tout ce qui est prouvé").click()
    trip.confirm("Valider")
    expect(page.locator(".year-line-kept")).to_contain_text(euros_fr(Decimal(10_000)))
    page.get_by_role("link", name="Noter la réunion").click()
    trip.confirm("Enregistrer la réunion", meeting_on=days.today.isoformat(), record="L’année est validée.")
    trip.visas(YEAR)
    trip.reads(FUND, YEAR, THEIRS, "En attente : la CPTS du Penthièvre.")
    trip.inbox(FUND)
    trip.move(BOARD, YEAR, "Donner l’accord de la CPTS", "Accord donné : l’ARS et la caisse sont prévenues.")


def due_for(days: Days) -> Decimal:
    """By hand, from the grid of size 3: the late mission brings the share of its days, the indicator what it earned."""
    length = (days.anniversary - days.signed).days
    late = (Decimal(45_000) * (length - LATE_START) / length).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Decimal(75_000 + 90_000 + 17_500 + 22_500 + 10_000) + late


def close_the_year(trip: Trip, days: Days) -> None:
    page, due = trip.page, due_for(days)
    trip.reads(ARS, YEAR, THEIRS, "En attente : la CPAM 22.")
    trip.reads(FUND, YEAR, MINE, "Prononcez la clôture de l’année.")
    trip.move(FUND, YEAR, "Clore l’année", "L’année est close.")
    trip.reads(COORDINATOR, YEAR, THEIRS, "l’année est close")
    with everything("the closing of the journey"):
        closing = Closing.objects.get()
        assert closing.total == due
        assert sum(each.amount for each in FundPayment.objects.filter(status="proposed")) == due
    trip.go("year-review", pk=closing.year_id)
    expect(page.locator("#droits tfoot")).to_contain_text(euros_fr(due))
    expect(page.locator("#droits")).to_contain_text("Proposé")
    trip.go("year-money", pk=closing.year_id)
    length = (days.anniversary - days.signed).days
    expect(page.locator("main")).to_contain_text(f"{length - LATE_START} jours sur {length}")


def pay_the_functioning(trip: Trip, days: Days) -> None:
    """One payment out of those proposed: decided, then paid, then received."""
    page = trip.page
    trip.become(FUND)
    trip.visit("contracts:payments-decide")
    for box in page.locator("[name=payments]").all():
        box.uncheck()
    page.get_by_label("Fonctionnement").check()
    trip.confirm("Décider les versements choisis")
    expect(page.get_by_text(f"Décidé : 1 versement, {euros_fr(Decimal(75_000))}")).to_be_visible()
    trip.visit("contracts:payments-pay")
    expect(page.locator("[name=payments]")).to_have_count(1)
    trip.confirm("Enregistrer ce virement", on=days.today.isoformat(), reference="VIR-2026-001")
    expect(page.get_by_text(f"Versé : 1 versement, {euros_fr(Decimal(75_000))}")).to_be_visible()
    with everything("the payment of the journey"):
        payment = FundPayment.objects.get(status="paid")
    assert (payment.part, payment.amount, payment.paid_on) == ("functioning", Decimal(75_000), days.today)
    trip.become(COORDINATOR)
    trip.go("payment-receive", pk=payment.pk)
    trip.confirm("Constater la réception")
    trip.go("funding")
    expect(page.locator("main table tbody tr").first).to_contain_text(euros_fr(due_for(days) - 75_000))


def read_the_journal(trip: Trip) -> None:
    for who in trip.people:
        trip.become(who)
        trip.go("journal")
        expect(trip.page.locator("main")).to_contain_text("Inchangé depuis le")
        paid = trip.page.locator("main table tbody tr").filter(has_text="La caisse a versé")
        expect(paid).to_have_count(1)
        expect(paid).to_contain_text(euros_fr(Decimal(75_000)))


def test_from_the_letter_of_intent_to_the_closed_first_year(trip, days):
    write_and_submit_the_letter(trip)
    ask_for_another_calendar(trip)
    correct_the_calendar(trip)
    accept_the_letter(trip)
    have_the_project_accepted(trip)
    negotiate(trip, days)
    sign(trip, days)
    check_the_contract(trip, days)
    live_the_year(trip, days)
    present_the_year(trip)
    decide_the_year(trip, days)
    close_the_year(trip, days)
    pay_the_functioning(trip, days)
    read_the_journal(trip)
