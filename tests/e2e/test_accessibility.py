"""axe-core finds nothing to say on any page, for any persona: wide, narrow (360 px), light and dark.

SCREENSHOTS=1 also writes each page, wide and narrow, to test-results/screenshots/.
"""

import os
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.screens import PERSONAS, Portal, Screen, every_screen, small_portal, unknown_arguments, visits

pytestmark = pytest.mark.django_db(transaction=True)
VIEWS = {
    "wide": ({"width": 1280, "height": 900}, "light"),
    "narrow": ({"width": 360, "height": 780}, "light"),
    "wide-dark": ({"width": 1280, "height": 900}, "dark"),
}


@pytest.fixture
def portal(live_server) -> Portal:
    return small_portal()


def problems(page: Page, screen: Screen, view: str) -> list[str]:
    page.set_viewport_size(VIEWS[view][0])
    found = [
        f"{screen.name} ({view}): {broken['id']}: {node['html'][:160]}"
        for broken in Axe().run(page, options={"preload": False}).response["violations"]
        for node in broken["nodes"][:3]
    ]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
        found.append(f"{screen.name} ({view}): the page scrolls sideways")
    return found


def look_at(page: Page, screen: Screen, persona: str, address: str, screenshot: Callable) -> list[str]:
    """The page in each view; loaded again when the colours change, or they would be measured on their way."""
    found, shown_in = [], ""
    for view, (size, colours) in VIEWS.items():
        if colours != shown_in:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=colours)
            page.goto(address)
            shown_in = colours
        found += problems(page, screen, view)
        if os.environ.get("SCREENSHOTS") and colours == "light":
            screenshot(f"{persona}-{screen.name.replace(':', '-')}-{view}")
    return found


# The same forms of the admin come to everybody, read-only or not: one who may change a part of it, one who may all.
WHO = {"pages": PERSONAS, "admin": ("coordinator", "administrator")}
PARTS = 2  # of each kind, so that both cores have work


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["pages", "admin"])
def test_axe_reports_no_violation(kind, part, portal: Portal, page: Page, login_as, live_server, screenshot):
    screens = [screen for screen in every_screen(portal) if screen.is_admin == (kind == "admin")][part::PARTS]
    found, current = [], "visitor"
    for persona, screen in visits(portal, screens, WHO[kind]):
        if persona != current:
            login_as(portal.people[persona])
            current = persona
        found += look_at(page, screen, persona, f"{live_server.url}{screen.path}", screenshot)
    assert current == "administrator"
    assert not found, "\n".join(found)


def test_every_page_can_be_opened_by_this_test(portal: Portal):
    assert unknown_arguments(portal) == {}


def test_an_unlabelled_field_would_be_found(page: Page, live_server):
    """The check can fail."""
    page.set_content("<html lang='fr'><title>Essai</title><main><h1>Essai</h1><input type='text'></main></html>")
    assert [problem.split(": ")[1] for problem in problems(page, Screen("essai", "/"), "wide")] == ["label"]
