"""Structures that an import of FINESS saw open or close, for each CPTS; and the sentences that say it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Q

from members.directory.imports.movements import MOVES_AT_ONCE, last_import, owners_on
from members.directory.imports.perimeter import Perimeter
from members.directory.imports.tally import batches
from members.models import DirectoryImport, DirectoryMove, DirectoryStructure, StructureKind
from territories.models import Cpts

Kind = DirectoryMove.Kind
OPENED, CLOSED = "Nouvelles structures depuis le dernier import", "Structures disparues de FINESS"
ONE_OPENED, ONE_CLOSED = "Nouvelle structure depuis le dernier import", "Structure disparue de FINESS"


def store_structure_moves(
    imported: DirectoryImport, perimeter: Perimeter, followed: frozenset[int], *, territory_on: date
) -> Counter[str]:
    """Write the structures that opened or closed on the day of this import, CPTS by CPTS; the number of each kind.

    In a commune that has just joined a territory nothing has opened. A structure that only changed commune did neither.
    """
    found: Counter[str] = Counter()
    for batch in batches(_moves(imported, perimeter, followed, territory_on), MOVES_AT_ONCE):
        DirectoryMove.objects.bulk_create(batch)
        found.update(move.kind for move in batch)
    return found


def _moves(
    imported: DirectoryImport, perimeter: Perimeter, followed: frozenset[int], territory_on: date
) -> Iterator[DirectoryMove]:
    day, owners = imported.observed_on, owners_on(territory_on)
    touched = DirectoryStructure.objects.filter(Q(start=day, end__isnull=True) | Q(end=day, start__lt=day))
    rows = touched.order_by("pk").values_list("pk", "commune_id", "end")
    for pk, commune_id, end in rows.iterator(5000):
        home = perimeter.home(commune_id)
        if home is None or (end is None and home not in followed):
            continue
        kind = Kind.ARRIVALS if end is None else Kind.DEPARTURES
        for cpts_id in owners.get(home, ()):
            yield DirectoryMove(imported=imported, cpts_id=cpts_id, kind=kind, structure_id=pk)


def structure_counts(cpts: Cpts) -> Counter[tuple[str, str]]:
    """(movement, kind of structure) -> structures of this CPTS that the last import of FINESS saw move."""
    last = last_import(DirectoryImport.Source.FINESS)
    moves = DirectoryMove.objects.filter(cpts=cpts, imported=last, structure__isnull=False)
    return Counter(moves.values_list("kind", "structure__kind")) if last else Counter()


def structure_sentences(moves: Iterable[DirectoryMove]) -> list[str]:
    """« Nouvelle structure : Pharmacie (1). », for the report of an import."""
    found = Counter((move.kind, move.structure.kind) for move in moves if move.structure)
    said = ((ONE_OPENED, OPENED, Kind.ARRIVALS), (ONE_CLOSED, CLOSED, Kind.DEPARTURES))
    return [sentence for one, many, kind in said if (sentence := _sentence(one, many, kind, found))]


def _sentence(one: str, many: str, kind: str, found: Counter[tuple[str, str]]) -> str:
    listed = listed_kinds(kind, found)
    if not listed:
        return ""
    opening = one if sum(count for _, _, count in listed) == 1 else many
    opening = opening.removesuffix(" depuis le dernier import")
    return f"{opening} : {', '.join(f'{label} ({count})' for _, label, count in listed)}."


def listed_kinds(kind: str, found: Counter[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """Kinds of structures in their order: (value, label, number)."""
    return [(k.value, str(k.label), found[kind, k.value]) for k in StructureKind if found[kind, k.value]]
