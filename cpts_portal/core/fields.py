"""Model fields the portal adds to Django's."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import F

from cpts_portal.core.money import ZERO
from cpts_portal.core.text import fold


class WebAddressField(models.URLField):
    """A URL typed without scheme is completed with https (Django 6's default, without its transition warning)."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})


class FoldedField(models.CharField):
    """Other columns of the row as plain lower-case words, to search in or to sort by without accents.

    `sources` names them; « a|b » takes the first that is not empty. Computed before every insert and update, one row
    or many (`core.history`), so that no writer can forget it.
    """

    def __init__(self, *args: Any, sources: Sequence[str] = (), **kwargs: Any) -> None:
        self.sources = tuple(sources)
        super().__init__(*args, **{"editable": False, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sources": self.sources}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002 (signature fixed by Django)
        text = " ".join(_first(model_instance, source) for source in self.sources)
        value = fold(text)[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value

    def folded_down(self, rows: Iterable[Sequence[Any]], places: Mapping[str, int]) -> list[str]:
        """The value of this column for many plain rows; `places` says where each source is, when it is there."""
        sources = [[places[name] for name in source.split("|") if name in places] for source in self.sources]
        wanted = [found for found in sources if found]
        return [
            fold(" ".join([next((row[place] for place in found if row[place]), "") for found in wanted]))[
                : self.max_length
            ]
            for row in rows
        ]


class KeptSumField(models.DecimalField):
    """The sum of other rows, kept beside them to be filtered and sorted on.

    Only the function that counts again writes it, by an UPDATE: saving a row, perhaps read before the last change of
    its parts, leaves what is stored as it is.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"editable": False, "default": ZERO, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return super().pre_save(model_instance, add) if add else F(self.attname)


def _first(instance: models.Model, source: str) -> str:
    values = (getattr(instance, name) or "" for name in source.split("|"))
    return next((value for value in values if value), "")
