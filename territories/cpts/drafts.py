"""The territory being composed: kept on the server between two requests, undone step by step, then saved or left.

A draft is plain data (it lives in the session): the effective date, the version of the CPTS it started from, the
communes wanted, and what each step replaced.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

MAX_STEPS = 30
_ABSENT = "absent"
Share = int | None


@dataclass
class Draft:
    """`rows` is what `set_territory` takes: commune id -> declared inhabitants, None for the whole commune."""

    day: date
    version: int
    rows: dict[int, Share]
    base: dict[int, Share] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    vintage: int | None = None

    @classmethod
    def starting(cls, rows: Mapping[int, Share], *, day: date, version: int) -> "Draft":
        return cls(day, version, dict(rows), dict(rows))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Draft":
        return cls(
            date.fromisoformat(data["day"]),
            data["version"],
            {int(pk): share for pk, share in data["rows"].items()},
            {int(pk): share for pk, share in data["base"].items()},
            list(data["steps"]),
            data["vintage"],
        )

    def to_data(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(),
            "version": self.version,
            "rows": {str(pk): share for pk, share in self.rows.items()},
            "base": {str(pk): share for pk, share in self.base.items()},
            "steps": self.steps,
            "vintage": self.vintage,
        }

    @property
    def is_changed(self) -> bool:
        return self.rows != self.base

    @property
    def last_step(self) -> str:
        return self.steps[-1]["label"] if self.steps else ""

    def add(self, communes: Iterable[int], label: str) -> int:
        """Take these communes, whole, unless they are already there; how many came in."""
        new = {pk: None for pk in communes if pk not in self.rows}
        self._apply(dict(new), label)
        return len(new)

    def remove(self, communes: Iterable[int], label: str) -> int:
        gone = [pk for pk in communes if pk in self.rows]
        self._apply(dict.fromkeys(gone, _ABSENT), label)
        return len(gone)

    def share(self, commune: int, inhabitants: Share, label: str) -> bool:
        """Take only these inhabitants of a commune (None: all of them); False when nothing changes."""
        if commune not in self.rows or self.rows[commune] == inhabitants:
            return False
        self._apply({commune: inhabitants}, label)
        return True

    def undo(self) -> str:
        """Put back what the last step replaced; its label, empty when there is none."""
        if not self.steps:
            return ""
        step = self.steps.pop()
        self._write(step["before"])
        return step["label"]

    def restart(self, rows: Mapping[int, Share], *, day: date, version: int) -> None:
        """Carry the changes made so far over another starting point (other date, or saved by somebody else)."""
        added = {pk: share for pk, share in self.rows.items() if self.base.get(pk, _ABSENT) != share}
        removed = [pk for pk in self.base if pk not in self.rows]
        self.day, self.version, self.base = day, version, dict(rows)
        self.rows = {pk: share for pk, share in rows.items() if pk not in removed} | added
        self.steps = []

    def _apply(self, changes: dict[int, Any], label: str) -> None:
        if not changes:
            return
        before = {str(pk): self.rows.get(pk, _ABSENT) for pk in changes}
        self.steps = [*self.steps, {"label": label, "before": before}][-MAX_STEPS:]
        self._write(changes)

    def _write(self, values: Mapping[Any, Any]) -> None:
        for pk, value in values.items():
            if value == _ABSENT:
                self.rows.pop(int(pk), None)
            else:
                self.rows[int(pk)] = value
