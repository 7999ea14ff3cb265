"""Properties of the readers of cells: whatever the writing, the value is the one its author meant, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territories.commune_import import cells
from territories.commune_import.layouts import LAYOUTS, recognise
from territories.commune_import.schemas import template_rows

SPACES = st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009"])
NUMBERS = st.integers(min_value=0, max_value=cells.MOST_INHABITANTS)
CODES = st.from_regex(r"\A([0-9]{2}|2[AB])[0-9]{3}\Z").filter(lambda code: code.isascii())


def grouped(number: int, space: str) -> str:
    return f"{number:,}".replace(",", space)


@given(NUMBERS, SPACES, st.sampled_from(["", ",0", ".0", ",00"]), SPACES)
def test_every_french_writing_of_a_number_gives_the_number(number, space, decimals, around):
    value, remark = cells.read_number(f"{around}{grouped(number, space)}{decimals}{around}")

    assert value == number
    assert bool(remark) == (f"{around}{grouped(number, space)}{decimals}{around}".strip() != str(number))


@given(st.text(max_size=12))
def test_no_text_is_ever_read_as_a_wrong_number(text):
    try:
        value, _ = cells.read_number(text)
    except cells.BadCell:
        return
    digits = "".join(sign for sign in cells.tidy(text) if sign.isdigit())
    assert (value is None and not cells.tidy(text)) or digits.startswith(str(value)) or int(digits) == value


@pytest.mark.parametrize("text", ["1,00E+05", "1E5", "14,5", "14.854", "14 85", "-3", "3O0", "n/d", "99999999", "²"])
def test_numbers_that_could_mean_something_else_are_refused(text):
    with pytest.raises(cells.BadCell):
        cells.read_number(text)


@given(CODES, st.booleans(), SPACES)
def test_a_code_comes_back_as_it_is_whatever_its_case_and_spaces(code, lower, around):
    assert cells.read_code(f"{around}{code.lower() if lower else code}{around}")[0] == code


@given(st.integers(min_value=1001, max_value=9999))
def test_four_digits_get_their_zero_back_with_a_remark(number):
    value, remark = cells.read_code(str(number))

    assert (value, bool(remark)) == (f"0{number}", True)


@pytest.mark.parametrize("text", ["", "1E+05", "2C001", "123", "123456", "22-93", "２２０９３", "2²093"])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(cells.BadCell):
        cells.read_code(text)


@given(st.lists(st.integers(min_value=1000, max_value=98999).map(lambda n: f"{n:05d}"), unique=True, max_size=8))
def test_postal_codes_keep_their_order_and_are_read_twice_the_same(codes):
    once, _ = cells.read_postal_codes(" / ".join(codes))

    assert once == " ".join(codes)
    assert cells.read_postal_codes(once) == (once, "")


@given(st.data())
def test_a_header_is_recognised_in_any_order_and_case(data):
    layout = data.draw(st.sampled_from(list(LAYOUTS.values())))
    titles = data.draw(st.permutations(template_rows(layout)[0]))
    written = [data.draw(st.sampled_from([str.upper, str.lower, str.title]))(title) for title in titles]

    header = recognise([*written, "Autre chose"])

    assert (header.layout.key, header.unknown) == (layout.key, ("Autre chose",))
    assert {name: titles[place] for name, place in header.positions.items()} == {name: name for name in titles}
