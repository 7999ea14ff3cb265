"""The national directory and the register of a CPTS side by side: who is known, links decided, persons added.

The state of a person of the directory: member (of the CPTS that day), in the register without being a member, or not
known yet. She is recognised by the link of her record, or by the same RPPS.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import models, transaction
from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from members.directory.imports import LinkProposal, LinkRefused, link, practices_in, propose_links
from members.models import (
    DirectoryEntry,
    DirectoryPractice,
    Membership,
    Practice,
    Profession,
    Professional,
    RefusedLink,
    Structure,
)
from members.records.duplicates import Identity, candidates_for, keep_apart
from members.records.registration import NumberTaken, PersonFields, PracticeLine, register_person
from members.shared.directory_differences import Difference, differences, spelled
from territories.models import Cpts


class KnownPerson(models.TextChoices):
    MEMBER = "member", "Adhérent"
    REGISTER = "register", "Au registre"
    UNKNOWN = "unknown", "Pas encore connu"


@dataclass
class ProfessionCount:
    """Persons of the directory on the territory in one profession, by what the register knows of them."""

    profession: Profession
    by_state: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KnownPerson.values, 0))

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


def living(cpts: Cpts) -> QuerySet[Professional]:
    """The records of the register that stand for somebody."""
    return Professional.objects.filter(cpts=cpts, merged_into__isnull=True, anonymised_on__isnull=True)


def known_state(cpts: Cpts, day: date, prefix: str = "") -> Case:
    """The state of a person of the directory, as an expression on `DirectoryEntry` (or on a path that leads to it)."""
    register = living(cpts).order_by()
    members = register.filter(
        pk__in=Membership.objects.filter(cpts=cpts, professional__isnull=False)
        .members_on(day)
        .order_by()
        .values("professional")
    )
    return Case(
        When(_is_among(members, prefix), then=Value(KnownPerson.MEMBER.value)),
        When(_is_among(register, prefix), then=Value(KnownPerson.REGISTER.value)),
        default=Value(KnownPerson.UNKNOWN.value),
        output_field=CharField(),
    )


def _is_among(people: QuerySet[Professional], prefix: str) -> Q:
    linked = people.filter(directory_entry__isnull=False).values("directory_entry")
    numbered = people.exclude(rpps="").values("rpps")
    return Q(**{f"{prefix}pk__in": linked}) | Q(**{f"{prefix}rpps__in": numbered})


def profession_counts(cpts: Cpts, day: date) -> list[ProfessionCount]:
    """Professions of the territory in their order, with who is known (one query): the sum for the persons of one
    profession counts each once; somebody of two professions counts in both."""
    rows = (
        practices_in(cpts, day)
        .annotate(state=known_state(cpts, day, "entry__"))
        .order_by("profession__rank", "profession__name", "profession", "state")
        .values_list("profession", "profession__name", "profession__plural", "state")
        .annotate(persons=Count("entry", distinct=True))
    )
    found: dict[int, ProfessionCount] = {}
    for pk, name, plural, state, persons in rows:
        row = found.setdefault(pk, ProfessionCount(Profession(pk=pk, name=name, plural=plural)))
        row.by_state[state] = persons
    return list(found.values())


def records_of(cpts: Cpts, entries: Iterable[DirectoryEntry]) -> dict[int, Professional]:
    """The record of the register of each entry, by number of the entry (one query)."""
    listed = list(entries)
    by_rpps = {entry.rpps: entry.pk for entry in listed}
    records = living(cpts).filter(Q(directory_entry__in=[e.pk for e in listed]) | Q(rpps__in=list(by_rpps)))
    found: dict[int, Professional] = {}
    for record in records.order_by("pk"):
        if record.directory_entry_id:
            found[record.directory_entry_id] = record
        elif record.rpps in by_rpps:
            found.setdefault(by_rpps[record.rpps], record)
    return found


@transaction.atomic
def decide_links(
    cpts: Cpts, chosen: Sequence[tuple[int, int]], *, accept: bool, day: date, by: User
) -> list[LinkProposal]:
    """Accept or refuse the proposals chosen (person, entry); those that no longer stand are refused in one sentence.

    Accepting two entries for one person, or two persons for one entry, is not possible.
    """
    if not chosen:
        raise LinkRefused("Cochez au moins un rattachement.")
    standing = {proposal.key: proposal for proposal in propose_links(cpts, day=day)}
    if any(key not in standing for key in chosen):
        raise LinkRefused("La liste vient de changer : relisez les propositions avant de choisir.")
    found = [standing[key] for key in dict.fromkeys(chosen)]
    if not accept:
        for proposal in found:
            refusal = RefusedLink(cpts=cpts, professional=proposal.professional, entry=proposal.entry)
            save_as(refusal, by=by, reason="Rattachement à l’annuaire national écarté")
        return found
    for side in ("professional", "entry"):
        sides = [getattr(proposal, side) for proposal in found]
        twice = next((one for one in sides if sides.count(one) > 1), None)
        if twice is not None:
            raise LinkRefused(f"{twice} est coché deux fois : gardez un seul rattachement.")
    for proposal in found:
        link(proposal.professional, proposal.entry, by=by)
    return found


def people_who_differ(cpts: Cpts) -> list[tuple[Professional, list[Difference]]]:
    """Linked persons for whom the register and the directory do not say the same (three queries)."""
    linked = living(cpts).filter(directory_entry__isnull=False)
    people = linked.select_related("profession", "directory_entry__profession").order_by("sort_name", "pk")
    ids = linked.order_by().values("pk")
    typed: dict[int, list[Practice]] = defaultdict(list)
    for mine in Practice.objects.filter(professional__in=ids).select_related("commune"):
        typed[mine.professional_id].append(mine)
    known: dict[int, list[DirectoryPractice]] = defaultdict(list)
    entries = linked.order_by().values("directory_entry")
    for said in DirectoryPractice.objects.filter(entry__in=entries).select_related("commune").order_by("pk"):
        known[said.entry_id].append(said)
    found = ((p, differences(p, typed=typed[p.pk], known=known[p.directory_entry_id or 0])) for p in people)
    return [(person, said) for person, said in found if said]


def look_alikes(cpts: Cpts, entry: DirectoryEntry) -> dict[Professional, list[str]]:
    """Records of the register that may already be this person, with the signs they share."""
    identity = Identity.of(
        rpps=entry.rpps, first_name=entry.first_name, last_name=entry.last_name, profession_id=entry.profession_id
    )
    return candidates_for(cpts, identity)


@transaction.atomic
def add_to_register(cpts: Cpts, entry: DirectoryEntry, *, day: date, by: User) -> Professional:
    """A new record, linked, with the names, the number and the practices of the directory on this territory.

    The records that look alike, shown before, are noted as other persons. Raises `LinkRefused` when a record already
    bears the number or the link.
    """
    holder = records_of(cpts, [entry]).get(entry.pk)
    if holder is not None:
        raise LinkRefused(f"{holder} est déjà au registre.")
    values = {
        "civil_last_name": spelled(entry.last_name),
        "civil_first_name": spelled(entry.first_name),
        "last_name": "",
        "profession": entry.profession,
        "rpps": entry.rpps,
    }
    fields = PersonFields(values=values, practices=_practices(cpts, entry, day))
    apart = list(look_alikes(cpts, entry))
    try:
        person = register_person(cpts, fields=fields, on=day, by=by)
    except NumberTaken as taken:
        raise LinkRefused(" ".join(taken.messages)) from taken
    for other in apart:
        keep_apart(person, other, by=by)
    return link(person, entry, by=by)


def _practices(cpts: Cpts, entry: DirectoryEntry, day: date) -> list[PracticeLine]:
    """One line per commune and mode, as the register counts places."""
    said = list(practices_in(cpts, day).filter(entry=entry).select_related("commune").order_by("pk"))
    numbers = {row.finess for row in said if row.finess}
    held = Structure.objects.filter(cpts=cpts, finess__in=numbers, merged_into__isnull=True)
    structures = {structure.finess: structure for structure in held}
    lines: dict[tuple[int, str], PracticeLine] = {}
    for row in said:
        line = PracticeLine(
            mode=row.mode,
            structure=structures.get(row.finess),
            place=row.place,
            address=row.address,
            commune=row.commune,
            start=row.start,
        )
        lines.setdefault((row.commune_id, row.mode), line)
    return list(lines.values())
