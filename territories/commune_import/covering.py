"""Communes that a vintage of population still leaves out once a file is applied: said, and asked when many."""

from collections.abc import Iterable

from cpts_portal.core.text import number_fr, plural
from territories.commune_import.cells import department_of
from territories.commune_import.plan import CommunePlan
from territories.commune_import.state import CommuneNotes, Row, State, Work
from territories.shipped import official_departments

# A new vintage that gives fewer of the communes than this is applied only by somebody who has read it.
WHOLE_VINTAGE = 0.95
DEPARTMENTS_NAMED = 12


def say_coverage(plan: CommunePlan, state: State, work: Work, notes: CommuneNotes) -> None:
    """Fills `plan.partial` and remarks the departments without any figure in this vintage."""
    if not work.populations and not work.corrections:
        return
    given = {pk for pk, _ in work.populations} | state.populations.keys()
    communes = _communes_after(state, work)
    missing = [row for row in communes if row.id not in given]
    if not missing:
        return
    if not state.populations and len(missing) > (1 - WHOLE_VINTAGE) * len(communes):
        plan.partial = partial_sentence(plan.vintage, len(communes) - len(missing), len(communes))
    if notes.refusals or (plan.partial and plan.layout != "populations"):
        return  # a short list speaks of nearly no department: the sentence above says enough
    absent = sorted({department_of(row.code) for row in missing} - _departments(communes, given))
    if absent:
        notes.say(_absent_sentence(plan.vintage, absent, missing))


def partial_sentence(vintage: int | None, given: int, total: int) -> str:
    left = total - given
    keep = "l’autre commune gardera sa" if left == 1 else f"les {number_fr(left)} autres communes garderont leur"
    return (
        f"Le millésime {vintage} est nouveau, et ce fichier n’y donne la population que de "
        f"{plural(given, 'commune')} sur {number_fr(total)} : {keep} dernière population connue, d’un millésime "
        "plus ancien."
    )


def _communes_after(state: State, work: Work) -> list[Row]:
    rows: Iterable[Row] = [*state.rows.values(), *work.new_rows]
    return [row for row in rows if row.kind == "COM" and row.id not in work.endings]


def _departments(communes: list[Row], given: set[int]) -> set[str]:
    return {department_of(row.code) for row in communes if row.id in given}


def _absent_sentence(vintage: int | None, absent: list[str], missing: list[Row]) -> str:
    names = official_departments()
    named = [f"{names[code][0]} ({code})" if code in names else code for code in absent[:DEPARTMENTS_NAMED]]
    more = len(absent) - len(named)
    others = f" et {plural(more, 'autre département', 'autres départements')}" if more else ""
    number = sum(department_of(row.code) in set(absent) for row in missing)
    return (
        f"Aucune population du millésime {vintage} pour {', '.join(named)}{others} : "
        f"{plural(number, 'commune garde', 'communes gardent')} la dernière population connue."
    )
