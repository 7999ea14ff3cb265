"""Every file of personal data that leaves a CPTS leaves a line in the log, whichever door it goes through.

The walk opens each address of the members and missions apps the ways a file may be asked for. A view whose source
makes a file and that the walk could not make give one fails too: add the form it wants to `FORMS`.
"""

import inspect
import logging
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django_tables2 import SingleTableMixin

from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from cpts_portal.pages import FiguresPage
from members.models import PersonalDataExport
from missions.models import ProofKind
from tests import factories
from tests.guards.test_every_url import none_of
from tests.guards.url_samples import Side, kwargs_for, make_shared, make_side
from tests.guards.url_walk import Address, every_address, lets_in
from tests.members.register_import.steps import csv, prepared

pytestmark = pytest.mark.django_db
MAKES_A_FILE = re.compile(r"\b(FileResponse|pdf_response|export_response|Content-Disposition)\b")
IN_THE_QUERY = ({}, {"export": "csv"}, {"export": "xlsx"}, {"export": "pdf"})
# What the forms that answer by a file want: (query string, form).
FORMS: dict[str, Callable[[Side], tuple[str, dict[str, Any]]]] = {
    "members:person-data": lambda _side: ("", {"format": "json"}),
    "members:attendance-list": lambda _side: ("", {"day": date(2026, 3, 1), "title": "Assemblée générale"}),
    "members:bulk-export": lambda side: (
        f"?row=person-{side.register.professional.pk}",
        {"file_format": "csv", "expected": 1},
    ),
}
# Files that want more work behind them than the walk has, and the test that reads their line.
ASKED_ELSEWHERE = {
    "missions:batch-transfers": "tests/missions/pay/test_batches.py: a batch of approved lines with bank accounts",
}
# Files that name nobody of a register, and why.
NAMES_NOBODY_PAGES = {
    "members:statistics": "counts",
    "members:comparison": "counts",
    "members:agency-overview": "counts",
    "members:directory-structures": "structures of FINESS, no person",
    "members:spreadsheet-example": "fictitious people, the file shipped with the portal",
    "missions:actions": "what the CPTS does, read by agencies too",
    "missions:participation": "counts",
    "missions:meetings": "titles, days and counts",
    "members:directory-import-refusals": "cells of the public extract, of no CPTS; administrators only",
}
# Tables that the admin may export: settings, reference data and counts.
NAMES_NOBODY_TABLES = {
    *("profession", "specialty", "college", "duescampaign", "duesrate", "membershipsettings", "customfield"),
    *("notduplicate", "columnmapping", "directorycoverage", "directorystructure", "directorymovement"),
}


@pytest.fixture(autouse=True)
def quiet():
    """Refusals are what is looked for: their log lines would hide the list of problems."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def side() -> Side:
    """A register whose import and series kept their files."""
    administrator = factories.administrator()
    shared = make_shared(administrator)
    with everything("a side of the walk"):
        made = make_side(shared, administrator)
        made.register.letter_batch.file.save("serie.pdf", ContentFile(b"%PDF-1.7"))
        refused = csv("Martin;Zoé;métier inconnu;;;;;;")
        made.missions.proof.link = ""
        made.missions.proof.kind = ProofKind.ATTENDANCE
        made.missions.proof.filename = "feuille.pdf"
        made.missions.proof.file.save("feuille.pdf", ContentFile(b"%PDF-1.7"))
        made.register.register_import = prepared(made.cpts, refused, made.user, col_0="civil_last_name")
    return made


def is_file(response: HttpResponse) -> bool:
    return response.status_code == 200 and "Content-Disposition" in response.headers


def files_of(client: Client, address: Address, side: Side) -> Iterator[tuple[str, bool]]:
    """How each file was obtained, and whether it left a line; what the requests write is taken back."""
    with everything("samples"):
        url = address.url(kwargs_for(address, side))
    query, form = FORMS[address.name](side) if address.name in FORMS else ("", {})
    queries = IN_THE_QUERY if may_make_a_file(address) else IN_THE_QUERY[:1]
    asked = [(f"GET {found or ''}", partial(client.get, url, found)) for found in queries]
    for how, ask in [*asked, ("POST", partial(client.post, url + query, form))]:
        with transaction.atomic():
            before = lines()
            response = ask()
            response.getvalue()  # read to the end, which closes the file
            if is_file(response):
                yield f"{how} ({response['Content-Disposition']})", lines() > before
            transaction.set_rollback(True)


def lines() -> int:
    with everything("test reads"):
        return PersonalDataExport.objects.count()


def pages() -> list[Address]:
    return [address for address in every_address() if address.name.startswith(("members:", "missions:"))]


def walk(side: Side) -> tuple[list[str], set[str]]:
    """The files that left no line, and the names of the addresses that gave one."""
    client, silent, gave = Client(raise_request_exception=False), [], set()
    for address in pages():
        roles = [(Role.COORDINATOR, side.user), (Role.ADMINISTRATOR, side.shared.viewing.administrator)]
        user = next((user for role, user in roles if lets_in(address.allowed, role)), None)
        if user is None:
            continue
        client.force_login(user)
        for how, is_logged in files_of(client, address, side):
            gave.add(address.name)
            if not is_logged and address.name not in NAMES_NOBODY_PAGES:
                silent.append(f"{address.name}, {how}: a file left the register and no line says so")
    return silent, gave


def may_make_a_file(address: Address) -> bool:
    """Lists and pages of figures export themselves; any other view of ours says so in its source or its parents'."""
    ours = [parent for parent in address.view_class.__mro__ if parent.__module__.startswith(("members.", "missions."))]
    return issubclass(address.view_class, SingleTableMixin | FiguresPage) or any(
        MAKES_A_FILE.search(inspect.getsource(parent)) for parent in ours
    )


def test_every_file_of_personal_data_leaves_a_line_and_every_view_that_makes_one_was_asked(side):
    silent, gave = walk(side)
    never = {address.name for address in pages() if may_make_a_file(address)} - gave - set(ASKED_ELSEWHERE)
    none_of([*silent, *(f"{name} makes a file that the walk could not obtain: add it to FORMS" for name in never)])
    assert set(FORMS) | set(NAMES_NOBODY_PAGES) <= gave
    assert not gave & set(ASKED_ELSEWHERE)


def closed(model: type, client: Client, users: dict[str, Any]) -> list[str]:
    found = []
    for who, user in users.items():
        client.force_login(user)
        if client.get(reverse(f"admin:members_{model._meta.model_name}_export")).status_code != 403:
            found.append(f"{model._meta.label}: its export in the admin is open to {who}, and nothing logs it")
    return found


def test_the_admin_exports_no_table_that_names_persons(side):
    users = {
        "the coordination": side.user,
        "the board": factories.board_member(side.cpts),
        "an administrator": side.shared.viewing.administrator,
        "an agency": factories.ars_agent(side.cpts.ars),
    }
    tables = [model for model in admin.site._registry if model._meta.app_label == "members"]
    named = [model for model in tables if model._meta.model_name not in NAMES_NOBODY_TABLES]
    none_of([problem for model in named for problem in closed(model, Client(), users)])
    assert {model._meta.model_name for model in tables} > NAMES_NOBODY_TABLES
