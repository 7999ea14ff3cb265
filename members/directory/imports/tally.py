"""What an import counts on its way, and the lines it refuses."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

REFUSED_KEPT = 200
VALUE_SHOWN = 80
Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while found := list(islice(rest, size)):
        yield found


@dataclass
class Tally:
    """Figures of one run (`counts`, named as they are stored) and the first refused lines."""

    counts: Counter[str] = field(default_factory=Counter)
    unknown_professions: Counter[str] = field(default_factory=Counter)
    refused: list[dict[str, str | int]] = field(default_factory=list)

    def refuse(self, line: int, column: str, value: str, reason: str) -> None:
        """All are counted, the first ones are kept with their place."""
        self.counts["refused"] += 1
        if len(self.refused) < REFUSED_KEPT:
            self.refused.append({"line": line, "column": column, "value": value[:VALUE_SHOWN], "reason": reason})

    def stored(self, *names: str) -> dict[str, int | dict[str, int]]:
        """The figures as the import keeps them: zero for these names when nothing was counted."""
        found: dict[str, int | dict[str, int]] = {name: self.counts[name] for name in names}
        if self.unknown_professions:
            found["unknown_professions"] = dict(sorted(self.unknown_professions.items()))
        return found
