"""A rule of the field that says no."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction


class NotPossible(Exception):
    """The act does not fit the state of things; the message says so in French, and is shown where it was asked.

    Several reasons make one message. A child exists only where a caller tells it apart from the others.
    """

    def __init__(self, *reasons: object) -> None:
        self.reasons = tuple(str(reason) for reason in reasons)
        super().__init__(*self.reasons)

    def __str__(self) -> str:
        return " ".join(self.reasons)

    @property
    def message(self) -> str:
        return str(self)


def refuse_invalid(row: models.Model, *, exclude: Collection[str] = ()) -> None:
    """Raise `NotPossible` with the words of the fields and constraints of this row that say no."""
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as error:
        raise NotPossible(*error.messages) from error


@contextmanager
def refuse_any_invalid(rows: Sequence[models.Model], *, exclude: Collection[str] = ()) -> Iterator[None]:
    """Rows written in sets inside this block: their values are judged at once, their constraints by the database.

    Asking for each constraint of each row takes ten statements a row; here the words are looked for once the database
    has said no. The rows point to rows that the caller has just read.
    """
    if not rows:
        yield
        return
    for row in rows:
        links = {field.name for field in row._meta.fields if field.is_relation}
        try:
            row.clean_fields(exclude={*exclude, *links})
            row.clean()
        except ValidationError:
            refuse_invalid(row, exclude=exclude)
            raise
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        for row in rows:
            refuse_invalid(row, exclude=exclude)
        raise
