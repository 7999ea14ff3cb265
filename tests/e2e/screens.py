"""Every screen of the portal, for the accessibility tests and the screenshots.

The list is read from the resolver, so that a new page is checked without being declared here; only a new kind of
argument in an address needs a value in `Portal.choices` (or `Register.choices`).
"""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from tests.e2e.portal import Portal
from tests.e2e.structure import marks
from tests.guards.url_walk import ANYBODY, VISITORS, Address, every_address, lets_in

PERSONAS: dict[str, Role | None] = {
    "visitor": None,
    "coordinator": Role.COORDINATOR,
    "two_cpts": Role.COORDINATOR,
    "board": Role.BOARD,
    "ars_agent": Role.ARS_AGENT,
    "fund_agent": Role.FUND_AGENT,
    "observer": Role.OBSERVER,
    "administrator": Role.ADMINISTRATOR,
}
SEE_EVERY_OBJECT = ("coordinator", "administrator")  # the others open one object of each address


# Addresses that are not pages of ours to look at, each with its reason.
NOT_SCREENS = {
    "admin:jsi18n": "JavaScript",
    "admin:autocomplete": "JSON",
    "admin:view_on_site": "a redirect",
    "territories:cpts-sheet": "a PDF",
    "members:payment-receipt": "a PDF",
    "members:membership-certificate": "a PDF",
    "members:not-renewed": "a PDF",
    "members:letters-file": "a PDF",
    "members:spreadsheet-file": "a file",
    "members:spreadsheet-refused": "a file",
    "members:directory-import-refusals": "a file",
    "members:suggestions": "a part of a page",
    "contracts:document-file": "a file",
    "contracts:document-preview": "a file",
    "contracts:review-paper": "a PDF",
    "contracts:review-submission-paper": "a PDF",
    "missions:action-sheet": "a PDF",
    "missions:meeting-sheet": "a PDF",
    "missions:proof-file": "a file",
    "missions:payments-statement": "a PDF",
    "missions:batch-table": "a file",
    "contracts:version-pdf": "a PDF",
    "missions:payments-worth": "a part of a page",
    "contracts:year-record": "a PDF",
    "contracts:grid-template": "a file",
    "contracts:year-schedule": "a PDF",
    "admin:password_change": "replaced by the portal's own page",
    "admin:password_change_done": "replaced by the portal's own page",
}


@dataclass(frozen=True)
class Screen:
    name: str
    about: str
    path: str
    is_first: bool = True  # the other objects of the same address: looked at with her eyes who sees the most

    @property
    def is_admin(self) -> bool:
        return self.name.startswith("admin:")

    @property
    def kind(self) -> str:
        """Pages of one kind share their building blocks: those of an address, those of the same page of the admin."""
        return f"admin:{self.name.rpartition('_')[2]}" if self.is_admin else self.name

    def __str__(self) -> str:
        return f"{self.name}-{self.about}".rstrip("-")


def named_routes() -> Iterator[tuple[str, str, list[str]]]:
    """Name, route and arguments of every address that has a name."""

    def walk(patterns: list, namespace: str, before: str) -> Iterator[tuple[str, str, list[str]]]:
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
                yield from walk(each.url_patterns, inner, route)
            elif isinstance(each, URLPattern) and each.name:
                yield f"{namespace}{each.name}", route, list(each.pattern.converters or each.pattern.regex.groupindex)

    yield from walk(get_resolver().url_patterns, "", "")


def unknown_arguments(portal: Portal) -> dict[str, set[str]]:
    """Addresses that cannot be built: give their arguments a value in `Portal.choices`, or a reason in OTHER_TESTS."""
    return {
        name: missing
        for name, route, arguments in named_routes()
        if not name.startswith("admin:") and name not in OTHER_TESTS
        if (missing := {each for each in arguments if not portal.choices(name, route, arguments).get(each)})
    }


# Pages that need something of their own; the tests named here open them.
OTHER_TESTS: dict[str, str] = {
    "account_reset_password_from_key": "a secret link: tests/accounts",
    "mfa_remove_webauthn": "needs a security key: tests/accounts",
    "mfa_edit_webauthn": "needs a security key: tests/accounts",
}


def every_screen(portal: Portal) -> list[Screen]:
    found = []
    for name, route, arguments in named_routes():
        if name in NOT_SCREENS or name in OTHER_TESTS or name.startswith("admin:"):
            continue
        known = portal.choices(name, route, arguments)
        for rank, values in enumerate(product(*(known.get(argument, []) for argument in arguments))):
            path = reverse(name, kwargs=dict(zip(arguments, values, strict=True)))
            found.append(Screen(name, "-".join(map(str, values)), path, is_first=rank == 0))
    return [*found, *admin_screens()]


def admin_screens() -> list[Screen]:
    """The index, then for each table its list, its creation page, and the page and history of one object."""
    from django.contrib import admin  # noqa: PLC0415 (its registry is filled after the apps are loaded)

    found = [Screen("admin:index", "", reverse("admin:index"))]
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [Screen(f"{base}_{page}", "", reverse(f"{base}_{page}")) for page in ("changelist", "add")]
        one = first_of(model)
        about = ("change", "history") if one else ()
        found += [Screen(f"{base}_{page}", "", reverse(f"{base}_{page}", args=[one])) for page in about]
    return found


def first_of(model: type[models.Model]) -> object:
    with everything("test data"):
        return model._default_manager.order_by("pk").values_list("pk", flat=True).first()


_CHANGING = re.compile(r"name=\"csrfmiddlewaretoken\" value=\"[^\"]*\"|nonce-\S+")


def shown(client: Client, screen: Screen) -> str | None:
    """What the page shows in its main part, when it is a page this person may open; None otherwise."""
    logging.disable(logging.CRITICAL)  # a refusal is an answer like another, and its trace is long to write
    answer = client.get(screen.path)
    logging.disable(logging.NOTSET)
    answer.close()  # a kept file would stay open
    if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
        return None
    text = answer.content.decode()
    if "<html" not in text:  # a fragment that replaces a part of a page
        return None
    main = re.search(r"<main.*</main>", text, re.DOTALL)
    return _CHANGING.sub("", main[0] if main else text)


@cache
def addresses() -> dict[str, Address]:
    return {address.name: address for address in every_address()}


def may_open(persona: str, screen: Screen) -> bool:
    """As the page declares it (the walk of every URL holds that it is so)."""
    allowed, role = addresses()[screen.name].allowed, PERSONAS[persona]
    return allowed is not None and (lets_in(allowed, role) if role else allowed in (ANYBODY, VISITORS))


def visits(
    portal: Portal, screens: list[Screen], personas: Iterable[str], *, each_name: bool = False
) -> Iterator[tuple[str, Screen]]:
    """Each screen for each persona who may open it, when it holds something not seen yet on pages of its kind."""
    texts: set[tuple[str, str]] = set()
    known: dict[str, set[str]] = defaultdict(set)
    for persona in personas:
        client = portal.client(persona)
        for screen in screens:
            if not (may_open(persona, screen) and (screen.is_first or persona in SEE_EVERY_OBJECT)):
                continue
            kind, text = screen.name if each_name else screen.kind, shown(client, screen)
            if text is None or (kind, text) in texts:
                continue
            texts.add((kind, text))
            if new := marks(text) - known[kind]:
                known[kind] |= new
                yield persona, screen
