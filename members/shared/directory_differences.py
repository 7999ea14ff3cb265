"""Where a record of the register and the national directory do not say the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cpts_portal.core.text import fold
from members.models import DirectoryEntry, DirectoryPractice, Practice, Professional

PRACTICE_PREFIX, ENDED_PREFIX = "practice:", "ended:"


@dataclass(frozen=True)
class Difference:
    """`field` is what `take_over` expects; `typed` and `directory` are texts ready to show."""

    field: str
    label: str
    typed: str
    directory: str


def differences(
    professional: Professional,
    *,
    typed: Iterable[Practice] | None = None,
    known: Iterable[DirectoryPractice] | None = None,
) -> list[Difference]:
    """What the directory says otherwise: RPPS, names, profession, practices (empty without a link).

    `typed` and `known`: the practices of both sides when they are already read (lists of many persons).
    """
    entry = professional.directory_entry
    if entry is None:
        return []
    found = [
        Difference(field, label, typed, said)
        for field, label, typed, said, differs in (
            ("rpps", "RPPS", professional.rpps, entry.rpps, professional.rpps != entry.rpps),
            _named("last_name", "Nom d’exercice", professional.last_name or professional.civil_last_name, entry),
            _named("first_name", "Prénom", professional.civil_first_name, entry),
            (
                "profession",
                "Profession",
                str(professional.profession),
                str(entry.profession),
                professional.profession_id != entry.profession_id,
            ),
        )
        if differs
    ]
    if typed is None:
        typed = professional.practices.select_related("commune")
    if known is None:
        known = entry.practices.select_related("commune").order_by("pk")
    return found + _practice_differences(typed, list(known))


def _named(field: str, label: str, typed: str, entry: DirectoryEntry) -> tuple[str, str, str, str, bool]:
    said = spelled(getattr(entry, field))
    return field, label, typed, said, fold(typed) != fold(said)


def _practice_differences(practices: Iterable[Practice], known: list[DirectoryPractice]) -> list[Difference]:
    """Open practices of the directory that the register lacks, and those of the register that the directory ended.

    A practice is recognised by its commune, and by its mode when both sides give one.
    """
    typed = [row for row in practices if row.end is None]
    still = [row for row in known if row.end is None]
    ended = [row for row in known if row.end is not None]
    found = []
    shown: set[tuple[int, str]] = set()
    for row in still:
        if (row.commune_id, row.mode) not in shown and not any(same_place(row, mine) for mine in typed):
            shown.add((row.commune_id, row.mode))
            found.append(Difference(f"{PRACTICE_PREFIX}{row.pk}", "Lieu d’exercice", "", _place(row)))
    for mine in typed:
        if any(same_place(row, mine) for row in still):
            continue
        gone = max((row for row in ended if same_place(row, mine)), key=lambda row: row.end or date.min, default=None)
        if gone is not None:
            said = f"disparu de l’annuaire le {gone.end:%d/%m/%Y}"
            found.append(Difference(f"{ENDED_PREFIX}{mine.pk}", "Lieu d’exercice", _place(mine), said))
    return found


def same_place(row: DirectoryPractice, mine: Practice) -> bool:
    return row.commune_id == mine.commune_id and (row.mode == mine.mode or not row.mode or not mine.mode)


def _place(row: DirectoryPractice | Practice) -> str:
    parts = (
        row.get_mode_display() if row.mode else "",
        row.place,
        row.address,
        row.commune.name if row.commune else "",
    )
    return ", ".join(part for part in parts if part)


def spelled(name: str) -> str:
    """Names are in capitals in the directory: « LE GOFF-D’ESSAI » -> « Le Goff-D’Essai »; others are left alone."""
    return name.title() if name.isupper() else name
