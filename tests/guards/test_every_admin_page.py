"""Every page of the admin: its rights are asked for each role, it is drawn for one who may and one who may not.

The Django admin has two addresses of the portal out of three, all made by the same few views of `PortalAdmin`: what
differs from one model to the other is what its ModelAdmin answers (asked here for each role, inside a request) and what
it shows (drawn here once). `make nightly` draws every page for every role.
"""

from collections.abc import Iterable
from zlib import crc32

import pytest
from django.contrib import admin
from django.http import HttpRequest

from cpts_portal.accounts.permissions import roles_for
from cpts_portal.accounts.roles import NATIONAL_ROLES, Role
from cpts_portal.core.scoping import everything
from tests.guards.url_answers import ANONYMOUS, CLOSED_IN_ADMIN, MAY_BE_ABSENT, STRICTER_ADMIN, WHO, none_of
from tests.guards.url_samples import ADMIN_SAMPLES
from tests.guards.url_walk import Address, declared_in_admin, every_address, lets_in
from tests.guards.url_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("refusals_unlogged", "drawn_plainly")]
APPS = sorted({address.app for address in every_address() if address.is_admin})
each_app = pytest.mark.parametrize("app", APPS)
RIGHTS = ("view", "add", "change", "delete", "export", "import")


def pages_of(world: World, app: str) -> list[Address]:
    return [address for address in world.walkable() if address.is_admin and address.app == app]


def rights(request: HttpRequest) -> dict[tuple[str, str], bool]:
    """What each ModelAdmin answers to this person, as its pages ask it."""
    return {
        (model._meta.label_lower, right): getattr(model_admin, f"has_{right}_permission")(request)
        for model, model_admin in admin.site._registry.items()
        for right in RIGHTS
        if hasattr(model_admin, f"has_{right}_permission")
    }


def wrong_right(label: str, right: str, role: Role, *, granted: bool) -> str:
    """Nobody may more than the table says; less, where the reason is written beside the ModelAdmin."""
    declared = role in declared_in_admin(label, "view" if right == "export" else right)
    if granted == declared:
        return ""
    if granted:
        return f"{role} may {right} {label}, which the table does not say"
    page = f"admin:{label.replace('.', '_')}_{right}"
    closed = right == "change" or (label, right) in STRICTER_ADMIN or page in CLOSED_IN_ADMIN
    return "" if closed else f"{role} may not {right} {label}, although the table says so"


@pytest.mark.parametrize("role", Role)
def test_the_admin_grants_what_the_permission_table_says(world: World, role: Role):
    answers = world.inside(role, rights)
    assert len(answers) >= 4 * len(admin.site._registry)
    none_of([*filter(None, (wrong_right(*asked, role, granted=granted) for asked, granted in answers.items()))])


def test_a_right_that_the_table_does_not_say_is_seen():
    assert wrong_right("accounts.user", "add", Role.BOARD, granted=True) == (
        "board may add accounts.user, which the table does not say"
    )
    assert wrong_right("accounts.user", "view", Role.ADMINISTRATOR, granted=False) == (
        "administrator may not view accounts.user, although the table says so"
    )
    assert wrong_right("accounts.user", "add", Role.BOARD, granted=False) == ""


@pytest.mark.parametrize("role", sorted(set(Role) - NATIONAL_ROLES))
def test_the_admin_reaches_no_object_of_another_cpts(world: World, role: Role):
    """Its pages of change, history and removal all look for the object with `get_object`."""
    with everything("samples"):
        pks = {
            model: (sample(world.ours).pk, sample(world.other).pk)
            for model in admin.site._registry
            for sample in [ADMIN_SAMPLES[model._meta.label_lower]]
        }

    def reached(request: HttpRequest) -> dict[str, tuple[bool, bool]]:
        return {
            model._meta.label: tuple(model_admin.get_object(request, str(pk)) is not None for pk in pks[model])
            for model, model_admin in admin.site._registry.items()
            if pks[model][0] != pks[model][1] and model_admin.has_view_permission(request)
        }

    answers = world.inside(role, reached)
    assert [label for label, (_own, others) in answers.items() if others] == []
    assert len([label for label, (own, _others) in answers.items() if own]) > 20


def one_of(people: Iterable, name: str) -> list:
    """One of them, not the same for each page: all of them come in the end."""
    ordered = list(people)
    return [ordered[crc32(name.encode()) % len(ordered)]] if ordered else []


@each_app
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_of_the_admin_is_drawn_for_one_who_may(world: World, app: str, method: str):
    problems = []
    for page in pages_of(world, app):
        label = (page.admin_model_and_action or ("", ""))[0]
        writers = [role for role in Role if role in roles_for(label, "change") and lets_in(page.allowed, role)]
        readers = [role for role in Role if lets_in(page.allowed, role)]
        for who in one_of((method == "post" and writers) or readers, page.name):
            problems += world.problem(who, method, page)
    none_of(problems)


@each_app
def test_a_page_of_the_admin_is_refused_to_one_who_may_not(world: World, app: str):
    problems = []
    for page in pages_of(world, app):
        others = [who for who in WHO if who == ANONYMOUS or who not in Role.values or not lets_in(page.allowed, who)]
        method = "post" if crc32(page.pattern.encode() + page.name.encode()) & 16 else "get"
        for who in {ANONYMOUS, *one_of([who for who in others if who != ANONYMOUS], page.name)}:
            problems += world.problem(who, method, page)
    none_of(problems)


@each_app
def test_a_page_of_the_admin_about_another_cpts_does_not_exist(world: World, app: str):
    problems = []
    for page in filter(world.is_scoped, pages_of(world, app)):
        roles = [role for role in Role if role not in NATIONAL_ROLES and lets_in(page.allowed, role)]
        for role in one_of(roles, page.name) if page.name not in MAY_BE_ABSENT else []:
            problems += world.problem_elsewhere(role, "get", page)
    none_of(problems)


@pytest.mark.nightly
@each_app
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", WHO)
def test_every_page_of_the_admin_with_every_role(world: World, app: str, method: str, who: str):
    none_of([problem for page in pages_of(world, app) for problem in world.problem(who, method, page)])


@pytest.mark.nightly
@each_app
def test_every_page_of_the_admin_about_another_cpts_does_not_exist(world: World, app: str):
    problems = []
    for page in filter(world.is_scoped, pages_of(world, app)):
        for role in set(Role) - NATIONAL_ROLES:
            if lets_in(page.allowed, role) and page.name not in MAY_BE_ABSENT:
                problems += world.problem_elsewhere(role, "get", page) + world.problem_elsewhere(role, "post", page)
    none_of(problems)


@pytest.mark.nightly
def test_verbs_nobody_uses_break_no_page_of_the_admin(world: World):
    pages = [page for page in world.walkable() if page.is_admin]
    answers = {page.name: world.ask(Role.ADMINISTRATOR, "delete", page, world.ours).status_code for page in pages}
    none_of([f"DELETE {name}: {status}" for name, status in answers.items() if status >= 500])
