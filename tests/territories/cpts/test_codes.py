"""Lists of codes: any separators, zeros put back, reasons and proposals for what is not a commune of the day."""

from datetime import date

import pytest

from territories.cpts.codes import read_codes, split_codes
from territories.models import Commune, CommuneMovement
from tests import factories

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("22093,22001;2A004\t01001 | 22002", ["22093", "22001", "2A004", "01001", "22002"]),
        ("22093\r\n22001\n\n22002", ["22093", "22001", "22002"]),
        ("22093;Lamballe-Armor;22400;17 241\n22054 Erquy", ["22093", "22054"]),
        ("Lamballe-Armor (22093)\nErquy\t22054\t22430", ["22093", "22054"]),
        ("code;nom;population\n22093;Lamballe;17241", ["22093"]),
        ("22093 et 22001", ["22093", "et", "22001"]),
        ("n'importe quoi", ["n'importe quoi"]),
        ("  \n ", []),
    ],
)
def test_codes_are_found_whatever_separates_them(text, codes):
    assert split_codes(text) == codes


def reasons(*codes: str) -> dict[str, tuple[str, str]]:
    problems = read_codes(codes, DAY).problems
    return {each.code: (each.reason, each.proposal.code if each.proposal else "") for each in problems}


@pytest.mark.django_db
def test_each_refused_code_has_its_reason_and_what_to_take_instead():
    lamballe = factories.commune("22093", "Lamballe-Armor", postal_codes="22400")
    paris = factories.commune("75056", "Paris")
    factories.commune("75101", "Paris 1er", kind=Commune.Kind.DISTRICT, parent=paris)
    factories.commune("22153", "Morieux", ended_on=date(2019, 1, 1), successor=lamballe)
    factories.commune("22999", "Demain", started_on=date(2027, 1, 1))
    for before, after in [("22111", "22112"), ("22112", "22093"), ("22120", "22121"), ("22121", "22120")]:
        CommuneMovement.objects.create(
            kind=32, effective_on=date(2016, 1, 1), before=before, after=after, source="Fichier des mouvements"
        )
    assert reasons("22093", "75101", "22153", "22999", "22111", "22120", "22400", "99998", "Erquy") == {
        "75101": ("Paris 1er (75101) n’est pas une commune mais un arrondissement municipal : prenez Paris (75056).",
                  "75056"),
        "22153": ("Morieux (22153) n’existe plus depuis le 1er janvier 2019 : prenez Lamballe-Armor (22093), "
                  "qui lui succède.", "22093"),
        "22999": ("Demain (22999) n’existe que depuis le 1er janvier 2027 : choisissez une date d’effet à partir de "
                  "ce jour, ou retirez-la.", ""),
        "22111": ("ancien code, devenu Lamballe-Armor (22093)", "22093"),
        "22120": ("aucune commune ne porte ce code", ""),
        "22400": ("c’est un code postal, celui de Lamballe-Armor (22093)", "22093"),
        "99998": ("aucune commune ne porte ce code", ""),
        "Erquy": ("ce n’est pas un code INSEE (5 caractères, par exemple 22093 ou 2A004)", ""),
    }  # fmt: skip


@pytest.mark.django_db
def test_a_code_borne_again_by_a_restored_commune_is_the_one_of_the_day():
    factories.commune("22001", "Avant", ended_on=date(2020, 1, 1))
    restored = factories.commune("22001", "Après", started_on=date(2025, 1, 1))
    assert read_codes(["22001"], DAY).communes == [restored]


@pytest.mark.django_db
def test_a_long_list_takes_as_many_queries_as_a_short_one(django_assert_max_num_queries):
    for number in range(300):
        factories.commune(f"35{number:03d}")
    with django_assert_max_num_queries(5):
        reading = read_codes([f"35{number:03d}" for number in range(400)], DAY)
    assert (len(reading.communes), len(reading.problems)) == (300, 100)
