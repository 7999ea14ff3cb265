"""The known ways around a ScopedManager, each looked for in the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from cpts_portal.core.scoping import ScopedManager
from territories.models import Cpts

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("cpts_portal", "territories", "members", "missions", "contracts")
FORBIDDEN = {
    "raw": "SQL written by hand sees every CPTS",
    "_base_manager": "the base manager is not scoped",
    "extra": "SQL pieces written by hand are not scoped",
}
# The exceptions, each with its reason.
EXPLAINED_HOLES = {
    ("cpts_portal/core/bulk.py", "_base_manager"): "writes set-based rows whose keys the caller has read in scope",
    ("territories/commune_import/undoing.py", "_base_manager"): "asks whether a commune is used anywhere at all",
}
# Modules that read every CPTS with the unscoped managers (`directory`, `by_link`), and which public fact or which
# rule needs it.
UNSCOPED_READERS: dict[str, str] = {
    "cpts_portal/accounts/actor.py": "which CPTS an agency follows is what builds the scope",
    "cpts_portal/accounts/invitations.py": "the person invited has no access yet, only a secret link",
    "cpts_portal/home/management/commands/prepare.py": "a command, before any request",
    "cpts_portal/home/search.py": "names of CPTS and their agencies are public",
    "cpts_portal/pages/portal.py": "« cette CPTS est rattachée à… »: names and agencies are public",
    "members/joining/applications.py": "a visitor has no scope, only the secret link of the form",
    "members/figures/comparison.py": "which commune belongs to which CPTS is public; joined to scoped rows of CPTS",
    "members/directory/imports/movements.py": "an import counts arrivals and departures for every CPTS",
    "members/directory/imports/perimeter.py": "an import keeps the communes that belong to some CPTS",
    "members/directory/imports/practitioners.py": "which commune belongs to which CPTS is public",
    "territories/commune_import/carry.py": "an import carries every territory over",
    "territories/commune_import/effects.py": "an import says which CPTS it changed",
    "territories/commune_import/undoing.py": "an import is undone for every CPTS",
    "territories/commune_import/writing.py": "an import carries every territory over",
    "territories/cpts/composing.py": "the communes offered may belong to other CPTS: their names are public",
    "territories/map/coverage.py": "which commune belongs to which CPTS is public",
    "territories/perimeter/changing.py": "a commune held whole by another CPTS is refused",
    "territories/perimeter/conflicts.py": "the message of a conflict names the other CPTS",
    "territories/perimeter/reading.py": "which commune belongs to which CPTS is public",
    "territories/perimeter/simulation.py": "conflicts with other CPTS are shown before saving",
    "territories/map/places.py": "which commune belongs to which CPTS is public",
    "territories/map/portfolio.py": "joined to rows of CPTS that are scoped themselves",
    "missions/meetings/room.py": "who confirms her presence has no account, only the signed link of her mail",
    "missions/meetings/views/invited.py": "who answers an invitation has no account, only its secret link",
    "missions/meetings/views/room.py": "who scans the code of a room has no account, only that code",
}
# Reasons to see everything are given by commands and jobs only.
EVERYTHING_EXPLAINED = {"cpts_portal/home/demo_loading.py": "fictitious data, loaded by a command"}
EVERYTHING_ALLOWED = re.compile(r"/management/commands/|(^|/)tasks\.py$")
# Lookups that go from a table of everybody into the table of a CPTS: (file, lookup) and why it shows nothing private.
EXPLAINED_JOINS: dict[tuple[str, str], str] = {}
# Tables with a path to a CPTS that are not scoped.
UNSCOPED_TABLES = {"accounts.Access": "what gives the scope cannot be read through it; administrators only"}


def python_files() -> list[Path]:
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def attributes(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr, node.lineno


def calls(tree: ast.AST, name: str) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called == name:
                yield node.lineno


def holes(tree: ast.AST) -> list[tuple[str, int]]:
    """Ways around the scope that nothing in the portal needs."""
    found = [(name, line) for name in ("raw", "extra") for line in calls(tree, name)]
    return found + [(name, line) for name, line in attributes(tree) if name == "_base_manager"]


def entrances() -> set[str]:
    """Reverse names that lead from an unscoped table into a scoped one: cpts_links, cpts_as_ars, seats…"""
    scoped = [m for m in apps.get_models() if isinstance(m._default_manager, ScopedManager)]
    names = set()
    for model in scoped:
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            target = field.related_model
            if target and not isinstance(target._default_manager, ScopedManager):
                reverse = field.remote_field.related_query_name or field.remote_field.get_accessor_name()
                if reverse and not field.remote_field.hidden:
                    names.add(reverse)
    # « cpts » is also the ordinary way from a table of a CPTS to its own: it cannot be told apart here.
    return names - {"cpts"}


def joins_into_scoped_tables(tree: ast.AST, names: set[str]) -> set[str]:
    """Lookups such as `cpts_links__cpts` used as keyword arguments or as text."""
    pattern = re.compile(rf"^-?(?:\w+__)?({'|'.join(sorted(names))})(__\w+)?$")
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg and "__" in node.arg and pattern.match(node.arg):
            found.add(node.arg)
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if "__" in text and pattern.match(text):
            found.add(text)
    return found


def test_nothing_goes_around_the_managers():
    found = {(name_of(path), name) for path in python_files() for name, _line in holes(ast.parse(path.read_text()))}
    assert found == set(EXPLAINED_HOLES), FORBIDDEN


def test_unscoped_managers_are_read_only_where_it_is_explained():
    users = {
        name_of(path)
        for path in python_files()
        if any(name in ("directory", "by_link") for name, _line in attributes(ast.parse(path.read_text())))
    }
    assert users == set(UNSCOPED_READERS)


def test_only_commands_and_jobs_see_everything():
    users = {name_of(path) for path in python_files() if list(calls(ast.parse(path.read_text()), "everything"))}
    assert {path for path in users if not EVERYTHING_ALLOWED.search(path)} == set(EVERYTHING_EXPLAINED)


def test_joins_from_shared_tables_into_those_of_a_cpts_are_explained():
    names = entrances()
    assert {"cpts_links", "cpts_as_ars", "cpts_as_lead_fund"} <= names
    found = {
        (name_of(path), lookup)
        for path in python_files()
        for lookup in joins_into_scoped_tables(ast.parse(path.read_text()), names)
    }
    assert found == set(EXPLAINED_JOINS)


def paths_to_cpts(model: type[models.Model]) -> list[str]:
    """Names of the foreign keys of a model that reach a CPTS, directly or through a scoped table."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.related_model
        and (field.related_model is Cpts or isinstance(field.related_model._default_manager, ScopedManager))
        and field.name not in ("history_relation",)
    ]


