"""Cleaning of cells: what people type, and that nothing typed ever breaks the reading."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_portal.core.sheets import BadCell
from cpts_portal.core.text import fold
from members.register_import import cells
from members.register_import.structures import structure_kind

anything = st.text(max_size=40)


@pytest.mark.parametrize(
    ("text", "last", "first"),
    [
        ("DUPONT Marie", "Dupont", "Marie"),
        ("Marie DUPONT", "Dupont", "Marie"),
        ("Dr LE GOFF Jean-Yves", "Le Goff", "Jean-Yves"),
        ("Dupont, Marie", "Dupont", "Marie"),
        ("Dupont Marie", "Dupont", "Marie"),
    ],
)
def test_a_full_name_in_one_cell(text, last, first):
    assert cells.read_full_name(text)[:2] == (last, first)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0296000000", ["02 96 00 00 00"]),
        ("+33 (0)6 11.22.33.44", ["06 11 22 33 44"]),
        ("296000000", ["02 96 00 00 00"]),
        ("02 96 00 00 00 / 06 11 22 33 44", ["02 96 00 00 00", "06 11 22 33 44"]),
        ("+262 262 00 00 00", ["+262262000000"]),
        ("", []),
    ],
)
def test_phones(text, numbers):
    assert cells.read_phones(text)[0] == numbers


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12/03/2024", date(2024, 3, 12)),
        ("2024-03-12 00:00:00", date(2024, 3, 12)),
        ("12.3.24", date(2024, 3, 12)),
        ("1er mars 2024", date(2024, 3, 1)),
        ("mars 2024", date(2024, 3, 1)),
        ("2024", date(2024, 1, 1)),
        ("45363", date(2024, 3, 12)),
        ("", None),
    ],
)
def test_dates(text, day):
    assert cells.read_date(text)[0] == day


@pytest.mark.parametrize(
    ("text", "amount"), [("20", 20), ("20,50 €", "20.50"), ("1 234,5", "1234.50"), ("20 euros", 20)]
)
def test_amounts(text, amount):
    assert cells.read_amount(text)[0] == Decimal(amount)


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (cells.read_rpps, "1,00011E+10"),
        (cells.read_rpps, "1000"),
        (cells.read_rpps, "229100123"),
        (cells.read_emails, "essai(at)demo.example"),
        (cells.read_phones, "02 96 00"),
        (cells.read_date, "31/02/2024"),
        (cells.read_date, "bientôt"),
        (cells.read_amount, "vingt"),
        (cells.read_amount, "-20"),
        (cells.read_method, "troc"),
        (cells.read_postal_code, "2210"[:3]),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(reader, text):
    with pytest.raises(BadCell, match=r"\w"):
        reader(text)


def test_an_rpps_with_a_doubtful_key_is_kept_with_a_remark():
    value, remark = cells.read_rpps("99 000 000 015")

    assert value == "99000000015"
    assert "clé" in remark


@pytest.mark.parametrize(
    ("text", "kind"),
    [("EHPAD Les Ajoncs", "care_home"), ("CH de Dinan", "hospital"), ("SSIAD", "ssiad"), ("Marie Dupont", "")],
)
def test_structures_are_told_from_people(text, kind):
    assert structure_kind(text) == kind


@given(anything)
def test_any_text_is_read_or_refused(text):
    for reader in (
        cells.read_name, cells.read_full_name, cells.read_rpps, cells.read_emails, cells.read_phones, cells.read_date,
        cells.read_amount, cells.read_method, cells.read_year, cells.read_postal_code,
    ):  # fmt: skip
        with suppress(BadCell):
            reader(text)


@given(st.integers(1, 9), st.integers(0, 99_999_999), st.sampled_from(["", " ", ".", "-"]))
def test_a_phone_reads_the_same_however_it_is_cut(first, rest, sign):
    digits = f"0{first}{rest:08d}"
    typed = sign.join(digits[place : place + 2] for place in range(0, 10, 2))

    assert cells.read_phones(typed)[0] == cells.read_phones(digits)[0]


@given(st.dates(date(1950, 1, 1), date(2069, 12, 31)))
def test_a_day_reads_the_same_in_every_writing(day):
    for written in (f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", day.isoformat(), f"{day:%d.%m.%Y}"):
        assert cells.read_date(written) == (day, "")


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal(90_000), places=2))
def test_an_amount_comes_back_from_its_french_writing(amount):
    assert cells.read_amount(f"{amount:.2f} €".replace(".", ","))[0] == amount


@given(st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=30))
def test_the_case_of_a_name_never_changes_how_it_is_compared(name):
    assert fold(cells.cased(name)) == fold(name)
