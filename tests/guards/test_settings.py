"""Production refuses to start half-configured, and `.env.example` says everything the settings read."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "a-text-made-up-for-this-test-long-enough-to-please-the-deployment-checks",
    "IBAN_KEY": "another-text-made-up-for-this-test",
    "ALLOWED_HOSTS": "portail.example.fr",
    "DATABASE_URL": "sqlite://:memory:",
    "EMAIL_URL": "smtp://localhost:25",
}


def start(code: str = "print('started')", **variables: str) -> subprocess.CompletedProcess:
    """Import the settings in a new process. An empty value also hides what a local `.env` may hold."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DATA_DIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"import cpts_portal.settings as s; {code}"],
        cwd=ROOT,
        env={**kept, **PRODUCTION, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_complete_production_environment_starts():
    assert start().stdout == "started\n"


@pytest.mark.parametrize("name", ["SECRET_KEY", "IBAN_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_a_missing_variable_stops_the_start_and_names_itself(name):
    refused = start(**{name: ""})
    assert refused.returncode != 0
    assert refused.stdout == ""
    last_line = refused.stderr.strip().splitlines()[-1]
    assert last_line.startswith(
        f"django.core.exceptions.ImproperlyConfigured: The environment variable {name} is not set. "
        f"Set it, for example {name}="
    )


def test_an_unknown_task_runner_stops_the_start_with_the_choices():
    refused = start(TASKS_RUNNER="celery")
    assert refused.stderr.strip().splitlines()[-1].endswith("set it to one of thread, immediate, database.")


def test_debug_is_off_unless_asked_for():
    without = {name: value for name, value in PRODUCTION.items() if name != "DEBUG"}
    kept = {name: os.environ[name] for name in ("PATH", "DATA_DIR") if name in os.environ}
    code = "import environ; environ.Env.read_env = lambda *a: None; import cpts_portal.settings as s; print(s.DEBUG)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**kept, **without}, capture_output=True, text=True, check=True
    )
    assert answer.stdout == "False\n"


def test_development_needs_no_variable():
    nothing = dict.fromkeys(PRODUCTION, "")
    asked = "print(s.DATABASES['default']['ENGINE'], s.SITE_URL)"
    assert start(asked, **{**nothing, "DEBUG": "true", "EMAIL_URL": "consolemail://"}).stdout == (
        "django.db.backends.sqlite3 http://localhost:8000\n"
    )


def test_production_cookies_and_static_files_are_the_strict_ones():
    asked = (
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SITE_URL, "
        "s.STORAGES['staticfiles']['BACKEND'].rsplit('.')[-1])"
    )
    assert start(asked).stdout == ("True True True https://portail.example.fr CompressedManifestStaticFilesStorage\n")


def variables_read(source: str) -> set[str]:
    """Names given to `env.something("NAME")` and `required("NAME")`."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        called = node.func
        reads_env = (
            isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "env"
        )
        requires = isinstance(called, ast.Name) and called.id == "required"
        if reads_env or requires:
            names.add(node.args[0].value)
    return names


def variables_described(text: str) -> set[str]:
    return set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", text, re.MULTILINE))


def test_env_example_describes_exactly_what_the_settings_read():
    read = variables_read((ROOT / "cpts_portal" / "settings.py").read_text(encoding="utf-8"))
    assert {"SECRET_KEY", "TASKS_RUNNER", "DEBUG"} <= read
    assert variables_described((ROOT / ".env.example").read_text(encoding="utf-8")) == read


def test_only_the_settings_read_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for folder in ("cpts_portal", "territories", "members", "missions", "contracts")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(
            r"os\.(environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE)|getenv)", path.read_text(encoding="utf-8")
        )
    ]
    assert readers == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_with_hashes_and_hold_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.findall(
        r"^[a-z0-9][\w.\-]*(?:\[[\w,\-]+\])?==\S+.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)*", text, re.MULTILINE
    )
    assert len(pins) > 20
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert re.findall(r"\w+://|^-|--(?:extra-)?index|--find-links", text, re.MULTILINE) == []


@pytest.mark.parametrize(("lock", "group"), [("requirements.lock", None), ("requirements-dev.lock", "dev")])
def test_locks_pin_every_declared_dependency(lock, group):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = re.search(r"^dependencies = \[(.*?)^\]", text, re.DOTALL | re.MULTILINE)[1]
    if group:
        section += re.search(rf"^{group} = \[(.*?)^\]", text, re.DOTALL | re.MULTILINE)[1]
    declared = set(re.findall(r'^\s+"([a-zA-Z0-9\-]+)', section, re.MULTILINE))
    pinned = set(
        re.findall(r"^([a-z0-9][\w.\-]*)(?:\[[\w,\-]+\])?==", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert {name.lower() for name in declared} - pinned == set()


def test_every_dependency_says_why_it_is_here():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = re.findall(
        r'^  "[a-z][^"]*",.*$', re.search(r"^dependencies = .*?^\]", text, re.DOTALL | re.MULTILINE)[0], re.M
    )
    assert len(lines) > 10
    assert [line for line in lines if "# " not in line] == []


def deployment_check(**variables: str) -> subprocess.CompletedProcess:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DATA_DIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**kept, **PRODUCTION, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_is_clean_in_production():
    # Silenced: HSTS on subdomains and preload, which bind other sites of the same domain (.env.example).
    assert deployment_check().stdout == "System check identified no issues (2 silenced).\n"


def test_the_deployment_check_says_when_e_mails_leave_for_nowhere():
    refused = deployment_check(EMAIL_URL="consolemail://")
    assert refused.returncode == 1
    assert "portal.W001" in refused.stderr
