"""The criteria as conditions on persons and on structures. Each narrows its table by a subquery: no row is doubled.

The subqueries are lists of keys read once (`pk IN (…)`), not questions asked again for each row (`EXISTS`): without
statistics, SQLite answers the latter by reading every membership of the CPTS for each person.
"""

from collections.abc import Callable, Iterator

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from cpts_portal.core.periods import active_on
from members.listing.criteria import OUTSIDE, Criteria, Kind, Situation
from members.models import Due, DuesCampaign, DuesState, Mandate, Membership, Practice, Professional, Structure
from territories.models import Commune, CptsCommune

HOLDER = {Kind.PERSON: "professional", Kind.STRUCTURE: "structure"}


def people(wanted: Criteria) -> QuerySet[Professional]:
    """Records merged into another are never shown; anonymised ones only as the members they once were."""
    found = Professional.objects.filter(cpts=wanted.cpts, merged_into__isnull=True)
    if wanted.situation != Situation.MEMBER:
        found = found.filter(anonymised_on__isnull=True)
    return found.filter(*_all(wanted, Kind.PERSON, PERSON_RULES))


def structures(wanted: Criteria) -> QuerySet[Structure]:
    found = Structure.objects.filter(cpts=wanted.cpts, merged_into__isnull=True)
    return found.filter(*_all(wanted, Kind.STRUCTURE, STRUCTURE_RULES))


def _all(wanted: Criteria, kind: Kind, rules: tuple[Callable[[Criteria], Iterator[Q]], ...]) -> list[Q]:
    shared = [*_ticked(wanted, kind), *_situation(wanted, kind), *_dues(wanted, kind)]
    return [*shared, *(condition for rule in rules for condition in rule(wanted))]


def _ticked(wanted: Criteria, kind: Kind) -> Iterator[Q]:
    if wanted.keys is not None:
        yield Q(pk__in=[pk for each, pk in wanted.keys if each == kind])


def _situation(wanted: Criteria, kind: Kind) -> Iterator[Q]:
    holder = HOLDER[kind]
    asked = Membership.objects.filter(cpts=wanted.cpts, **{f"{holder}__isnull": False})
    own, refused = asked.not_refused_on(wanted.day), asked.filter(refused_on__lte=wanted.day)
    current = own.members_on(wanted.day)
    awaited = own.awaited_on(wanted.day)
    ended = own.filter(end__lte=wanted.day)
    if wanted.situation == Situation.MEMBER:
        yield among(_in_college(current, wanted), holder)
    elif wanted.situation == Situation.AWAITED:
        yield among(_in_college(awaited, wanted), holder)
    elif wanted.situation == Situation.LEFT:
        yield among(_in_college(ended, wanted), holder)
        yield not_among(current, holder)
        yield not_among(awaited, holder)
    elif wanted.situation == Situation.REFUSED:
        yield among(_in_college(refused, wanted), holder)
        yield not_among(current, holder)
        yield not_among(awaited, holder)
    elif wanted.situation == Situation.NEVER:
        yield not_among(asked.known_on(wanted.day), holder)
    if wanted.college is not None and wanted.situation in (Situation.NEVER, Situation.ANY):
        running = own.known_on(wanted.day).filter(Q(end__isnull=True) | Q(end__gt=wanted.day))
        yield among(_in_college(running, wanted), holder)


def among(rows: QuerySet, holder: str) -> Q:
    """Those whom these rows are about; `holder` is never empty in them, or NOT IN would find nobody."""
    return Q(pk__in=rows.order_by().values(holder))


def not_among(rows: QuerySet, holder: str) -> Q:
    """Those whom none of these rows is about.

    PostgreSQL reads NOT IN again for each row once the list outgrows its memory; NOT EXISTS is a join there.
    """
    if connection.vendor == "postgresql":
        return Q(~Exists(rows.order_by().filter(**{holder: OuterRef("pk")})))
    return ~among(rows, holder)


def _in_college(memberships: QuerySet[Membership], wanted: Criteria) -> QuerySet[Membership]:
    if wanted.college is None:
        return memberships
    return memberships.filter(college=wanted.college) if wanted.college else memberships.filter(college__isnull=True)


