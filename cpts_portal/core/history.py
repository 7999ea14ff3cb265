"""History of tracked models: who changed what and when.

django-simple-history records each `save()`. It does not see bulk writes, so a bulk write on a tracked model goes
through the two helpers below; a guard test refuses `bulk_create`, `bulk_update` and `QuerySet.update` elsewhere.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models
from simple_history.utils import bulk_create_with_history, bulk_update_with_history


def latest_change_id(instance: models.Model) -> int:
    """The number of the last change of a tracked object (0: none): tells two states of it apart."""
    return instance.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0  # type: ignore


def save_as(instance: models.Model, *, by: Any, reason: str = "") -> None:
    """Save one tracked object under its author's name."""
    instance._history_user = by  # type: ignore[attr-defined]
    instance._change_reason = reason or None  # type: ignore[attr-defined]
    instance.save()


def delete_as(instance: models.Model, *, by: Any, reason: str = "") -> None:
    instance._history_user = by  # type: ignore[attr-defined]
    instance._change_reason = reason or None  # type: ignore[attr-defined]
    instance.delete()


def create_many(model: type[models.Model], rows: Iterable[models.Model], *, by: Any, reason: str = "") -> list:
    """Insert many tracked rows and their history, in batches."""
    return bulk_create_with_history(
        list(rows), model, batch_size=500, default_user=by, default_change_reason=reason or None
    )


def update_many(
    model: type[models.Model], rows: Iterable[models.Model], fields: list[str], *, by: Any, reason: str = ""
) -> int:
    """Update these fields of many tracked rows and write their history, in batches."""
    found = list(rows)
    if not found:
        return 0
    return bulk_update_with_history(
        found, model, fields, batch_size=500, default_user=by, default_change_reason=reason or None
    )
