"""axe-core finds nothing to say on any page, for any persona: wide, narrow (360 px), light and dark.

Every rule runs on the wide page in light colours; in dark, once for each page, those that look at colours; at 360 px,
those that look at what is shown there, besides the page that would scroll sideways.

SCREENSHOTS=1 visits each page under its own name, and writes it, wide and narrow, to test-results/screenshots/.
"""

import os
from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.e2e.portal import Portal, give_second_factor, small_portal
from tests.e2e.screens import PERSONAS, Screen, every_screen, unknown_arguments, visits
from tests.e2e.structure import marks

pytestmark = pytest.mark.django_db(transaction=True)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# Colours change at once: half-way through a transition they are no colours to measure.
AT_ONCE = """
const still = new CSSStyleSheet();
still.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important; }");
document.adoptedStyleSheets = [still];
"""
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
COLOURS = ["color-contrast", "link-in-text-block"]
SHOWN = ["target-size", "button-name", "link-name", "label", "select-name", "scrollable-region-focusable"]
# (size, colours, rules: None for all those that do not look at colours, whether colours are looked at)
VIEWS = {
    "wide": (WIDE, "light", None, True),
    "wide-dark": (WIDE, "dark", [], True),
    "narrow": (NARROW, "light", SHOWN, False),
}
# Measuring contrasts takes four fifths of the time of axe: the tenth row without a colour of its own teaches nothing.
ALIKE = ":is(tbody > tr:nth-child(n + 5), li:nth-child(n + 7)):not(:has([class*='tone-'], [class*='text-']))"
RUN_AXE = """async ({rules, colours, within, alike}) => {
  const how = {resultTypes: ["violations"], preload: false, iframes: false};
  const only = values => ({...how, runOnly: {type: "rule", values}});
  const off = Object.fromEntries(colours.map(rule => [rule, {enabled: false}]));
  const found = [];
  if (rules === null) found.push(await axe.run({...how, rules: off}));
  else if (rules.length) found.push(await axe.run(only(rules)));
  const [part] = document.querySelectorAll(within);
  const exclude = [...document.querySelectorAll(alike)];
  if (colours.length) found.push(await axe.run({include: [part ?? document.documentElement], exclude}, only(colours)));
  return {
    violations: found.flatMap(answer => answer.violations).flatMap(
      broken => broken.nodes.slice(0, 3).map(node => `${broken.id}: ${node.html.slice(0, 160)}`)
    ),
    sideways: document.documentElement.scrollWidth > document.documentElement.clientWidth + 1,
  };
}"""


@pytest.fixture
def portal(live_server) -> Portal:
    made = small_portal()
    give_second_factor(made.people["board"])
    return made


@pytest.fixture
def page(page: Page) -> Page:
    page.add_init_script(AXE + AT_ONCE)
    return page


def problems(page: Page, screen: Screen, view: str, within: str = "html") -> list[str]:
    size, scheme, rules, looks_at_colours = VIEWS[view]
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    colours = COLOURS if looks_at_colours else []
    answer = page.evaluate(RUN_AXE, {"rules": rules, "colours": colours, "within": within, "alike": ALIKE})
    found = [f"{screen} ({view}): {broken}" for broken in answer["violations"]]
    return [*found, f"{screen} ({view}): the page scrolls sideways"] if answer["sideways"] else found


def look_at(
    page: Page, screen: Screen, persona: str, address: str, within: str, screenshot: Callable, *, in_dark: bool
) -> list[str]:
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    page.goto(address)
    found = []
    for view in VIEWS:
        if view == "wide-dark" and not in_dark:
            continue
        found += problems(page, screen, view, within)
        if os.environ.get("SCREENSHOTS") and not view.endswith("dark"):
            screenshot(f"{persona}-{screen}-{view}".replace(":", "-"))
    return found


# The same forms of the admin come to everybody, read-only or not: one who may change a part of it, one who may all.
WHO = {"pages": PERSONAS, "admin": ("coordinator", "administrator")}
PARTS = [*(("pages", part, 5) for part in range(5)), ("admin", 0, 1)]  # about as long as each other: for every core


@pytest.mark.parametrize("which", PARTS, ids=lambda which: f"{which[0]}-{which[1]}")
def test_axe_reports_no_violation(which, portal: Portal, page: Page, login_as, live_server, screenshot):
    kind, part, parts = which
    screens = [screen for screen in every_screen(portal) if screen.is_admin == (kind == "admin")]
    names = sorted({screen.name for screen in screens})[part::parts]
    found, current, kinds = [], "", set()
    each_name = bool(os.environ.get("SCREENSHOTS"))
    for persona, screen in visits(portal, [s for s in screens if s.name in names], WHO[kind], each_name=each_name):
        within = "main" if persona == current else "html"  # header and menu: once for each persona
        if persona != current and persona in portal.people:
            login_as(portal.people[persona])
        current = persona
        in_dark = screen.kind not in kinds  # the same page for somebody else has the same colours
        kinds.add(screen.kind)
        address = f"{live_server.url}{screen.path}"
        found += look_at(page, screen, persona, address, within, screenshot, in_dark=in_dark)
    assert current not in ("", "visitor")
    assert not found, "\n".join(found)


def test_every_page_can_be_opened_by_this_test(portal: Portal):
    assert unknown_arguments(portal) == {}


BROKEN = """<html lang='fr'><title>Essai</title><main><h1>Essai</h1><input type='text'>
<p style='color: #767676; background: light-dark(white, #222)'>Gris</p>
<p style='width: 900px'><a href='/'>a</a><a href='/b'>b</a></p>
<style>:root { color-scheme: light dark } a { display: inline-block; width: 9px }</style></main></html>"""


def test_what_is_wrong_would_be_found_in_each_view(page: Page, live_server):
    """The check can fail: an unlabelled field, a colour that is too dark at night, small targets, a page too wide."""
    page.goto("about:blank")
    page.set_content(BROKEN)
    found = {view: problems(page, Screen("essai", "", "/"), view) for view in VIEWS}
    assert {view: sorted(problem.split(": ")[1] for problem in each) for view, each in found.items()} == {
        "wide": ["label"],
        "wide-dark": ["color-contrast"],
        "narrow": ["label", "target-size", "target-size", "the page scrolls sideways"],
    }


def test_a_page_built_otherwise_is_visited():
    """Words change nothing; a class, a role, a missing label or an empty link do."""
    plain = "<main><h1>A</h1><p class='a'>x</p><label for='f'>F</label><input id='f'><a href='/'>x</a></main>"
    same = plain.replace(">x<", ">y<").replace("'/'", "'/b'")
    others = [
        plain.replace("class='a'", "class='b'"),
        plain.replace("<p", "<p role='alert'"),
        plain.replace("for='f'", "for='g'"),
        plain.replace(">x</a>", "></a>"),
        plain.replace("h1", "h2"),
        plain.replace("<input id='f'>", "<input id='f'><b id='f'></b>"),
    ]
    assert marks(same) == marks(plain)
    assert all(marks(other) - marks(plain) for other in others)
