"""One renderer: our own files only, a polite refusal where no PDF can be made."""

import io

import pikepdf
import pytest
from django.template import engines

from cpts_portal.core import pdf


@pytest.fixture
def template(tmp_path, settings):
    """A document of the test, found beside ours."""
    folders = settings.TEMPLATES[0]["DIRS"]

    def write(body: str) -> str:
        (tmp_path / "test_document.html").write_text(
            f'<html lang="fr"><head><title>Essai</title></head><body>{body}</body></html>', encoding="utf-8"
        )
        return "test_document.html"

    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*folders, tmp_path]}]
    assert engines.all()
    return write


def test_a_document_is_a_readable_pdf_with_its_language_and_title(template):
    content = pdf.render_pdf(template("<h1>Bonjour</h1>"), {})
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == "fr"
        assert document.docinfo["/Title"] == "Essai"
        assert len(document.pages) == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/logo.png",
        "http://127.0.0.1/secret",
        "file:///etc/passwd",
        "https://static.invalid/../cpts_portal/settings.py",
        "https://static.invalid/%2e%2e/manage.py",
        "data:image/png;base64,AAAA",
    ],
)
def test_nothing_but_our_static_files_is_fetched(template, address):
    """The fatal error of WeasyPrint is not an `Exception`: left alone it would end the worker."""
    with pytest.raises(pdf.PdfUnavailable, match="mis en page"):
        pdf.render_pdf(template(f'<img src="{address}" alt="">'), {})


def test_our_static_files_are_fetched():
    assert pdf.static_file("https://static.invalid/css/pdf.css?v=2").endswith("static/css/pdf.css")
    assert pdf.static_file("https://static.invalid/css/none.css") is None
    assert pdf.static_file("https://static.invalid.example.org/css/pdf.css") is None


def test_a_machine_without_pango_is_told_what_to_install(monkeypatch):
    def missing() -> None:
        raise OSError("cannot load library 'pango'")

    monkeypatch.setattr(pdf, "import_weasyprint", missing)
    assert "apt install libpangoft2-1.0-0" in pdf.pdf_problem()
    assert "brew install pango" in pdf.pdf_problem()


def test_a_machine_with_pango_has_no_problem():
    assert pdf.pdf_problem() == ""
