"""The public directory: from what a person types to a current commune, and from a commune to its CPTS.

Only public facts are read here: names, the published contact of a CPTS, the agencies of a department. A CPTS « en
émergence » has no published contact yet, because nobody has examined its project: its name is shown, nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, Prefetch, Q, Subquery, Value, When, prefetch_related_objects
from django.db.models.functions import Concat, Lower

from cpts_portal.core.text import fold
from territories.map.coverage import holders
from territories.models import Agency, Commune, Cpts, CptsCommune, Population, Stage
from territories.models.places import CommuneQuerySet

MATCHES_READ = 60
EXACT, STARTS, CONTAINS = 1, 2, 3
UNPUBLISHED_STAGES = frozenset({Stage.EMERGENCE})
_LINEAGE = ("successor__successor__successor", "parent__successor__successor")


def publishes_contact(cpts: Cpts) -> bool:
    return cpts.stage not in UNPUBLISHED_STAGES


def words_of(text: str) -> list[str]:
    """Folded words, « st » and « ste » written out when a name follows (« St-Brieuc », « Ste Colombe »)."""
    words = fold(text).split()
    abbreviations = {"st": "saint", "ste": "sainte"}
    return [abbreviations.get(word, word) for word in words[:-1]] + words[-1:]


def find_communes(text: str) -> CommuneQuerySet:
    """Communes whose name, INSEE code or postal codes hold words that start with each word of the text.

    All kinds and periods, with `rank`: exact name or code first, then names that start so, then the rest; current
    communes before old ones, large before small.
    """
    words = words_of(text)
    if not words:
        return Commune.objects.none()
    if len(words) == 1 and len(words[0]) == 1:  # one letter is a whole name or nothing: the commune of Y exists
        return _ranked(Commune.objects.filter(search__startswith=f"{words[0]} "), words).filter(rank=EXACT)
    communes = Commune.objects.all()
    for word in words:
        communes = communes.filter(Q(search__startswith=word) | Q(search__contains=f" {word}"))
    return _ranked(communes, words)


def _ranked(communes: CommuneQuerySet, words: list[str]) -> CommuneQuerySet:
    name = " ".join(words)
    latest = Population.objects.filter(commune=OuterRef("pk")).order_by("-vintage").values("municipal")[:1]
    exact_code = Q(code__iexact=name) | Q(postal_codes=name) | Q(postal_codes__contains=name if len(name) == 5 else "∅")
    rank = Case(
        When(exact_code, then=EXACT),
        When(search__startswith=Concat(Value(f"{name} "), Lower("code")), then=EXACT),
        When(search__startswith=name, then=STARTS),
        default=CONTAINS,
        output_field=IntegerField(),
    )
    existing = Case(When(kind=Commune.Kind.COMMUNE, ended_on__isnull=True, then=0), default=1)
    return communes.annotate(rank=rank, existing=existing, inhabitants=Subquery(latest)).order_by(
        "rank", "existing", Subquery(latest).desc(nulls_last=True), "name", "code"
    )


def current_of(commune: Commune) -> Commune:
    """The commune of today: the successor of an ended one, the commune a delegated or associated one belongs to."""
    current, seen = commune, set()
    while current.pk not in seen:
        seen.add(current.pk)
        following = current.successor if current.ended_on else None
        if following is None and current.kind != Commune.Kind.COMMUNE:
            following = current.parent
        if following is None:
            break
        current = following
    return current


@dataclass
class Match:
    """A commune of today, and the old or partial names that led to it."""

    commune: Commune
    is_exact: bool
    former_names: list[str] = field(default_factory=list)


def matches(text: str, limit: int = 20) -> tuple[list[Match], bool]:
    """Communes of today for a text, best first, each once; and whether there were more."""
    by_commune: dict[int, Match] = {}
    rows = list(find_communes(text).select_related(*_LINEAGE)[: MATCHES_READ + 1])
    for row in rows[:MATCHES_READ]:
        today = current_of(row)
        match = by_commune.setdefault(today.pk, Match(today, row.rank == EXACT))
        if row.name != today.name and row.name not in match.former_names:
            match.former_names.append(row.name)
    cut = list(by_commune.values())
    prefetch_related_objects([match.commune for match in cut[:limit]], "department")
    return cut[:limit], len(cut) > limit or len(rows) > MATCHES_READ


@dataclass(frozen=True)
class Holder:
    """A CPTS that holds a commune, as anybody may read it."""

    cpts: Cpts
    inhabitants: int | None
    has_contact: bool
    is_closing: bool

    @property
    def contact_rows(self) -> list[str]:
        """What is published, empty fields left out."""
        cpts = self.cpts
        return [value for value in (self.postal_address, cpts.email, cpts.phone, cpts.website) if value]

    @property
    def postal_address(self) -> str:
        seat = self.cpts.seat
        town = f"{seat.postal_codes.split(' ')[0]} {seat.name}".strip() if seat else ""
        return ", ".join(part for part in (self.cpts.address, town) if part)

    @property
    def phone_link(self) -> str:
        return "".join(sign for sign in self.cpts.phone if sign.isdigit() or sign == "+")


@dataclass(frozen=True)
class Answer:
    """What the public page says about one commune."""

    commune: Commune
    former_names: tuple[str, ...]
    holders: tuple[Holder, ...]
    agencies: tuple[Agency, ...]

    @property
    def needs_agencies(self) -> bool:
        """No CPTS of the commune can be reached: the reader is told whom else to ask."""
        return not any(holder.has_contact and holder.contact_rows for holder in self.holders)


def answers(matched: Iterable[Match], day: date) -> Iterator[Answer]:
    """Each match with its CPTS, and the agencies of its department; three queries whatever the number."""
    former = {match.commune.pk: tuple(match.former_names) for match in matched}
    ars_first = Agency.objects.filter(is_active=True).order_by("kind", "name")
    communes = (
        Commune.objects.filter(pk__in=former)
        .select_related("department", "epci")
        .prefetch_related(_public_holders(day), Prefetch("department__agencies", ars_first, "active_agencies"))
        .in_bulk()
    )
    for pk, names in former.items():
        commune: Any = communes[pk]  # with what was prefetched above
        yield Answer(
            commune,
            names,
            tuple(_holder(link) for link in commune.holders),
            tuple(commune.department.active_agencies),
        )


def _public_holders(day: date) -> Prefetch:
    """The holders of each commune with the seat of each CPTS, which its public card prints."""
    prefetch = holders(day)
    links: Any = prefetch.queryset
    prefetch.queryset = links.select_related("cpts__seat")
    return prefetch


def _holder(link: CptsCommune) -> Holder:
    return Holder(
        link.cpts,
        link.inhabitants,
        has_contact=publishes_contact(link.cpts),
        is_closing=link.cpts.stage == Stage.CLOSING,
    )


def commune_by_id(commune_id: int | None) -> Commune | None:
    """The commune of today for the number a link carries; None when it leads nowhere."""
    commune = Commune.objects.select_related(*_LINEAGE).filter(pk=commune_id).first() if commune_id else None
    return current_of(commune) if commune else None


def split_answers(matched: list[Match]) -> tuple[list[Match], list[Match]]:
    """The match to show in full (the only one, or the only exact one), and the others.

    Homonyms are never chosen for the reader: several exact matches are all listed.
    """
    exact = [match for match in matched if match.is_exact]
    chosen = matched if len(matched) == 1 else exact if len(exact) == 1 else []
    return chosen, [match for match in matched if match not in chosen]
