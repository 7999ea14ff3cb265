"""Every address with every role: whoever is not declared is refused, nothing breaks, another CPTS does not exist.

One test for each app and each person. The pages of the admin are held by `test_every_admin_page.py`.
"""

import pytest
from django.http import HttpResponse

from cpts_portal.accounts.roles import NATIONAL_ROLES, Role
from tests.guards.url_answers import MAY_BE_ABSENT, WHO, none_of, wrong_answer
from tests.guards.url_samples import NoSample
from tests.guards.url_walk import Address, every_address, lets_in
from tests.guards.url_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("refusals_unlogged", "drawn_plainly")]
APPS = sorted({address.app for address in every_address() if not address.is_admin})
each_app = pytest.mark.parametrize("app", APPS)
each_person = pytest.mark.parametrize("who", WHO)


def pages_of(world: World, app: str) -> list[Address]:
    return [address for address in world.walkable() if not address.is_admin and address.app == app]


def test_every_url_says_who_may_come():
    undeclared = [
        f"{a.name or a.pattern} → {a.view}" for a in every_address() if a.allowed is None or a.declares_nobody
    ]
    none_of(undeclared)


def test_every_url_has_a_sample(world: World):
    missing = []
    for address in every_address():
        try:
            world.url(address, world.ours)
        except NoSample as error:
            missing.append(str(error))
    none_of(missing)


@each_app
@each_person
def test_reading_every_page_with_every_role(world: World, app: str, who: str):
    none_of([problem for page in pages_of(world, app) for problem in world.problem(who, "get", page)])


@each_app
@each_person
def test_posting_nothing_to_every_page_with_every_role(world: World, app: str, who: str):
    none_of([problem for page in pages_of(world, app) for problem in world.problem(who, "post", page)])


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_verbs_nobody_uses_are_refused(world: World, method: str):
    """By our own pages; those of libraries and of the admin answer to Django's verbs."""
    problems = []
    for page in world.walkable():
        if page.is_admin:
            continue
        status = world.ask(Role.ADMINISTRATOR, method, page, world.ours).status_code
        if status >= 500 or (page.is_ours and status not in (403, 405)):
            problems.append(f"{method.upper()} {page.name}: {status}")
    none_of(problems)


@each_app
def test_what_belongs_to_another_cpts_does_not_exist(world: World, app: str):
    problems = []
    for page in filter(world.is_scoped, pages_of(world, app)):
        for role in set(world.people) - NATIONAL_ROLES:
            if lets_in(page.allowed, role) and page.name not in MAY_BE_ABSENT:
                problems += world.problem_elsewhere(role, "get", page) + world.problem_elsewhere(role, "post", page)
    none_of(problems)


def test_many_pages_belong_to_one_cpts(world: World):
    assert len([page for page in world.walkable() if world.is_scoped(page) and not page.is_admin]) > 150


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
