"""Writing and taking back what an import does to territories, with its history."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from cpts_portal.core.authors import Author
from cpts_portal.core.history import create_many, delete_many, update_many
from cpts_portal.core.versions import next_versions
from territories.commune_import.carry import Carry
from territories.models import Cpts, CptsCommune

JOURNAL_FIELDS = ("cpts_id", "commune_id", "start", "end", "inhabitants", "origin", "carried_from_id")
CHANGED_FIELDS = ["commune", "end", "inhabitants", "origin"]


def snapshot(row: CptsCommune) -> dict[str, Any]:
    """The row as kept in the journal (dates as text, because the journal is JSON)."""
    values = {name: getattr(row, name) for name in JOURNAL_FIELDS}
    return {"id": row.pk, **{name: str(value) if isinstance(value, date) else value for name, value in values.items()}}


def restore(row: CptsCommune, kept: Mapping[str, Any]) -> CptsCommune:
    for name in JOURNAL_FIELDS:
        value = kept[name]
        setattr(row, name, date.fromisoformat(value) if name in ("start", "end") and value else value)
    return row


def rows_by_id(ids: Iterable[int]) -> dict[int, CptsCommune]:
    return CptsCommune.directory.in_bulk(list(ids))


def carry_territories(carry: Carry, ids: Mapping[int, int], vintage: int | None, by: Author | None) -> dict[str, list]:
    """Execute the carry-over and return its journal. `ids`: real ids of the communes the import created."""
    reason = f"Évolution des communes au millésime {vintage}"
    found = rows_by_id([*carry.ended, *carry.moved, *carry.withdrawn])
    before = {pk: snapshot(row) for pk, row in found.items()}
    touched = {row.cpts_id for row in found.values()} | {row.cpts_id for row in carry.opened}

    delete_many(
        CptsCommune,
        [found[pk] for pk in carry.withdrawn],
        by=by,
        reason=reason,
        manager=CptsCommune.directory,
    )
    changed = [_ended(found[pk], carry.day) for pk in carry.ended]
    changed += [_moved(found[pk], ids.get(commune, commune), share) for pk, (commune, share) in carry.moved.items()]
    update_many(CptsCommune, changed, CHANGED_FIELDS, by=by, reason=reason, manager=CptsCommune.directory)
    opened = create_many(CptsCommune, [_opened(row, ids) for row in carry.opened], by=by, reason=reason)
    next_versions(Cpts.directory.filter(pk__in=touched))
    return {
        "created": [snapshot(row) for row in opened],
        "updated": [[before[row.pk], snapshot(row)] for row in changed],
        "deleted": [before[pk] for pk in carry.withdrawn],
    }


def _ended(row: CptsCommune, day: date) -> CptsCommune:
    row.end = day
    return row


def _moved(row: CptsCommune, commune: int, inhabitants: int | None) -> CptsCommune:
    row.commune_id, row.inhabitants, row.origin = commune, inhabitants, CptsCommune.Origin.CARRIED
    return row


def _opened(opening: Any, ids: Mapping[int, int]) -> CptsCommune:
    return CptsCommune(
        cpts_id=opening.cpts_id,
        commune_id=ids.get(opening.commune_id, opening.commune_id),
        start=opening.start,
        end=opening.end,
        inhabitants=opening.inhabitants,
        origin=CptsCommune.Origin.CARRIED,
        carried_from_id=opening.carried_from,
    )


def take_back_territories(journal: Mapping[str, list], by: Author | None, vintage: int) -> None:
    """The exact opposite: rows opened go, rows changed get their former values, withdrawn rows come back."""
    reason = f"Annulation de l’import du millésime {vintage}"
    created = rows_by_id(row["id"] for row in journal["created"])
    delete_many(CptsCommune, created.values(), by=by, reason=reason, manager=CptsCommune.directory)
    kept = {before["id"]: before for before, _ in journal["updated"]}
    updated = [restore(row, kept[pk]) for pk, row in rows_by_id(kept).items()]
    update_many(CptsCommune, updated, CHANGED_FIELDS, by=by, reason=reason, manager=CptsCommune.directory)
    back = [restore(CptsCommune(pk=row["id"]), row) for row in journal["deleted"]]
    create_many(CptsCommune, back, by=by, reason=reason)
    touched = {row["cpts_id"] for row in [*journal["created"], *journal["deleted"], *kept.values()]}
    next_versions(Cpts.directory.filter(pk__in=touched))


def changed_since(journal: Mapping[str, list]) -> set[int]:
    """The CPTS whose carried rows are no longer as the import left them."""
    expected = {row["id"]: row for row in [*journal["created"], *(after for _, after in journal["updated"])]}
    found = rows_by_id(expected)
    return {row["cpts_id"] for pk, row in expected.items() if pk not in found or snapshot(found[pk]) != row}
