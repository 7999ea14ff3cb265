"""Text as French readers write it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_portal.core.text import date_fr, de, fold, number_fr, place_with_article, plural, size_fr


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Saint-Étienne-d’Œuf", "saint etienne d oeuf"),
        ("  L'Haÿ-les-Roses ", "l hay les roses"),
        ("ÆGIR", "aegir"),
        ("2A004", "2a004"),
        ("…", ""),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


def test_numbers():
    assert number_fr(14854) == "14\u202f854"
    assert number_fr(-3.5, 1) == "−3,5"
    assert number_fr(None) == "–"


def test_plurals_start_at_two():
    assert [plural(n, "commune") for n in (0, 1, 2)] == ["0\u00a0commune", "1\u00a0commune", "2\u00a0communes"]
    assert plural(3, "cheval", "chevaux") == "3\u00a0chevaux"


def test_dates():
    assert (date_fr(date(2026, 1, 1)), date_fr(date(2026, 11, 22))) == ("1er janvier 2026", "22 novembre 2026")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ARS Bretagne", "l’ARS Bretagne"),
        ("CPAM du Cantal", "la CPAM du Cantal"),
        ("CPTS du Penthièvre", "la CPTS du Penthièvre"),
        ("France entière", "la France entière"),
        ("Santé publique", "Santé publique"),
    ],
)
def test_articles(name, said):
    assert place_with_article(name) == said


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Estelle Martin", "d’Estelle Martin"),
        ("Éloïse", "d’Éloïse"),
        ("Œuvre", "d’Œuvre"),
        ("Zoé", "de Zoé"),
        ("Yves", "d’Yves"),
        ("Yann", "de Yann"),
        ("Hélène", "d’Hélène"),
        ("Hortense", "d’Hortense"),
        ("Hassan", "de Hassan"),
        ("Houda", "de Houda"),
        ("EHPAD Les Tilleuls", "d’EHPAD Les Tilleuls"),
        ("Le Goff", "de Le Goff"),
        ("", "de "),
    ],
)
def test_de_is_elided_before_a_vowel_that_is_heard(name, written):
    assert de(name) == written


@pytest.mark.parametrize(
    ("octets", "written"),
    [(0, "0 octets"), (900, "900 octets"), (1536, "1,5 Ko"), (419430400, "400 Mo"), (5 * 1024**4, "5 120 Go")],
)
def test_sizes_of_files(octets, written):
    assert size_fr(octets).replace("\u00a0", " ").replace("\u202f", " ") == written
