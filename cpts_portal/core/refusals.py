"""A rule of the field that says no."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models


class NotPossible(Exception):
    """The act does not fit the state of things; the message says so in French, and is shown where it was asked."""


def refuse_invalid(row: models.Model, *, exclude: Collection[str] = ()) -> None:
    """Raise `NotPossible` with the words of the fields and constraints of this row that say no."""
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as error:
        raise NotPossible(" ".join(error.messages)) from error
