"""Comments are read through `read_by` only: an internal note never leaves its circle by another way."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("cpts_portal", "territories", "members", "missions", "contracts")
# Ways to comments that are explained: (file, what is written).
EXPLAINED: dict[tuple[str, str], str] = {
    ("contracts/admin/files.py", "admin"): "its get_queryset reads through read_by",
}
MANAGERS = {"objects", "_default_manager", "_base_manager", "history"}
REVERSE = {"comments", "answers"}  # from a review, from a comment
IN_A_TEMPLATE = re.compile(r"\b(?:review|comment)\.(?:comments|answers|history)\b")


def unread(tree: ast.AST) -> Iterator[str]:
    """Ways to comments that do not go through `read_by`."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield from _attribute(node, parents.get(node))
        elif isinstance(node, ast.keyword):
            yield from _lookup(node.arg or "")
        elif isinstance(node, ast.Call):
            yield from _call(node)


def _attribute(node: ast.Attribute, after: ast.AST | None) -> Iterator[str]:
    if isinstance(node.value, ast.Name) and node.value.id == "Comment" and node.attr in MANAGERS:
        if not (isinstance(after, ast.Attribute) and after.attr == "read_by"):
            yield f"Comment.{node.attr}"
    elif node.attr in REVERSE and _is_queried(after):
        yield f".{node.attr}"


def _lookup(name: str) -> Iterator[str]:
    if "__" in name and name.split("__", maxsplit=1)[0] in REVERSE:
        yield name


def _call(node: ast.Call) -> Iterator[str]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name in PREFETCHES:
        yield from (text for text in map(_text, node.args) if text.split("__")[0] in REVERSE)
    if name == "register":
        yield from ("admin" for each in node.args if isinstance(each, ast.Name) and each.id == "Comment")


PREFETCHES = {"prefetch_related", "Prefetch", "select_related", "Exists", "Count", "Max"}
QUERIED = {"all", "filter", "exclude", "get", "count", "exists", "first", "last", "order_by", "values", "values_list"}


def _is_queried(after: ast.AST | None) -> bool:
    """`review.comments.filter(…)`: a related manager; `news.comments` alone is a list already read."""
    return isinstance(after, ast.Attribute) and after.attr in QUERIED


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_comments_are_read_through_read_by_only():
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    found = {
        (str(path.relative_to(ROOT)), way)
        for path in files
        if "migrations" not in path.parts
        for way in unread(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set(EXPLAINED)


def test_no_template_reads_comments_by_itself():
    wrong = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.*")
        if IN_A_TEMPLATE.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "line",
    [
        "Comment.objects.filter(review=review)",
        "Comment.objects.all()",
        "Comment._default_manager.get(pk=1)",
        "Comment.history.filter(review_id=1)",
        "review.comments.all()",
        "comment.answers.exists()",
        "Review.objects.filter(comments__kind='question')",
        "Review.objects.prefetch_related('comments')",
        "Count('comments')",
        "admin.register(Comment)",
    ],
)
def test_the_scan_sees_other_ways(line: str):
    assert list(unread(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["Comment.objects.read_by(agencies).filter(review=review)", "news.comments", "Comment(text='x')"]
)
def test_the_scan_lets_the_right_way_through(line: str):
    assert list(unread(ast.parse(line))) == []


def test_the_scan_sees_templates():
    assert IN_A_TEMPLATE.search("{% for each in review.comments.all %}")
    assert not IN_A_TEMPLATE.search("{% for comment in panel.news.comments %}")
