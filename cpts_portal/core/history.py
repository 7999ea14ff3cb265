"""History of tracked models: who changed what and when.

django-simple-history records each `save()`. It does not see bulk writes, so a bulk write on a tracked model goes
through the helpers below; a guard test refuses `bulk_create`, `bulk_update` and `QuerySet.update` elsewhere.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from cpts_portal.core.authors import Author
from cpts_portal.core.bulk import Row, among, insert_rows, update_rows
from cpts_portal.core.fields import FoldedField


def log_of(model: Any) -> Any:
    """The table of the history of a tracked table, made by django-simple-history."""
    return model.history.model


def latest_change_id(instance: models.Model) -> int:
    """The number of the last change of a tracked object (0: none): tells two states of it apart."""
    tracked: Any = instance
    return tracked.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0


def sign(instance: models.Model, *, by: Author | None, reason: str = "") -> None:
    """What the history will say of the next change of this object: its links, which are written without a save."""
    signed: Any = instance  # these two are read by django-simple-history
    signed._history_user, signed._change_reason = by, reason or None


def save_as(instance: models.Model, *, by: Author | None, reason: str = "") -> None:
    """Save one tracked object under its author's name."""
    sign(instance, by=by, reason=reason)
    instance.save()


def delete_as(instance: models.Model, *, by: Author | None, reason: str = "") -> None:
    sign(instance, by=by, reason=reason)
    instance.delete()


def create_many(
    model: type[models.Model], rows: Iterable[models.Model], *, by: Author | None, reason: str = ""
) -> list:
    """Insert many tracked rows and their history, in batches."""
    return bulk_create_with_history(
        list(rows), model, batch_size=500, default_user=by, default_change_reason=reason or None
    )


def update_many(
    model: type[models.Model],
    rows: Iterable[models.Model],
    fields: list[str],
    *,
    by: Author | None,
    reason: str = "",
    manager: models.Manager | None = None,
) -> int:
    """Update these fields of many tracked rows and write their history, in batches.

    `manager`: the one that sees these rows, for rules that go beyond the open scope (`directory`).
    """
    changed = list(rows)
    if not changed:
        return 0
    fields = [*fields, *_refold(model, changed, fields)]
    return bulk_update_with_history(
        changed, model, fields, batch_size=500, default_user=by, default_change_reason=reason or None, manager=manager
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
    model: type[models.Model],
    rows: Iterable[models.Model],
    *,
    by: Author | None,
    reason: str = "",
    manager: models.Manager,
) -> int:
    """Delete many tracked rows; their history says who did and keeps what they held. No cascade."""
    going = list(rows)
    if not going:
        return 0
    log = log_of(model)
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
            for row in going
        ],
        batch_size=500,
    )
    gone = manager.filter(pk__in=[row.pk for row in going])
    gone._raw_delete(gone.db)
    return len(going)


# --- Set-based writes: plain rows, and their history copied from the table by the database itself -------------------
def insert_tracked(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Row], *, by: Author | None, reason: str = ""
) -> int:
    """Insert plain rows (their first column is the key, see `core.bulk.reserve_ids`) and their history.

    Ten times faster than `create_many` for tens of thousands of rows. The caller computes what `save()` would have.
    """
    if not rows:
        return 0
    insert_rows(model, *_folded(model, columns, rows))
    _copy_to_history(model, [row[0] for row in rows], "+", by=by, reason=reason)
    return len(rows)


def update_tracked(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Row], *, by: Author | None, reason: str = ""
) -> int:
    """Update rows by key (key, then the values of `columns`) and write their history."""
    if not rows:
        return 0
    key, (names, folded) = _key_column(model), _folded(model, [_key_column(model), *columns], rows)
    update_rows(model, [name for name in names if name != key], folded)
    _copy_to_history(model, [row[0] for row in rows], "~", by=by, reason=reason)
    return len(rows)


def delete_tracked(model: type[models.Model], keys: Sequence[int], *, by: Author | None, reason: str = "") -> int:
    """Delete rows by key, after their history was written. No cascade: nothing may refer to them any more."""
    if not keys:
        return 0
    _copy_to_history(model, keys, "-", by=by, reason=reason)
    for field in _recorded_links(model):
        _delete_among(field.remote_field.through._meta.db_table, field.m2m_column_name(), keys)
    _delete_among(model._meta.db_table, _key_column(model), keys)
    return len(keys)


