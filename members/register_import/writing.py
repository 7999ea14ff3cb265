"""Writes a plan, table by table: plain rows with their history, and a journal of what was done."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Max

from cpts_portal.core.authors import Author
from cpts_portal.core.bulk import reserve_ids
from cpts_portal.core.fields import FoldedField
from cpts_portal.core.history import add_links, insert_tracked, update_tracked
from members.models import Professional

TRACKED = (
    "College", "DuesCampaign", "Structure", "Professional", "Contact", "Practice", "Mandate", "Membership", "Due",
    "Payment",
)  # fmt: skip


@dataclass
class Journal:
    """What is needed to undo: keys created, values before, the last change of each table that is the import's own."""

    created: dict[str, list[int]] = field(default_factory=dict)
    updated: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    specialties: list[tuple[int, int]] = field(default_factory=list)  # given to cards that existed

    def as_json(self) -> dict[str, Any]:
        return {
            "created": {name: spans(keys) for name, keys in self.created.items() if keys},
            "updated": {name: rows for name, rows in self.updated.items() if rows},
            "marks": self.marks,
            "specialties": self.specialties,
        }

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Journal":
        return cls(
            {name: unspanned(found) for name, found in stored.get("created", {}).items()},
            {name: [(pk, values) for pk, values in rows] for name, rows in stored.get("updated", {}).items()},
            stored.get("marks", {}),
            [(owner, specialty) for owner, specialty in stored.get("specialties", [])],
        )


def spans(keys: Iterable[int]) -> list[list[int]]:
    """Consecutive keys as [first, count]: 50 000 rows in one pair."""
    found: list[list[int]] = []
    for key in sorted(keys):
        if found and key == found[-1][0] + found[-1][1]:
            found[-1][1] += 1
        else:
            found.append([key, 1])
    return found


def unspanned(found: Iterable[Sequence[int]]) -> list[int]:
    return [key for first, count in found for key in range(first, first + count)]


class Writer:
    """Inserts and updates rows given as dictionaries; unknown columns take the model's own default."""

    def __init__(self, *, by: Author, reason: str) -> None:
        self.by, self.reason = by, reason
        self.journal = Journal()

    def insert(
        self, model: type[models.Model], rows: Sequence[dict[str, Any]], *, specialties: Sequence[int | None] = ()
    ) -> list[int]:
        """Insert the rows and their history; returns their keys, in the same order."""
        if not rows:
            return []
        keys = reserve_ids(model, len(rows))
        defaults = _defaults(model)
        names = list(defaults)
        pk = model._meta.pk.column
        converted = _converted(model)
        told = set().union(*rows)
        columns = [
            _column(name, default, rows, to_convert=name in converted) if name in told else [plain(default)] * len(rows)
            for name, default in defaults.items()
        ]
        made = list(zip(keys, *columns, strict=True))
        if any(specialties):
            add_links(model, "specialties", [pair for pair in zip(keys, specialties, strict=True) if pair[1]])
        insert_tracked(model, [pk, *names], made, by=self.by, reason=self.reason)
        self.journal.created.setdefault(model.__name__, []).extend(keys)
        return keys

    def add_specialties(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Specialties of cards that exist; the `update` of these cards that follows records them."""
        add_links(Professional, "specialties", pairs)
        self.journal.specialties += pairs

    def update(self, model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[int, dict, dict]]) -> None:
        """Each row: key, values before, values after, both complete over `columns`."""
        if not rows:
            return
        made = [(key, *[plain(after[name]) for name in columns]) for key, _before, after in rows]
        update_tracked(model, columns, made, by=self.by, reason=self.reason)
        kept = [(key, {name: plain(before[name]) for name in columns}) for key, before, _after in rows]
        self.journal.updated.setdefault(model.__name__, []).extend(kept)


def _converted(model: type[models.Model]) -> set[str]:
    """Columns whose values are not plain already."""
    kinds = ("DateField", "DateTimeField", "DecimalField", "JSONField")
    return {each.column for each in model._meta.concrete_fields if each.get_internal_type() in kinds}


def _column(name: str, default: Any, rows: Sequence[dict[str, Any]], *, to_convert: bool) -> list[Any]:
    """The values of one column, down the rows: column by column is half the time of row by row."""
    if to_convert:
        default = plain(default)
        return [plain(row[name]) if name in row else default for row in rows]
    return [row.get(name, default) for row in rows]


def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """The default of each column but the key and the columns that are computed."""
    found = {}
    for each in model._meta.concrete_fields:
        if each.primary_key or each.generated or isinstance(each, FoldedField):
            continue
        value = each.get_default()
        blank = each.get_internal_type() in ("CharField", "TextField", "EmailField", "SlugField") and not each.null
        found[each.column] = "" if value is None and blank else value
    return found


def plain(value: Any) -> Any:
    """What both databases take as it is: days and JSON as text, amounts as their decimal writing."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def last_changes(by_name: dict[str, type[models.Model]]) -> dict[str, int]:
    """The number of the last change of each table, whoever made it."""
    return {
        name: model.history.aggregate(last=Max("history_id"))["last"] or 0  # type: ignore[attr-defined]
        for name, model in by_name.items()
    }
