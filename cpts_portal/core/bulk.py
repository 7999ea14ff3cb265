"""Writing many rows at once, without building model instances.

COPY on PostgreSQL, `executemany` on SQLite, `bulk_create` elsewhere: three ways to the same rows (tests compare them).
Callers give plain tuples in the order of `columns` (column names of the model's fields: `department_id`) and are
responsible for what `save()` would have computed. Tracked models go through `core.history` instead.
"""

import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.db import connection, models
from django.db.models import Max
from django.db.models.expressions import Expression, F

Row = Sequence[Any]
PORTABLE_BATCH = 2_000
_UPDATE_TABLE = "bulk_update_rows"


@contextmanager
def without_cycle_collection() -> Iterator[None]:
    """Pause Python's cycle collector while hundreds of thousands of plain tuples are built: it would only walk them
    again and again (a quarter of the time of a large import). Reference counting still frees everything."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Primary keys for `count` future rows. Outside PostgreSQL, the caller holds the only write transaction."""
    if not count:
        return []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [model._meta.db_table, model._meta.pk.column, count],
            )
            return [number for (number,) in cursor.fetchall()]
    last = model._base_manager.aggregate(last=Max("pk"))["last"] or 0
    return list(range(last + 1, last + 1 + count))


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], *, portable: bool = False
) -> int:
    """Insert the rows; returns their number. `portable`: Django's own `bulk_create`, on any database."""
    if portable or connection.vendor not in ("postgresql", "sqlite"):
        return _insert_portable(model, columns, rows)
    stream = _Counted(rows)
    first = next(stream, None)
    if first is None:
        return 0
    if connection.vendor == "postgresql":
        _copy(model._meta.db_table, columns, chain([first], stream))
    else:
        marks = ", ".join(["%s"] * len(columns))
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {_quoted(model._meta.db_table)} ({_names(columns)}) VALUES ({marks})",  # noqa: S608 (our own names)
                chain([first], stream),  # type: ignore[arg-type]  # Django takes any iterable
            )
    return stream.count


class _Counted:
    """An iterator that knows how many rows it gave, so that large inserts are streamed rather than listed."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self.count = 0

    def __iter__(self) -> "_Counted":
        return self

    def __next__(self) -> Row:
        row = next(self._rows)
        self.count += 1
        return row


def update_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], *, portable: bool = False
) -> int:
    """Update by primary key: each row is the key, then the values of `columns`. Returns the number of rows."""
    changed = list(rows)
    if not changed:
        return 0
    if portable or connection.vendor not in ("postgresql", "sqlite"):
        _update_portable(model, columns, changed)
    elif connection.vendor == "postgresql":
        _update_by_copy(model, columns, changed)
    else:
        assignments = ", ".join(f"{_quoted(name)} = %s" for name in columns)
        table, key = _quoted(model._meta.db_table), _quoted(_key(model))
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET {assignments} WHERE {key} = %s",  # noqa: S608 (our own names)
                [(*row[1:], row[0]) for row in changed],
            )
    return len(changed)


def _key(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(_quoted(name) for name in columns)


def _copy(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {_quoted(table)} ({_names(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _update_by_copy(model: type[models.Model], columns: Sequence[str], rows: list[Row]) -> None:
    table, key = _quoted(model._meta.db_table), _key(model)
    copied = [key, *columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_UPDATE_TABLE} ON COMMIT DROP AS "  # noqa: S608 (our own names)
            f"SELECT {_names(copied)} FROM {table} WITH NO DATA"
        )
        _copy(_UPDATE_TABLE, copied, rows)
        assignments = ", ".join(f"{_quoted(name)} = new.{_quoted(name)}" for name in columns)
        cursor.execute(
            f"UPDATE {table} SET {assignments} FROM {_UPDATE_TABLE} AS new "  # noqa: S608 (our own names)
            f"WHERE {table}.{_quoted(key)} = new.{_quoted(key)}"
        )
        cursor.execute(f"DROP TABLE {_UPDATE_TABLE}")


def _instances(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> Iterable[models.Model]:
    return (model(**dict(zip(names, row, strict=True))) for row in rows)


def _attributes(model: type[models.Model], columns: Sequence[str]) -> list[str]:
    by_column = {field.column: field.attname for field in model._meta.concrete_fields}
    return [by_column[name] for name in columns]


def _insert_portable(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    made = list(_instances(model, _attributes(model, columns), rows))
    model._base_manager.bulk_create(made, batch_size=PORTABLE_BATCH)
    return len(made)


def _update_portable(model: type[models.Model], columns: Sequence[str], rows: list[Row]) -> None:
    names = _attributes(model, [_key(model), *columns])
    fields = [field.name for field in model._meta.concrete_fields if field.column in columns]
    model._base_manager.bulk_update(_instances(model, names, rows), fields, batch_size=PORTABLE_BATCH)


class Among(Expression):
    """SQL condition « this column holds one of these keys », however many: one parameter instead of thousands.

    `Professional.objects.filter(Among("pk", ids))` reads 50 000 rows in one query on both databases.
    """

    conditional = True
    output_field = models.BooleanField()

    def __init__(self, column: str | F, keys: Iterable[int]) -> None:
        super().__init__(output_field=models.BooleanField())
        self.column = F(column) if isinstance(column, str) else column
        self.keys = sorted(set(keys))

    def get_source_expressions(self) -> list:
        return [self.column]

    def set_source_expressions(self, exprs: Sequence) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = compiler.compile(self.column)
        condition, value = among(connection.vendor, column, self.keys)
        return condition, [*params, value]


def among(vendor: str, column: str, keys: Sequence[int]) -> tuple[str, Any]:
    """The condition « column is one of keys » and its single parameter."""
    if vendor == "postgresql":
        return f"{column} = ANY(%s)", list(keys)
    return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(list(keys))  # noqa: S608 (our own names)
