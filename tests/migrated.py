"""A migrated SQLite database, made once per state of the migrations and copied for each run of the tests.

Migrating takes a dozen seconds of processor time; copying the file, none. The copy is named after everything that
decides its content: the migrations, the modules of ours they import, the pinned libraries. PostgreSQL migrates anew.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

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


def kept_copy() -> Path:
    digest = hashlib.sha256()
    for path in deciding_files():
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"portail-cpts-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{digest.hexdigest()[:24]}.sqlite3"


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
