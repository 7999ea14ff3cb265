"""Everything that others wrote and the portal ships or installs is named, with its licence, in THIRD_PARTY.md."""

import re
import tomllib
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
NOTICES = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, str]:
    """First and last column of the table under this heading."""
    table = NOTICES.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {cells[0].strip("`"): cells[-1] for cells in lines[1:]}


def test_each_vendored_folder_is_named():
    vendored = {f"static/vendor/{path.name}/" for path in (ROOT / "static" / "vendor").iterdir() if path.is_dir()}
    named = {where for where in rows("Shipped in this repository") if where.startswith("static/vendor/")}
    assert named == vendored


def test_each_vendored_folder_keeps_the_text_of_its_licence():
    folders = [path for path in (ROOT / "static" / "vendor").iterdir() if path.is_dir()]
    assert [path.name for path in folders if not (path / "LICENSE").is_file()] == []


def test_each_runtime_dependency_is_named_with_its_licence():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, re.MULTILINE))
    named = rows("Installed with the portal")
    assert set(named) == pinned
    assert [package for package, licence in named.items() if not licence] == []


def test_the_project_declares_the_licence_whose_text_it_ships():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "EUPL-1.2"
    assert [name for name in project["license-files"] if not (ROOT / name).is_file()] == []
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
