"""History read as sentences: « Camille Essai · a changé le téléphone : « 02 96… » → « 02 98… » ».

`changes_of(*histories)` takes history managers or querysets (`cpts.history`, `CptsCommune.history.filter(cpts=cpts)`)
and answers events, newest first, with a number of queries that does not depend on how many rows there are. What one
person did to one object within `MOMENT` is one step; the same step on many objects is one event (« a ajouté 129
communes »). Models may say their own words in `history_words` (see `cpts_portal/core/change_words.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery

from cpts_portal.core.change_words import Reader, event_sentence, step_key

MOMENT = timedelta(seconds=3)
ROWS_READ = 3000  # a territory of 500 communes composed, moved and ended is 1 500 rows
NOBODY = "Le portail"


@dataclass(frozen=True)
class ChangeEvent:
    """One thing somebody did at one moment."""

    when: datetime
    who: str
    sentence: str
    reason: str = ""


@dataclass
class SavedStep:
    """What one person did to one object at one moment: its row before (None: created) and after."""

    model: type[models.Model]
    before: Any
    after: Any

    @property
    def kind(self) -> str:
        if self.after.history_type == "-":
            return "-"
        return "~" if self.before is not None else "+"


def changes_of(*histories: Any, limit: int = 50) -> list[ChangeEvent]:
    """The last `limit` events of these histories together."""
    steps: list[SavedStep] = []
    readers: dict[type, Reader] = {}
    for history in histories:
        rows, before = _rows_with_previous(history.all())
        if rows:
            tracked = rows[0].instance_type
            readers.setdefault(tracked, Reader(tracked)).learn([*rows, *before.values()])
            steps += _steps(tracked, rows, before)
    Reader.load_labels(readers.values())
    steps = [step for step in steps if readers[step.model].says_something(step)]
    steps.sort(key=lambda step: (step.after.history_date, step.after.history_id), reverse=True)
    return _events(steps, readers)[:limit]


def _rows_with_previous(history: models.QuerySet) -> tuple[list[Any], dict[int, Any]]:
    """The newest rows, and for each the row just before it of the same object (by history id)."""
    model = history.model
    earlier = model.objects.filter(**{_key(model): OuterRef(_key(model))}, history_id__lt=OuterRef("history_id"))
    previous = Subquery(earlier.order_by("-history_id").values("history_id")[:1])
    newest = history.order_by("-history_date", "-history_id").annotate(row_before_id=previous)
    rows = list(newest.select_related("history_user")[:ROWS_READ])
    known = {row.history_id: row for row in rows}
    missing = {row.row_before_id for row in rows if row.row_before_id} - known.keys()
    known.update({row.history_id: row for row in model.objects.filter(history_id__in=missing)})
    return rows, {row.history_id: known[row.row_before_id] for row in rows if row.row_before_id in known}


def _key(model: type[models.Model]) -> str:
    return model.instance_type._meta.pk.attname  # type: ignore[attr-defined]


def _steps(tracked: type[models.Model], rows: list[Any], before: dict[int, Any]) -> list[SavedStep]:
    """Rows of one object written by one person within a moment, folded into one step."""
    key = tracked._meta.pk.attname
    ordered = sorted(rows, key=lambda row: (getattr(row, key), row.history_id))
    steps: list[SavedStep] = []
    for _pk, own in groupby(ordered, key=lambda row: getattr(row, key)):
        last: Any = None
        for row in own:
            if last is not None and _same_moment(last, row) and last.history_type != "-" != row.history_type:
                steps[-1].after = row
            else:
                steps.append(SavedStep(tracked, None if row.history_type == "+" else before.get(row.history_id), row))
            last = row
    return steps


def _same_moment(one: Any, other: Any) -> bool:
    return (
        one.history_user_id == other.history_user_id
        and (one.history_change_reason or "") == (other.history_change_reason or "")
        and abs(other.history_date - one.history_date) <= MOMENT
    )


def _events(steps: list[SavedStep], readers: dict[type, Reader]) -> list[ChangeEvent]:
    """Neighbouring steps that say the same of several objects become one event."""
    groups: list[list[SavedStep]] = []
    keys: list[Any] = []
    for step in steps:
        key = step_key(step, readers[step.model])
        for group, known in zip(reversed(groups[-6:]), reversed(keys[-6:]), strict=True):
            if known == key and _same_moment(group[-1].after, step.after):
                group.append(step)
                break
        else:
            groups.append([step])
            keys.append(key)
    return [_event(group, readers[group[0].model]) for group in groups]


def _event(group: list[SavedStep], reader: Reader) -> ChangeEvent:
    row = group[0].after
    return ChangeEvent(
        when=row.history_date,
        who=str(row.history_user) if row.history_user_id and row.history_user else NOBODY,
        sentence=event_sentence(group, reader),
        reason=row.history_change_reason or "",
    )
