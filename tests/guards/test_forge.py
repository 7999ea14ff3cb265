"""What a forge and a commit run is what anybody runs here: the script of CI, the tools of the environment."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")


def test_the_forge_runs_the_script_of_ci():
    assert "- .ci/run\n" in (ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8")


def test_hooks_come_from_this_repository_only():
    assert set(re.findall(r"^\s*- repo: (\S+)", HOOKS, re.MULTILINE)) == {"local"}


def test_hooks_run_in_the_environment_of_the_project():
    entries = re.findall(r"^\s*entry: (.+)", HOOKS, re.MULTILINE)
    assert [entry for entry in entries if not entry.startswith(".venv/bin/")] == []
    assert [name for name in re.findall(r"tests/\S+\.py", HOOKS) if not (ROOT / name).is_file()] == []
