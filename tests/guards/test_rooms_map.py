"""docs/rooms.md is what `make rooms` writes, and each room says what it does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import rooms_map
from tests.guards.code_rules import Source
from tests.guards.test_architecture import APPLICATION


def test_the_page_is_what_the_command_writes():
    assert rooms_map.PAGE.read_text(encoding="utf-8") == rooms_map.page(APPLICATION), "run `make rooms`"


def test_each_room_says_what_it_does():
    assert [key for key, room in rooms_map.rooms(APPLICATION).items() if not room.purpose.endswith(".")] == []


class TestTheMap:
    @pytest.fixture
    def source(self, tmp_path: Path) -> Callable[[str, str], Source]:
        def write(where: str, text: str) -> Source:
            path = tmp_path / where
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return Source(path, tmp_path)

        return write

    @pytest.fixture
    def sources(self, source: Callable[[str, str], Source]) -> list[Source]:
        """Three rooms in a chain, the last one importing both; a table and a module in no room."""
        return [
            source("members/models/dues.py", ""),
            source("members/tasks.py", "from members.dues import dues\n"),
            source("members/shared/__init__.py", '"""What others stand on. More words."""\n'),
            source("members/dues/__init__.py", '"""What a member owes\neach year."""\n'),
            source("members/dues/dues.py", "from members.models import dues\nfrom members import shared\n"),
            source("members/letters/__init__.py", ""),
            source(
                "members/letters/views.py",
                "import members.shared\n\ndef f():\n    from members.dues import dues\n",
            ),
        ]

    def test_rooms_and_their_imports(self, sources):
        found = rooms_map.rooms(sources)
        assert {key: (room.purpose, room.imports) for key, room in found.items()} == {
            "members/shared": ("What others stand on.", set()),
            "members/dues": ("What a member owes each year.", {"members/shared"}),
            "members/letters": ("", {"members/shared", "members/dues"}),
        }

    def test_lower_rooms_first_and_implied_arrows_left_out(self, sources):
        text = rooms_map.page(sources)
        assert "  shared\n  dues\n  letters\n  dues --> shared\n  letters --> dues\n```" in text
        assert "| `members/letters/` |  | shared, dues | – |" in text

    def test_rooms_that_import_each_other_keep_their_arrows(self):
        edges = {"a": {"b"}, "b": {"a"}}
        assert rooms_map.lower_first(edges) == ["a", "b"]
        assert [rooms_map.needed(key, edges) for key in edges] == [{"b"}, {"a"}]
