"""The vintages of populations that are loaded, and the one that holds on a day."""

from collections.abc import Iterable
from datetime import date

from territories.models import Population


def loaded_vintages() -> list[int]:
    """Vintages of population in the database, newest first."""
    vintages = Population.objects.order_by("-vintage").values_list("vintage", flat=True)
    return list(vintages.distinct())


def vintage_for(day: date, vintages: Iterable[int] | None = None) -> int | None:
    """The population in force on a day: the latest loaded vintage whose year is not after the day's.

    When every loaded vintage is later, the earliest one is the nearest known fact (callers show it: see
    `Perimeter.vintage_is_later`). None when no population is loaded at all.
    """
    known = sorted(loaded_vintages() if vintages is None else vintages)
    in_force = [vintage for vintage in known if vintage <= day.year]
    return in_force[-1] if in_force else (known[0] if known else None)
