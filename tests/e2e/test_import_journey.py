"""An administrator brings the portal from the communes of 2024 to those of 2026, in the browser."""

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cpts_portal.core.scoping import everything
from cpts_portal.core.text import number_fr
from territories.models import Commune, CommuneImport, Cpts, CptsCommune, Department
from territories.reference import load_places
from territories.shipped import shipped_bytes
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
# Three communes that merge between the two lists. The list of 2026 says what became of the first only; the others are
# chosen by the administrator, one among the proposals, one by its code.
HELD = {"01330": "01187", "02311": "02589", "08300": "08439"}


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def shipped_file(name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(shipped_bytes(name))
    return path


def upload(page: Page, visit, path: Path, *, leads_to: str) -> None:
    visit("territories:import-upload")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Préparer l’aperçu").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(leads_to)


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Confirmer l’import").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Compte rendu d’import", timeout=120_000)


def tile(page: Page, label: str):
    return page.locator(".stat").filter(has=page.get_by_text(label, exact=True))


def choose_the_unknown_successors(page: Page) -> None:
    expect(page.get_by_text("Cet import ne peut pas être appliqué en l’état")).to_be_visible()
    expect(page.get_by_role("button", name="Confirmer l’import")).to_have_count(0)
    page.select_option("[name=pick_02311]", HELD["02311"])
    page.fill("[name=code_08300]", HELD["08300"])
    page.get_by_role("button", name="Enregistrer et refaire l’aperçu").click()
    expect(page.get_by_text("2\u00a0successeurs choisis à la main")).to_be_visible()


def compose_with_merged(page: Page, visit) -> Cpts:
    """Compose, on its screen, a territory that holds communes that merge between 2024 and 2026."""
    territory = factories.cpts("des Communes Fusionnées")
    visit("territories:cpts-compose", cpts_id=territory.pk)
    page.fill("input[name=day]", "2024-06-01")
    page.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_text("Vous changez le passé")).to_be_visible()
    page.get_by_label("Codes INSEE").fill(", ".join(HELD))
    page.get_by_role("button", name="Ajouter la liste").click()
    expect(page.get_by_role("heading", name="3\u00a0communes dans la liste")).to_be_visible()
    page.get_by_role("button", name="Enregistrer le territoire").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("CPTS des Communes Fusionnées")
    return territory


def test_from_2024_to_2026_in_the_browser(page, visit, login_as, screenshot, tmp_path):
    load_places()
    assert (Department.objects.count() > 100, Commune.objects.count()) == (True, 0)
    login_as(factories.administrator())

    upload(page, visit, shipped_file("communes_2024.csv", tmp_path), leads_to="Aperçu de l’import")
    expect(page.locator("input[name=seen_state]")).to_have_count(1)
    screenshot("import-preview-2024")
    confirm(page)
    territory = compose_with_merged(page, visit)
    screenshot("territory-composed-2024")

    upload(page, visit, shipped_file("communes_2026.csv", tmp_path), leads_to="Aperçu de l’import")
    expect(tile(page, "Disparues").locator(".stat-value")).to_have_text("68")
    expect(tile(page, "Créées").locator(".stat-value")).to_have_text("8")
    expect(tile(page, "Modifiées").locator(".stat-hint")).to_have_text("dont 63 changements de nom")
    expect(page.get_by_role("cell", name="des Communes Fusionnées").first).to_be_visible()
    screenshot("import-preview-2026-blocked")
    choose_the_unknown_successors(page)
    screenshot("import-preview-2026")

    confirm(page)
    expect(page.get_by_text(f"{number_fr(34_969)}\u00a0communes actuelles")).to_be_visible()
    screenshot("import-report-2026")

    assert Commune.objects.current().count() == 34_969
    assert_carried_over(territory)
    page.reload()
    page.go_back()
    assert CommuneImport.objects.filter(status=CommuneImport.Status.APPLIED).count() == 2

    upload(page, visit, tmp_path / "communes_2026.csv", leads_to="Compte rendu d’import")
    expect(page.get_by_text("Ce même fichier a déjà été appliqué")).to_be_visible()
    expect(page.get_by_text("Rien à changer")).to_be_visible()
    expect(page.get_by_role("button", name="Confirmer l’import")).to_have_count(0)


def assert_carried_over(territory: Cpts) -> None:
    """The merged communes are read under their successor from 2026 on, and under their own name before."""
    with everything("checks of the journey"):
        rows = CptsCommune.objects.filter(cpts=territory).select_related("commune__successor")
        before = {row.commune for row in rows if row.start < date(2026, 1, 1)}
        after = {row.commune for row in rows if row.end is None}
    assert {commune.code: commune.successor.code for commune in before} == HELD
    assert {commune.code for commune in after} == set(HELD.values())
    assert all(commune.is_current for commune in after)


def test_a_bad_file_is_explained_and_nothing_is_written(page, visit, login_as, tmp_path):
    factories.department("22")
    login_as(factories.administrator())
    bad = tmp_path / "communes_2026.csv"
    bad.write_text(
        "TYPECOM,COM,LIBELLE,COMPARENT,DEP,REG,EPCI,PMUN,CODES_POSTAUX\nCOM,22001,Allineuc,,22,53,,beaucoup,22460\n"
    )

    visit("territories:import-upload")
    page.set_input_files("input[type=file]", bad)
    expect(page.get_by_label("Millésime")).to_have_value("2026")
    page.get_by_role("button", name="Préparer l’aperçu").click()

    expect(page.get_by_text("Fichier refusé : rien n’a été enregistré")).to_be_visible()
    expect(page.get_by_role("cell", name="beaucoup", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger les lignes refusées (CSV)").click()
    assert "2;PMUN;beaucoup;" in Path(download.value.path()).read_text("utf-8-sig")
    assert not Commune.objects.exists()


def test_the_whole_journey_works_without_javascript(browser, live_server, login_as, context, tmp_path):
    factories.department("22")
    login_as(factories.administrator())
    plain = browser.new_context(java_script_enabled=False, locale="fr-FR")
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    listed = tmp_path / "communes_2026.csv"
    listed.write_text(
        "TYPECOM,COM,LIBELLE,COMPARENT,DEP,REG,EPCI,PMUN,CODES_POSTAUX\nCOM,22001,Allineuc,,22,53,,600,22460\n"
    )

    page.goto(live_server.url + reverse("territories:import-upload"))
    page.set_input_files("input[type=file]", listed)
    page.get_by_role("button", name="Préparer l’aperçu").click()
    page.get_by_role("button", name="Confirmer l’import").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Compte rendu d’import")
    plain.close()
    assert [commune.name for commune in Commune.objects.current()] == ["Allineuc"]
