"""Why a territory cannot be saved: each reason names the commune, the other CPTS or the figures, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cpts_portal.core.periods import covers, overlap
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, number_fr
from territories.map.vintages import vintage_for
from territories.models import Commune, CptsCommune
from territories.perimeter.periods import NewPeriod
from territories.perimeter.reading import populations_in


@dataclass(frozen=True)
class Conflict:
    """A blocking reason in French; `proposal` is the commune to take instead, when there is one."""

    message: str
    commune: Commune | None = None
    proposal: Commune | None = None


class TerritoryConflict(NotPossible):
    """The territory was not saved, for these reasons."""

    def __init__(self, conflicts: Iterable[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        super().__init__(*(conflict.message for conflict in self.conflicts))


def conflicts_of(openings: Iterable[NewPeriod], cpts_id: int | None, day: date) -> list[Conflict]:
    """Every reason against opening these rows for this CPTS; a constant number of queries."""
    opened = list(openings)
    others = _rows_of_others(opened, cpts_id)
    shared = {opening.commune.pk for opening in opened if opening.inhabitants is not None}
    known = populations_in(vintage_for(day), shared, day) if shared else {}
    problems: list[Conflict] = []
    for opening in opened:
        problem = existence_problem(opening.commune, opening.start) or _taken_elsewhere(
            opening, others.get(opening.commune.pk, [])
        )
        if problem is None and opening.inhabitants is not None:
            problem = _share_problem(opening, others.get(opening.commune.pk, []), known.get(opening.commune.pk))
        if problem is not None:
            problems.append(problem)
    return problems


def _rows_of_others(openings: list[NewPeriod], cpts_id: int | None) -> dict[int, list[CptsCommune]]:
    if not openings:
        return {}
    earliest = min(opening.start for opening in openings)
    rows = CptsCommune.directory.filter(
        Q(end__isnull=True) | Q(end__gt=earliest), commune__in={opening.commune.pk for opening in openings}
    ).exclude(cpts=cpts_id)
    by_commune: dict[int, list[CptsCommune]] = {}
    for row in rows.select_related("cpts").order_by("start", "pk"):
        by_commune.setdefault(row.commune_id, []).append(row)
    return by_commune


def existence_problem(commune: Commune, day: date) -> Conflict | None:
    """Only a commune that exists on the day may enter a territory (not a district, nor a delegated commune)."""
    if commune.kind != Commune.Kind.COMMUNE:
        parent = commune.parent
        hint = f" : prenez {parent}" if parent else ""
        return Conflict(f"{commune} n’est pas une commune mais {_a_kind(commune)}{hint}.", commune, parent)
    if commune.ended_on is not None and commune.ended_on <= day:
        successor = last_successor(commune, day)
        hint = f" : prenez {successor}, qui lui succède" if successor else ""
        return Conflict(f"{commune} n’existe plus depuis le {date_fr(commune.ended_on)}{hint}.", commune, successor)
    if commune.started_on is not None and commune.started_on > day:
        return Conflict(
            f"{commune} n’existe que depuis le {date_fr(commune.started_on)} : choisissez une date d’effet "
            "à partir de ce jour, ou retirez-la.",
            commune,
        )
    return None


def _a_kind(commune: Commune) -> str:
    article = "un" if commune.kind == Commune.Kind.DISTRICT else "une"
    return f"{article} {commune.get_kind_display()}"


def last_successor(commune: Commune, day: date) -> Commune | None:
    """The commune that holds this one's land on the day, following mergers to the end (a cycle stops)."""
    seen = {commune.pk}
    successor = commune.successor
    while successor is not None and successor.ended_on is not None and successor.ended_on <= day:
        if successor.pk in seen:
            return None
        seen.add(successor.pk)
        successor = successor.successor
    return successor


def _taken_elsewhere(opening: NewPeriod, others: list[CptsCommune]) -> Conflict | None:
    """A commune is whole in one CPTS at a time, and then in no other even for a part."""
    for row in others:
        if not overlap(opening, row):
            continue
        if row.inhabitants is None:
            return Conflict(
                f"{opening.commune} appartient entièrement à la {row.cpts.full_name}{_period(row, opening.start)} : "
                "retirez-la, ou partagez-la entre les deux CPTS avec un nombre d’habitants pour chacune.",
                opening.commune,
            )
        if opening.inhabitants is None:
            return Conflict(
                f"{opening.commune} est partagée : la {row.cpts.full_name} y compte "
                f"{number_fr(row.inhabitants)} habitants{_period(row, opening.start)}. "
                "Indiquez le nombre d’habitants que vous prenez.",
                opening.commune,
            )
    return None


def _period(row: CptsCommune, day: date) -> str:
    if row.start > day:
        return f" à partir du {date_fr(row.start)}"
    return f" jusqu’au {date_fr(row.end)}" if row.end else ""


def _share_problem(opening: NewPeriod, others: list[CptsCommune], population: int | None) -> Conflict | None:
    """On no day may the shares exceed the municipal population of the commune."""
    asked = opening.inhabitants or 0
    if asked < 1:
        return Conflict(
            f"{opening.commune} : le nombre d’habitants retenus doit être supérieur à zéro.", opening.commune
        )
    if population is None:
        return Conflict(
            f"{opening.commune} ne peut pas être partagée : sa population n’est pas connue.", opening.commune
        )
    taken, holders = _most_taken(opening, others)
    if asked + taken <= population:
        return None
    beside = f", et {' et '.join(holders)} en compte déjà {number_fr(taken)}" if holders else ""
    return Conflict(
        f"{opening.commune} compte {number_fr(population)} habitants{beside} : vous pouvez en retenir au plus "
        f"{number_fr(max(population - taken, 0))}, pas {number_fr(asked)}.",
        opening.commune,
    )


def _most_taken(opening: NewPeriod, others: list[CptsCommune]) -> tuple[int, list[str]]:
    """The largest sum of the other shares on any day of the period, and who holds them."""
    met = [row for row in others if overlap(opening, row)]
    worst: tuple[int, list[str]] = (0, [])
    for day in {max(opening.start, row.start) for row in met}:
        rows = [row for row in met if covers(row, day)]
        taken = sum(row.inhabitants or 0 for row in rows)
        if taken > worst[0]:
            worst = (taken, sorted({f"la {row.cpts.full_name}" for row in rows}))
    return worst
