"""A module that writes payments counts what their dues received (`members/dues/received.py`).

The sums themselves are checked after every test (`tests/conftest.py`); this one sees a module that no test runs.
"""

import ast
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("cpts_portal", "territories", "members", "missions", "contracts")
WRITERS = {
    *("insert", "update", "insert_tracked", "update_tracked", "delete_tracked"),
    *("create_many", "update_many", "delete_many", "create", "get_or_create", "bulk_create", "bulk_update"),
}
ALLOWED = {"members/register_import/writing.py": "writes any table; what plans the payments counts them"}


def writes_payments(node: ast.AST) -> bool:
    """`Payment(...)`, `update_many(Payment, ...)`, `Payment.objects.create(...)`, a table named in a journal."""
    if isinstance(node, ast.Constant):
        return node.value == "Payment"
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id == "Payment":
        return True
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    written = [*node.args[:1], node.func]
    return name in WRITERS and any("Payment" in ast.unparse(each).split(".") for each in written)


def counts(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("count_received")


def forgets(text: str) -> bool:
    nodes = list(ast.walk(ast.parse(text)))
    return any(map(writes_payments, nodes)) and not any(map(counts, nodes))


def found_in_the_code() -> set[str]:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
    exported = {ROOT / "members/models/__init__.py"}  # names the table, to export it
    return {str(path.relative_to(ROOT)) for path in files if path not in exported and forgets(path.read_text())}


def test_every_module_that_writes_payments_counts_what_was_received():
    assert found_in_the_code() == set(ALLOWED)


@pytest.mark.parametrize(
    "line",
    [
        "Payment(due=due, amount=5)",
        "update_many(Payment, rows, ['due'], by=by)",
        "self.writer.insert(Payment, rows)",
        "Payment.objects.create(due=due)",
        "delete_tracked(model, journal.created['Payment'], by=by)",
    ],
)
def test_the_scan_sees(line: str):
    assert forgets(line)
    assert not forgets(f"{line}\nreceived.count_received([1])")


@pytest.mark.parametrize("line", ["Payment.objects.filter(pk=1)", "Due.objects.create(campaign=campaign)"])
def test_the_scan_lets_pass(line: str):
    assert not forgets(line)
