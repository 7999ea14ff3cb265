"""Many declarations checked or approved at once: each goes alone through `payment.py`, and a refusal stops no other.

What will happen is told first by the same rules, counting the rows before; under lock, each is judged again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from cpts_portal.accounts.models import User
from cpts_portal.core.money import ZERO
from cpts_portal.core.refusals import NotPossible
from missions.models import PayLine, PayStatus
from missions.pay.checks import blocking, check_problems
from missions.pay.payment import approve_line, check_line

Judge = Callable[[PayLine, Any, Sequence[PayLine]], list[str]]
Act = Callable[..., PayLine]


@dataclass
class Outcome:
    """The declarations that go through, and those left aside with the reason."""

    done: list[PayLine] = field(default_factory=list)
    left: list[tuple[PayLine, str]] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.done), ZERO)

    @property
    def people(self) -> int:
        return len({line.professional_id for line in self.done})


def checks_ahead(lines: Iterable[PayLine], *, by: User) -> Outcome:
    return _ahead(lines, PayStatus.DECLARED, lambda line, user, _planned: check_problems(line, user), by)


def approvals_ahead(lines: Iterable[PayLine], *, by: User) -> Outcome:
    return _ahead(lines, PayStatus.CHECKED, blocking, by)


def _ahead(lines: Iterable[PayLine], wanted: PayStatus, judge: Judge, by: User) -> Outcome:
    found = Outcome()
    for line in lines:
        if line.status != wanted:
            problems = [f"Elle est « {line.get_status_display().lower()} », et non « {wanted.label.lower()} »."]
        else:
            problems = judge(line, by, found.done)
        if problems:
            found.left.append((line, " ".join(problems)))
        else:
            found.done.append(line)
    return found


def check_lines(lines: Iterable[PayLine], *, moment: datetime, by: User) -> Outcome:
    return _each(lines, check_line, moment, by)


def approve_lines(lines: Iterable[PayLine], *, moment: datetime, by: User) -> Outcome:
    return _each(lines, approve_line, moment, by)


def _each(lines: Iterable[PayLine], act: Act, moment: datetime, by: User) -> Outcome:
    found = Outcome()
    for line in lines:
        try:
            found.done.append(act(line, moment=moment, by=by))
        except NotPossible as refusal:
            found.left.append((line, str(refusal)))
    return found
