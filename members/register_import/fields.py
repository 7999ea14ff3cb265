"""Which data a column holds: told by its title, by the memory of the last file, by HelloAsso's own titles."""

import re
from collections.abc import Iterable, Mapping, Sequence

from cpts_portal.core.text import fold
from members.models import CustomField
from members.register_import.columns import (
    BY_KEY,
    CUSTOM,
    FIELDS,
    HELLOASSO,
    HELLOASSO_SIGNS,
    HELLOASSO_TITLES,
    IGNORE,
)
from members.register_import.reading import LINE_HEADER, REASON_HEADER, Table

_OURS = {fold(LINE_HEADER), fold(REASON_HEADER)}
_YEARS = re.compile(r"\b(?:19|20)\d\d\b")


def is_known_title(title: str) -> bool:
    return bool(guess(title)) or fold(title) in HELLOASSO_TITLES


def guess(title: str) -> str:
    """The data a title announces, empty when nothing is recognised. « Cotisation 2026 (€) » is an amount paid."""
    plain = _YEARS.sub("", fold(title)).strip()
    if not plain or plain in _OURS:
        return ""
    exact = next((field.key for field in FIELDS if plain in field.aliases), "")
    if exact:
        return exact
    words = f" {plain} "
    found = [
        (len(alias), -place, field.key)
        for place, field in enumerate(FIELDS)
        for alias in field.aliases
        if len(alias) > 3 and f" {alias} " in words
    ]
    return max(found)[2] if found else ""


def layout_of(titles: Iterable[str]) -> str:
    """« helloasso » when at least three of its own titles are there."""
    return HELLOASSO if len({fold(title) for title in titles} & HELLOASSO_SIGNS) >= 3 else ""


def propose(table: Table, remembered: Mapping[str, str], custom: Sequence[CustomField]) -> dict[int, str]:
    """The data of each column: what was chosen last time, HelloAsso's titles, then the usual ones."""
    layout = layout_of(table.headers)
    by_label = {fold(each.label): f"{CUSTOM}{each.key}" for each in custom}
    wanted = {
        column: _proposal(table, column, layout, remembered, by_label)
        for column in range(len(table.headers))
        if has_content(table, column)
    }
    return _each_once(wanted, layout)


def has_content(table: Table, column: int) -> bool:
    """A column without title nor value is not shown."""
    return bool(table.headers[column] or any(cells[column].strip() for _line, cells in table.rows))


def memory_key(table: Table, column: int) -> str:
    return fold(table.label(column))[:160]


def _proposal(
    table: Table, column: int, layout: str, remembered: Mapping[str, str], by_label: Mapping[str, str]
) -> str:
    title, label = table.headers[column], table.label(column)
    known = remembered.get(memory_key(table, column)) or by_label.get(fold(title))
    if known and (known in BY_KEY or known == IGNORE or known in by_label.values()):
        return known
    if layout and fold(title) in HELLOASSO_TITLES:
        return HELLOASSO_TITLES[fold(title)]
    group = guess(table.groups[column]) if table.groups else ""
    if group == "paid_amount" and fold(title).startswith(("date", "le")):
        return "paid_on"
    return guess(title) or guess(label) or (group if not title else "") or IGNORE


def _each_once(wanted: Mapping[int, str], layout: str) -> dict[int, str]:
    """The first column keeps a data that cannot come from two. HelloAsso: the member's e-mail before the payer's."""
    taken: set[str] = set()
    found = {}
    for column, key in wanted.items():
        again = key in taken and not (key in BY_KEY and BY_KEY[key].repeats)
        found[column] = IGNORE if key == IGNORE or again else key
        taken.add(found[column])
    if layout:
        return found
    if "full_name" in taken and {"civil_last_name", "civil_first_name"} <= taken:
        return {column: IGNORE if key == "full_name" else key for column, key in found.items()}
    return found


def missing_fields(mapping: Mapping[int, str]) -> list[str]:
    """What has to be chosen before going on, in sentences."""
    chosen = set(mapping.values())
    missing = []
    if not chosen & {"full_name", "civil_last_name", "place"}:
        missing.append("Indiquez la colonne qui donne le nom (ou le nom et le prénom ensemble).")
    if "civil_last_name" in chosen and "civil_first_name" not in chosen and "full_name" not in chosen:
        missing.append(
            "Indiquez la colonne du prénom ; si la même colonne donne les deux, choisissez « Nom et prénom »."
        )
    return missing


def repeated_fields(mapping: Mapping[int, str]) -> list[str]:
    """Data given by two columns although it can come from one only: their labels."""
    counts: dict[str, int] = {}
    for key in mapping.values():
        counts[key] = counts.get(key, 0) + 1
    return [
        BY_KEY[key].label if key in BY_KEY else key.removeprefix(CUSTOM)
        for key, number in counts.items()
        if number > 1 and key != IGNORE and not (key in BY_KEY and BY_KEY[key].repeats)
    ]


def column_beside(table: Table, places: Sequence[int], column: int) -> int | None:
    """Among these columns the one of the same year as `column`, else the one without year."""
    year = year_in(table.label(column))
    years = {place: year_in(table.label(place)) for place in places}
    found = [place for place in places if years[place] == year] + [place for place in places if years[place] is None]
    return found[0] if found else None


def year_in(title: str) -> int | None:
    """« Cotisation 2026 » -> 2026."""
    found = _YEARS.findall(title)
    return int(found[0]) if len(found) == 1 else None
