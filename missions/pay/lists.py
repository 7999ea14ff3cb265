"""Payments as lists read them: lines, presences still to be declared, the room of each person with a forecast."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from cpts_portal.core.money import ZERO
from members.models import Professional
from missions.models import Attendance, Nature, PayBatch, PayLine, PayStatus
from missions.pay.ceiling import GRANTED, WAITING, Room, rooms_of
from territories.models import Cpts


def lines_of(cpts: Cpts) -> QuerySet:
    return PayLine.objects.filter(cpts=cpts).select_related("professional__profession")


def last_lines(person: Professional) -> QuerySet:
    """The declarations of a person that were not refused, the latest first."""
    return PayLine.objects.filter(professional=person).exclude(status=PayStatus.REFUSED).order_by("-day", "-pk")


@dataclass(frozen=True)
class NatureSum:
    """What a person has been granted in a year for one legal nature, and what waits for an approval."""

    label: str
    granted: Decimal
    waiting: Decimal


def sums_by_nature(person: Professional, year: int) -> list[NatureSum]:
    rows = PayLine.objects.filter(professional=person, day__year=year).order_by().values("nature")
    found = {
        row["nature"]: row
        for row in rows.annotate(
            granted=Sum("amount", filter=Q(status__in=GRANTED), default=ZERO),
            waiting=Sum("amount", filter=Q(status__in=WAITING), default=ZERO),
        )
    }
    none = {"granted": ZERO, "waiting": ZERO}
    return [
        NatureSum(label, found.get(nature, none)["granted"], found.get(nature, none)["waiting"])
        for nature, label in Nature.choices
    ]


def years_of(cpts: Cpts, today: date) -> list[int]:
    """The years that bear a line, and this one; the latest first."""
    found = PayLine.objects.filter(cpts=cpts).order_by().values_list("day__year", flat=True).distinct()
    return sorted({*found, today.year}, reverse=True)


def to_declare(cpts: Cpts) -> QuerySet:
    """Proved presences of people of the register that no declaration pays for."""
    found = Attendance.objects.filter(
        meeting__cpts=cpts,
        meeting__attendance_locked_at__isnull=False,
        meeting__cancelled_at__isnull=True,
        presence=Attendance.Presence.PRESENT,
        professional__isnull=False,
        pay_line__isnull=True,
    )
    return found.select_related("meeting", "professional").order_by("-meeting__starts_at", "professional__sort_name")


@dataclass(frozen=True)
class Forecast:
    """One person and a year: what this CPTS granted, what waits, what is left of the ceiling in all CPTS."""

    person: Professional
    granted: Decimal
    waiting: Decimal
    room: Room
    today: date

    @property
    def projected(self) -> Decimal:
        """What this CPTS would have paid on the 31st of December at the pace of the days gone by."""
        if self.today.year != self.room.year:
            return self.granted + self.waiting
        first, last = date(self.room.year, 1, 1), date(self.room.year, 12, 31)
        gone, days = (self.today - first).days + 1, (last - first).days + 1
        return ((self.granted + self.waiting) * days / gone).quantize(Decimal("0.01"))

    @property
    def left_at_year_end(self) -> Decimal:
        """Below zero when the pace would pass the ceiling."""
        return self.room.left - (self.projected - self.granted)

    @property
    def percent(self) -> int:
        return int(self.room.share_after() * 100)

    @property
    def verdict(self) -> tuple[str, str]:
        """(words, tone)"""
        if self.room.ceiling is None:
            return "plafond inconnu", "danger"
        if self.room.left < self.waiting:
            return "reste insuffisant", "danger"
        if self.room.warning() or self.room.left == 0:
            return "80 % atteints", "warning"
        if self.left_at_year_end < 0:
            return "dépassé à ce rythme", "warning"
        return "sous le plafond", "success"


def forecasts(cpts: Cpts, year: int, today: date) -> list[Forecast]:
    """Everybody who has a line this year, the least room first; a fixed number of queries."""
    sums = (
        PayLine.objects.filter(cpts=cpts, day__year=year)
        .order_by()
        .values("professional")
        .annotate(
            granted=Sum("amount", filter=Q(status__in=GRANTED), default=ZERO),
            waiting=Sum("amount", filter=Q(status__in=WAITING), default=ZERO),
        )
        .filter(Q(granted__gt=0) | Q(waiting__gt=0))
    )
    by_person = {row["professional"]: row for row in sums}
    people = list(Professional.objects.filter(pk__in=by_person).select_related("profession"))
    rooms = rooms_of(people, year)
    found = [
        Forecast(each, by_person[each.pk]["granted"], by_person[each.pk]["waiting"], rooms[each.pk], today)
        for each in people
    ]
    return sorted(found, key=lambda each: (each.left_at_year_end, each.person.sort_name))


def batches_of(cpts: Cpts) -> QuerySet:
    """The latest first, with `total` (euros) and `people` paid by each."""
    batches = PayBatch.objects.filter(cpts=cpts).order_by("-number")
    return batches.annotate(
        total=Sum("lines__amount", default=ZERO), people=Count("lines__professional", distinct=True)
    )
