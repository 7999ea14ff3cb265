"""Each English word of docs/glossary.md is one of the code."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from django.conf import settings

from tests.guards.test_architecture import APPLICATION

GLOSSARY = (Path(settings.BASE_DIR) / "docs" / "glossary.md").read_text(encoding="utf-8")
Defined = ast.ClassDef | ast.FunctionDef


def entries() -> list[list[str]]:
    """The four cells of each row: French, words of the code, meaning, text."""
    rows = [line.strip("| ").split(" | ") for line in GLOSSARY.splitlines() if line.startswith("| ")]
    return [cells for cells in rows if cells[0] != "French"]


def names(body: list[ast.stmt]) -> set[str]:
    """What these statements define: classes, functions, constants, fields, values."""
    assigned = {t.id for node in body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)}
    typed = {node.target.id for node in body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    return assigned | typed | {node.name for node in body if isinstance(node, Defined)}


def vocabulary() -> tuple[set[str], dict[str, set[str]]]:
    """Every word the application defines; the parts of each class."""
    words: set[str] = set()
    parts: dict[str, set[str]] = defaultdict(set)
    for source in APPLICATION:
        words |= names(source.tree.body)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef):
                words |= {node.name} | names(node.body)
                parts[node.name] |= names(node.body)
    return words, parts


def test_each_word_of_the_code_exists():
    words, parts = vocabulary()
    missing = []
    for cells in entries():
        for word in re.findall(r"`([^`]+)`", cells[1]):
            owner, _, part = word.partition(".")
            if (part not in parts[owner]) if part else (word not in words):
                missing.append(f"{cells[0]}: {word}")
    assert missing == []


def test_each_entry_is_whole():
    assert [cells[0] for cells in entries() if len(cells) != 4 or "`" not in cells[1] or not all(cells)] == []


def test_the_glossary_holds_the_field():
    french = [cells[0] for cells in entries()]
    assert len(french) >= 60
    assert sorted(set(french)) == sorted(french)
