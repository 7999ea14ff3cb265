"""FINESS structures: both forms of the extract, kinds, refusals, a second run."""

import io

import pytest

from cpts_portal.imports.refusals import ImportRefused
from members.directory.imports import How, import_finess, structures_of
from members.models import DirectoryStructure
from tests import factories
from tests.members.directory.imports.conftest import FIRST_DAY, NEXT_DAY, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
CLEANED = (
    "nofinesset;nofinessej;rs;rslongue;complrs;compldistrib;numvoie;typvoie;voie;compvoie;lieuditbp;region;libregion;"
    "departement;libdepartement;cog;codepostal;libelle_routage;ligneacheminement;telephone;telecopie;categetab;"
    "libcategetab;liblongcategetab;categretab;libcategretab;siret;codeape"
)


def official(finess: str = "990000002", **values: str) -> str:
    found = {
        "name": "STRUCTURE FICTIVE",
        "commune": "093",
        "department": "22",
        "line": "22400 LAMBALLE ARMOR",
        "category": "500",
        "group": "4401",
        "siret": "99999999900017",
    } | values
    return (
        f"structureet;{finess};990000001;COURT;{found['name']};;;4;R;DU PORT;;;{found['commune']};"
        f"{found['department']};COTES D'ARMOR;{found['line']};0199000000;;{found['category']};Libellé;"
        f"{found['group']};Groupe;{found['siret']};8610Z;;;;;2001-01-01;2001-01-01;2020-01-01;"
    )


def cleaned(finess: str = "990000002", cog: str = "22093", line: str = "22400 LAMBALLE ARMOR") -> str:
    return (
        f"{finess};990000001;COURT;STRUCTURE FICTIVE;;;4;R;DU PORT;;;53;Bretagne;22;CÔTES-D'ARMOR;{cog};22400;;{line};"
        f"0199000000;;603;Maison de santé;;2205;Groupe;99999999900017;8610Z"
    )


def run(*lines: str, on=FIRST_DAY, encoding="latin-1", **how):
    content = io.BytesIO("\n".join([*lines, ""]).encode(encoding))
    return import_finess(content, observed_on=on, by=None, how=How(today=TODAY, **how))


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
def test_the_official_file_without_header_is_read(territory, encoding):
    done = run(
        "finess;etalab;111;2026-05-12",
        official(name="EHPAD DES ÉRABLES"),
        official("990000010", commune="113"),
        "geolocalisation;990000002;1.0;2.0;x;2026",
        encoding=encoding,
    )
    row = DirectoryStructure.objects.get()
    assert (row.finess, row.name, row.kind, row.commune, row.start, row.end) == (
        "990000002",
        "EHPAD DES ÉRABLES",
        "care_home",
        territory.here,
        FIRST_DAY,
        None,
    )
    assert (row.address, row.siret, row.phone, row.category) == ("4 R DU PORT", "99999999900017", "0199000000", "500")
    assert (done.counts["lines"], done.counts["kept"], done.counts["refused"]) == (4, 1, 0)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
def test_the_cleaned_file_with_a_header_is_read(territory, encoding):
    run(CLEANED, cleaned(), cleaned("990000010", cog="", line="22000 ST BRIEUC CEDEX 1"), encoding=encoding)
    rows = DirectoryStructure.objects.order_by("finess").values_list("finess", "kind", "commune__code")
    assert list(rows) == [("990000002", "msp", "22093"), ("990000010", "msp", "22278")]


@pytest.mark.parametrize(
    ("category", "group", "kind"),
    [
        ("355", "1102", "hospital"),
        ("500", "4401", "care_home"),
        ("354", "4606", "ssiad"),
        ("127", "1201", "had"),
        ("603", "2205", "msp"),
        ("124", "2201", "health_centre"),
        ("611", "3101", "laboratory"),
        ("620", "3201", "pharmacy"),
        ("183", "4101", "social"),
        ("999", "2999", "other"),
    ],
)
def test_the_category_gives_the_kind(territory, category, group, kind):
    run(official(category=category, group=group))
    assert DirectoryStructure.objects.get().kind == kind


def test_overseas_departments_have_their_insee_code(territory):
    factories.region("01", "Guadeloupe")
    abymes = factories.commune("97101", "Les Abymes", postal_codes="97139")
    factories.in_territory(territory.cpts, abymes)
    run(official(commune="101", department="9A", line="97139 LES ABYMES"))
    assert DirectoryStructure.objects.get().commune == abymes


def test_a_second_run_changes_nothing_and_a_third_ends_what_disappeared(territory):
    run(official(), official("990000010"))
    before = list(DirectoryStructure.objects.order_by("pk").values_list())
    again = run(official(), official("990000010"), on=NEXT_DAY)
    assert before == list(DirectoryStructure.objects.order_by("pk").values_list())
    assert (again.counts["structures_kept"], again.counts["structures_created"]) == (2, 0)
    last = run(official(name="NOUVEAU NOM"), on=NEXT_DAY)
    assert (last.counts["structures_updated"], last.counts["structures_ended"]) == (1, 1)
    assert list(DirectoryStructure.objects.order_by("finess").values_list("name", "end")) == [
        ("NOUVEAU NOM", None),
        ("STRUCTURE FICTIVE", NEXT_DAY),
    ]
    assert structures_of(territory.cpts, FIRST_DAY).count() == 2
    assert structures_of(territory.cpts, NEXT_DAY).count() == 1


def test_bad_lines_are_refused_with_their_place(territory):
    done = run(official(), "structureet;990000028;trop court", official("99000000"), official())
    assert [(line["line"], line["column"]) for line in done.refused] == [(2, ""), (3, "nofinesset")]
    assert (done.counts["refused"], done.counts["duplicates"]) == (2, 1)


@pytest.mark.parametrize("content", ["", "nom;prenom\n", "Type d'identifiant PP|Identifiant PP|\n"])
def test_another_file_is_refused_in_one_sentence(territory, content):
    with pytest.raises(ImportRefused, match=r"^Ligne 1 : Ce fichier n’est pas une extraction"):
        run(content)


def test_a_trial_writes_nothing_and_an_older_file_is_refused(territory):
    assert run(official(), dry_run=True).counts["structures_created"] == 1
    assert DirectoryStructure.objects.count() == 0
    run(official(), on=NEXT_DAY)
    with pytest.raises(ImportRefused, match="avant le dernier import"):
        run(official(), on=FIRST_DAY)
