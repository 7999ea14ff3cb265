"""The directory on a territory: counts, list, movements, links, differences, adding to the register."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpts_portal.core.scoping import everything
from members.directory.fictitious import fictitious_rpps as rpps
from members.directory.imports import link
from members.models import DirectoryEntry, Membership, PersonalDataExport, Practice, Professional, RefusedLink
from tests import factories
from tests.member_factories import member, profession, professional
from tests.members.directory.imports.conftest import NEXT_DAY, person, run
from tests.members.directory.pages.conftest import browser

pytestmark = pytest.mark.django_db
PAGES = ("directory", "directory-people", "directory-links", "directory-differences")


def url(name: str, territory, *args) -> str:
    return reverse(f"members:{name}", args=[territory.cpts.pk, *args])


def messages(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def entry(number: int) -> DirectoryEntry:
    return DirectoryEntry.objects.get(rpps=rpps(number))


def exported(client, territory, query: str = "") -> list[list[str]]:
    answer = client.get(f"{url('directory-people', territory)}?export=csv&{query}")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))[1:]


def names(client, territory, query: str) -> list[str]:
    return [row[0] for row in exported(client, territory, query)]


def registered(territory, number: int, **fields) -> Professional:
    """The record of this person of the directory, with her number."""
    fields = {"civil_last_name": f"Exemple {number}", "civil_first_name": "Camille", "rpps": rpps(number), **fields}
    return professional(territory.cpts, **fields)


@pytest.fixture
def loaded(territory):
    """Four persons: a member, one in the register, two unknown (one is a doctor in the other commune)."""
    run(person(1), person(2), person(3), person(4, "22278", profession="10", mode="S"))
    member(territory.cpts, rpps=rpps(1))
    registered(territory, 2)
    return territory


# --- Reading ------------------------------------------------------------------------------------------------------
def test_professions_are_counted_with_who_is_known(coordinator, loaded):
    context = coordinator.get(url("directory", loaded)).context
    found = [(row.profession.name, row.total, row.by_state) for row in context["professions"]]
    assert found == [
        ("Médecin", 1, {"member": 0, "register": 0, "unknown": 1}),
        ("Infirmier", 3, {"member": 1, "register": 1, "unknown": 1}),
    ]
    assert (context["total"], context["totals"]) == (4, {"member": 1, "register": 1, "unknown": 2})
    assert context["sentences"][0][0][0].startswith("Premier import")


def test_somebody_who_left_or_was_merged_is_not_a_member(coordinator, loaded):
    with everything("test"):
        Membership.objects.update(end="2025-01-01")
        registered(loaded, 3, merged_into=Professional.objects.first())
    totals = coordinator.get(url("directory", loaded)).context["totals"]
    assert totals == {"member": 0, "register": 2, "unknown": 2}


def test_the_register_of_another_cpts_does_not_count(coordinator, loaded):
    other = factories.cpts()
    member(other, rpps=rpps(3))
    assert coordinator.get(url("directory", loaded)).context["totals"]["unknown"] == 2


def test_movements_are_said_in_sentences(board, loaded):
    run(person(1), person(2), person(3), person(5), on=NEXT_DAY)
    (sentence,) = board.get(url("directory", loaded)).context["sentences"]
    text = "".join(f"{text}{tail}" for text, _, tail in sentence)
    assert text == "1\xa0nouvel infirmier depuis le dernier import, 1\xa0médecin parti."


def test_the_list_is_exported_as_filtered_and_the_export_is_written_down(coordinator, loaded):
    assert exported(coordinator, loaded) == [
        ["Camille Exemple 1", "Infirmier", "Lamballe-Armor (libéral)", rpps(1), "Adhérent"],
        ["Camille Exemple 2", "Infirmier", "Lamballe-Armor (libéral)", rpps(2), "Au registre"],
        ["Camille Exemple 3", "Infirmier", "Lamballe-Armor (libéral)", rpps(3), "Pas encore connu"],
        ["Camille Exemple 4", "Médecin", "Saint-Brieuc (salarié)", rpps(4), "Pas encore connu"],
    ]
    with everything("test"):
        logged = PersonalDataExport.objects.get()
    assert (logged.cpts, logged.persons, logged.file_format) == (loaded.cpts, 4, "csv")


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("q=exemple 2", [2]),
        (f"q={rpps(3)}", [3]),
        ("state=unknown", [3, 4]),
        ("state=member", [1]),
        ("commune=brieuc", [4]),
        ("commune=22093", [1, 2, 3]),
        ("mode=S", [4]),
        ("q=personne", []),
        ("state=bidon", [1, 2, 3, 4]),
        ("sort=-name", [4, 3, 2, 1]),
        ("sort=state", [1, 2, 3, 4]),
        ("sort=profession", [4, 1, 2, 3]),
    ],
)
def test_filters_and_orders(coordinator, loaded, query, numbers):
    assert names(coordinator, loaded, query) == [f"Camille Exemple {number}" for number in numbers]


def test_the_profession_filter_keeps_those_who_practise_it(coordinator, loaded):
    assert names(coordinator, loaded, f"profession={profession('10').pk}") == ["Camille Exemple 4"]


def test_the_board_reads_and_does_not_add(board, coordinator, loaded):
    add = url("directory-add", loaded, entry(3).pk)
    assert add in coordinator.get(url("directory-people", loaded)).content.decode()
    assert add not in board.get(url("directory-people", loaded)).content.decode()
    assert (board.get(add).status_code, board.post(add).status_code) == (403, 403)
    assert browser(factories.coordinator(factories.cpts())).post(add).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_before_the_first_import_each_page_says_so(coordinator, territory, name):
    text = coordinator.get(url(name, territory)).content.decode()
    assert "L’annuaire national n’est pas encore chargé" in text


@pytest.mark.parametrize("name", PAGES)
def test_who_may_open(loaded, name):
    address = url(name, loaded)
    for agent in (factories.ars_agent(loaded.cpts.ars), factories.observer(), factories.administrator()):
        assert browser(agent).get(address).status_code == 403
    assert browser(factories.coordinator(factories.cpts())).get(address).status_code == 404
    assert browser(factories.board_member(loaded.cpts)).get(address).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_each_page_takes_the_same_queries_for_few_and_many(coordinator, territory, name):
    seen = []
    for count in (3, 30):
        run(*(person(n) for n in range(count)))
        for number in range(0, count, 3):
            with everything("test"):
                if not Professional.objects.filter(rpps=rpps(number)).exists():
                    link(registered(territory, number, civil_last_name="Autre"), entry(number), by=None)
                    registered(territory, number + 1000, civil_last_name=f"Exemple {number + 1}")
        with CaptureQueriesContext(connection) as queries:
            assert coordinator.get(url(name, territory)).status_code == 200
        seen.append(len(queries))
    assert seen[0] == seen[1]
    assert seen[1] <= 10


# --- Links --------------------------------------------------------------------------------------------------------
@pytest.fixture
def proposals(territory):
    """Three proposals: a certain one, and two for a namesake."""
    run(person(1, last_name="CERTAIN"), person(2, last_name="SPECIMEN"), person(3, last_name="SPECIMEN"))
    sure = registered(territory, 1, civil_last_name="Autrement")
    namesake = professional(territory.cpts, rpps="", civil_last_name="Specimen", civil_first_name="Camille")
    return sure, namesake


def decide(client, territory, decision: str, *pairs):
    data = {"decision": decision, "pair": [f"{record.pk}-{entry(number).pk}" for record, number in pairs]}
    return client.post(url("directory-links-decide", territory), data, follow=True)


def linked() -> dict[int, str]:
    with everything("test"):
        found = Professional.objects.filter(directory_entry__isnull=False)
        return dict(found.values_list("pk", "directory_entry__rpps"))


def test_certain_links_come_first_with_their_reason(coordinator, territory, proposals):
    rows = coordinator.get(url("directory-links", territory)).context["rows"]
    assert [(row["proposal"].certainty, row["name"], row["places"]) for row in rows] == [
        ("certain", "Camille Certain", ["Lamballe-Armor (libéral)"]),
        ("probable", "Camille Specimen", ["Lamballe-Armor (libéral)"]),
        ("probable", "Camille Specimen", ["Lamballe-Armor (libéral)"]),
    ]


def test_several_are_accepted_at_once_and_nothing_typed_changes(coordinator, territory, proposals):
    sure, namesake = proposals
    answer = decide(coordinator, territory, "accept", (sure, 1), (namesake, 3))
    assert messages(answer) == ["2\xa0fiches rattachées à l’annuaire national. Aucune donnée saisie n’a changé."]
    assert linked() == {sure.pk: rpps(1), namesake.pk: rpps(3)}
    with everything("test"):
        assert Professional.objects.get(pk=sure.pk).civil_last_name == "Autrement"
    assert answer.context["total"] == 0


def test_the_certain_ones_are_accepted_in_one_act(coordinator, territory, proposals):
    decide(coordinator, territory, "certain")
    assert linked() == {proposals[0].pk: rpps(1)}


def test_a_refused_link_is_no_longer_proposed_and_is_in_the_history(coordinator, territory, proposals):
    _sure, namesake = proposals
    answer = decide(coordinator, territory, "refuse", (namesake, 2), (namesake, 3))
    assert answer.context["total"] == 1
    assert linked() == {}
    with everything("test"):
        assert RefusedLink.objects.count() == 2
        assert RefusedLink.history.first().history_user.accesses.get().cpts == territory.cpts


@pytest.mark.parametrize(
    ("decision", "pairs", "sentence"),
    [
        ("accept", [], "Cochez au moins un rattachement."),
        ("accept", [(1, 2), (1, 3)], "Camille Specimen est coché deux fois : gardez un seul rattachement."),
        ("accept", [(0, 3)], "La liste vient de changer : relisez les propositions avant de choisir."),
        ("bidon", [(0, 1)], "Choisissez d’accepter ou de refuser."),
    ],
)
def test_a_bad_choice_links_nothing(coordinator, territory, proposals, decision, pairs, sentence):
    answer = decide(coordinator, territory, decision, *((proposals[index], number) for index, number in pairs))
    assert messages(answer) == [sentence]
    assert linked() == {}


def test_rubbish_boxes_and_other_people_decide_nothing(coordinator, board, territory, proposals):
    answer = coordinator.post(
        url("directory-links-decide", territory), {"decision": "accept", "pair": ["x", "1", "1-²"]}, follow=True
    )
    assert messages(answer) == ["Cochez au moins un rattachement."]
    assert decide(board, territory, "certain").status_code == 403
    assert decide(browser(factories.coordinator(factories.cpts())), territory, "certain").status_code == 404
    assert coordinator.get(url("directory-links-decide", territory)).status_code == 405
    assert linked() == {}


# --- Differences --------------------------------------------------------------------------------------------------
@pytest.fixture
def differing(territory):
    run(person(1, last_name="NOUVEAU"), person(2))
    record = registered(territory, 1, civil_last_name="Ancien")
    with everything("test"):
        link(record, entry(1), by=None)
        link(registered(territory, 2, commune=territory.here), entry(2), by=None)
    return record


def test_only_the_persons_who_differ_are_listed(coordinator, territory, differing):
    rows = list(coordinator.get(url("directory-differences", territory)).context["page"])
    assert [(str(record), [(d.label, d.typed, d.directory) for d in found]) for record, found in rows] == [
        (
            "Camille Ancien",
            [
                ("Nom d’exercice", "Ancien", "Nouveau"),
                ("Lieu d’exercice", "", "Libéral, CABINET FICTIF, Lamballe-Armor"),
            ],
        )
    ]


def test_the_field_ticked_is_taken_over_and_no_other(coordinator, territory, differing):
    answer = coordinator.post(
        url("directory-take-over", territory, differing.pk), {"field": ["last_name"]}, follow=True
    )
    assert messages(answer) == [
        "1\xa0donnée reprise de l’annuaire pour Camille Ancien. Le reste de la fiche n’a pas changé."
    ]
    with everything("test"):
        found = Professional.objects.get(pk=differing.pk)
        assert (found.last_name, found.civil_last_name) == ("Nouveau", "Ancien")
        assert Practice.objects.filter(professional=found).count() == 0


def test_a_refusal_comes_back_with_the_boxes_ticked(coordinator, territory, differing):
    answer = coordinator.post(url("directory-take-over", territory, differing.pk), {"field": ["last_name", "rpps"]})
    assert answer.status_code == 422
    assert messages(answer) == ["Cette fiche vient de changer : relisez les différences avant de reprendre l’annuaire."]
    assert answer.content.decode().count(" checked") == 1
    empty = coordinator.post(url("directory-take-over", territory, differing.pk))
    assert messages(empty)[-1] == "Choisissez au moins une donnée à reprendre de l’annuaire."


def test_the_board_sees_differences_and_takes_nothing_over(board, territory, differing):
    shown = board.get(url("directory-person", territory, differing.pk))
    assert (shown.status_code, "checkbox" in shown.content.decode()) == (200, False)
    for name in ("directory-take-over", "directory-unlink"):
        assert board.post(url(name, territory, differing.pk), {"field": "last_name"}).status_code == 403


def test_a_record_is_detached_after_a_confirmation(coordinator, territory, differing):
    address = url("directory-unlink", territory, differing.pk)
    assert coordinator.get(address).status_code == 200
    assert list(linked()) != []
    coordinator.post(address)
    assert differing.pk not in linked()
    assert coordinator.post(address).status_code == 422


def test_a_record_of_another_cpts_does_not_exist(coordinator, territory):
    other = professional(factories.cpts())
    for name in ("directory-person", "directory-unlink"):
        assert coordinator.get(url(name, territory, other.pk)).status_code == 404
    assert coordinator.post(url("directory-take-over", territory, other.pk)).status_code == 404


# --- Adding to the register ---------------------------------------------------------------------------------------
def test_somebody_is_added_linked_with_her_practices(coordinator, territory):
    run(person(1, last_name="LE SPECIMEN"), person(1, "22278", mode="S", last_name="LE SPECIMEN"))
    address = url("directory-add", territory, entry(1).pk)
    places = coordinator.get(address).context["consequences"][1]
    assert places == "Lieux d’exercice repris : Lamballe-Armor (libéral), Saint-Brieuc (salarié)."
    answer = coordinator.post(address, follow=True)
    assert messages(answer) == ["Camille Le Specimen est au registre."]
    with everything("test"):
        made = Professional.objects.get()
        assert (made.cpts, made.rpps, made.directory_entry) == (territory.cpts, rpps(1), entry(1))
        assert list(made.practices.order_by("commune__code").values_list("commune__code", "mode")) == [
            ("22093", "L"),
            ("22278", "S"),
        ]
        assert Membership.objects.count() == 0
        assert made.history.first().history_user.accesses.get().cpts == territory.cpts


def test_somebody_already_known_is_not_added_twice(coordinator, loaded):
    answer = coordinator.post(url("directory-add", loaded, entry(2).pk))
    assert answer.status_code == 422
    assert messages(answer) == ["Camille Exemple 2 est déjà au registre."]


def test_a_namesake_is_announced_before_adding(coordinator, territory):
    run(person(1, last_name="SPECIMEN"))
    professional(territory.cpts, rpps="", civil_last_name="Specimen", civil_first_name="Camille")
    sentences = coordinator.get(url("directory-add", territory, entry(1).pk)).context["consequences"]
    said = "Camille Specimen (même nom et même profession). Si c’est la même personne, rattachez sa fiche."
    assert sentences[-1] == f"Attention, le registre contient déjà : {said}"
