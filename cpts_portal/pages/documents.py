"""Pages that give a document, and what is answered where none can be made."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import TemplateView

from cpts_portal.core.exports import FORMATS, export_response
from cpts_portal.core.pdf import pdf_response, render_pdf
from cpts_portal.core.refusals import NotPossible
from cpts_portal.pages.portal import PortalView


def pdf_or_message(request: HttpRequest, make: Callable[[], bytes]) -> bytes | None:
    """The document, or nothing and a message: the library is missing on this machine, or the rules say no."""
    try:
        return make()
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return None


class PdfPage(PortalView):
    """A PDF made when it is asked for; where it cannot be made, the person is sent `back()`, with the reason.

    Set `pdf_template` and give `document()` (its context) and `filename()`; or give `content()` when the file is kept.
    `given()` is called once the document is made: the place of the log of exports.
    """

    http_method_names = ["get", "head", "options"]
    pdf_template = ""

    def document(self) -> dict[str, Any]:
        """What the template prints; asked once."""
        raise NotImplementedError

    def content(self) -> bytes:
        return render_pdf(self.pdf_template, self.document())

    def filename(self) -> str:
        raise NotImplementedError

    def back(self) -> str:
        """Where one goes without a document."""
        raise NotImplementedError

    def given(self) -> None:
        """The line of the log of exports, for a document that names people."""

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        content = pdf_or_message(request, self.content)
        if content is None:
            return redirect(self.back())
        self.given()
        return pdf_response(content, self.filename())


class FiguresPage(PortalView, TemplateView):
    """Figures of one CPTS, and the three ways to take them away: `?export=csv`, `xlsx`, `pdf`. They name nobody.

    Set `figures` (with `export_rows`), `filename`, `export_headers`, `pdf_template`, `pdf_title`.
    """

    export_headers: Sequence[str] = ()
    pdf_template = ""
    pdf_title = ""
    figures: Any
    filename: Any
    cpts: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        file_format = request.GET.get("export")
        if file_format in FORMATS:
            return export_response(self.filename, self.export_headers, self.figures.export_rows(), file_format)
        return (self.pdf() if file_format == "pdf" else None) or super().get(request, *args, **kwargs)

    def pdf(self) -> HttpResponse | None:
        """None, with a message, when no PDF can be made here."""
        title = f"{self.pdf_title} – {self.cpts.full_name}"
        context = {"cpts": self.cpts, "figures": self.figures, "title": title, "printed_on": timezone.localdate()}
        content = pdf_or_message(self.request, lambda: render_pdf(self.pdf_template, context))
        return pdf_response(content, f"{self.filename}.pdf") if content else None
