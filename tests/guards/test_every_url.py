"""Every address with every role: whoever is not declared is refused, nothing breaks, another CPTS does not exist."""

import logging
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.template import Template
from django.test import Client

from cpts_portal.accounts.models import User
from cpts_portal.accounts.roles import NATIONAL_ROLES, Role
from cpts_portal.core.scoping import everything
from tests import factories
from tests.guards.url_samples import NoSample, Side, kwargs_for, make_shared, make_side
from tests.guards.url_walk import ANYBODY, LOGGED_IN, Address, every_address, lets_in

pytestmark = pytest.mark.django_db

# Tables of the register that the admin shows and the pages write: duplicates, decisions and receipts have their rules.
WRITTEN_ON_THEIR_PAGES = (
    *("professional", "structure", "contact", "practice", "membership", "savedfilter"),
    *("duescampaign", "duesrate", "due", "payment", "membershipsettings", "refusedlink"),
    *("application", "letterbatch", "registerimport", "columnmapping", "personaldataexport", "notduplicate"),
    *("mandate", "customfield"),
)
TAKEN_AWAY_ON_THEIR_PAGES = ("contact", "practice", "duesrate")
EXPORTED_FROM_THE_PAGES = (
    *("professional", "structure", "contact", "practice", "membership", "mandate", "due", "payment", "application"),
    *("letterbatch", "registerimport", "savedfilter", "personaldataexport", "refusedlink"),
    *("directoryentry", "directorypractice", "directoryimport", "directorymove"),
)
# Missions, meetings and payments: everything but the reference data follows rules of its pages.
READ_IN_THE_ADMIN_OF_MISSIONS = [
    *("exercise", "cptsmission", "action", "deliverable", "budgetline", "indicator", "expectedproof", "target"),
    *("step", "resultenvelope", "result", "proof", "group", "groupmember", "meetingseries", "meeting", "decision"),
    *("task", "attendance", "attendancecorrection", "paysettings", "payrate", "paycap", "payline", "paybatch"),
    *("bankaccount", "userrecord", "ceilingaccount"),
]
READ_IN_THE_ADMIN_OF_CONTRACTS = [
    *("review", "submission", "contract", "contractversion", "contractyear", "yearline", "lineverdict", "closing"),
    *("fundpayment", "otherresource", "exchange", "journalentry", "comment", "document", "assignment", "visit"),
]
# Rows about persons and money leave by the exports of their pages only, which write down who took what.
NOT_EXPORTED_FROM_THE_ADMIN_OF_MISSIONS = [
    *("groupmember", "task", "attendance", "attendancecorrection", "paysettings", "paycap", "payline"),
    *("bankaccount", "userrecord", "ceilingaccount", "proof"),
]
# The admin refuses more than the table here: the reason is in the docstring of each ModelAdmin.
STRICTER_ADMIN = {
    ("accounts.invitation", "add"),
    ("accounts.viewingas", "add"),
    ("territories.cptscommune", "add"),
    *((f"members.{model}", "add") for model in WRITTEN_ON_THEIR_PAGES),
    *((f"members.{model}", "delete") for model in TAKEN_AWAY_ON_THEIR_PAGES),
    *((f"missions.{model}", action) for model in READ_IN_THE_ADMIN_OF_MISSIONS for action in ("add", "delete")),
    *((f"contracts.{model}", action) for model in READ_IN_THE_ADMIN_OF_CONTRACTS for action in ("add", "delete")),
}
# Pages of the admin closed to everybody, although the table lets these roles do it elsewhere.
CLOSED_IN_ADMIN = {
    *(f"admin:members_{model}_export" for model in EXPORTED_FROM_THE_PAGES),
    *(f"admin:members_{model}_delete" for model in TAKEN_AWAY_ON_THEIR_PAGES),
    *(f"admin:missions_{model}_export" for model in NOT_EXPORTED_FROM_THE_ADMIN_OF_MISSIONS),
}
# A GET that answers « not found » to a role it lets in, and why.
MAY_BE_ABSENT = {
    "admin:": "the catch-all of the admin",
    "admin:view_on_site": "only for models that have a page",
    "mfa_deactivate_totp": "nobody has an authenticator in this world",
    "mfa_remove_webauthn": "nobody has a key in this world",
    "mfa_edit_webauthn": "nobody has a key in this world",
    "mfa_download_recovery_codes": "nobody has codes in this world",
    "mfa_view_recovery_codes": "nobody has codes in this world",
    "missions:proof-file": "the proof of this world is a link",
    "contracts:open": "the CPTS of this world has its contract: no earlier step opens",
    "contracts:version-terms": "the version of this world is sealed",
    "contracts:document-file": "the document of this world kept no file",
    "contracts:document-preview": "the document of this world kept no file",
    "territories:import-file": "the import of this world kept no file",
    "members:spreadsheet-mapping": "the import of this world kept no file",
    "members:spreadsheet-file": "the import of this world kept no file",
    "members:spreadsheet-refused": "the import of this world has no preview",
    "members:saved-filter-delete": "the search of this world is its owner's own",
    "admin:members_savedfilter_change": "the search of this world is its owner's own",
    "admin:members_savedfilter_history": "the search of this world is its owner's own",
    "admin:members_savedfilter_delete": "the search of this world is its owner's own",
    "admin:members_savedfilter_": "the search of this world is its owner's own",
    "home:gallery": "only with DEBUG",
    "home:gallery-page": "only with DEBUG",
}
# Pages that refuse for another reason than the role (the admin's autocomplete wants to know its field).
MAY_REFUSE = {"admin:autocomplete", "admin:app_list"}


