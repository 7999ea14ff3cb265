"""The one renderer of PDF documents: an HTML template of ours, with our own static files and nothing else.

WeasyPrint takes two seconds to import and needs Pango from the system: it is imported when a document is asked for,
and a machine without Pango runs the portal all the same, PDFs being refused with a sentence that says what to install.
"""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpResponse
from django.template.loader import render_to_string

from cpts_portal.core.refusals import NotPossible

STATIC_BASE = "https://static.invalid/"  # what addresses of our static files start with inside a document
INSTALL_PANGO = (
    "La création de PDF n’est pas disponible sur cette machine : il manque la bibliothèque Pango. "
    "Sous Debian : apt install libpangoft2-1.0-0 libharfbuzz-subset0 ; sous macOS : brew install pango."
)
NO_LETTER = "Il n’y a aucune lettre à mettre en page."
BROKEN_LAYOUT = "Ce document n’a pas pu être mis en page. L’administration du portail est invitée à le signaler."


class PdfUnavailable(NotPossible):
    """No PDF can be made here and now; the message says why, in French."""


def pdf_problem() -> str:
    """Why PDFs cannot be made on this machine; empty when they can. Takes two seconds the first time."""
    try:
        _weasyprint()
    except PdfUnavailable as problem:
        return str(problem)
    return ""


def import_weasyprint() -> Any:
    return import_module("weasyprint")


def _weasyprint() -> Any:
    try:
        return import_weasyprint()
    except OSError as error:
        raise PdfUnavailable(INSTALL_PANGO) from error


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """The PDF of a template of `templates/pdf/`; raises `PdfUnavailable`.

    It takes a second or more: never inside a transaction that writes (see `html_of`).
    """
    return pdf_of(html_of(template, context))


def html_of(template: str, context: dict[str, Any]) -> str:
    """Everything a document will say, in a few milliseconds: two equal texts give the same document."""
    return render_to_string(template, {**context, "static_base": STATIC_BASE})


def pdf_of(html: str) -> bytes:
    """Laid out in PDF/UA-1 (readable by assistive technologies).

    Raises `PdfUnavailable` when Pango is missing or when the document asks for a file that is not ours.
    """
    weasyprint = _weasyprint()
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415 (WeasyPrint is imported on demand)

    try:
        document = weasyprint.HTML(string=html, base_url=STATIC_BASE, url_fetcher=_fetcher())
        return document.write_pdf(font_config=_fonts(), pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        # It derives from BaseException: left alone, it would end the worker.
        raise PdfUnavailable(BROKEN_LAYOUT) from error


def render_series(
    template: str, contexts: Sequence[dict[str, Any]], *, stylesheet: str, report: Callable[[int, int], None]
) -> bytes:
    """One PDF of many letters, each laid out by itself: the style sheet is read once for all of them.

    `stylesheet`: one of our static files. `report(done, total)` is called after each letter. Same refusals as
    `render_pdf`.
    """
    weasyprint = _weasyprint()
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415 (WeasyPrint is imported on demand)

    laid_out, pages = None, []
    try:
        style = weasyprint.CSS(url=f"{STATIC_BASE}{stylesheet}", url_fetcher=_fetcher(), font_config=_fonts())
        for done, context in enumerate(contexts, start=1):
            html = render_to_string(template, {**context, "static_base": STATIC_BASE, "is_in_series": True})
            letter = weasyprint.HTML(string=html, base_url=STATIC_BASE, url_fetcher=_fetcher())
            laid_out = letter.render(stylesheets=[style], font_config=_fonts(), pdf_variant="pdf/ua-1")
            pages += laid_out.pages
            report(done, len(contexts))
        if laid_out is None:
            raise PdfUnavailable(NO_LETTER)
        return laid_out.copy(pages).write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        raise PdfUnavailable(BROKEN_LAYOUT) from error


@cache
def _fetcher() -> Any:
    """Gives documents our own static files; any other address stops the document."""
    from weasyprint.urls import (  # noqa: PLC0415 (WeasyPrint is imported on demand)
        FatalURLFetchingError,
        URLFetcher,
        URLFetcherResponse,
    )

    class OwnFilesOnly(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 (signature of WeasyPrint)
            path = static_file(url)
            if path is None:
                raise FatalURLFetchingError(f"not a static file of ours: {url}")
            kind = guess_type(path)[0] or "application/octet-stream"
            return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": kind})

    return OwnFilesOnly()


@cache
def _fonts() -> Any:
    """Fonts are read once: sharing them makes a series of documents more than twice as fast."""
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 (see above)

    return FontConfiguration()


def static_file(url: str) -> str | None:
    """The file of ours behind an address of a document, or None when it is not one of our static files."""
    if not url.startswith(STATIC_BASE):
        return None
    try:
        return finders.find(unquote(urlsplit(url).path).lstrip("/"))
    except SuspiciousFileOperation:
        return None


def pdf_response(content: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
