"""The one way to change a row: locked, still the one that was shown, valid, saved under its author's name.

    with changed(mission, version=form_version, by=user, reason="Démarrage") as locked_mission:
        if locked_mission.started_on:
            raise NotPossible("Cette mission a déjà démarré.")
        locked_mission.started_on = on

One transaction: whatever the block raises, nothing is written. What goes with the change (a journal, a message) is
written after the block, in a function that opens the transaction itself (`@transaction.atomic`).
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction

from cpts_portal.core.authors import Author
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.refusals import refuse_invalid
from cpts_portal.core.versions import check_version

Row = TypeVar("Row", bound=models.Model)
Rows = models.QuerySet[Row] | models.Manager[Row]
Version = str | int | None  # of the row a form was opened on; None: nobody was looking at it


def lock(row: Row, version: Version = None, *, among: "Rows[Row] | None" = None) -> Row:
    """This row as saved now, nobody else's until the end of the transaction. Raises `StaleEdit`.

    `among`: the rows to take it from, when the usual ones do not do (`Meeting.objects.select_related("cpts")`).
    """
    locked_row = lock_key(type(row), row.pk, among=among)
    if version is not None:
        check_version(locked_row, version)
    return locked_row


def lock_key(model: type[Row], key: Any, *, among: "Rows[Row] | None" = None) -> Row:
    """The same by its key: `lock_key(Cpts, mandate.cpts_id)`, so that acts in one CPTS come one by one."""
    rows: Any = model._default_manager if among is None else among
    return rows.select_for_update(of=("self",)).get(pk=key)


def lock_all(rows: "models.QuerySet[Row]") -> list[Row]:
    """All of them, always in the same order: two acts with crossed choices do not wait for each other for ever."""
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


@contextmanager
def changed(
    row: Row,
    *,
    by: Author | None,
    version: Version = None,
    reason: str = "",
    exclude: Collection[str] = (),
    among: "Rows[Row] | None" = None,
) -> Iterator[Row]:
    """The locked row, to change in the block and saved after it. Raises `StaleEdit`, and `NotPossible` when invalid.

    `exclude`: fields that are not validated (an author whose account was removed).
    """
    with transaction.atomic():
        locked_row = lock(row, version, among=among)
        yield locked_row
        write(locked_row, by=by, reason=reason, exclude=exclude)


@contextmanager
def removed(
    row: Row, *, by: Author | None, version: Version = None, reason: str = "", among: "Rows[Row] | None" = None
) -> Iterator[Row]:
    """The locked row, deleted after the block, which says no when it must stay."""
    with transaction.atomic():
        locked_row = lock(row, version, among=among)
        yield locked_row
        delete_as(locked_row, by=by, reason=reason)


def write(row: Row, *, by: Author | None, reason: str = "", exclude: Collection[str] = ()) -> Row:
    """Save a row, new or locked: valid (or `NotPossible`, in words), in the history, one version further.

    A new row keeps the version it is given: 0, or 1 where a form may have been opened on none (its version is 0).
    """
    refuse_invalid(row, exclude=exclude)
    if row.pk and has_version(row):
        row.version += 1  # type: ignore[attr-defined]  # (a column of the tables that count their versions)
    save_as(row, by=by, reason=reason)
    return row


def has_version(row: models.Model) -> bool:
    """Does this table count its versions? The column is named `version` everywhere."""
    try:
        row._meta.get_field("version")
    except FieldDoesNotExist:
        return False
    return True
