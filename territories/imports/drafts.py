"""A commune file between its upload and its application, and the successors chosen by hand meanwhile."""

from hashlib import sha256
from pathlib import PurePath

from django.db import transaction

from cpts_portal.core.authors import Author
from cpts_portal.imports import runs
from cpts_portal.imports.refusals import ImportConflict
from territories.commune_import import CommunePlan, keep_attempt
from territories.commune_import.preparing import guess_vintage
from territories.commune_import.undoing import last_applied
from territories.imports.importer import COMMUNES, map_state, successors_of
from territories.models import CommuneImport

__all__ = [
    "ImportConflict",
    "already_applied",
    "choose_successors",
    "confirm",
    "deposit",
    "forget_successors",
    "keep_unreadable",
    "last_applied",
    "map_state",
]
Status = CommuneImport.Status


def deposit(content: bytes, filename: str, *, vintage: int, by: Author) -> CommuneImport:
    """Keep the file and start reading it. The same file left waiting by the same person is taken up again."""
    waiting = CommuneImport.objects.filter(
        status__in=[Status.READING, Status.PREVIEW], author_id=by.pk, vintage=vintage
    )
    with transaction.atomic():
        draft = waiting.filter(sha256=sha256(content).hexdigest()).first()
        if draft is not None:
            runs.start_reading(COMMUNES, draft)
    if draft is None:
        return runs.deposit(COMMUNES, CommuneImport(vintage=vintage, author_id=by.pk), content, filename)
    draft.refresh_from_db()
    return draft


def keep_unreadable(content: bytes, filename: str, *, vintage: int | None, by: Author, reason: str) -> CommuneImport:
    """The trace of a file that is no table at all: nothing can be read from it."""
    name, digest = PurePath(filename).name[:200], sha256(content).hexdigest()
    year = vintage or guess_vintage(name)
    plan = CommunePlan(layout="", filename=name, sha256=digest, vintage=year, blocking=[reason])
    return keep_attempt(plan, content, by=by, origin=CommuneImport.Source.PAGE)


def choose_successors(imported: CommuneImport, chosen: dict[str, str]) -> None:
    """Keep the successors chosen by hand (former code -> code of a current commune)."""
    _read_with(imported, {**successors_of(imported), **chosen})


def forget_successors(imported: CommuneImport) -> None:
    """Choose again from the start."""
    _read_with(imported, {})


def _read_with(imported: CommuneImport, successors: dict[str, str]) -> None:
    with transaction.atomic():
        draft = runs.locked(COMMUNES, imported, "decide")
        draft.report = {"successors": successors}
        runs.start_reading(COMMUNES, draft)


def confirm(imported: CommuneImport, *, seen_state: str, by: Author, accept_partial: bool = False) -> None:
    """Start the import this person has previewed. Raises `ImportConflict` with a sentence when it may not start.

    `accept_partial`: she has consented to a new vintage that leaves out many communes.
    """
    runs.confirm(COMMUNES, imported, seen=seen_state, by=by, consents={"accept_partial": accept_partial})


def already_applied(imported: CommuneImport) -> CommuneImport | None:
    """The last time this very file was applied, if ever."""
    same = CommuneImport.objects.filter(sha256=imported.sha256, vintage=imported.vintage, status=Status.APPLIED)
    return same.exclude(pk=imported.pk).select_related("author").order_by("-applied_at").first()
