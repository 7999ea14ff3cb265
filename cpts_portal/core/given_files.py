"""Files that somebody gave, given back: they are never pages of the portal.

No script, no form, nothing fetched, nothing embedding it; the type shown is read from the file itself, never from its
name nor from what was declared when it came in.
"""

import hashlib
import logging
from typing import Any

from django.http import FileResponse

from cpts_portal.core.refusals import NotPossible

ALTERED = (
    "Le fichier gardé par le portail n’est plus celui qui a été déposé : il n’est pas donné. Prévenez l’administration "
    "du portail, qui le retrouvera dans ses sauvegardes."
)
logger = logging.getLogger(__name__)

ALONE = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# What a browser may show, by what the file begins with.
SHOWN = {b"%PDF": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def shown_type(content: bytes) -> str | None:
    """The type under which a browser may show these bytes; None when it must save them."""
    return next((name for begins, name in SHOWN.items() if content.startswith(begins)), None)


class FileAltered(NotPossible):
    """The bytes kept are not those that were given: their print says so."""


def is_intact(stored: Any, sha256: str) -> bool:
    """The file is there and bears its print; a file that came before prints were kept has none to bear."""
    if not stored.name or not stored.storage.exists(stored.name):
        return False
    with stored.storage.open(stored.name, "rb") as file:
        return not sha256 or hashlib.file_digest(file, "sha256").hexdigest() == sha256


def given_back(stored: Any, filename: str, *, sha256: str, saved: bool = False) -> FileResponse:
    """The file, shown in a tab of its own when a browser may; `saved`: as a download in any case.

    Its print is checked at each reading: raises `FileAltered`, and the log of the server names the file.
    """
    if not is_intact(stored, sha256):
        logger.error("Kept file altered: %s", stored.name)
        raise FileAltered(ALTERED)
    file = stored.open("rb")
    shown = shown_type(file.read(8))
    file.seek(0)
    response = FileResponse(
        file,
        as_attachment=saved or shown is None,
        filename=filename,
        content_type=shown or "application/octet-stream",
    )
    response["Content-Security-Policy"] = ALONE
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
