"""The house rules, checked on every file (the rules: docs/architecture.md; the reading: code_rules.py)."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin

from cpts_portal.core.scoping import ScopedManager
from tests.guards import code_rules
from tests.guards.code_rules import Source

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("cpts_portal", "territories", "members", "missions", "contracts")
TOP_LEVEL = {
    *FOLDERS,
    *("manage.py", "templates", "static", "tests", "docs", ".ci", "pyproject.toml", "README.md", "Makefile"),
    *("requirements.lock", "requirements-dev.lock", ".env.example", ".gitignore"),
    *(
        "LICENSE",
        "THIRD_PARTY.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
        ".gitlab-ci.yml",
        ".pre-commit-config.yaml",
    ),
}
LABELS = {
    "cpts_portal.core": "core",
    "territories": "territories",
    "cpts_portal.accounts": "accounts",
    "members": "members",
    "missions": "missions",
    "contracts": "contracts",
    "cpts_portal.home": "home",
}
MAX_FILE, MAX_FUNCTION, NEVER = 350, 30, 50

# Imports against the order, each with its reason. This list may only shrink.
EXPLAINED_IMPORTS = {
    (
        "cpts_portal.accounts.models.users",
        "cpts_portal.accounts.permissions",
    ): "the user model answers Django's questions",
    ("cpts_portal.accounts.models.users", "cpts_portal.accounts.backends"): "the user model answers Django's questions",
    ("cpts_portal.core.authors", "cpts_portal.accounts.models"): "the type of who acts, for mypy only: never imported",
}
# Functions over 30 lines. This list may only shrink; over 50 lines nothing is accepted.
LONG_FUNCTIONS: set[str] = set()
# Tables with a column to a CPTS that are not scoped, each with its reason.
UNSCOPED = {
    "accounts.Access": "what gives the scope cannot be read through it; administrators only",
}
UNTRACKED = {
    "accounts.Invitation": "its own record: when it was sent, accepted, by whom, or cancelled",
    "members.SavedFilter": "a preference of one user, about nobody",
    "members.PersonalDataExport": "a log: written once, never changed",
    "members.RegisterImport": "its own record: what was decided, applied, undone, by whom and when",
    "members.ColumnMapping": "a preference: what a header meant the last time",
    "members.LetterBatch": "its own record: asked for by whom and when, what it gave",
    "members.DirectoryMovement": "computed by an import, never changed",
    "members.DirectoryMove": "computed by an import, never changed",
    "contracts.Submission": "a copy of what was submitted: written once, never changed",
    "contracts.JournalEntry": "its own record, chained by digests: written once, never changed",
    "contracts.Closing": "its own record: who closed, who reopened, when and why",
    "contracts.Visit": "a preference: what somebody has read",
    "missions.AttendanceCorrection": "its own record: asked by whom and why, decided by whom and when",
}


def sources(*folders: str) -> list[Source]:
    return [
        Source(path, ROOT)
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


APPLICATION = sources(*FOLDERS)
EVERYTHING = [*APPLICATION, *sources("tests")]


def tracked_files() -> list[Path]:
    """Files of the repository (or, in a plain copy without git, the files of the known folders)."""
    if shutil.which("git") and (ROOT / ".git").exists():
        answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        return [ROOT / name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [path for name in TOP_LEVEL for path in [ROOT / name, *(ROOT / name).rglob("*")] if path.is_file()]


def broken(rule: Callable[[Source], list[str]], files: list[Source]) -> list[str]:
    return [sentence for source in files for sentence in rule(source)]


def test_imports_go_downwards_only():
    assert broken(lambda source: code_rules.upward_imports(source, EXPLAINED_IMPORTS), APPLICATION) == []


def test_the_explained_imports_still_exist():
    existing = {(source.module, each.target) for source in APPLICATION for each in source.imports()}
    assert set(EXPLAINED_IMPORTS) - existing == set()


def test_no_relative_import():
    assert broken(code_rules.relative_imports, EVERYTHING) == []


def test_imports_inside_functions_say_why():
    assert broken(code_rules.hidden_imports, APPLICATION) == []


def test_no_import_cycle():
    assert code_rules.cycles(APPLICATION) == []


def test_the_application_never_imports_its_tests_nor_its_settings():
    wrong = [
        f"{source.where}:{each.line}"
        for source in APPLICATION
        for each in source.imports()
        if each.target.split(".")[0] == "tests" or each.target == "cpts_portal.settings"
    ]
    assert wrong == []


def test_files_stay_readable():
    templates = [path for suffix in ("html", "txt") for path in (ROOT / "templates").rglob(f"*.{suffix}")]
    scripts = list((ROOT / "static" / "js").rglob("*.js"))
    long = {
        str(path.relative_to(ROOT)): size
        for path in [*(source.path for source in EVERYTHING), *templates, *scripts]
        if (size := len(path.read_text(encoding="utf-8").splitlines())) > MAX_FILE
    }
    assert long == {}


def test_functions_stay_short():
    assert set(broken(lambda source: code_rules.longer_than(source, MAX_FUNCTION), APPLICATION)) == LONG_FUNCTIONS


def test_no_function_is_over_fifty_lines():
    assert broken(lambda source: code_rules.longer_than(source, NEVER), EVERYTHING) == []


# Class names that stand twice in one app, each with its reason. This list may only shrink.
NAMED_TWICE: dict[str, set[str]] = {}
IMPORTERS = (
    "cpts_portal.imports",
    "territories.commune_import",
    "members.register_import",
    "members.directory.imports",
)


@pytest.mark.parametrize("app", FOLDERS)
def test_no_class_name_stands_twice_in_an_app(app):
    twice = code_rules.classes_named_twice([each for each in APPLICATION if each.module.split(".")[0] == app])
    assert set(twice) == NAMED_TWICE.get(app, set()), twice


def test_no_class_name_stands_twice_among_the_importers():
    importers = [each for each in APPLICATION if each.module.startswith((*IMPORTERS, "contracts.terms.grid_import"))]
    assert code_rules.classes_named_twice(importers) == {}


def test_nothing_prints_outside_commands():
    assert broken(code_rules.prints, APPLICATION) == []


def test_the_top_level_is_fixed():
    assert {path.relative_to(ROOT).parts[0] for path in tracked_files()} - TOP_LEVEL == set()


# Written in two halves, so that this file does not hold what it forbids.
HOSTS = [
    ".".join(halves)
    for halves in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("deb", "debian", "org"),
    )
]
FORBIDDEN = re.compile(
    "|".join(
        [
            *(re.escape(host) for host in HOSTS),
            r"(?<![\w.:/-])/(?:work|root|home)/\w",  # a path of somebody's machine
            r"\bissue #?\d",  # a history that readers of the code do not have
            "clau" + "de|anthro" + "pic|chat" + "gpt|co" + "pilot",
            r"\." + "library/",
        ]
    ),
    re.IGNORECASE,
)


def forbidden_words(text: str) -> list[str]:
    return [found.group() for found in FORBIDDEN.finditer(text)]


def test_no_registry_address_no_local_path_no_tool_is_named():
    found = {}
    for path in tracked_files():
        try:
            words = forbidden_words(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:  # a binary file: fonts, images, compressed data
            continue
        if words:
            found[str(path.relative_to(ROOT))] = sorted(set(words))
    assert found == {}


def our_models() -> list:
    return [
        model
        for name in LABELS
        for model in apps.get_app_config(LABELS[name]).get_models()
        if not hasattr(model, "instance_type")  # the historical tables of django-simple-history
    ]


def test_each_app_has_its_label():
    assert {config.name: config.label for config in apps.get_app_configs() if config.name in LABELS} == LABELS


def test_every_table_of_a_cpts_is_scoped_and_tracked():
    tables = [model for model in our_models() if hasattr(model, "scope_path")]
    assert len(tables) >= 3
    assert [m._meta.label for m in tables if not isinstance(m._default_manager, ScopedManager)] == []
    assert {m._meta.label for m in tables if not hasattr(m, "history")} == set(UNTRACKED)


def test_a_column_to_a_cpts_makes_a_scoped_table():
    cpts = apps.get_model("territories", "Cpts")
    unscoped = {
        model._meta.label
        for model in our_models()
        if not isinstance(model._default_manager, ScopedManager)
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is cpts
    }
    assert unscoped == set(UNSCOPED)


def test_accesses_and_agencies_are_tracked():
    tracked = {model._meta.label for model in our_models() if hasattr(model, "history")}
    assert {"territories.Agency", "accounts.Access", "accounts.User"} <= tracked


def test_every_model_is_in_the_admin():
    assert [model._meta.label for model in our_models() if model not in admin.site._registry] == []


class TestTheRulesCanFail:
    """Each rule, on a small bad sample."""

    @pytest.fixture
    def bad(self, tmp_path: Path) -> Callable[[str, str], Source]:
        def write(where: str, text: str) -> Source:
            path = tmp_path / where
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return Source(path, tmp_path)

        return write

    @pytest.mark.parametrize(
        ("where", "text"),
        [
            ("cpts_portal/core/money.py", "from territories.models import Cpts\n"),
            ("territories/perimeter.py", "def f():\n    import cpts_portal.accounts.roles  # noqa: PLC0415 (wrong)\n"),
            ("territories/reference.py", "from territories.map.views import places\n"),
            ("cpts_portal/accounts/actor.py", "from cpts_portal.pages import Page\n"),
            ("missions/models.py", "from contracts.models import Contract\n"),
            ("members/models.py", "from members.membership.adhesion import join\n"),
            ("contracts/views.py", "from cpts_portal.home.views import Dashboard\n"),
            ("territories/views/a.py", "if TYPE_CHECKING:\n    from cpts_portal.accounts.forms import Login\n"),
        ],
    )
    def test_climbing(self, bad, where, text):
        assert len(code_rules.upward_imports(bad(where, text), {})) == 1

    def test_going_down_is_fine(self, bad):
        text = "from cpts_portal.core.text import fold\nfrom territories.models import Cpts\nimport members.models\n"
        assert code_rules.upward_imports(bad("contracts/views.py", text), {}) == []

    def test_a_package_imported_by_name_is_seen(self, bad):
        bad("contracts/review/lifecycle.py", "")
        assert (
            len(code_rules.upward_imports(bad("cpts_portal/core/a.py", "from contracts import lifecycle\n"), {})) == 1
        )

    def test_relative(self, bad):
        assert len(code_rules.relative_imports(bad("members/views.py", "from . import models\n"))) == 1

    def test_hidden(self, bad):
        silent = "def f():\n    import json  # noqa: PLC0415\n"
        said = "def f():\n    import json  # noqa: PLC0415 (two seconds to load)\n"
        assert len(code_rules.hidden_imports(bad("members/a.py", silent))) == 1
        assert code_rules.hidden_imports(bad("members/b.py", said)) == []

    def test_cycle(self, bad):
        both = [bad("members/a.py", "import members.b\n"), bad("members/b.py", "import members.a\n")]
        assert code_rules.cycles(both) == ["members.a -> members.b -> members.a"]

    def test_long(self, bad):
        text = 'def f():\n    """Said."""\n    # a comment\n\n' + "    pass\n" * 31
        source = bad("members/a.py", text)
        assert code_rules.longer_than(source, 31) == []
        assert code_rules.longer_than(source, 30) == ["members/a.py::f"]

    def test_print(self, bad):
        assert len(code_rules.prints(bad("members/a.py", "print(1)\n"))) == 1
        assert code_rules.prints(bad("members/management/commands/a.py", "print(1)\n")) == []

    @pytest.mark.parametrize(
        "text", [f"https://{HOSTS[0]}/simple", "see /wo" + "rk/main", "as asked by iss" + "ue 12", "/ro" + "ot/data"]
    )
    def test_forbidden(self, text):
        assert len(forbidden_words(text)) == 1

    def test_what_is_allowed(self):
        assert forbidden_words("https://www.data.gouv.fr/work/ and tests/home/test_x.py, path /rooted") == []
