"""Professions recognised in the words of real registers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.models import ExerciseMode
from members.shared.nomenclatures import PROFESSIONS
from members.shared.recognition import recognise

LIBERAL, SALARIED = ExerciseMode.LIBERAL, ExerciseMode.SALARIED


@pytest.mark.parametrize(
    ("text", "code", "mode"),
    [
        ("IDEL", "60", LIBERAL),
        ("kiné", "70", None),
        ("Kinés", "70", None),
        ("MG", "10", None),
        ("infirmière libérale", "60", LIBERAL),
        ("Infirmiers libéraux", "60", LIBERAL),
        ("IDE salarié", "60", SALARIED),
        ("Infirmier.e", "60", None),
        ("Médecin généraliste", "10", None),
        ("médecins hospitaliers", "10", SALARIED),
        ("Dr", "10", None),
        ("Masseur-Kinésithérapeute", "70", None),
        ("Masseuse kinésithérapeute", "70", None),
        ("Sage-femme", "50", None),
        ("sages femmes", "50", None),
        ("Pharmacienne titulaire", "21", None),
        ("Chirurgiens-dentistes", "40", None),
        ("Orthophoniste", "91", None),
        ("Pédicure-podologue", "80", None),
        ("Diététicienne nutritionniste", "95", None),
        ("Psychologue clinicienne", "93", None),
        ("Ostéopathe D.O.", "71", None),
        ("Assistante médicale", "AMED", None),
        ("Secrétaire", "SECR", None),
        ("Aide-soignante", "AS", None),
        ("Assistante sociale", "41", None),
        ("Infirmière en pratique avancée", "60", None),
        ("Coordinatrice", "COORD", None),
        ("Opticienne", "28", None),
    ],
)
def test_usual_words(text, code, mode):
    found = recognise(text)
    assert (found.profession and found.profession[1], found.mode) == (code, mode)


@pytest.mark.parametrize("text", ["", "?", "retraité", "xyz", "12"])
def test_what_is_not_known_is_not_guessed(text):
    assert recognise(text).profession is None


@pytest.mark.parametrize("row", PROFESSIONS, ids=lambda row: row[2])
def test_every_official_name_is_recognised_in_both_numbers(row):
    nomenclature, code, name, plural, active = row
    if active and "(" not in name:
        assert recognise(name).profession == (nomenclature, code)
        assert recognise(plural).profession == (nomenclature, code)


@given(st.text(max_size=60))
def test_any_text_is_survived(text):
    recognise(text)
