"""What a CPTS does all year, in each state a page shows, over the samples of the walk of every URL."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.core.scoping import everything
from missions import models as work
from territories.models import Cpts
from tests import member_factories
from tests import mission_factories as make
from tests.guards.mission_samples import MISSIONS_KWARG, MISSIONS_PK, MissionSide, make_missions


@dataclass
class YearOfWork:
    """What the addresses of missions are filled with."""

    choices: dict[str, list]
    by_word: dict[str, list[int]]

    def pks(self, name: str) -> list[int]:
        return self.by_word.get(name.partition(":")[2].split("-")[0], [])


def fill_year(cpts: Cpts, by: User) -> YearOfWork:
    with everything("test data"):
        side = make_missions(cpts, by, member_factories.professional(cpts))
        actions, meetings = actions_in_each_state(cpts), meetings_in_each_state(cpts, side, by)
        known = SimpleNamespace(missions=side)
        return YearOfWork(
            choices={argument: [value(known)] for argument, value in MISSIONS_KWARG.items()},
            by_word={
                **{word: [getattr(side, field).pk] for word, field in MISSIONS_PK.items()},
                "action": [side.action.pk, *actions],
                "meeting": [side.meeting.pk, *meetings],
            },
        )


def actions_in_each_state(cpts: Cpts) -> list[int]:
    running = make.action(cpts, "acces", "prevention", start=date(2026, 1, 5), progress=40, theme="Dépistage")
    work.Deliverable.objects.create(action=running, name="Bilan", due_on=date(2026, 6, 30))
    work.BudgetLine.objects.create(
        action=running, envelope="own", label="Salle", planned=Decimal(900), spent=Decimal(150)
    )
    done = make.action(cpts, start=date(2025, 1, 5), done_on=date(2025, 12, 1), progress=100)
    dropped = make.action(cpts, dropped_on=date(2026, 2, 1), drop_reason="Faute de volontaires")
    return [each.pk for each in (running, done, dropped)]


def meetings_in_each_state(cpts: Cpts, side: MissionSide, by: User) -> list[int]:
    soon = datetime.now(UTC) + timedelta(days=20)
    called = make.meeting(cpts, "acces", starts_at=soon, called_at=timezone.now(), agenda="1. Bilan\n2. Suite")
    make.attendance(called, invited_at=timezone.now(), answer="yes")
    make.attendance(called, guest_name="Camille Invitée")
    held = make.meeting(
        cpts,
        group=side.group,
        attendance_locked_at=timezone.now(),
        attendance_locked_by=by,
        minutes="Les présents ont adopté le plan.",
        minutes_published_at=timezone.now(),
    )
    make.attendance(held, presence="present")
    cancelled = make.meeting(cpts, cancelled_at=timezone.now(), cancel_reason="Salle indisponible")
    return [each.pk for each in (called, held, cancelled)]
