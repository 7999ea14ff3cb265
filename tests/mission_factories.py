"""Factories of the missions app: valid by default, everything may be overridden."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from cpts_portal.core.scoping import everything
from members.models import Professional
from missions.models import (
    Action,
    Attendance,
    CptsMission,
    Exercise,
    Group,
    Indicator,
    Meeting,
    OfficialMission,
    PayLine,
    PayRate,
    Result,
    Target,
)
from territories.models import Cpts
from tests import member_factories

_numbers = count(1)
FIRST_DAY = date(2026, 1, 1)


def official(code: str = "acces") -> OfficialMission:
    """One of the six missions loaded by the migrations."""
    return OfficialMission.objects.get(code=code)


def mission(cpts: Cpts, code: str = "acces", **fields) -> CptsMission:
    """A mission of this CPTS under a contract signed on the 1st of January 2026."""
    fields.setdefault("agreed_on", FIRST_DAY)
    with everything("test data"):
        found = CptsMission.objects.filter(cpts=cpts, mission__code=code).first()
        return found or CptsMission.objects.create(cpts=cpts, mission=official(code), **fields)


def exercise(cpts: Cpts, number: int = 1, start: date | None = None) -> Exercise:
    """A year of the contract: calendar years from 2026 unless told otherwise."""
    first = start or date(2025 + number, 1, 1)
    with everything("test data"):
        found = Exercise.objects.filter(cpts=cpts, number=number).first()
        return found or Exercise.objects.create(
            cpts=cpts, number=number, start=first, end=first.replace(year=first.year + 1)
        )


def action(cpts: Cpts, *codes: str, **fields) -> Action:
    fields.setdefault("title", f"Action {next(_numbers)}")
    with everything("test data"):
        made = Action.objects.create(cpts=cpts, **fields)
        made.missions.set([mission(cpts, code) for code in codes or ("acces",)])
    return made


def indicator(cpts: Cpts, code: str = "acces", **fields) -> Indicator:
    defaults = {
        "name": f"Indicateur {next(_numbers)}",
        "kind": "result",
        "unit": "patients",
        "source": "fund",
        "method": "binary",
    }
    with everything("test data"):
        return Indicator.objects.create(mission=mission(cpts, code), **{**defaults, **fields})


def target(of: Indicator, number: int = 1, value: str = "100", amount: str = "1000.00", **fields) -> Target:
    with everything("test data"):
        return Target.objects.create(
            indicator=of,
            exercise=exercise(of.mission.cpts, number),
            value=Decimal(value),
            amount=Decimal(amount),
            **fields,
        )


def result(of: Target, value: str = "100", **fields) -> Result:
    fields.setdefault("start", of.exercise.start)
    fields.setdefault("end", of.exercise.end)
    with everything("test data"):
        return Result.objects.create(target=of, value=Decimal(value), **fields)


def group(cpts: Cpts, **fields) -> Group:
    fields.setdefault("name", f"Groupe {next(_numbers)}")
    with everything("test data"):
        return Group.objects.create(cpts=cpts, **fields)


def meeting(cpts: Cpts, *codes: str, starts_at: datetime | None = None, **fields) -> Meeting:
    """Two hours, on the 3rd of March 2026 at 19:00 UTC unless told otherwise."""
    starts_at = starts_at or datetime(2026, 3, 3, 19, tzinfo=UTC)
    fields.setdefault("title", f"Réunion {next(_numbers)}")
    fields.setdefault("ends_at", starts_at + timedelta(hours=2))
    with everything("test data"):
        made = Meeting.objects.create(cpts=cpts, starts_at=starts_at, **fields)
        made.missions.set([mission(cpts, code) for code in codes])
    return made


def attendance(at: Meeting, professional: Professional | None = None, **fields) -> Attendance:
    with everything("test data"):
        person = None if fields.get("guest_name") else professional or member_factories.professional(at.cpts)
        return Attendance.objects.create(meeting=at, professional=person, **fields)


def pay_rate(cpts: Cpts, amount: str = "60.00", nature: str = "indemnity", **fields) -> PayRate:
    fields.setdefault("start", FIRST_DAY)
    with everything("test data"):
        return PayRate.objects.create(cpts=cpts, nature=nature, amount=Decimal(amount), **fields)


def pay_line(professional: Professional, amount: str = "120.00", **fields) -> PayLine:
    """A declared line, as it stands before anybody checked it."""
    defaults = {"nature": "indemnity", "day": date(2026, 3, 3), "activity": "Réunion du bureau"}
    with everything("test data"):
        return PayLine.objects.create(
            cpts_id=professional.cpts_id,
            professional=professional,
            amount=Decimal(amount),
            flat_amount=Decimal(amount),
            person_key=professional.rpps or f"record-{professional.pk}",
            **{**defaults, **fields},
        )
