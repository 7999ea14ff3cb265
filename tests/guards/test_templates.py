"""Templates keep to the strict content policy, to the base layout and to documented components."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import RequestFactory

from cpts_portal.home.gallery_samples import specimens
from cpts_portal.home.navigation import NAVIGATION

TEMPLATES = Path(settings.BASE_DIR) / "templates"
EVERY = sorted(TEMPLATES.rglob("*.html"))
FOR_THE_BROWSER = [path for path in EVERY if path.relative_to(TEMPLATES).parts[0] not in ("pdf", "emails")]
COMPONENTS = sorted(path for path in (TEMPLATES / "ui").rglob("*.html") if "icons" not in path.parts)
ALONE = {"base.html", "500.html"}  # the root of all pages, and the page drawn when nothing else can be
LONGEST, COMFORTABLE = 160, 120  # characters of a line: refused above the first, rare above the second
PARAGRAPHS = {  # a paragraph of a mail in plain text is one line for who reads it
    "application_accepted.txt",
    "application_received.txt",
    "application_refused.txt",
    "contract_digest.txt",
    "dues_reminder.txt",
    "review_commented.txt",
}
OWN_SHEETS = {"base.html", "allauth/layouts/base.html", "members/joining/poster.html"}  # the poster is a print
LEADING_COMMENT = re.compile(r"\A(?:{% extends [^%]*%}\s*)?{% comment %}(.*?){% endcomment %}", re.DOTALL)
INCLUDED = re.compile(r"{% (?:include|extends) \"([^\"]+)\"")


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def inline_code(source: str) -> list[str]:
    """Scripts, styles and handlers written inside a page; JSON data and `<script src>` are not code in the page."""
    markup = re.sub(r"{% comment %}.*?{% endcomment %}", "", source, flags=re.DOTALL)
    scripts = [
        tag
        for tag in re.findall(r"<script[^>]*>", markup)
        if "src=" not in tag and 'type="application/json"' not in tag
    ]
    styles = re.findall(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|\shx-on\b|hx-vals=[\"']js:|javascript:", markup)
    return [*scripts, *styles]


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("<script>alert(1)</script>", ["<script>"]),
        ('<p style="color: red">', [" style="]),
        ("<button onclick='go()'>", [" onclick='"]),
        ('<script src="x.js" defer></script><p class="style">on="x"</p>', []),
        ('<script type="application/json">{}</script>', []),
    ],
)
def test_the_guard_tells_inline_code_from_files(source, refused):
    assert inline_code(source) == refused


def test_no_template_holds_inline_code():
    found = {name_of(path): inline_code(path.read_text()) for path in FOR_THE_BROWSER}
    assert {name: code for name, code in found.items() if code} == {}


def test_every_page_extends_and_every_fragment_says_so():
    """A page extends a layout; a fragment lives in `ui/`, `emails/`, `pdf/`, allauth's elements, or begins with `_`."""
    pages = [path for path in FOR_THE_BROWSER if path not in COMPONENTS and "icons" not in path.parts]
    alone = {
        name_of(path)
        for path in pages
        if not path.read_text().startswith("{% extends ")
        and not path.name.startswith("_")
        and "elements" not in path.parts
    }
    assert alone == ALONE


def test_every_component_documents_its_parameters():
    silent = []
    for path in COMPONENTS:
        comment = LEADING_COMMENT.match(path.read_text())
        if comment is None or "Parameters:" not in comment[1]:
            silent.append(name_of(path))
    assert silent == []


def test_every_component_is_in_the_gallery():
    """Shown by itself, or part of a component or of the layout of the gallery's own pages."""
    request = RequestFactory().get("/galerie/")
    request.user = None
    waiting = [specimen.template for specimen in specimens(request)] + ["base.html", "ui/layout/error_page.html"]
    shown: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in shown and (TEMPLATES / name).exists():
            shown.add(name)
            waiting += INCLUDED.findall((TEMPLATES / name).read_text())
    assert {name_of(path) for path in COMPONENTS} - shown == {"ui/formset.html"}  # drawn by Django for {{ formset }}


def test_every_image_says_what_it_shows():
    tags = [(name_of(path), tag) for path in EVERY for tag in re.findall(r"<img\b[^>]*>", path.read_text())]
    assert tags
    assert [found for found in tags if " alt=" not in found[1]] == []


def test_every_icon_asked_for_has_its_drawing():
    asked = {item.icon for section in NAVIGATION for item in section.items}
    for path in EVERY:
        source = path.read_text()
        asked |= set(re.findall(r"{% icon \"([^\"]+)\"", source))
        asked |= set(re.findall(r"\bicon=\"([^\"]+)\"", source))
    drawn = {path.stem for path in (TEMPLATES / "ui" / "icons").glob("*.svg")}
    assert len(asked) > 20
    assert asked - drawn == set()


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_no_line_is_too_long_to_be_read():
    written = [*EVERY, *TEMPLATES.rglob("*.txt")]
    too_long = {path.name for path in written for line in lines_of(path) if len(line) > LONGEST}
    assert too_long == PARAGRAPHS


def test_few_lines_are_long():
    lines = [line for path in EVERY for line in lines_of(path)]
    assert len(lines) > 10_000
    assert sum(len(line) > COMFORTABLE for line in lines) < len(lines) / 100


def test_pages_leave_their_style_sheets_to_their_app():
    """An app declares its sheets once (`styles` of its AppConfig), base.html asks for them."""
    asking = {name_of(path) for path in FOR_THE_BROWSER if "{% block styles %}" in path.read_text()}
    assert asking == OWN_SHEETS
    declared = {sheet for config in apps.get_app_configs() for sheet in getattr(config, "styles", ())}
    assert len(declared) == 4
    assert [sheet for sheet in declared if finders.find(sheet) is None] == []