def _delete_among(table: str, column: str, keys: Sequence[int]) -> None:
    condition, value = among(connection.vendor, connection.ops.quote_name(column), list(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)} WHERE {condition}", [value])  # noqa: S608 (our own names)


def add_links(model: type[models.Model], name: str, pairs: Sequence[Row]) -> None:
    """Link rows (owner, target) of a many-to-many; the `insert_tracked` or `update_tracked` of the owners that follows
    records them. Keys are checked at the end of the transaction, so owners may be inserted afterwards."""
    field: Any = model._meta.get_field(name)
    insert_rows(field.remote_field.through, [field.m2m_column_name(), field.m2m_reverse_name()], pairs)


def drop_links(model: type[models.Model], name: str, pairs: Sequence[Row]) -> None:
    """Unlink these pairs; to be followed by an `update_tracked` of the owners, which records it."""
    field: Any = model._meta.get_field(name)
    quote, through = connection.ops.quote_name, field.remote_field.through
    with connection.cursor() as cursor:
        cursor.executemany(
            f"DELETE FROM {quote(through._meta.db_table)} WHERE {quote(field.m2m_column_name())} = %s "  # noqa: S608 (our own names)
            f"AND {quote(field.m2m_reverse_name())} = %s",
            pairs,
        )


def _recorded_links(model: type[models.Model]) -> Sequence[Any]:
    """The many-to-many fields whose values are kept with each row of history."""
    return getattr(log_of(model), "_history_m2m_fields", ())


def _key_column(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _folded(model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]) -> tuple[list[str], Sequence[Row]]:
    """The columns and rows completed with the search columns (`FoldedField`) made from them."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, FoldedField) and set("|".join(field.sources).split("|")) & set(columns)
    ]
    if not fields:
        return list(columns), rows
    names = [*columns, *(str(field.column) for field in fields)]
    places = {name: place for place, name in enumerate(columns)}
    made = zip(*zip(*rows, strict=True), *(field.folded_down(rows, places) for field in fields), strict=True)
    return names, list(made)


def _copy_to_history(
    model: type[models.Model], keys: Sequence[int], kind: str, *, by: Author | None, reason: str
) -> None:
    """One statement: INSERT INTO the history SELECT the present state of these rows."""
    log = log_of(model)
    quote = connection.ops.quote_name
    copied = ", ".join(quote(field.column) for field in log.tracked_fields)
    own = ", ".join(
        map(
            quote, ("history_date", "history_change_reason", "history_type", log._meta.get_field("history_user").column)
        )
    )
    condition, value = among(connection.vendor, quote(_key_column(model)), list(keys))
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(log._meta.db_table)} ({copied}, {own}) "  # noqa: S608 (our own names)
            f"SELECT {copied}, %s, %s, %s, %s FROM {quote(model._meta.db_table)} WHERE {condition} "
            f"ORDER BY {quote(_key_column(model))}",
            [now, reason or None, kind, by.pk if by else None, value],
        )
    for field in _recorded_links(model):
        _copy_links_to_history(log, field, keys, now)


def _copy_links_to_history(log: Any, field: Any, keys: Sequence[int], moment: Any) -> None:
    """The links of the rows just copied; without this, their history would read as if they had been removed."""
    quote = connection.ops.quote_name
    links_log, through = getattr(log, field.name).model, field.remote_field.through
    owner, target = quote(field.m2m_column_name()), quote(field.m2m_reverse_name())
    condition, value = among(connection.vendor, "h.id", list(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(links_log._meta.db_table)} (id, {owner}, {target}, history_id) "  # noqa: S608 (our own names)
            f"SELECT t.id, t.{owner}, t.{target}, h.history_id FROM {quote(through._meta.db_table)} t "
            f"JOIN {quote(log._meta.db_table)} h ON h.id = t.{owner} WHERE h.history_date = %s AND {condition}",
            [moment, value],
        )