def test_every_table_with_a_path_to_a_cpts_is_scoped_by_it():
    ours = [model for model in apps.get_models() if model._meta.app_config.name.split(".")[0] in FOLDERS]
    ours = [model for model in ours if not hasattr(model, "history_object") and not hasattr(model, "m2m_history_id")]
    leading = [model for model in ours if paths_to_cpts(model)]
    unscoped = {model._meta.label for model in leading if not isinstance(model._default_manager, ScopedManager)}
    assert unscoped == set(UNSCOPED_TABLES)
    for model in leading:
        if model._meta.label not in UNSCOPED_TABLES:
            assert model.scope_path.removesuffix("_id").split("__")[0] in {*paths_to_cpts(model), "pk"}, model


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("Cpts.objects.raw('select')", [("raw", 1)]),
        ("Cpts.objects.extra(where=['1=1'])", [("extra", 1)]),
        ("Cpts._base_manager.all()", [("_base_manager", 1)]),
        ("Cpts.objects.all()", []),
    ],
)
def test_the_scan_sees_the_holes(line: str, seen: list):
    assert holes(ast.parse(line)) == seen


def test_the_scan_sees_the_joins():
    names = {"cpts_links", "cpts_as_ars"}
    for line in ("Commune.objects.filter(cpts_links__cpts=1)", "Count('cpts_as_ars__name')", "f(x__cpts_links__end=1)"):
        assert joins_into_scoped_tables(ast.parse(line), names), line
    assert joins_into_scoped_tables(ast.parse("Cpts.objects.filter(ars__name='x')"), names) == set()
