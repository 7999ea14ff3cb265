"""What became of a commune: the new file first, then the official movements, then the person's choice."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from cpts_portal.core.text import fold
from territories.commune_import.plan import Proposal
from territories.commune_import.state import Row
from territories.models import CommuneMovement

# MOD codes that do not move a commune's land into another one: change of name, creation, restoration.
NOT_SUCCESSIONS = (10, 20, 21)
RESTORATION = 21
BY_FILE, BY_MOVEMENTS, BY_CHOICE = "fichier", "mouvements", "choix"
MOST_PROPOSALS = 6


def load_successions(day: date) -> dict[str, str]:
    """The latest next code of each former code, among the movements effective by this day."""
    found = CommuneMovement.objects.filter(effective_on__lte=day).exclude(kind__in=NOT_SUCCESSIONS)
    return dict(found.order_by("effective_on", "pk").values_list("before", "after"))


def load_restorations(codes: Iterable[str]) -> dict[str, str]:
    """The commune each restored code was detached from."""
    found = CommuneMovement.objects.filter(kind=RESTORATION, after__in=list(codes))
    return dict(found.order_by("effective_on", "pk").values_list("after", "before"))


def last_of_chain(code: str, following: Mapping[str, str], is_current: Callable[[str], bool]) -> str | None:
    """Follow A → B → C until a current commune; a cycle or a dead end gives None."""
    met = {code}
    step = following.get(code)
    while step is not None and step not in met:
        if is_current(step):
            return step
        met.add(step)
        step = following.get(step)
    return None


def find_successor(
    code: str,
    *,
    parts: Mapping[str, str],
    successions: Mapping[str, str],
    chosen: Mapping[str, str],
    is_current: Callable[[str], bool],
) -> tuple[str | None, str]:
    """The current code that took this one over, and how it is known."""
    parent = parts.get(code)
    if parent is not None and is_current(parent):
        return parent, BY_FILE
    # The end of a chain of movements may be a part of a commune in the new file.
    found = last_of_chain(code, {**successions, **parts}, is_current) if code in successions else None
    if found is not None:
        return found, BY_MOVEMENTS
    choice = chosen.get(code, "")
    if choice and is_current(choice):
        return choice, BY_CHOICE
    return None, ""


def proposals_for(
    ended: Row,
    candidates: Iterable[tuple[Row, str, int | None, int | None]],
    population: int | None,
) -> tuple[Proposal, ...]:
    """Communes that may have absorbed this one, the likeliest first.

    `candidates`: (row of the new file, former name, population before, population after), in the same department.
    Clues: a new name that holds the vanished one's, a gain close to its population, the same EPCI.
    """
    ranked = []
    for row, former, before, after in candidates:
        reasons, score = [], 0
        if fold(ended.name) in fold(row.name):
            score += 4
            reasons.append("son nom contient celui de la commune disparue")
        elif former and former != row.name:
            score += 2
            reasons.append(f"elle s’appelait {former}")
        gain = (after or 0) - (before or 0) if before is not None and after is not None else 0
        if population and gain >= 0.8 * population and gain <= 1.5 * population + 50:
            score += 3
            reasons.append(f"elle gagne {gain} habitants, pour {population} dans la commune disparue")
        if row.epci_id is not None and row.epci_id == ended.epci_id:
            score += 1
            reasons.append("même EPCI")
        if score > 1:
            ranked.append((-score, row.code, Proposal(row.code, row.name, " ; ".join(reasons))))
    return tuple(proposal for _, _, proposal in sorted(ranked)[:MOST_PROPOSALS])


def neighbours(ended: Row, rows: Iterable[Row]) -> tuple[Proposal, ...]:
    """Every commune of the same EPCI, when no clue points at one."""
    found = sorted(
        (row for row in rows if row.epci_id is not None and row.epci_id == ended.epci_id), key=lambda row: row.name
    )
    return tuple(Proposal(row.code, row.name, "même EPCI") for row in found[:40])
