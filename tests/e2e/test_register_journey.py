"""A coordinator brings her spreadsheet of 300 messy lines into her register, in the browser, then runs it again."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from cpts_portal.core.scoping import everything
from members.models import Membership, Payment, Profession, Professional, Structure
from members.shared.recognition import recognise
from tests import factories
from tests.benchmarks import demo_register as demo
from tests.member_factories import professional

pytestmark = pytest.mark.django_db(transaction=True)
KNOWN = 6
DAY = "2026-03-31"
MISTAKES = (
    "Le nom manque", "Profession inconnue", "Le numéro RPPS compte 11 chiffres", "notation scientifique",
    "adresse électronique n’est pas valable", "téléphone compte 10 chiffres", "Commune inconnue",
    "Plusieurs communes portent ce nom", "Cette date n’existe pas", "dans le futur", "Le départ précède l’adhésion",
    "Collège inconnu", "un montant en euros", "Mode d’exercice inconnu",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def cpts():
    for postal, name, code in demo.PLACES:
        factories.commune(code, name, postal_codes=postal)
    for code, postal in (("22312", "22900"), ("22313", "22901")):
        factories.commune(code, "Saint-Martin", postal_codes=postal)
    return factories.cpts("de démonstration")


@pytest.fixture
def known_people(cpts) -> list[Professional]:
    """Six people of the file are in the register already, under the same name and profession, without RPPS."""
    usable = [
        number
        for number in range(60, 200)
        if number % 4 and number + demo.FIRST_LINE not in demo.ERRORS and number not in demo.REPEATED_PEOPLE
    ]
    return [_card(cpts, demo.rows()[number]) for number in usable[:KNOWN]]


def _card(cpts, row) -> Professional:
    nomenclature, code = recognise(row[2]).profession
    found = Profession.objects.get(nomenclature=nomenclature, code=code)
    return professional(cpts, civil_last_name=row[0], civil_first_name=row[1], profession=found, rpps="")


def tile(page: Page, label: str):
    return page.locator(".stat").filter(has=page.get_by_text(label, exact=True)).locator(".stat-value")


def drop_and_check_columns(page: Page, visit, cpts, *, is_first: bool) -> None:
    """Upload the file, read the columns proposed, say the day of the payments that have none."""
    visit("members:spreadsheet-upload", cpts_id=cpts.pk)
    page.set_input_files("input[type=file]", demo.TARGET)
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Colonnes du tableur")
    expect(page.get_by_label("Contenu de la colonne Identité – NOM")).to_have_value("civil_last_name")
    expect(page.get_by_label("Contenu de la colonne Association – Collège")).to_have_value("college")
    if is_first:
        page.get_by_role("button", name="Voir l’aperçu").click()
        expect(page.get_by_text("Des paiements de cette colonne n’ont pas de date")).to_be_visible()
        page.get_by_label("Date à retenir pour les paiements sans date").fill(DAY)
    page.get_by_role("button", name="Voir l’aperçu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aperçu de l’import")


def settle(page: Page) -> None:
    """Two colleges to create, the mistakes left out but one, the likenesses linked."""
    for name in demo.COLLEGES[:2]:
        page.get_by_label(f"Créer « {name} »").check()
    page.get_by_role("button", name="Enregistrer les corrections").click()
    expect(tile(page, "Lignes à corriger")).to_have_text(str(len(demo.ERRORS)))

    line = next(line for line, kind in demo.ERRORS.items() if kind == "email")
    page.locator(f"[name=cell-{line}-4]").fill("corrige@demo.example")
    page.get_by_role("button", name="Enregistrer les corrections").click()
    expect(tile(page, "Lignes à corriger")).to_have_text(str(len(demo.ERRORS) - 1))
    page.get_by_role("button", name="Laisser de côté toutes les lignes refusées").click()

    expect(tile(page, "Doublons à trancher")).to_have_text(str(KNOWN))
    page.select_option("select[name=all]", "link")
    page.get_by_role("button", name="Appliquer à toutes").click()
    expect(tile(page, "Doublons à trancher")).to_have_text("0")


def mistakes_shown(page: Page) -> list[tuple[int, str]]:
    """Line and reason of every refused line, over the pages of the list."""
    found = []
    while True:
        rows = page.locator("#detail tbody tr")
        cells = rows.evaluate_all("rows => rows.map(r => [r.cells[0].innerText, r.cells[3].innerText])")
        found += [(int(line.replace("\u202f", "")), reason) for line, reason in cells]
        following = page.get_by_role("link", name="Suivant")
        if not following.count():
            return found
        with page.expect_navigation():
            following.first.click()


def test_three_hundred_messy_lines_become_a_register(page, visit, login_as, screenshot, cpts, known_people):
    login_as(factories.coordinator(cpts))

    drop_and_check_columns(page, visit, cpts, is_first=True)
    screenshot("register-import-refused")
    expect(page.get_by_text("Collèges inconnus : faut-il les créer ?")).to_be_visible()
    settle(page)

    created = demo.PEOPLE - (len(demo.SPOILED) - 1) - KNOWN
    expect(tile(page, "Personnes ajoutées")).to_have_text(str(created))
    expect(tile(page, "Structures ajoutées")).to_have_text(str(demo.STRUCTURE_ROWS))
    expect(tile(page, "Déjà au registre")).to_have_text(str(KNOWN))
    screenshot("register-import-ready")
    page.get_by_role("button", name="Confirmer l’import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compte rendu de l’import", timeout=30_000)
    screenshot("register-import-report")

    members = created + KNOWN + demo.STRUCTURE_ROWS
    with everything("checks of the journey"):
        assert Professional.objects.filter(cpts=cpts).count() == created + KNOWN
        assert Structure.objects.filter(cpts=cpts).count() == demo.STRUCTURE_ROWS
        assert Membership.objects.filter(cpts=cpts).count() == members
        paid = Payment.objects.count()
        assert paid > 100
        assert set(Payment.objects.values_list("paid_on", flat=True)) == {date.fromisoformat(DAY)}

    drop_and_check_columns(page, visit, cpts, is_first=False)
    expect(page.get_by_text("Rien ne change")).to_be_visible()
    expect(tile(page, "Déjà au registre")).to_have_text(str(members))
    expect(page.get_by_role("button", name="Confirmer l’import")).to_have_count(0)
    with everything("checks of the journey"):
        assert (Professional.objects.count(), Payment.objects.count()) == (created + KNOWN, paid)


def test_every_mistake_is_told_on_its_line(page, visit, login_as, cpts):
    """Twelve kinds of error and twenty lines that repeat an earlier one, with nothing else refused."""
    login_as(factories.coordinator(cpts))
    drop_and_check_columns(page, visit, cpts, is_first=True)
    for name in demo.COLLEGES[:2]:
        page.get_by_label(f"Créer « {name} »").check()
    page.get_by_role("button", name="Enregistrer les corrections").click()
    expect(tile(page, "Lignes à corriger")).to_have_text(str(len(demo.ERRORS)))

    found = mistakes_shown(page)

    assert sorted(line for line, _reason in found) == sorted(demo.ERRORS)
    assert sum("Déjà à la ligne" in reason for _line, reason in found) == demo.REPEATED
    told = [reason for line, reason in sorted(found) if line in demo.SPOILED]
    for reason, words in zip(told, MISTAKES, strict=True):
        assert words in reason
