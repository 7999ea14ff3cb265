"""Settings of the test suite: the portal's own, with faster passwords and one database per process."""

import os
import tempfile

os.environ["DEBUG"] = "true"
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="portail-tests-"))
os.environ.setdefault("DATABASE_URL", os.environ.get("TEST_DATABASE_URL", ""))

from cpts_portal.settings import *  # noqa: F403
from cpts_portal.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True  # no collected files to look for: static files come from their finders
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Two runs side by side must not share a database; a file (not memory) lets threads hold their own connection.
_name = f"portail_tests_{os.getpid()}"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    _name = os.path.join(os.environ["DATA_DIR"], f"{_name}.sqlite3")
    # A database that lasts one run: nobody waits for the disk.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
else:
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
DATABASES["default"]["TEST"] = {"NAME": _name}
DATABASES["default"]["CONN_MAX_AGE"] = 0
