"""Which year of the contract a page is about."""

from collections.abc import Sequence
from datetime import date

from missions.models import Exercise


def chosen_exercise(exercises: Sequence[Exercise], asked: str, day: date) -> Exercise | None:
    """The year asked by its number; else the current one, else the last one."""
    by_number = {str(each.number): each for each in exercises}
    current = next((each for each in exercises if each.covers(day)), None)
    return by_number.get(asked) or current or (exercises[-1] if exercises else None)


def year_tabs(exercises: Sequence[Exercise], chosen: Exercise | None, url: str) -> list[tuple[str, str, bool]]:
    return [(str(each), f"{url}?annee={each.number}", each == chosen) for each in exercises]