@dataclass
class World:
    ours: Side
    other: Side
    people: dict[Role, User]
    without_access: User
    clients: dict[Any, Client]

    def client(self, who: Role | str) -> Client:
        """A new browser that carries the session of this person (logging in once each)."""
        fresh = Client(raise_request_exception=False)
        if who != "anonymous":
            fresh.cookies = self.clients[who].cookies.copy()
        return fresh

    def ask(self, who: Role | str, method: str, address: Address, side: Side) -> HttpResponse:
        """One request whose writes are taken back."""
        url = address.url(kwargs_for(address, side))
        with transaction.atomic():
            response = getattr(self.client(who), method)(url)
            transaction.set_rollback(True)
        return response


@pytest.fixture(autouse=True)
def quiet():
    """Refusals and errors are the answers read here: their log lines would hide the list of problems."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def drawn_plainly(monkeypatch):
    """Django's test client keeps a copy of every context of every template: nobody reads them here."""
    monkeypatch.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))


@pytest.fixture
def world() -> World:
    administrator = factories.administrator()
    shared = make_shared(administrator)
    with everything("both sides of the walk"):
        ours, other = make_side(shared, administrator), make_side(shared, administrator)
    people = {
        Role.COORDINATOR: factories.coordinator(ours.cpts),
        Role.BOARD: factories.board_member(ours.cpts),
        Role.ARS_AGENT: factories.ars_agent(ours.cpts.ars),
        Role.FUND_AGENT: factories.fund_agent(ours.cpts.lead_fund),
        Role.OBSERVER: factories.observer(),
        Role.ADMINISTRATOR: administrator,
    }
    without_access = factories.user()
    clients = {}
    for who, person in [*people.items(), ("without access", without_access)]:
        clients[who] = Client()
        clients[who].force_login(person)
    return World(ours, other, people, without_access, clients)


def none_of(problems: list[str]) -> None:
    assert not problems, "\n".join([f"{len(problems)} problems:", *problems])


def test_every_url_says_who_may_come():
    undeclared = [
        f"{a.name or a.pattern} → {a.view}" for a in every_address() if a.allowed is None or a.declares_nobody
    ]
    none_of(undeclared)


def test_every_url_has_a_sample(world: World):
    missing = []
    with everything("samples"):
        for address in every_address():
            try:
                address.url(kwargs_for(address, world.ours))
            except NoSample as error:
                missing.append(str(error))
    none_of(missing)


def walkable(world: World) -> list[Address]:
    """The addresses that have a sample (the missing ones fail in their own test)."""
    found = []
    for address in every_address():
        try:
            kwargs_for(address, world.ours)
        except NoSample:
            continue
        if address.allowed is not None:
            found.append(address)
    return found


def is_login(response: HttpResponse) -> bool:
    target = response.headers.get("Location", "")
    return response.status_code == 302 and ("/connexion/" in target or "/gestion/login/" in target)


def wrong_answer(response: HttpResponse, address: Address, who: Role | str, method: str) -> str:
    """What is wrong with this answer; empty when it is what was declared."""
    status = response.status_code
    if status >= 500:
        return f"{status} {_cause(response)}".strip()
    if who == "anonymous":
        return "" if address.allowed == ANYBODY or is_login(response) else f"{status} instead of the login page"
    if who == "without access":
        closed = address.allowed not in (ANYBODY, LOGGED_IN)
        is_closed = status == 403 or (address.is_admin and is_login(response))
        return f"{status} although this person has no access" if closed and not is_closed else ""
    if not lets_in(address.allowed, who):
        wrong_verb = status == 405 and address.is_admin  # the admin looks at the verb before the role
        return "" if status == 403 or wrong_verb else f"{status} instead of 403"
    return _wrong_for_the_allowed(response, address, method)