def _dues(wanted: Criteria, kind: Kind) -> Iterator[Q]:
    if wanted.dues == DuesState.MISSING:
        holder = f"membership__{HOLDER[kind]}"
        yield not_among(Due.objects.filter(campaign__in=_campaigns(wanted), **{f"{holder}__isnull": False}), holder)
    elif wanted.dues:
        yield in_dues_state(wanted, kind, wanted.dues)


def in_dues_state(wanted: Criteria, kind: Kind, state: str) -> Q:
    """Those who have a due of the year in this state; owing includes late."""
    holder = f"membership__{HOLDER[kind]}"
    dues = Due.objects.in_state(state, wanted.day, campaigns=_campaigns(wanted))
    return among(dues.filter(**{f"{holder}__isnull": False}), holder)


def _campaigns(wanted: Criteria) -> QuerySet[DuesCampaign]:
    return DuesCampaign.objects.filter(cpts=wanted.cpts, year=wanted.year)


# --- Persons ------------------------------------------------------------------------------------------------------
def _practices(wanted: Criteria) -> QuerySet[Practice]:
    return Practice.objects.filter(professional__cpts=wanted.cpts).held_on(wanted.day)


def _person_words(wanted: Criteria) -> Iterator[Q]:
    """Each word in her name or number, or in the commune, the structure or the place where she practises."""
    for word in wanted.words:
        places = Commune.objects.filter(search__contains=word)
        houses = Structure.objects.filter(cpts=wanted.cpts, search__contains=word)
        practices = _practices(wanted)
        yield (
            Q(search__contains=word)
            | Q(pk__in=practices.filter(commune__in=places.values("pk")).values("professional"))
            | Q(pk__in=practices.filter(structure__in=houses.values("pk")).values("professional"))
            | Q(pk__in=practices.filter(search__contains=word).values("professional"))
        )


def _person_profession(wanted: Criteria) -> Iterator[Q]:
    if wanted.profession:
        yield Q(profession=wanted.profession)


def _person_place(wanted: Criteria) -> Iterator[Q]:
    practices = _practices(wanted)
    if wanted.commune == OUTSIDE:
        yield among(practices.filter(commune__isnull=False), "professional")
        yield ~among(practices.filter(commune__in=_territory(wanted)), "professional")
    elif wanted.commune:
        yield among(practices.filter(commune=wanted.commune), "professional")
    if wanted.epci:
        yield among(practices.filter(commune__epci=wanted.epci), "professional")


def _person_mode(wanted: Criteria) -> Iterator[Q]:
    if wanted.mode:
        yield among(_practices(wanted).filter(mode=wanted.mode), "professional")


def _person_mandate(wanted: Criteria) -> Iterator[Q]:
    if wanted.mandate:
        held = Mandate.objects.filter(active_on(wanted.day), cpts=wanted.cpts)
        yield among(held if wanted.mandate == "any" else held.filter(office=wanted.mandate), "professional")


# --- Structures ---------------------------------------------------------------------------------------------------
def _structure_words(wanted: Criteria) -> Iterator[Q]:
    for word in wanted.words:
        places = Commune.objects.filter(search__contains=word)
        yield Q(search__contains=word) | Q(commune__in=places.values("pk"))


def _structure_kind(wanted: Criteria) -> Iterator[Q]:
    if wanted.structure_kind:
        yield Q(kind=wanted.structure_kind)


def _structure_place(wanted: Criteria) -> Iterator[Q]:
    if wanted.commune == OUTSIDE:
        yield Q(commune__isnull=False)
        yield ~Q(commune__in=_territory(wanted))
    elif wanted.commune:
        yield Q(commune=wanted.commune)
    if wanted.epci:
        yield Q(commune__epci=wanted.epci)


def _territory(wanted: Criteria) -> QuerySet:
    return CptsCommune.objects.filter(active_on(wanted.day), cpts=wanted.cpts).order_by().values("commune")


PERSON_RULES = (_person_words, _person_profession, _person_place, _person_mode, _person_mandate)
STRUCTURE_RULES = (_structure_words, _structure_kind, _structure_place)
