"""The preview: reads the lines with the mapping, finds who is already known, and says what would be written.

The import executes that plan under a lock, made again when anything has moved since.
"""

from collections.abc import Mapping
from typing import Any

from cpts_portal.core.bulk import without_cycle_collection
from cpts_portal.core.tasks import silent
from cpts_portal.core.text import fold
from members.records.duplicates import Identity
from members.register_import.checking import Checker
from members.register_import.known import Known
from members.register_import.matching import Matcher, TwiceInFile, identity_of
from members.register_import.plan import CREATE, LINK, SKIP, UPDATE, Decisions, Match, Plan, Step
from members.register_import.planning import new_step
from members.register_import.reading import Table
from members.register_import.records import Notes, Record, Refusal, Reporter

Corrections = Mapping[str, Mapping[str, str]]


@without_cycle_collection()
def prepare(
    table: Table,
    mapping: Mapping[int, str],
    known: Known,
    *,
    decisions: Decisions,
    corrections: Corrections,
    layout: str = "",
    report: Reporter = silent,
) -> Plan:
    """What applying this file now would do. Writes nothing."""
    notes, plan = Notes(), Plan(new_colleges=())
    for sentence in table.remarks:
        notes.remark(0, "Le fichier", sentence)
    report(5, "Lecture des lignes")
    records, identities = _records(table, mapping, known, decisions, corrections, layout, notes, plan)
    report(25, "Comparaison avec le registre")
    plan.matches = Matcher(known, decisions, notes).match(records, identities)
    report(40, "Adhésions et cotisations")
    plan.steps = _steps(records, plan.matches, known, notes)
    _conclude(plan, table, known, notes)
    return plan


def corrected(table: Table, corrections: Corrections) -> Any:
    """The lines with the cells typed again on the page."""
    for line, cells in table.rows:
        fixed = corrections.get(str(line))
        if fixed:
            cells = [fixed.get(str(place), cell) for place, cell in enumerate(cells)]  # noqa: PLW2901
        yield line, cells


def _records(  # noqa: PLR0913, PLR0917 (one pass over the lines, called once)
    table: Table,
    mapping: Mapping[int, str],
    known: Known,
    decisions: Decisions,
    corrections: Corrections,
    layout: str,
    notes: Notes,
    plan: Plan,
) -> tuple[list[Record], dict[int, Identity]]:
    checker, twice = Checker(table, mapping, known, notes, layout), TwiceInFile(notes, decisions)
    left_out = decisions.left_out
    records, identities = [], {}
    for line, cells in corrected(table, corrections):
        if line in left_out:
            plan.left_out.append(line)
            continue
        record = checker.check(line, cells)
        if record is None:
            if not checker.bad:
                plan.left_out.append(line)
            continue
        identity = None if record.kind else identity_of(record)
        if not twice.repeats(record, identity):
            records.append(record)
            if identity is not None:
                identities[line] = identity
    return records, identities


def _steps(records: list[Record], matches: list[Match], known: Known, notes: Notes) -> list[Step]:
    by_line = {match.record.line: match for match in matches}
    steps = []
    for record in records:
        match = by_line.get(record.line)
        action = match.action if match else CREATE
        if action in (LINK, UPDATE) and match and match.chosen:
            steps.append(new_step(record, match.chosen.card, match.fields, known, notes))
        elif action == CREATE:
            if not record.kind and record.profession_id is None:
                reason = "la profession manque, et personne du registre ne porte ce nom"
                notes.refusals.append(Refusal(record.line, -1, "Profession", record.label, reason, "profession"))
            else:
                steps.append(new_step(record, None, (), known, notes))
    return steps


def _conclude(plan: Plan, table: Table, known: Known, notes: Notes) -> None:
    plan.refusals = sorted(notes.refusals, key=lambda found: (found.kind == "college", found.line, found.index))
    plan.remarks = notes.remarks
    wanted = [found for found in plan.refusals if found.kind == "college"]
    for found in wanted:
        plan.unknown_colleges[found.value] = plan.unknown_colleges.get(found.value, 0) + 1
    used = {step.record.college for step in plan.steps if step.opens_membership}
    plan.new_colleges = tuple(
        name for name in dict.fromkeys(known.new_colleges) if known.colleges[fold(name)] == 0 and fold(name) in used
    )
    years = {due.paid.year for step in plan.steps for due in step.dues}
    years |= {each.exempted.year for step in plan.steps for each in step.exempted}
    plan.new_years = tuple(sorted(years - set(known.campaigns)))
    _count(plan, len(table.rows))


def _count(plan: Plan, rows: int) -> None:
    new = [step for step in plan.steps if step.card is None]
    known_ones = [step for step in plan.steps if step.card is not None]
    updated = sum(1 for step in known_ones if step.fields)
    plan.counts |= {
        "rows": rows,
        "people_created": sum(1 for step in new if not step.record.kind),
        "structures_created": sum(1 for step in new if step.record.kind),
        "updated": updated,
        "linked": len(known_ones) - updated,
        "memberships": sum(1 for step in plan.steps if step.starts is not None),
        "applications": sum(1 for step in plan.steps if step.is_application),
        "refusals": sum(1 for step in plan.steps if step.is_refusal),
        "mandates": sum(len(step.mandates) for step in plan.steps),
        "exemptions": sum(len(step.exempted) for step in plan.steps),
        "payments": sum(len(step.dues) for step in plan.steps),
        "campaigns": len(plan.new_years),
        "colleges": len(plan.new_colleges),
        "left_out": len(plan.left_out) + sum(1 for match in plan.matches if match.action == SKIP),
        "refused": len({found.line for found in plan.refusals}),
        "undecided": len(plan.undecided),
        "remarks": len(plan.remarks),
    }
