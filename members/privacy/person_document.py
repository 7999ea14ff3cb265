"""A person's file as titled blocks of (label, value), for the screen and the PDF that she receives."""

from dataclasses import dataclass
from typing import Any

Facts = list[tuple[str, str]]
NOTHING = "–"
EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Block:
    """One part of the file: its title and its entries (a place of practice, a membership…)."""

    title: str
    entries: list[Facts]


def readable(content: dict[str, Any]) -> list[Block]:
    """`content` as `person_file` gives it."""
    return [
        Block(_capital(title), [_facts(part) for part in (parts if isinstance(parts, list) else [parts]) if part])
        for title, parts in content.items()
    ]


def _facts(part: dict[str, Any]) -> Facts:
    return [(_capital(str(label)), _words(value) or NOTHING) for label, value in part.items()]


def _words(value: Any) -> str:
    """Booleans, nested lists and dictionaries as a reader says them."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dict):
        return ", ".join(f"{label} : {_words(inner)}" for label, inner in value.items() if inner not in EMPTY)
    if isinstance(value, list):
        return " ; ".join(_words(inner) for inner in value)
    return str(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
