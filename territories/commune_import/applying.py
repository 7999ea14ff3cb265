"""The import itself: one transaction, all or nothing."""

from collections.abc import Mapping
from typing import Any

from cpts_portal.core.tasks import silent
from territories.commune_import.plan import Plan, Reporter
from territories.models import CommuneImport


def apply_import(
    content: bytes,
    filename: str,
    *,
    vintage: int | None,
    by: Any,
    origin: str,
    successors: Mapping[str, str] | None = None,
    report: Reporter = silent,
) -> CommuneImport:
    """Apply the file, or raise `ImportRefused` (the attempt is kept, status « refusé »). `origin`: CommuneImport.Source."""
    raise NotImplementedError


def keep_attempt(plan: Plan, content: bytes, *, by: Any, origin: str) -> CommuneImport:
    """Keep the trace of a file that a preview refused."""
    raise NotImplementedError
