"""What apps above the register must move when two records of a person become one, without the register knowing them.

An app registers its mover once, in `AppConfig.ready`; `members/records/duplicates.py` calls it inside the
transaction of the merger, once the register's own rows are moved. A mover raises
`NotPossible` when the two records contradict each other: then nothing is merged.
"""

from collections.abc import Callable
from typing import Protocol

from cpts_portal.accounts.models import User
from members.models import Professional


class Mover(Protocol):
    def __call__(self, keep: Professional, drop: Professional, *, by: User, reason: str) -> None: ...


_movers: list[Callable[..., None]] = []


def register_mover(mover: Mover) -> None:
    """Once only, however often it is asked: apps may be made ready twice."""
    if mover not in _movers:
        _movers.append(mover)


def move_with_the_record(keep: Professional, drop: Professional, *, by: User, reason: str) -> None:
    for mover in _movers:
        mover(keep, drop, by=by, reason=reason)
