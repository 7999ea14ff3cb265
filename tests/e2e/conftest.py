"""Journeys in Debian's Chromium, against Django's live server.

Fixtures (besides `page`, `context`, `browser` of pytest-playwright and `live_server` of pytest-django):

- `visit(path_or_url_name, **kwargs)` opens a page of the live server and returns the answer
- `login_as(user)` opens a session for this user, without going through the login form
- `log_in_by_form(email, password)` types in the login form
- `screenshot(name)` writes test-results/screenshots/NAME.png

Every test of this folder is marked `browser`. Without Chromium it is skipped with a sentence, except where CI is set:
there it fails.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from cpts_portal.accounts.models import User
from tests.e2e.sessions import client_of
from tests.factories import PASSWORD

# Playwright keeps an event loop in the thread of the test; Django would refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Nothing outside the live server may be fetched (intercepting requests would switch the cache of files off).
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
MISSING = "Chromium was not found: install it (Debian: apt-get install chromium) to run the browser journeys."
SCREENSHOTS = Path(settings.BASE_DIR) / "test-results" / "screenshots"


def chromium_path() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    here = Path(__file__).parent
    skip = pytest.mark.skip(reason=MISSING) if not (chromium_path() or os.environ.get("CI")) else None
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if skip:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    found = chromium_path()
    if found is None:
        pytest.fail(MISSING)
    return {"executable_path": found, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict:
    return {
        "viewport": {"width": 1280, "height": 900},
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "reduced_motion": "reduce",  # a colour half-way through its transition is no colour to measure
    }


@pytest.fixture(scope="session", autouse=True)
def _kept_static_files() -> Iterator[None]:
    """A browser asks once for each of our static files, as in production; Django's test server forgets to say so."""

    def serve(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        answer = plain(handler, request)
        answer.headers["Cache-Control"] = "max-age=3600"
        return answer

    plain, StaticFilesHandler.serve = StaticFilesHandler.serve, serve
    yield
    StaticFilesHandler.serve = plain


@pytest.fixture
def context(browser: Browser, browser_context_args: dict):
    """One fresh browser session per test."""
    opened = browser.new_context(**browser_context_args)
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


def is_our_violation(line: ConsoleMessage) -> bool:
    """The policy refused something of a page (what axe itself tries, injected by the test, comes without address)."""
    return "Content Security Policy" in line.text and bool(line.location.get("url"))


@pytest.fixture
def page(context: BrowserContext, live_server) -> Page:
    """A page whose addresses are those of the live server. A JavaScript or policy error fails the test."""
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if is_our_violation(line) else None)
    yield opened
    assert errors == []


@pytest.fixture
def visit(page: Page, live_server) -> Callable[..., Response | None]:
    def open_(target: str, query: str = "", **kwargs) -> Response | None:
        path = target if target.startswith("/") else reverse(target, kwargs=kwargs)
        return page.goto(f"{live_server.url}{path}{query}")

    return open_


@pytest.fixture
def login_as(context: BrowserContext, live_server) -> Callable[[User], None]:
    """Hand the browser a session of this user (the form itself is tested in test_login_journeys)."""

    def open_session(user: User) -> None:
        value = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.clear_cookies()
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return open_session


@pytest.fixture
def log_in_by_form(page: Page, visit) -> Callable[..., None]:
    def type_in(email: str, password: str = PASSWORD) -> None:
        visit("account_login")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", password)
        with page.expect_navigation():
            page.press("input[name=password]", "Enter")

    return type_in


@pytest.fixture
def screenshot(page: Page) -> Callable[[str], Path]:
    def take(name: str) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take
