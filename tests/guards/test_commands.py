"""Each management command of ours is called by a test."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("cpts_portal", "territories", "members", "missions", "contracts")


def commands() -> set[str]:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("management/commands/*.py")]
    return {path.stem for path in files if not path.stem.startswith("_")}


def called_in_tests() -> set[str]:
    texts = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in texts for name in re.findall(r"call_command\(\s*\"(\w+)\"", text)}


def test_every_command_is_called_by_a_test():
    assert len(commands()) > 10
    assert commands() - called_in_tests() == set()
