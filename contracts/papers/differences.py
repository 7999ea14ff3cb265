"""What changed between two texts, word by word: told with insertions and deletions, never with colours alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from contracts.models import Review
from contracts.papers.statements import Section, sections_of

SAME, ADDED, REMOVED = "same", "added", "removed"
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
LONGEST = 4_000  # words compared one by one; beyond, the whole passage is replaced


@dataclass(frozen=True)
class Piece:
    kind: str
    text: str


@dataclass(frozen=True)
class SectionChange:
    """A section before and after; `pieces` in reading order."""

    section: Section
    pieces: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        return any(piece.kind != SAME for piece in self.pieces)


def word_differences(before: str, after: str) -> tuple[Piece, ...]:
    """Lines first, then the words of the lines that differ: a long text stays quick to compare."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        removed, added = "".join(old[i1:i2]), "".join(new[j1:j2])
        found += [Piece(SAME, added)] if tag == "equal" else _words(removed, added)
    return tuple(_joined(found))


def _words(removed: str, added: str) -> Iterator[Piece]:
    old, new = WORDS.findall(removed), WORDS.findall(added)
    if not old or not new or len(old) + len(new) > LONGEST:
        yield from _pieces(old, new)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(new[j1:j2]))
        else:
            yield from _pieces(old[i1:i2], new[j1:j2])


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if old:
        yield Piece(REMOVED, "".join(old))
    if new:
        yield Piece(ADDED, "".join(new))


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind become one piece."""
    held: Piece | None = None
    for piece in pieces:
        if held and held.kind == piece.kind:
            held = Piece(held.kind, held.text + piece.text)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def section_changes(review: Review, before: dict, after: dict) -> list[SectionChange]:
    """Section by section, in the order of the paper; `before` and `after`: contents as submitted or as they stand."""
    old, new = before.get("sections", {}), after.get("sections", {})
    return [
        SectionChange(each, word_differences(old.get(each.code, ""), new.get(each.code, "")))
        for each in sections_of(review)
    ]
