"""Undoing the last import."""

from typing import Any

from territories.models import CommuneImport


def why_not_undo(imported: CommuneImport) -> str:
    """The reason, in French, why this import cannot be undone; empty when it can."""
    raise NotImplementedError


def undo_last(*, by: Any) -> CommuneImport:
    """Take back the last applied import; raises `ImportRefused` when later changes make it impossible."""
    raise NotImplementedError
