"""From a figure of the last import to the list of those who arrived, left or moved."""

import csv
import io

import pytest

from members.directory.fictitious import fictitious_rpps as rpps
from tests.member_factories import member, profession
from tests.members.directory.imports.conftest import NEXT_DAY, person, run
from tests.members.directory.pages.test_people import names, registered, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(territory):
    """Three nurses, one a member and one in the register, and a doctor in the other commune."""
    run(person(1), person(2), person(3), person(4, "22278", profession="10", mode="S"))
    member(territory.cpts, rpps=rpps(1))
    registered(territory, 2)
    return territory


def test_a_figure_of_the_last_import_opens_on_the_list_of_those_who_moved(coordinator, loaded):
    member(loaded.cpts, rpps=rpps(4), profession=profession("10"))
    run(person(1), person(2, "22278"), person(3), person(5), person(6, profession="70"), on=NEXT_DAY)
    parts = [part for said in coordinator.get(url("directory", loaded)).context["sentences"] for part in said]
    found = {}
    for text, address, _ in parts:
        answer = coordinator.get(f"{address}&export=csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))[1:]
        found[text.replace("\xa0", " ")] = [(row[0], row[2], row[4]) for row in rows]
    assert found == {
        "1 nouvel infirmier": [("Camille Exemple 5", "Lamballe-Armor (libéral)", "Pas encore connu")],
        "1 nouveau masseur-kinésithérapeute": [("Camille Exemple 6", "Lamballe-Armor (libéral)", "Pas encore connu")],
        "1 médecin parti": [("Camille Exemple 4", "Saint-Brieuc (salarié)", "Adhérent")],
        "1 infirmier a changé de commune": [("Camille Exemple 2", "Saint-Brieuc (libéral)", "Au registre")],
    }


def test_nobody_who_left_can_be_added_to_the_register(coordinator, loaded):
    run(person(1), person(2), on=NEXT_DAY, accept_losses=True)
    text = coordinator.get(f"{url('directory-people', loaded)}?movement=departures").content.decode()
    assert "Camille Exemple 3" in text
    assert "Ajouter au registre" not in text


def test_a_second_profession_arrives_alone(coordinator, loaded):
    run(person(1), person(1, profession="70"), person(2), person(3), person(4, "22278", profession="10"), on=NEXT_DAY)
    physio, nurse = profession("70").pk, profession("60").pk
    assert names(coordinator, loaded, f"movement=arrivals&profession={physio}") == ["Camille Exemple 1"]
    assert names(coordinator, loaded, f"movement=arrivals&profession={nurse}") == []
    assert names(coordinator, loaded, "movement=arrivals") == ["Camille Exemple 1"]
