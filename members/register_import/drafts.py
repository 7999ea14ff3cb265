"""A spreadsheet between its upload and its application: columns checked, preview, corrections, confirmation, undo.

One `RegisterImport` follows the whole way: `mapping` (columns to check), `preview`, `running` (the job), then
`applied`, `failed` or `undone` (`cpts_portal.imports.lifecycle`). Nothing else is written before the confirmation.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from cpts_portal.core.authors import Author
from cpts_portal.core.tasks import silent
from cpts_portal.core.text import fold
from cpts_portal.imports import runs
from cpts_portal.imports.lifecycle import advance
from cpts_portal.imports.refusals import ImportConflict, ImportRefused
from members.models import ColumnMapping, CustomField, RegisterImport
from members.register_import.fields import is_known_title, layout_of, memory_key, missing_fields, propose
from members.register_import.importer import REGISTERS
from members.register_import.plan import CREATE, LINK, SKIP, UPDATE
from members.register_import.previews import mapping_of, plan_of
from members.register_import.reading import Table, read_table
from members.register_import.records import Reporter
from members.register_import.undated import missing_dates
from territories.models import Cpts

__all__ = [
    "ImportConflict",
    "apply_now",
    "confirm",
    "correct",
    "correct_alike",
    "create_colleges",
    "decide",
    "decide_all",
    "deposit",
    "leave_out",
    "proposed_mapping",
    "save_mapping",
    "undo_import",
]
UNDATED = "Indiquez la date à retenir pour les paiements sans date de la colonne"


def deposit(cpts: Cpts, content: bytes, filename: str, *, by: Author) -> RegisterImport:
    """Keep the file and the lines read. The choices made for the very same file are taken up again.

    Raises `Unreadable` when the file cannot be read.
    """
    table = read_table(content, is_known_title)
    with transaction.atomic():
        made = RegisterImport(cpts=cpts, author_id=by.pk, layout=layout_of(table.headers))
        runs.keep_file(made, content, filename)
        before = RegisterImport.objects.filter(cpts=cpts, sha256=made.sha256).order_by("-pk").first()
        if before is not None:
            made.mapping, made.payment_dates = before.mapping, before.payment_dates
            made.corrections, made.decisions = before.corrections, before.decisions
        made.table.save(f"{made.sha256[:16]}.lines.gz", ContentFile(table.packed()), save=False)
        made.save()
    return made


def proposed_mapping(imported: RegisterImport, table: Table) -> dict[int, str]:
    """What was chosen for this import already, else what the titles and the memory propose."""
    if imported.mapping:
        return mapping_of(imported)
    remembered = dict(ColumnMapping.objects.filter(cpts=imported.cpts_id).values_list("header", "field"))
    return propose(table, remembered, list(CustomField.objects.filter(cpts=imported.cpts_id, is_active=True)))


def save_mapping(
    imported: RegisterImport, table: Table, mapping: Mapping[int, str], dates: Mapping[int, date] | None = None
) -> None:
    """Keep the meaning of the columns, for this file and for the next one; `dates`: of payments without a day."""
    missing = missing_fields(mapping)
    missing += [f"{UNDATED} « {table.label(column)} »." for column in missing_dates(table, mapping, dates or {})]
    if missing:
        raise ImportRefused(" ".join(missing))
    with transaction.atomic():
        draft = _locked(imported, "choose columns")
        draft.mapping = {str(column): key for column, key in mapping.items()}
        draft.payment_dates = {str(column): day.isoformat() for column, day in (dates or {}).items()}
        advance(draft, "choose columns")
        draft.save(update_fields=["mapping", "payment_dates", "status"])
        rows = {memory_key(table, column): key for column, key in mapping.items() if memory_key(table, column)}
        ColumnMapping.objects.filter(cpts=draft.cpts_id, header__in=rows).delete()
        ColumnMapping.objects.bulk_create(
            [ColumnMapping(cpts_id=draft.cpts_id, header=header, field=key) for header, key in rows.items()]
        )


# --- Choices ----------------------------------------------------------------------------------------------------------
def correct(imported: RegisterImport, cells: Mapping[tuple[int, int], str]) -> None:
    """Keep cells typed again: (line, column) -> text."""
    with transaction.atomic():
        draft = _locked(imported)
        for (line, column), text in cells.items():
            draft.corrections.setdefault(str(line), {})[str(column)] = text[:2000]
        draft.save(update_fields=["corrections"])


def decide(imported: RegisterImport, choices: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep what to do with lines: {"action": create, link, update or skip, "with": card, "fields": […]}."""
    with transaction.atomic():
        draft = _locked(imported)
        rows = draft.decisions.setdefault("rows", {})
        for line, choice in choices.items():
            if choice:
                rows[str(line)] = dict(choice)
            else:
                rows.pop(str(line), None)
        draft.save(update_fields=["decisions"])


def leave_out(imported: RegisterImport, lines: Iterable[int]) -> None:
    decide(imported, {line: {"action": SKIP} for line in lines})


def decide_all(imported: RegisterImport, action: str) -> int:
    """The same choice for every line still to decide; how many were decided. `fill`: update what the card leaves empty.

    A line that looks like several cards is left to be decided by hand, except to create or skip it.
    """
    choices: dict[int, dict[str, Any]] = {}
    for match in plan_of(imported).undecided:
        if action in (CREATE, SKIP):
            choices[match.record.line] = {"action": action}
        elif len(match.candidates) == 1:
            found = match.candidates[0]
            fields = [each.key for each in found.differences if action == UPDATE or not each.before]
            kept = {"action": LINK if action == LINK else UPDATE, "with": found.card.id}
            choices[match.record.line] = kept if action == LINK else {**kept, "fields": fields}
    decide(imported, choices)
    return len(choices)


def correct_alike(imported: RegisterImport, cells: Mapping[tuple[int, int], str]) -> None:
    """Correct these cells, and the other refused lines that hold the same text in the same column."""
    refused = plan_of(imported).refusals
    texts = {(found.line, found.index): found.value for found in refused}
    wanted = {(column, fold(texts.get((line, column), ""))): text for (line, column), text in cells.items()}
    alike = {
        (found.line, found.index): wanted[found.index, fold(found.value)]
        for found in refused
        if found.value and (found.index, fold(found.value)) in wanted
    }
    correct(imported, {**alike, **cells})


def create_colleges(imported: RegisterImport, names: Iterable[str]) -> None:
    """Colleges the import will create."""
    with transaction.atomic():
        draft = _locked(imported)
        wanted = dict.fromkeys([*draft.decisions.get("colleges", []), *(name.strip()[:120] for name in names)])
        draft.decisions["colleges"] = [name for name in wanted if name]
        draft.save(update_fields=["decisions"])


# --- Confirmation, and what follows -----------------------------------------------------------------------------------
def confirm(imported: RegisterImport, *, seen: str, by: Author) -> None:
    """Start the import that was previewed. `seen`: the state of the register the preview was made on."""
    runs.confirm(REGISTERS, imported, seen=seen, by=by)


def apply_now(import_id: int, *, by: Author, report: Reporter = silent) -> RegisterImport:
    """Write the plan under the lock of the CPTS, all or nothing; built again when anything moved since the preview."""
    return REGISTERS.apply(RegisterImport.objects.get(pk=import_id), by=by, report=report)


def undo_import(imported: RegisterImport, *, by: Author) -> None:
    """Raises `ImportRefused` with the reason, naming who was edited since; nothing is changed then."""
    runs.undo(REGISTERS, imported, by=by)


def _locked(imported: RegisterImport, move: str = "decide") -> RegisterImport:
    return runs.locked(REGISTERS, imported, move)
