"""Structures of FINESS on a territory: list, add, link, differences, openings and closures."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpts_portal.core.scoping import everything
from members.directory.fictitious import fictitious_finess as finess
from members.directory.fictitious import fictitious_siret as siret
from members.models import DirectoryStructure, NotDuplicate, Structure
from tests import factories
from tests.member_factories import member_structure, structure
from tests.members.directory.imports.conftest import NEXT_DAY, THIRD_DAY, person
from tests.members.directory.imports.conftest import run as run_people
from tests.members.directory.imports.test_finess import official
from tests.members.directory.imports.test_finess import run as run_import
from tests.members.directory.pages.conftest import browser

pytestmark = pytest.mark.django_db


def said(number: int, **values: str) -> str:
    values = {"name": f"EHPAD DES ÉRABLES {number}", "siret": siret(number), **values}
    return official(finess(number), **values)


def run(*lines: str, **how):
    with everything("test"):
        return run_import(*lines, **how)


def row(number: int) -> DirectoryStructure:
    return DirectoryStructure.objects.get(finess=finess(number), end__isnull=True)


def url(name: str, territory, *args) -> str:
    return reverse(f"members:{name}", args=[territory.cpts.pk, *args])


def exported(client, territory, query: str = "") -> list[list[str]]:
    answer = client.get(f"{url('directory-structures', territory)}?export=csv&{query}")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))[1:]


def numbers(client, territory, query: str) -> list[int]:
    return [int(line[3][2:-1]) for line in exported(client, territory, query)]


def messages(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def saved(record: Structure) -> Structure:
    with everything("test"):
        return Structure.objects.select_related("commune").get(pk=record.pk)


@pytest.fixture
def loaded(territory):
    """Five structures: a member, one in the register, two that look like a record (SIRET, name), one unknown."""
    run(said(1), said(2), said(3), said(4, commune="278"), said(5, category="620", name="PHARMACIE DU PORT"))
    own = territory.cpts
    member_structure(own, finess=finess(1))
    same = {"name": "Ehpad des Erables 2", "commune": territory.here, "siret": siret(2), "address": "4 rue du port"}
    structure(own, finess=finess(2), phone="0199000000", **same)
    structure(own, siret=siret(3), name="Maison des Érables")
    structure(own, name="ehpad des érables 4", commune=territory.there)
    return territory


def test_each_structure_of_the_territory_with_what_the_register_knows(coordinator, loaded):
    assert exported(coordinator, loaded) == [
        ["EHPAD des Érables 1", "EHPAD", "Lamballe-Armor", finess(1), "Adhérente"],
        ["EHPAD des Érables 2", "EHPAD", "Lamballe-Armor", finess(2), "Au registre"],
        ["EHPAD des Érables 3", "EHPAD", "Lamballe-Armor", finess(3), "Peut-être au registre"],
        ["EHPAD des Érables 4", "EHPAD", "Saint-Brieuc", finess(4), "Peut-être au registre"],
        ["Pharmacie du Port", "Pharmacie", "Lamballe-Armor", finess(5), "Pas au registre"],
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=pharmacie", [5]),
        (f"q={finess(2)}", [2]),
        ("kind=pharmacy", [5]),
        ("commune=brieuc", [4]),
        ("state=look_alike", [3, 4]),
        ("state=unknown", [5]),
        ("differs=yes", [1]),
        ("sort=-name", [5, 4, 3, 2, 1]),
        ("sort=state", [3, 4, 1, 2, 5]),
        ("movement=arrivals", []),
        ("kind=bidon", [1, 2, 3, 4, 5]),
    ],
)
def test_filters_and_orders(coordinator, loaded, query, found):
    assert numbers(coordinator, loaded, query) == found


def test_an_unknown_structure_is_added_as_finess_says(coordinator, loaded):
    add = url("directory-structure-add", loaded, row(5).pk)
    assert add in coordinator.get(url("directory-structures", loaded)).content.decode()
    shown = coordinator.get(add)
    assert ("FINESS", finess(5)) in shown.context["facts"]
    answer = coordinator.post(add, follow=True)
    assert messages(answer) == ["Pharmacie du Port est au registre. La structure ne devient pas adhérente pour autant."]
    with everything("test"):
        made = Structure.objects.get(finess=finess(5))
    assert (made.kind, made.siret, made.address, made.commune, made.phone) == (
        "pharmacy", siret(5), "4 rue du Port", loaded.here, "01 99 00 00 00",
    )  # fmt: skip
    assert messages(coordinator.post(add, follow=True)) == ["Pharmacie du Port est déjà au registre."]
    assert numbers(coordinator, loaded, "state=unknown") == []


@pytest.mark.parametrize(("number", "name", "sign"), [
    (3, "Maison des Érables", "même numéro SIRET"), (4, "ehpad des érables 4", "même nom et même commune"),
])  # fmt: skip
def test_a_record_that_looks_alike_is_linked_and_keeps_what_was_typed(coordinator, loaded, number, name, sign):
    said_one = row(number)
    page = coordinator.get(url("directory-structure-add", loaded, said_one.pk))
    ((record, signs, _),) = page.context["found"]
    assert (record.name, signs) == (name, [sign])
    answer = coordinator.post(url("directory-structure-link", loaded, said_one.pk), {"record": record.pk}, follow=True)
    assert messages(answer) == [f"{name} porte maintenant le FINESS {finess(number)}. Le reste n’a pas changé."]
    assert answer.redirect_chain[-1][0] == url("directory-structure", loaded, said_one.pk)
    kept = saved(record)
    assert (kept.name, kept.finess, kept.siret, kept.address) == (name, finess(number), siret(number), "")


def test_only_the_records_shown_can_be_linked(coordinator, loaded):
    other = structure(loaded.cpts, name="Sans rapport")
    link = url("directory-structure-link", loaded, row(3).pk)
    for wrong in (other.pk, "x", ""):
        answer = coordinator.post(link, {"record": wrong}, follow=True)
        assert messages(answer) == ["Cette fiche ne peut plus être rattachée : relisez les fiches proposées."]
    assert saved(other).finess == ""


def test_adding_beside_a_look_alike_notes_that_they_are_two(coordinator, loaded):
    coordinator.post(url("directory-structure-add", loaded, row(3).pk))
    with everything("test"):
        assert NotDuplicate.objects.filter(cpts=loaded.cpts, target="structure").count() == 1


def test_differences_are_taken_over_field_by_field(coordinator, loaded):
    with everything("test"):
        record = Structure.objects.get(finess=finess(2))
        record.name, record.phone = "Les Érables", "01 99 00 00 01"
        record.save()
    page = url("directory-structure", loaded, row(2).pk)
    assert [(d.field, d.typed, d.directory) for d in coordinator.get(page).context["differences"]] == [
        ("name", "Les Érables", "EHPAD des Érables 2"),
        ("phone", "01 99 00 00 01", "01 99 00 00 00"),
    ]
    take = url("directory-structure-take-over", loaded, row(2).pk)
    answer = coordinator.post(take, {"field": ["phone"]}, follow=True)
    assert messages(answer) == ["1\xa0donnée reprise de FINESS pour Les Érables. Le reste de la fiche n’a pas changé."]
    assert (saved(record).name, saved(record).phone) == ("Les Érables", "01 99 00 00 00")
    for fields, refusal in (([], "Choisissez au moins une donnée"), (["phone"], "Cette fiche vient de changer")):
        again = coordinator.post(take, {"field": fields})
        assert again.status_code == 422
        assert messages(again)[0].startswith(refusal)


def test_another_import_overwrites_nothing_that_was_typed(coordinator, loaded):
    run(said(1), said(2, name="EHPAD NOUVEAU NOM"), said(3), said(4, commune="278"), on=NEXT_DAY)
    with everything("test"):
        assert Structure.objects.get(finess=finess(2)).name == "Ehpad des Erables 2"
    assert numbers(coordinator, loaded, "differs=yes") == [1, 2]


def test_openings_and_closures_are_said_and_open_on_their_list(coordinator, loaded):
    run(said(1), said(3), said(4, commune="278"), said(5, category="620"), said(7), on=NEXT_DAY)
    run_people(person(1))
    overview = coordinator.get(url("directory", loaded))
    assert overview.context["structure_moves"] == [
        ("arrivals", [("care_home", "EHPAD", 1)]),
        ("departures", [("care_home", "EHPAD", 1)]),
    ]
    assert "structures/?movement=departures&amp;kind=care_home" in overview.content.decode()
    assert numbers(coordinator, loaded, "movement=arrivals") == [7]
    assert numbers(coordinator, loaded, "movement=departures&kind=care_home") == [2]


def test_a_commune_that_joins_the_territory_opens_nothing(coordinator, loaded):
    factories.in_territory(loaded.cpts, loaded.outside)
    everybody = (said(1), said(2), said(3), said(4, commune="278"), said(5, category="620"))
    done = run(*everybody, said(6, commune="113"), on=NEXT_DAY)
    assert (done.counts["arrivals"], done.counts["departures"]) == (0, 0)
    then = run(*everybody, said(6, commune="113"), said(8, commune="113"), on=THIRD_DAY)
    assert (then.counts["arrivals"], then.counts["departures"]) == (1, 0)


def test_the_report_says_the_movements_of_each_cpts(as_admin, loaded):
    done = run(said(1), said(3), said(4, commune="278"), said(5, category="620"), said(7), said(8), on=NEXT_DAY)
    page = as_admin.get(reverse("members:directory-import", args=[done.pk])).context["page"]
    assert list(page) == [
        (loaded.cpts, ["Nouvelles structures : EHPAD (2).", "Structure disparue de FINESS : EHPAD (1)."])
    ]


def test_who_may_open_and_write(loaded, board):
    pages = [url("directory-structures", loaded), url("directory-structure", loaded, row(2).pk)]
    writes = [url(f"directory-structure-{name}", loaded, row(3).pk) for name in ("add", "link", "take-over")]
    for page in pages:
        assert board.get(page).status_code == 200
        assert browser(factories.observer()).get(page).status_code == 403
        assert browser(factories.coordinator(factories.cpts())).get(page).status_code == 404
    for write in writes:
        assert board.post(write).status_code == 403
        assert browser(factories.coordinator(factories.cpts())).post(write).status_code == 404
    assert "Ajouter" not in board.get(pages[0]).content.decode()


def test_a_structure_of_another_territory_is_not_found(coordinator, loaded):
    other = factories.cpts()
    factories.in_territory(other, loaded.outside)
    run(said(6, commune="113"), said(1), said(2), said(3), said(4, commune="278"), said(5))
    assert coordinator.get(url("directory-structure-add", loaded, row(6).pk)).status_code == 404


def test_before_the_first_import_the_page_says_so(coordinator, territory):
    text = coordinator.get(url("directory-structures", territory)).content.decode()
    assert "FINESS n’est pas encore chargé" in text


def test_the_list_asks_the_same_number_of_queries_for_more_rows(coordinator, loaded):
    page = url("directory-structures", loaded)
    coordinator.get(page)
    with CaptureQueriesContext(connection) as few:
        coordinator.get(page)
    run(*(said(n) for n in range(1, 30)), on=NEXT_DAY)
    for number in range(10, 20):
        structure(loaded.cpts, finess=finess(number))
    with CaptureQueriesContext(connection) as more:
        coordinator.get(page)
    assert len(few) == len(more)
