"""Files that somebody gave, given back: they are never pages of the portal.

No script, no form, nothing fetched, nothing embedding it; the type shown is read from the file itself, never from its
name nor from what was declared when it came in.
"""

from typing import Any

from django.http import FileResponse

ALONE = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# What a browser may show, by what the file begins with.
SHOWN = {b"%PDF": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def shown_type(content: bytes) -> str | None:
    """The type under which a browser may show these bytes; None when it must save them."""
    return next((name for begins, name in SHOWN.items() if content.startswith(begins)), None)


def given_back(stored: Any, filename: str, *, saved: bool = False) -> FileResponse:
    """The file, shown in a tab of its own when a browser may; `saved`: as a download in any case."""
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
