"""axe-core finds nothing to say on any page, for any persona: wide, narrow (360 px), light and dark.

SCREENSHOTS=1 also writes each page, wide and narrow, to test-results/screenshots/.
"""

import os
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.screens import Portal, Screen, every_screen, small_portal, unknown_arguments, visits

pytestmark = pytest.mark.django_db(transaction=True)
VIEWS = {
    "wide": ({"width": 1280, "height": 900}, "light"),
    "wide-dark": ({"width": 1280, "height": 900}, "dark"),
    "narrow": ({"width": 360, "height": 780}, "light"),
}


@pytest.fixture
def portal(live_server) -> Portal:
    return small_portal()


def problems(page: Page, screen: Screen, view: str) -> list[str]:
    size, colours = VIEWS[view]
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=colours)
    page.wait_for_timeout(SETTLED)
    found = [
        f"{screen.name} ({view}): {broken['id']}: {node['html'][:160]}"
        for broken in Axe().run(page).response["violations"]
        for node in broken["nodes"][:3]
    ]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
        found.append(f"{screen.name} ({view}): the page scrolls sideways")
    return found


def look_at(page: Page, screen: Screen, persona: str, screenshot: Callable) -> list[str]:
    found = []
    for view in VIEWS:
        found += problems(page, screen, view)
        if os.environ.get("SCREENSHOTS") and view != "wide-dark":
            screenshot(f"{persona}-{screen.name.replace(':', '-')}-{view}")
    return found


SETTLED = 200  # milliseconds for colours to pass from each element to those inside it
PARTS = 2  # of each kind, so that both cores have work


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["pages", "admin"])
def test_axe_reports_no_violation(kind, part, portal: Portal, page: Page, login_as, live_server, screenshot):
    screens = [screen for screen in every_screen(portal) if screen.is_admin == (kind == "admin")][part::PARTS]
    found, current = [], "visitor"
    for persona, screen in visits(portal, screens):
        if persona != current:
            login_as(portal.people[persona])
            current = persona
        page.goto(f"{live_server.url}{screen.path}")
        found += look_at(page, screen, persona, screenshot)
    assert current == "administrator"
    assert not found, "\n".join(found)


def test_every_page_can_be_opened_by_this_test(portal: Portal):
    assert unknown_arguments(portal) == {}


def test_an_unlabelled_field_would_be_found(page: Page, live_server):
    """The check can fail."""
    page.set_content("<html lang='fr'><title>Essai</title><main><h1>Essai</h1><input type='text'></main></html>")
    assert [problem.split(": ")[1] for problem in problems(page, Screen("essai", "/"), "wide")] == ["label"]
