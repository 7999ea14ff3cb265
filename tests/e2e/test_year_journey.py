"""A year in the browser: an action, a meeting with check-in, its minutes, the indicator fed and proven, hours paid."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cpts_portal.core.scoping import everything
from members.models import Professional
from missions.models import Indicator, Meeting, PayLine
from missions.pay.bank import save_account
from missions.pay.setup import save_settings
from territories.models import Cpts
from tests import factories, member_factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db(transaction=True)
IBAN, DEBTOR = "FR7630006000011234567890189", "FR1420041010050500013M02606"


@pytest.fixture
def cpts() -> Cpts:
    return factories.cpts("du Penthièvre")


@pytest.fixture
def person(cpts) -> Professional:
    made = member_factories.member(cpts, civil_first_name="Zoé", civil_last_name="Le Goff").professional
    with everything("test data"):
        save_account(made, holder="Mme Zoé Le Goff", number=IBAN, bic_code="", by=None)
        save_settings(cpts, requires_dues=False, debtor_name="CPTS du Penthièvre", version="0", by=None, iban=DEBTOR)
    make.pay_rate(cpts, "60.00", "remuneration", start=date(2020, 1, 1))
    return made


@pytest.fixture
def indicator(cpts) -> Indicator:
    """One evening to hold this year, proven by its attendance and its minutes, worth 5 000 €."""
    today = timezone.localdate()
    make.exercise(cpts, 1, start=today.replace(month=1, day=1))
    made = make.indicator(
        cpts, name="Soirées tenues", counted="meetings", unit="soirées", cadence="quarter", aggregation="sum"
    )
    make.target(made, value="1", amount="5000")
    with everything("test data"):
        made.expected_proofs.create(kind="attendance")
        made.expected_proofs.create(kind="minutes")
    return made


def plan_an_action(page: Page, visit, cpts) -> None:
    visit("missions:action-add", cpts_id=cpts.pk)
    page.locator("[name=title]").fill("Soirées ville-hôpital")
    page.get_by_label("Accès aux soins").check()
    page.locator("[name=start]").fill(timezone.localdate().isoformat())
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Soirées ville-hôpital")


def hold_a_meeting(page: Page, visit, cpts, person) -> None:
    visit("missions:meeting-add", cpts_id=cpts.pk)
    page.locator("[name=title]").fill("Première soirée")
    page.locator("[name=day]").fill(timezone.localdate().isoformat())
    page.locator("[name=begins]").fill("00:00")
    page.locator("[name=finishes]").fill("02:00")
    page.locator("[name=action]").select_option(label="Soirées ville-hôpital")
    page.get_by_role("button", name="Ajouter la réunion").click()
    page.get_by_role("link", name="Ajouter des participants").click()
    page.locator("[name=person_0]").fill(f"{person} (n° {person.pk})")
    page.locator("[name=invites-0-name]").fill("Camille Invitée")
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("link", name="Pointer les présences").click()
    for name in (str(person), "Camille Invitée"):
        page.get_by_role("button", name=f"Présent : {name}").click()
        expect(page.get_by_role("button", name=f"Présent : {name}")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Verrouiller").click()
    page.locator("main form button[type=submit]").first.click()


def write_the_minutes(page: Page, visit, cpts) -> None:
    with everything("the meeting of the journey"):
        meeting = Meeting.objects.get()
    visit("missions:meeting-minutes", cpts_id=cpts.pk, pk=meeting.pk)
    page.locator("main textarea").first.fill("Le circuit de sortie est adopté.")
    page.locator("main form button[type=submit]").first.click()
    visit("missions:meeting-publish", cpts_id=cpts.pk, pk=meeting.pk)
    page.locator("main form button[type=submit]").first.click()


def declare_and_check(page: Page, visit, cpts) -> None:
    visit("missions:payments-presences", cpts_id=cpts.pk)
    page.get_by_role("link", name="Déclarer la présence").click()
    page.locator("[name=nature]").select_option("remuneration")
    page.locator("[name=activity]").fill("Première soirée")
    page.locator("[name=mission]").select_option(index=1)
    expect(page.locator("#worth")).to_contain_text("120,00")
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("link", name="Vérifier").click()
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("Vérifiée").first).to_be_visible()


def pay(page: Page, visit, cpts) -> bytes:
    visit("missions:batch-add", cpts_id=cpts.pk)
    page.get_by_label("À exécuter le").fill(timezone.localdate().isoformat())
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("link", name="Fichier de virements").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Produire le fichier").click()
    return download.value.path().read_bytes()


def test_a_year_from_the_plan_to_the_transfer(page, visit, login_as, screenshot, person, indicator):
    cpts = person.cpts
    make.mission(cpts)
    coordinator, treasurer = factories.coordinator(cpts), factories.board_member(cpts)
    login_as(coordinator)
    plan_an_action(page, visit, cpts)
    hold_a_meeting(page, visit, cpts, person)

    visit("missions:indicator-detail", cpts_id=cpts.pk, pk=indicator.pk)
    expect(page.get_by_text("Sans preuve", exact=True)).to_be_visible()
    write_the_minutes(page, visit, cpts)
    visit("missions:indicator-detail", cpts_id=cpts.pk, pk=indicator.pk)
    expect(page.get_by_text("Justifié", exact=True)).to_be_visible()
    expect(page.get_by_text("2 présents")).to_be_visible()
    screenshot("year-indicator")

    declare_and_check(page, visit, cpts)
    with everything("the line of the journey"):
        line = PayLine.objects.get()
        assert (line.hours, line.amount) == (Decimal("2.00"), Decimal("120.00"))
    login_as(treasurer)
    visit("missions:line-approve", cpts_id=cpts.pk, pk=line.pk)
    page.locator("main form button[type=submit]").first.click()
    transfers = pay(page, visit, cpts).decode()
    assert re.findall(r"<InstdAmt[^>]*>([^<]*)<", transfers) == ["120.00"]
    screenshot("year-batch")
    with everything("checks of the journey"):
        assert PayLine.objects.get().status == "batch"
