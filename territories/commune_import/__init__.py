"""Importing commune lists: `prepare` says what a file would do, `apply_import` does it, `undo_last` takes it back.

The three share one code path: the preview is the plan that the import recomputes under a lock, then executes.
"""

from territories.commune_import.applying import apply_import, describe, keep_attempt
from territories.commune_import.layouts import LAYOUTS, Column, Layout
from territories.commune_import.plan import (
    COUNT_LABELS,
    Change,
    CommunePlan,
    CommuneRefusal,
    CommuneRemark,
    CptsEffect,
    Ended,
    Proposal,
    refusals_csv,
)
from territories.commune_import.preparing import prepare
from territories.commune_import.schemas import table_schema, template_rows
from territories.commune_import.undoing import undo_last, why_not_undo

__all__ = [
    "COUNT_LABELS",
    "LAYOUTS",
    "Change",
    "Column",
    "CommunePlan",
    "CommuneRefusal",
    "CommuneRemark",
    "CptsEffect",
    "Ended",
    "Layout",
    "Proposal",
    "apply_import",
    "describe",
    "keep_attempt",
    "prepare",
    "refusals_csv",
    "table_schema",
    "template_rows",
    "undo_last",
    "why_not_undo",
]
