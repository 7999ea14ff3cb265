"""History of tracked models: who changed what and when.

django-simple-history records each `save()`. It does not see bulk writes, so a bulk write on a tracked model goes
through the helpers below; a guard test refuses `bulk_create`, `bulk_update` and `QuerySet.update` elsewhere.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from cpts_portal.core.fields import FoldedField


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
    model: type[models.Model],
    rows: Iterable[models.Model],
    fields: list[str],
    *,
    by: Any,
    reason: str = "",
    manager: models.Manager | None = None,
) -> int:
    """Update these fields of many tracked rows and write their history, in batches.

    `manager`: the one that sees these rows, for rules that go beyond the open scope (`directory`).
    """
    found = list(rows)
    if not found:
        return 0
    fields = [*fields, *_refold(model, found, fields)]
    return bulk_update_with_history(
        found, model, fields, batch_size=500, default_user=by, default_change_reason=reason or None, manager=manager
    )


def _refold(model: type[models.Model], rows: list, fields: list[str]) -> list[str]:
    """The search columns made from these fields, computed again as a single save would."""
    folded = [field for field in model._meta.concrete_fields if isinstance(field, FoldedField)]
    touched = [field for field in folded if set(fields) & set("|".join(field.sources).split("|"))]
    for field in touched:
        for row in rows:
            field.pre_save(row, add=False)
    return [field.name for field in touched]


def delete_many(
    model: type[models.Model], rows: Iterable[models.Model], *, by: Any, reason: str = "", manager: models.Manager
) -> int:
    """Delete many tracked rows; their history says who did and keeps what they held. No cascade."""
    found = list(rows)
    if not found:
        return 0
    log = model.history.model  # type: ignore[attr-defined]
    now = timezone.now()
    log.objects.bulk_create(
        [
            log(
                history_date=now,
                history_user=by,
                history_change_reason=reason or None,
                history_type="-",
                **{field.attname: getattr(row, field.attname) for field in log.tracked_fields},
            )
            for row in found
        ],
        batch_size=500,
    )
    gone = manager.filter(pk__in=[row.pk for row in found])
    gone._raw_delete(gone.db)
    return len(found)
