"""Links between the register and the directory: proposed, never made alone; nothing typed is overwritten unseen."""

import pytest

from members.directory.fictitious import fictitious_rpps as rpps
from members.directory.imports import LinkRefused, link, propose_links, take_over, unlink
from members.models import DirectoryEntry, Professional
from members.shared.directory_differences import differences
from tests import factories
from tests.member_factories import profession, professional
from tests.members.directory.imports.conftest import NEXT_DAY, TODAY, person, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]


@pytest.fixture
def author(territory):
    return factories.coordinator(territory.cpts)


def proposed(cpts) -> list[tuple[str, str, str]]:
    return [(str(p.professional), p.entry.rpps, p.certainty) for p in propose_links(cpts, day=TODAY)]


def test_the_same_rpps_is_certain_and_the_same_name_probable(territory):
    professional(territory.cpts, rpps=rpps(1), civil_last_name="Autrement")
    professional(territory.cpts, rpps="", civil_last_name="Née", last_name="Spécimen-Demo", civil_first_name="Anaïs")
    professional(territory.cpts, rpps="", civil_last_name="Inconnu")
    run(person(1), person(2, last_name="SPECIMEN DEMO", first_name="ANAIS"))
    assert proposed(territory.cpts) == [
        ("Dominique Autrement", rpps(1), "certain"),
        ("Anaïs Spécimen-Demo", rpps(2), "probable"),
    ]


def test_another_profession_or_another_territory_is_not_proposed(territory):
    other = factories.cpts()
    factories.in_territory(other, territory.outside)
    professional(territory.cpts, rpps="", civil_last_name="SPECIMEN", civil_first_name="Camille")
    run(person(1, last_name="SPECIMEN", profession="10"), person(2, "22113", last_name="SPECIMEN"))
    assert proposed(territory.cpts) == []


def test_namesakes_give_two_proposals_and_a_different_rpps_is_said(territory):
    professional(territory.cpts, rpps=rpps(77), civil_last_name="Specimen", civil_first_name="Camille")
    run(person(1, last_name="SPECIMEN"), person(2, last_name="SPECIMEN"))
    found = propose_links(territory.cpts, day=TODAY)
    assert [p.entry.rpps for p in found] == [rpps(1), rpps(2)]
    assert {p.reason for p in found} == {"Même nom et même profession, mais le RPPS saisi est différent"}


def test_proposing_writes_nothing_and_takes_four_queries(territory, django_assert_num_queries):
    run(*(person(n) for n in range(5)))
    for number in range(5):
        professional(territory.cpts, rpps=rpps(number))
    with django_assert_num_queries(4):
        assert len(propose_links(territory.cpts, day=TODAY)) == 5
    assert Professional.objects.filter(directory_entry__isnull=False).count() == 0


def test_a_link_changes_no_typed_field_and_is_in_the_history(territory, author):
    run(person(1, last_name="AUTRE"))
    someone = professional(territory.cpts, rpps="", civil_last_name="Exemple")
    linked = link(someone, DirectoryEntry.objects.get(), by=author)
    assert (linked.rpps, linked.civil_last_name, linked.directory_entry.rpps) == ("", "Exemple", rpps(1))
    event = linked.history.first()
    assert (event.history_user, event.history_change_reason) == (author, "Rattachement à l’annuaire national")
    assert proposed(territory.cpts) == []
    assert unlink(linked, by=author).directory_entry is None


def test_an_entry_is_linked_to_one_person_per_cpts(territory, author):
    run(person(1))
    entry = DirectoryEntry.objects.get()
    first, second = (professional(territory.cpts, rpps="", civil_last_name=name) for name in ("Un", "Deux"))
    link(first, entry, by=author)
    with pytest.raises(LinkRefused, match="déjà rattachée à Dominique Un"):
        link(second, entry, by=author)
    elsewhere = professional(factories.cpts(), rpps="")
    assert link(elsewhere, entry, by=author).directory_entry == entry


