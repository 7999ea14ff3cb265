"""Bulk writes skip the history: on a tracked table they go through `core/history.py`.

`bulk_create`, `bulk_update`, `QuerySet.update` and `QuerySet.delete` are looked for in the source. A call on a model
whose name is written there, and which keeps no history, is fine; any other call has to say why in `ALLOWED`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("cpts_portal", "territories", "members", "missions", "contracts")
BULK = {"bulk_create", "bulk_update"}
QUERYSET_STEPS = {"filter", "exclude", "all", "objects", "directory", "by_link", "order_by", "_default_manager"}
HELPERS = "cpts_portal/core/history.py"

# (file, function): why this bulk write loses no history.
ALLOWED: dict[tuple[str, str], str] = {
    (
        "contracts/review/examining.py",
        "note_move",
    ): "for lists only: the move itself stands in the history and the journal",
    ("cpts_portal/core/bulk.py", "_insert_portable"): "the set-based writer of reference tables, which keep no history",
    ("cpts_portal/core/bulk.py", "_update_portable"): "the set-based writer of reference tables, which keep no history",
    ("cpts_portal/core/versions.py", "next_versions"): "the counter of concurrent edits is no part of the history",
    ("members/dues/received.py", "count_received"): "the sum of payments, whose own history tells it",
    ("members/directory/importer.py", "take"): "the state of an import, a log that keeps no history",
    (
        "members/privacy/privacy.py",
        "_erase_with_history",
    ): "anonymisation erases the history that would still tell who it was",
    ("members/privacy/privacy.py", "_anonymise"): "anonymisation erases the history that would still tell who it was",
    (
        "members/privacy/privacy.py",
        "_erase_belongings",
    ): "anonymisation erases the history that would still tell who it was",
    (
        "members/privacy/privacy.py",
        "_forget_deleted",
    ): "anonymisation erases the history that would still tell who it was",
    (
        "members/privacy/privacy.py",
        "_forget_history",
    ): "anonymisation erases the history that would still tell who it was",
}


def tracked_models() -> set[str]:
    return {model.__name__ for model in apps.get_models() if hasattr(model, "history")}


def untracked_models() -> set[str]:
    return {model.__name__ for model in apps.get_models()} - tracked_models()


def chain(node: ast.expr) -> list[str]:
    """The names of `Model.objects.filter(...).update`, from the outside in: [update, filter, objects, Model]."""
    names = []
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Name):
            return [*names, node.id]
        else:
            return names


def is_bulk_write(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    name, receiver = call.func.attr, chain(call.func.value)
    if name in BULK:
        return True
    looks_like_queryset = bool(QUERYSET_STEPS & set(receiver))
    if name == "update":  # a dict or a hash is updated with a positional argument, a queryset never is
        return not call.args and (looks_like_queryset or bool(call.keywords))
    return name == "delete" and looks_like_queryset


def bulk_writes(tree: ast.Module) -> Iterator[tuple[str, int, list[str]]]:
    """Each bulk write: the function it is in, its line, the names of its receiver."""

    def walk(node: ast.AST, function: str) -> Iterator[tuple[str, int, list[str]]]:
        for child in ast.iter_child_nodes(node):
            inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
            if isinstance(child, ast.Call) and is_bulk_write(child):
                yield function, child.lineno, chain(child.func)
            yield from walk(child, inner)

    yield from walk(tree, "")


def unexplained(path: str, text: str, untracked: set[str]) -> list[tuple[str, str, int]]:
    return [
        (path, function, line)
        for function, line, names in bulk_writes(ast.parse(text))
        if not (names and names[-1] in untracked) and path != HELPERS
    ]


def found_in_the_code() -> list[tuple[str, str, int]]:
    untracked = untracked_models()
    files = [
        path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
    ]
    return [hit for path in files for hit in unexplained(str(path.relative_to(ROOT)), path.read_text(), untracked)]


def test_bulk_writes_on_tracked_tables_go_through_the_history_helpers():
    assert [
        f"{path}:{line} in {function}()"
        for path, function, line in found_in_the_code()
        if (path, function) not in ALLOWED
    ] == []


def test_every_exception_is_still_needed():
    assert set(ALLOWED) - {(path, function) for path, function, _line in found_in_the_code()} == set()


@pytest.mark.parametrize(
    "line",
    [
        "Cpts.objects.filter(pk=1).update(name='x')",
        "Cpts.directory.bulk_create(rows)",
        "links.update(end=day)",
        "rows.filter(end=None).delete()",
        "self.cpts.territory.all().delete()",
        "model.objects.bulk_update(rows, ['name'])",
    ],
)
def test_the_scan_sees(line: str):
    assert unexplained("x.py", line, {"Population"}) == [("x.py", "", 1)]


@pytest.mark.parametrize(
    "line", ["Population.objects.bulk_create(rows)", "known.update(more)", "digest.update(b'x')", "instance.delete()"]
)
def test_the_scan_lets_pass(line: str):
    assert unexplained("x.py", line, {"Population"}) == []
