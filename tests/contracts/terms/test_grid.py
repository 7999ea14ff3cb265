"""The grid: read by all with its gaps, loaded from a file all or nothing, an amount in use never edited."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.models import Rate
from contracts.terms.grid import amounts_for, end_rate, grid_on
from contracts.terms.grid_import import apply_grid, prepare
from contracts.terms.terms import AmountTerm
from cpts_portal.core.refusals import NotPossible
from tests import contract_factories as make
from tests import factories

pytestmark = pytest.mark.django_db
HEAD = "mission;enveloppe;taille;montant;debut;fin;source;fiabilite"
NEW = "acces;part fixe;3;92 000,00;01/01/2027;;Avenant n° 3;vérifié"
DAY = date(2026, 11, 25)


@pytest.fixture
def admin():
    return factories.administrator()


@pytest.fixture(autouse=True)
def scope(request, see_everything):
    """Rules are tested with everything in sight; pages open their own scope."""


def text(*lines: str, head: str = HEAD, sign: str = ";", encoding: str = "utf-8") -> bytes:
    return "\r\n".join([head, *lines]).replace(";", sign).encode(encoding)


def access(day: date) -> Rate:
    return Rate.objects.in_force_on(day).get(mission__code="acces", part="fixed", size=3)


def use(amount: str = "90000.00") -> None:
    term = AmountTerm("fixed", Decimal(amount), "Annexe", "verified", "acces", "Accès aux soins")
    make.contract(factories.cpts(), of=make.terms(amounts=(term,)))


# --- The page -------------------------------------------------------------------------------------------------------
def test_the_range_of_the_leaflet_comes_out_of_the_totals_and_gaps_are_shown():
    grid = grid_on(DAY)
    low, high = grid.lowest_and_highest
    assert (low.amount, high.amount) == (Decimal(185_000), Decimal(380_000))
    with_care, without = grid.totals
    assert [cell.gap for cell in with_care.cells] == [0, 500, 27_500, 0]
    assert [cell.gap for cell in without.cells] == [None] * 4
    assert with_care.cells[2].gap_words == "écart : +27\u202f500,00\xa0€"


def test_each_amount_has_its_source_and_what_is_not_verified_says_so(client):
    client.force_login(factories.observer())
    page = client.get(reverse("contracts:grid"))
    assert page.status_code == 200
    rows = {(row.label): row.cells for row in page.context["grid"].rows}
    rate, rank = rows["Fonctionnement"][2]
    assert page.context["grid"].sources[rank - 1] == (rate.source, True)
    assert "à confirmer" in page.content.decode()
    assert reverse("contracts:grid-import") not in page.content.decode()


def test_the_grid_of_another_day(client, admin):
    client.force_login(admin)
    assert client.get(reverse("contracts:grid"), {"le": "2019-01-01"}).context["grid"].rows == ()
    before = client.get(reverse("contracts:grid"), {"le": "2020-01-01"}).context["grid"]
    assert "Crises sanitaires : part fixe" not in [row.label for row in before.rows]
    assert client.get(reverse("contracts:grid"), {"le": "demain"}).status_code == 200


@given(start=st.dates(date(2019, 1, 1), date(2030, 1, 1)), length=st.integers(1, 900), day=st.integers(-400, 1300))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_amount_comes_from_a_rate_outside_its_dates(start, length, day):
    end = date.fromordinal(start.toordinal() + length)
    asked = date.fromordinal(start.toordinal() + day)
    Rate.objects.filter(source="Essai").delete()
    Rate.objects.create(
        part="functioning", size=1, amount=Decimal(1), start=start, end=end, source="Essai", confidence="verified"
    )
    found = [each for each in amounts_for(1, [], asked) if each.source == "Essai"]
    assert bool(found) == (start <= asked < end)


# --- The file -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_of_any_kind_is_read(sign, encoding):
    line = NEW.replace("92 000,00", "92000.00")
    plan = prepare(text(line, sign=sign, encoding=encoding))
    assert (plan.refused, [each.rate.amount for each in plan.created]) == ([], [Decimal("92000.00")])
    assert plan.created[0].rate.confidence == "verified"


def test_looking_writes_nothing_then_applying_does_what_was_shown(admin):
    before = Rate.objects.count()
    plan = prepare(text(NEW))
    assert Rate.objects.count() == before
    assert plan.created[0].words == (
        "92\u202f000,00\xa0€ à partir du 1er janvier 2027 ; 90\u202f000,00\xa0€ jusqu’au 31 décembre 2026"
    )
    apply_grid(text(NEW), by=admin)
    assert (access(DAY).amount, access(date(2027, 1, 1)).amount) == (Decimal(90_000), Decimal(92_000))
    assert access(DAY).end == date(2027, 1, 1)


def test_a_second_run_changes_nothing(admin):
    apply_grid(text(NEW), by=admin)
    history = Rate.history.count()
    plan = apply_grid(text(NEW), by=admin)
    assert (plan.created, plan.changed, plan.same) == ([], [], 1)
    assert Rate.history.count() == history


def test_the_grid_exported_is_read_back_without_any_change(client, admin):
    client.force_login(admin)
    for file_format in ("csv", "xlsx"):
        exported = client.get(reverse("contracts:grid"), {"export": file_format})
        plan = prepare(exported.content)
        assert (plan.refused, plan.created, plan.changed) == ([], [], [])
        assert plan.same == Rate.objects.in_force_on(date.today()).count()  # noqa: DTZ011 (the page's own day)


def test_an_amount_that_a_contract_uses_is_never_edited(admin):
    use()
    edited = "acces;part fixe;3;91000;31/03/2022;;Autre source;vérifié"
    (refused,) = prepare(text(edited)).refused
    assert (refused.line, refused.column, refused.value) == (2, "montant", "91000")
    assert "nouvelle date de début" in refused.reason
    with pytest.raises(NotPossible, match="Rien n’a été enregistré"):
        apply_grid(text(edited), by=admin)
    assert access(DAY).amount == Decimal(90_000)


def test_an_amount_that_nobody_uses_may_be_corrected(admin):
    apply_grid(text("acces;part fixe;3;91000;31/03/2022;;Annexe relue;vérifié"), by=admin)
    assert (access(DAY).amount, access(DAY).source) == (Decimal(91_000), "Annexe relue")


def test_confirming_a_source_leaves_the_amount(admin):
    use("50000.00")
    plan = apply_grid(text("acces;part fixe;1;50000;25/08/2019;;Annexe d’un contrat de 2027;vérifié"), by=admin)
    assert [each.words for each in plan.changed] == ["source, fiabilité ou fin complétées"]


@pytest.mark.parametrize(
    ("line", "column", "why"),
    [
        ("ailleurs;part fixe;3;1;01/01/2027;;x;", "mission", "mission inconnue"),
        ("acces;loyer;3;1;01/01/2027;;x;", "enveloppe", "enveloppe inconnue"),
        ("acces;part fixe;5;1;01/01/2027;;x;", "taille", "1, 2, 3 ou 4"),
        ("acces;part fixe;3;beaucoup;01/01/2027;;x;", "montant", "illisible"),
        ("acces;part fixe;3;-5;01/01/2027;;x;", "montant", "positif"),
        ("acces;part fixe;3;1;31/02/2027;;x;", "debut", "illisible"),
        ("acces;part fixe;3;1;;;x;", "debut", "à indiquer"),
        ("acces;part fixe;3;1;01/01/2027;01/01/2027;x;", "fin", "suit le début"),
        ("acces;part fixe;3;1;01/01/2027;;;", "source", "d’où vient"),
        ("acces;part fixe;3;1;01/01/2027;;x;sûr", "fiabilite", "vérifié"),
        (";part fixe;3;1;01/01/2027;;x;", "mission", "n’ont pas de mission"),
        ("acces;fonctionnement;3;1;01/01/2027;;x;", "mission", "n’ont pas de mission"),
        ("acces;part fixe;3;1;01/01/2022;01/01/2023;x;", "fin", "un autre montant commence"),
    ],
)
def test_a_bad_line_says_where_and_why_and_stops_the_whole_file(admin, line, column, why):
    (refused,) = prepare(text(NEW, line)).refused
    assert (refused.line, refused.column) == (3, column)
    assert why in refused.reason
    with pytest.raises(NotPossible):
        apply_grid(text(NEW, line), by=admin)
    assert access(date(2027, 1, 1)).amount == Decimal(90_000)


def test_the_same_amount_twice_in_a_file_is_refused():
    (refused,) = prepare(text(NEW, NEW.replace("92 000,00", "93000"))).refused
    assert (refused.line, refused.reason) == (3, "la ligne 2 dit déjà ce montant")


def test_a_file_without_its_columns_or_empty_says_what_to_do():
    (refused,) = prepare(b"a;b\r\n1;2\r\n").refused
    assert refused.reason.startswith("Colonnes absentes : enveloppe, taille, montant, debut, source.")
    assert "vide" in prepare(b" \r\n").refused[0].reason


def test_a_row_ends_and_ends_once(admin):
    end_rate(access(DAY), end=date(2027, 1, 1), by=admin)
    assert not Rate.objects.in_force_on(date(2027, 1, 1)).filter(mission__code="acces", part="fixed", size=3)
    with pytest.raises(NotPossible, match="s’arrête déjà"):
        end_rate(Rate.objects.get(pk=access(DAY).pk), end=date(2027, 6, 1), by=admin)


# --- On screen ------------------------------------------------------------------------------------------------------
def sent(content: bytes) -> dict:
    return {"file": SimpleUploadedFile("bareme.csv", content, "text/csv")}


def test_the_preview_then_the_confirmation(client, admin):
    client.force_login(admin)
    url = reverse("contracts:grid-import")
    preview = client.post(url, sent(text(NEW)))
    assert preview.status_code == 200
    assert access(date(2027, 1, 1)).amount == Decimal(90_000)
    done = client.post(url, {"kept": preview.context["kept"]}, follow=True)
    assert "1\xa0montant ajouté" in done.content.decode()
    assert access(date(2027, 1, 1)).amount == Decimal(92_000)


def test_a_refused_file_shows_its_lines_and_offers_nothing_to_confirm(client, admin):
    client.force_login(admin)
    page = client.post(reverse("contracts:grid-import"), sent(text(NEW, "acces;loyer;3;1;01/01/2027;;x;")))
    assert page.status_code == 422
    assert (page.context["kept"], "loyer" in page.content.decode()) == ("", True)


def test_a_preview_that_no_longer_holds_is_refused(client, admin):
    client.force_login(admin)
    url = reverse("contracts:grid-import")
    kept = client.post(url, sent(text("acces;part fixe;3;91000;31/03/2022;;Autre;vérifié"))).context["kept"]
    use()
    assert client.post(url, {"kept": kept}).status_code == 422
    assert access(DAY).amount == Decimal(90_000)
    assert client.post(url, {"kept": "forged"}, follow=True).redirect_chain


def test_only_an_administrator_loads(client):
    client.force_login(factories.fund_agent(factories.agency("cpam")))
    assert client.get(reverse("contracts:grid-import")).status_code == 403
    assert client.get(reverse("contracts:grid-template")).status_code == 403


def test_the_template_is_itself_a_good_file(client, admin):
    client.force_login(admin)
    plan = prepare(client.get(reverse("contracts:grid-template")).content)
    assert (plan.refused, len(plan.created)) == ([], 2)


def test_the_admin_does_not_edit_an_amount_in_use_either(client, admin):
    use()
    client.force_login(admin)
    rate = access(DAY)
    page = client.get(reverse("admin:contracts_rate_change", args=[rate.pk]))
    assert "amount" not in page.context["adminform"].form.fields
    other = Rate.objects.get(mission__code="acces", part="variable", size=3, end=None)
    page = client.get(reverse("admin:contracts_rate_change", args=[other.pk]))
    assert "amount" in page.context["adminform"].form.fields
