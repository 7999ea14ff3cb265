"""Laying a PDF out takes a second: no function that does it opens a transaction around it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

FOLDERS = ("cpts_portal", "territories", "members", "missions", "contracts")
LAYOUTS = {"render_pdf", "pdf_of", "render_series", "contract_pdf"}


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    root = Path(settings.BASE_DIR)
    for path in sorted(each for folder in FOLDERS for each in (root / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(root)}:{node.name}", node


def lays_out(node: ast.AST) -> bool:
    calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
    return any(isinstance(func, ast.Name) and func.id in LAYOUTS for func in calls)


def test_requests_open_no_transaction_by_themselves():
    assert not settings.DATABASES["default"].get("ATOMIC_REQUESTS")


def test_no_function_lays_a_pdf_out_in_a_transaction_of_its_own():
    layouts = [(name, node) for name, node in functions() if lays_out(node)]
    assert len(layouts) > 5
    assert [name for name, node in layouts if "atomic" in ast.dump(node)] == []