@pytest.fixture
def linked(territory, author):
    """Somebody whose sheet disagrees with the directory on everything."""
    said = {"profession": "10", "last_name": "LE GOFF-D'ESSAI", "first_name": "ANAÏS"}
    run(person(1, finess="990000001", **said), person(1, "22278", mode="S", **said))
    someone = professional(
        territory.cpts, rpps="", civil_last_name="Martin", civil_first_name="Anne", commune=territory.outside
    )
    return link(someone, DirectoryEntry.objects.get(), by=author)


def test_differences_show_both_sides(linked):
    found = [(d.label, d.typed, d.directory) for d in differences(linked)]
    assert found == [
        ("RPPS", "", rpps(1)),
        ("Nom d’exercice", "Martin", "Le Goff-D'Essai"),
        ("Prénom", "Anne", "Anaïs"),
        ("Profession", "Infirmier", "Médecin"),
        ("Lieu d’exercice", "", "Libéral, CABINET FICTIF, Lamballe-Armor"),
        ("Lieu d’exercice", "", "Salarié, CABINET FICTIF, Saint-Brieuc"),
    ]


def test_case_and_accents_are_no_difference(territory, author):
    run(person(1, last_name="GUENOLE", first_name="ANAIS"))
    someone = professional(
        territory.cpts,
        rpps=rpps(1),
        civil_last_name="Guénolé",
        civil_first_name="Anaïs",
        commune=territory.here,
    )
    assert differences(link(someone, DirectoryEntry.objects.get(), by=author)) == []


def test_only_the_chosen_fields_are_taken_over(linked, author):
    place = next(d.field for d in differences(linked) if d.field.startswith("practice:"))
    settled = take_over(linked, ["last_name", place], by=author)
    assert [d.label for d in settled] == ["Nom d’exercice", "Lieu d’exercice"]
    linked.refresh_from_db()
    assert (linked.last_name, linked.civil_last_name, linked.civil_first_name, linked.rpps) == (
        "Le Goff-D'Essai",
        "Martin",
        "Anne",
        "",
    )
    assert linked.profession == profession("60")
    assert sorted(linked.practices.values_list("commune__code", flat=True)) == ["22093", "22113"]
    assert linked.history.first().history_change_reason == "Données reprises de l’annuaire national"
    assert len(differences(linked)) == 4


def test_everything_can_be_taken_over(linked, author):
    take_over(linked, [d.field for d in differences(linked)], by=author)
    linked.refresh_from_db()
    assert (linked.rpps, linked.civil_first_name, linked.profession.code) == (rpps(1), "Anaïs", "10")
    assert differences(linked) == []


def test_a_difference_settled_meanwhile_or_unknown_is_refused(linked, author):
    take_over(linked, ["rpps"], by=author)
    for fields in (["rpps"], ["civil_last_name"], ["practice:0"]):
        with pytest.raises(LinkRefused, match="vient de changer"):
            take_over(linked, fields, by=author)
    with pytest.raises(LinkRefused, match="au moins une donnée"):
        take_over(linked, [], by=author)


def test_an_rpps_borne_by_somebody_else_is_not_taken(linked, author, territory):
    professional(territory.cpts, rpps=rpps(1), civil_last_name="Double")
    with pytest.raises(LinkRefused, match="Double porte déjà ce numéro RPPS"):
        take_over(linked, ["rpps", "last_name"], by=author)
    linked.refresh_from_db()
    assert linked.last_name == ""


def test_a_practice_that_left_the_directory_is_shown_and_ended_on_demand(territory, author):
    run(person(1), person(2))
    someone = professional(
        territory.cpts, rpps=rpps(1), civil_last_name="Exemple 1", civil_first_name="Camille", commune=territory.here
    )
    someone = link(someone, DirectoryEntry.objects.get(rpps=rpps(1)), by=author)
    run(person(2), on=NEXT_DAY)
    (found,) = differences(someone)
    assert (found.typed, found.directory) == ("Libéral, Lamballe-Armor", "disparu de l’annuaire le 01/10/2026")
    assert someone.practices.get().end is None
    take_over(someone, [found.field], by=author)
    assert someone.practices.get().end == NEXT_DAY
