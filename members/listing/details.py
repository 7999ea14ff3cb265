"""What the rows of one page show besides their names: memberships, dues, places of practice, ways to reach them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q

from members.listing.criteria import SHOWN_FIRST, Criteria, Kind
from members.models import Due, DuesState, ExerciseMode, Membership, Practice, Status

Key = tuple[Kind, int]


@dataclass
class Detail:
    """The membership shown is the one in force, else the next, the one asked for, the last that ended."""

    membership_id: int | None = None
    status: Status | None = None
    college: str = ""
    since: date | None = None
    until: date | None = None
    dues: DuesState | None = None
    owed: Decimal | None = None
    communes: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)


def details_of(keys: Iterable[Key], wanted: Criteria) -> dict[Key, Detail]:
    """Three queries whatever the number of rows."""
    found = {key: Detail() for key in keys}
    people = [pk for kind, pk in found if kind == Kind.PERSON]
    structures = [pk for kind, pk in found if kind == Kind.STRUCTURE]
    _add_memberships(found, wanted, people, structures)
    _add_dues(found, wanted, people, structures)
    _add_practices(found, wanted, people)
    return found


def _add_memberships(found: dict[Key, Detail], wanted: Criteria, people: list[int], structures: list[int]) -> None:
    rows = Membership.objects.filter(Q(professional__in=people) | Q(structure__in=structures)).select_related("college")
    told = [(row.status_on(wanted.day), row) for row in rows]
    ranked = [(SHOWN_FIRST.index(status), -row.pk, row) for status, row in told if status]
    for _rank, _age, row in sorted(ranked, key=lambda each: each[:2], reverse=True):
        detail = found[_holder(row)]
        detail.membership_id = row.pk
        detail.status = row.status_on(wanted.day)
        detail.college = row.college.name if row.college else ""
        detail.since, detail.until = row.start, row.end


def _holder(row: Membership) -> Key:
    return (Kind.PERSON if row.professional_id else Kind.STRUCTURE), row.holder_id


def _add_dues(found: dict[Key, Detail], wanted: Criteria, people: list[int], structures: list[int]) -> None:
    """The due of the year, whichever membership of the holder it was asked on; what is still owed wins."""
    rows = Due.objects.of_holders(people=people, structures=structures)
    rows = rows.filter(campaign__cpts=wanted.cpts, campaign__year=wanted.year).order_by("owed", "pk")
    for due in rows.select_related("campaign", "membership"):
        detail = found[_holder(due.membership)]
        detail.dues, detail.owed = due.state_on(wanted.day), due.owed


def _add_practices(found: dict[Key, Detail], wanted: Criteria, people: list[int]) -> None:
    rows = Practice.objects.filter(professional__in=people).held_on(wanted.day).select_related("commune", "structure")
    for row in rows:
        detail = found[Kind.PERSON, row.professional_id]
        _once(detail.communes, row.commune.name if row.commune else "")
        _once(detail.places, row.structure.name if row.structure else row.place)
        _once(detail.modes, str(ExerciseMode(row.mode).label) if row.mode else "")


def _once(values: list[str], value: str) -> None:
    if value and value not in values:
        values.append(value)
