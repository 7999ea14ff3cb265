"""A rule of the field that says no."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models


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