def _cause(response: HttpResponse) -> str:
    error = (getattr(response, "exc_info", None) or (None, None))[1]
    return f"{type(error).__name__}: {error}"[:200] if error else ""


def _wrong_for_the_allowed(response: HttpResponse, address: Address, method: str) -> str:
    status = response.status_code
    if method == "get" and status == 403 and address.name not in MAY_REFUSE:
        closed = address.admin_model_and_action in STRICTER_ADMIN or address.name in CLOSED_IN_ADMIN
        return "" if closed else "403 although declared"
    if method == "get" and status == 404 and address.name not in MAY_BE_ABSENT and address.name not in MAY_REFUSE:
        return "404 although the object is there"
    if is_login(response) and not address.name.startswith(("account_", "mfa_", "admin:log")):
        return "login page although logged in"
    return ""


def walk(world: World, method: str) -> list[str]:
    problems = []
    for address in walkable(world):
        for who in [*world.people, "anonymous", "without access"]:
            with everything("samples"):
                address.url(kwargs_for(address, world.ours))
            response = world.ask(who, method, address, world.ours)
            problem = wrong_answer(response, address, who, method)
            if problem:
                problems.append(f"{method.upper()} {address.name} as {who}: {problem}")
    return problems


def test_reading_every_url_with_every_role(world: World):
    none_of(walk(world, "get"))


def test_posting_nothing_to_every_url_with_every_role(world: World):
    none_of(walk(world, "post"))


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_verbs_nobody_uses_are_refused(world: World, method: str):
    """Of our own pages; those of the admin answer to Django's verbs, and one of the three is enough to see it hold."""
    problems = []
    for address in walkable(world):
        if address.is_admin and method != "delete":
            continue
        status = world.ask(Role.ADMINISTRATOR, method, address, world.ours).status_code
        if status >= 500 or (address.is_ours and status not in (403, 405)):
            problems.append(f"{method.upper()} {address.name}: {status}")
    none_of(problems)


def scoped(address: Address, world: World) -> bool:
    """Does this address lead to something that belongs to one CPTS?"""
    if address.allowed == ANYBODY or address.kwargs == ():
        return False
    return kwargs_for(address, world.ours) != kwargs_for(address, world.other)


def test_what_belongs_to_another_cpts_does_not_exist(world: World):
    problems, checked = [], 0
    for address in walkable(world):
        if not scoped(address, world):
            continue
        for role in set(world.people) - NATIONAL_ROLES:
            if not lets_in(address.allowed, role) or address.name in MAY_BE_ABSENT:
                continue
            checked += 1
            for method in ("get", "post"):
                closed = method == "post" or address.admin_model_and_action in STRICTER_ADMIN
                refused = {404, 405, 403} if closed and address.is_admin else {404, 405}
                status = world.ask(role, method, address, world.other).status_code
                if status not in refused:
                    problems.append(f"{method.upper()} {address.name} of another CPTS as {role}: {status}")
    none_of(problems)
    assert checked > 0


class TestTheWalkCanFail:
    """The walk notices what it is there to notice."""

    def answer(self, status: int, location: str = "") -> HttpResponse:
        return HttpResponse(status=status, headers={"Location": location} if location else {})

    def address(self, name: str) -> Address:
        return next(found for found in every_address() if found.name == name)

    def test_an_error_is_a_problem_for_everybody(self):
        page = self.address("accounts:user-list")
        for who in (Role.ADMINISTRATOR, Role.BOARD, "anonymous"):
            assert wrong_answer(self.answer(500), page, who, "get") == "500"

    def test_a_page_open_to_the_wrong_role(self):
        page = self.address("accounts:user-list")
        assert wrong_answer(self.answer(200), page, Role.BOARD, "get") == "200 instead of 403"
        assert wrong_answer(self.answer(403), page, Role.BOARD, "get") == ""

    def test_a_page_open_without_login(self):
        page = self.address("accounts:user-list")
        assert wrong_answer(self.answer(200), page, "anonymous", "get") == "200 instead of the login page"
        assert wrong_answer(self.answer(302, "/compte/connexion/?next=/x/"), page, "anonymous", "get") == ""

    def test_a_page_closed_to_a_declared_role(self):
        page = self.address("accounts:user-list")
        assert wrong_answer(self.answer(403), page, Role.ADMINISTRATOR, "get") == "403 although declared"
        assert wrong_answer(self.answer(200), page, Role.ADMINISTRATOR, "get") == ""
