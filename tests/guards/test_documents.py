"""What comments, docstrings and documents name exists: files, folders, headings, functions of a module."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.guards import named_paths
from tests.guards.named_paths import Document
from tests.guards.test_architecture import EVERYTHING, ROOT, tracked_files

READ = (".py", ".md", ".html", ".css", ".js")


def documents() -> list[Document]:
    kept_aside = (ROOT / "static" / "vendor", ROOT / "CHANGELOG.md")  # somebody else's; what was true on its day
    return [
        Document(path, ROOT)
        for path in tracked_files()
        if path.suffix in READ and not any(path.is_relative_to(aside) for aside in kept_aside)
    ]


DOCUMENTS = documents()


def test_each_file_named_exists():
    names = {path.name for path in tracked_files()}
    assert [line for document in DOCUMENTS for line in named_paths.missing_paths(document, names)] == []


def test_each_heading_named_exists():
    assert [line for document in DOCUMENTS for line in named_paths.missing_headings(document)] == []


def test_each_function_named_with_its_module_exists():
    known = named_paths.modules_of([(source.module, source.tree) for source in EVERYTHING])
    assert [line for document in DOCUMENTS for line in named_paths.missing_names(document, known)] == []


def test_each_command_named_exists():
    commands = set(get_commands())
    assert [line for document in DOCUMENTS for line in named_paths.missing_commands(document, commands)] == []


class TestTheRulesCanFail:
    """Each rule, on a small bad sample."""

    @pytest.fixture
    def written(self, tmp_path: Path) -> Callable[[str, str], Document]:
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "guide.md").write_text("# Guide\n\n## The first part\n", encoding="utf-8")

        def write(where: str, text: str) -> Document:
            path = tmp_path / where
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return Document(path, tmp_path)

        return write

    @pytest.mark.parametrize(
        ("where", "text"),
        [
            ("members/a.py", '"""Reasons: docs/reasons.md."""\n'),
            ("members/a.py", "x = 1  # see members/b.py\n"),
            ("members/a.py", 'def f():\n    """Told in `gone.py`."""\n'),
            ("templates/a.html", "{# Extends ui/gone.html. #}"),
            ("README.md", "[reasons](docs/reasons.md)"),
            ("README.md", "drawn in `templates/gone/`"),
        ],
    )
    def test_a_file(self, written, where, text):
        assert len(named_paths.missing_paths(written(where, text), set())) == 1

    @pytest.mark.parametrize(
        ("where", "text"),
        [
            ("members/a.py", '"""Rules: docs/guide.md, « The second part »."""\n'),
            ("README.md", "[part](docs/guide.md#the-second-part)"),
            ("README.md", "# Read me\n\nsee « Elsewhere »"),
        ],
    )
    def test_a_heading(self, written, where, text):
        assert len(named_paths.missing_headings(written(where, text))) == 1

    def test_a_function(self, written):
        known = named_paths.modules_of([("members.dues", ast.parse("def exempt(): ..."))])
        assert (
            len(named_paths.missing_names(written("a.py", "# see `dues.gone` and `members.dues.exempt`\n"), known)) == 1
        )

    def test_a_command(self, written):
        assert (
            len(named_paths.missing_commands(written("a.md", "`manage.py gone` and `manage.py check`"), {"check"})) == 1
        )

    def test_what_exists(self, written):
        document = written(
            "README.md", "[part](docs/guide.md#the-first-part), `docs/`, docs/guide.md, « The first part », `guide.md`"
        )
        assert named_paths.missing_paths(document, {"guide.md"}) == []
        assert named_paths.missing_headings(document) == []


def test_the_examples_of_tests_are_true():
    """Each example of docs/testing.md stands, word for word, in the file named above it."""
    text = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    examples = re.findall(r"`(tests/\S+\.py)`:\n\n```python\n(.*?)```", text, re.DOTALL)
    assert len(examples) == 2
    assert [name for name, code in examples if code not in (ROOT / name).read_text(encoding="utf-8")] == []


def test_each_decision_is_in_the_index_under_its_number():
    folder = ROOT / "docs" / "decisions"
    text = (folder / "README.md").read_text("utf-8")
    index = re.findall(r"^- \[(\d{4})\]\((\d{4}-[\w-]+\.md)\) (.+)$", text, re.MULTILINE)
    files = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    titles = [path.read_text("utf-8").partition("\n")[0] for path in files]
    assert [name for _, name, _ in index] == [path.name for path in files]
    assert [f"# {int(number)}. {title}" for number, _, title in index] == titles
    assert [int(number) for number, _, _ in index] == list(range(1, len(files) + 1))
