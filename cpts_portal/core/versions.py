"""Two people on the same object: the second one is told, instead of silently undoing what the first one saved."""

from typing import Any

from django.db import models


# The rows below are those of the tables with a column `version`, which no type of Django tells.
class StaleEdit(Exception):
    """Somebody else saved the same object since this form was opened."""


def check_version(current: Any, sent: str | int | None) -> None:
    """Raise `StaleEdit` when the form was opened on an older version of the object."""
    if str(current.version) != str(sent):
        raise StaleEdit


def typed_over(form: Any, saved: Any) -> None:
    """What was typed stays, now on the version that somebody else saved: sending it again is then a choice."""
    form.data = form.data.copy()
    form.data[form.add_prefix("version")] = str(saved.version)


def next_version(current: Any) -> None:
    """Count one more save of this object; the fields that changed have their own history, this number has none."""
    current.version += 1
    current.save_without_historical_record(update_fields=["version"])


def next_versions(rows: models.QuerySet) -> int:
    """The same for many objects at once."""
    return rows.update(version=models.F("version") + 1)
