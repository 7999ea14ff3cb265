"""A migrated database, made once per state of the migrations and copied for each run and each process of the tests.

Migrating takes a dozen seconds of processor time on SQLite, a minute or more on PostgreSQL; copying, almost none. The
copy (a file, or a database that serves as a template) is named after everything that decides its content: the
migrations, the modules of ours they import, the pinned libraries.
"""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(settings.BASE_DIR)
APPS = ("cpts_portal", "territories", "members", "missions", "contracts")
IMPORTED = re.compile(rf"^\s*from ((?:{'|'.join(APPS)})[\w.]*) import", re.MULTILINE)


def deciding_files() -> Iterator[Path]:
    """The lock file, every migration of ours, and the modules of ours that migrations import."""
    yield ROOT / "requirements-dev.lock"
    migrations = sorted(path for app in APPS for path in (ROOT / app).rglob("migrations/*.py"))
    yield from migrations
    modules = {module for path in migrations for module in IMPORTED.findall(path.read_text(encoding="utf-8"))}
    for module in sorted(modules):
        base = ROOT.joinpath(*module.split("."))
        yield from (path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file())


def digest_of_migrations() -> str:
    digest = hashlib.sha256()
    for path in deciding_files():
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:24]


def folder() -> Path:
    made = Path(tempfile.gettempdir()) / f"portail-cpts-tests-{os.getuid()}"
    made.mkdir(mode=0o700, exist_ok=True)
    return made


# --- SQLite: a file -------------------------------------------------------------------------------------------------
def kept_copy() -> Path:
    return folder() / f"{digest_of_migrations()}.sqlite3"


def bring(target: Path) -> bool:
    """Put the kept copy where the tests expect their database; False when there is none yet."""
    kept = kept_copy()
    if not kept.is_file():
        return False
    shutil.copyfile(kept, target)
    return True


def keep(made: Path) -> None:
    """Keep this freshly migrated database for the next runs; whoever finishes last wins, with the same content."""
    kept = kept_copy()
    partial = kept.with_name(f"{kept.name}.{os.getpid()}")
    shutil.copyfile(made, partial)
    partial.replace(kept)


# --- PostgreSQL: a template -----------------------------------------------------------------------------------------
TEMPLATES, KEPT_TEMPLATES = "portail_tests_migrated_", 4


class MigratedTemplate:
    """The template of these migrations: the first process makes it while the others wait, rather than migrate too."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection, self.name = connection, f"{TEMPLATES}{digest_of_migrations()}"
        self._lock: TextIO | None = None  # held from `bring` to `keep` by the process that makes the template

    def bring(self) -> None:
        """Have the database of the tests created from the template, when there is one."""
        self._lock = (folder() / f"{self.name}.lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        if self.name in self._known():
            self.connection.settings_dict["TEST"]["TEMPLATE"] = self.name
            self._unlock()

    def keep(self) -> None:
        """Make it of the migrated database, when there was none; those of former migrations go, the latest excepted."""
        if self._lock is None:
            return
        made = self.connection.settings_dict["NAME"]
        self.connection.close()  # a database is copied while nobody is connected to it
        former = self._known()[KEPT_TEMPLATES - 1 :]
        with self.connection.creation._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{made}"')
            for each in former:
                cursor.execute(f'DROP DATABASE IF EXISTS "{each}"')
        self._unlock()

    def _known(self) -> list[str]:
        """The latest first."""
        asked = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC"
        with self.connection.creation._nodb_cursor() as cursor:
            cursor.execute(asked, [TEMPLATES])
            return [row[0] for row in cursor.fetchall()]

    def _unlock(self) -> None:
        if self._lock:
            self._lock.close()
        self._lock = None
