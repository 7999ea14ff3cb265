"""Records of a register that may be the same person, and merging two of them without losing anything.

Three signs, each enough to ask the question: same RPPS; same folded name and profession; same e-mail address.
Merging keeps one record and moves everything of the other to it (practices, contacts, memberships, mandates); the
other stays as a trace that points to the one kept, with its own history.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as, update_many
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import fold
from members.models import Contact, Mandate, Membership, NotDuplicate, Practice, Professional, Structure
from members.records.joined_memberships import join, lock_dues, union_of
from members.shared.known_records import known
from members.shared.merged_records import move_with_the_record
from territories.models import Cpts

SAME_RPPS = "même numéro RPPS"
SAME_NAME = "même nom et même profession"
SAME_EMAIL = "même adresse électronique"


@dataclass(frozen=True)
class Identity:
    """What two records are compared on; built from a record, a form or a line of a spreadsheet."""

    rpps: str = ""
    name: str = ""
    profession_id: int | None = None
    emails: frozenset[str] = frozenset()

    @classmethod
    def of(cls, *, rpps: str, first_name: str, last_name: str, profession_id: int | None, emails: Iterable[str] = ()):
        """The order of first and last name does not count: spreadsheets mix them."""
        name = " ".join(sorted(fold(f"{first_name} {last_name}").split()))
        return cls(rpps, name, profession_id, frozenset(email.strip().lower() for email in emails if email.strip()))

    def signs_shared_with(self, other: "Identity") -> list[str]:
        signs = []
        if self.rpps and self.rpps == other.rpps:
            signs.append(SAME_RPPS)
        if self.name and self.name == other.name and self.profession_id == other.profession_id:
            signs.append(SAME_NAME)
        if self.emails & other.emails:
            signs.append(SAME_EMAIL)
        return signs


@dataclass(frozen=True)
class Pair:
    """Two records to compare, and why."""

    first_id: int
    second_id: int
    signs: tuple[str, ...]


class Register:
    """The identities of a register, read once (three queries) and looked up in constant time."""

    def __init__(self, identities: Mapping[int, Identity]) -> None:
        self.identities = dict(identities)
        self._by_key: dict[tuple, list[int]] = defaultdict(list)
        for pk, identity in self.identities.items():
            for key in _keys(identity):
                self._by_key[key].append(pk)

    @classmethod
    def of(cls, cpts: Cpts, among: Q | None = None) -> "Register":
        """The identities of the whole register, or of the records that meet the condition `among`."""
        people = known(cpts).filter(among) if among is not None else known(cpts)
        rows = list(
            people.values_list("pk", "rpps", "civil_first_name", "civil_last_name", "last_name", "profession_id")
        )
        emails: dict[int, set[str]] = defaultdict(set)
        held = _emails(cpts).filter(professional__in=[row[0] for row in rows]) if among is not None else _emails(cpts)
        for pk, value in held:
            emails[pk].add(value)
        return cls(
            {
                pk: Identity.of(
                    rpps=rpps,
                    first_name=first,
                    last_name=name or civil,
                    profession_id=profession,
                    emails=emails[pk],
                )
                for pk, rpps, first, civil, name, profession in rows
            }
        )

    def candidates(self, identity: Identity, *, besides: int | None = None) -> dict[int, list[str]]:
        """The records that share a sign with this identity: pk -> signs."""
        found = {pk for key in _keys(identity) for pk in self._by_key.get(key, ())} - {besides}
        return {pk: identity.signs_shared_with(self.identities[pk]) for pk in sorted(found)}

    def pairs(self) -> list[Pair]:
        """Every pair of records that share a sign, the surest first."""
        couples = {
            (first, second)
            for pks in self._by_key.values()
            for i, first in enumerate(sorted(set(pks)))
            for second in sorted(set(pks))[i + 1 :]
        }
        made = [Pair(a, b, tuple(self.identities[a].signs_shared_with(self.identities[b]))) for a, b in sorted(couples)]
        return sorted(made, key=lambda pair: (SAME_RPPS not in pair.signs, -len(pair.signs), pair.first_id))


def candidates_for(cpts: Cpts, identity: Identity, *, besides: int | None = None) -> dict[Professional, list[str]]:
    """For a form: the records that look like this person, with the signs; only those that may are read."""
    found = Register.of(cpts, among=_resembling(cpts, identity)).candidates(identity, besides=besides)
    people = Professional.objects.select_related("profession").in_bulk(found)
    return {people[pk]: signs for pk, signs in found.items()}


def pairs_to_review(cpts: Cpts) -> list[Pair]:
    """Every pair of the register that shares a sign and that nobody said to be two different persons."""
    apart = known_apart(cpts, NotDuplicate.Target.PERSON)
    return [pair for pair in Register.of(cpts).pairs() if (pair.first_id, pair.second_id) not in apart]


def known_apart(cpts: Cpts, target: str) -> set[tuple[int, int]]:
    """The pairs of records somebody said to be different, the smaller number first."""
    return set(NotDuplicate.objects.filter(cpts=cpts, target=target).values_list("first_id", "second_id"))


@transaction.atomic
def keep_apart(one: Professional | Structure, other: Professional | Structure, *, by: User) -> NotDuplicate:
    """« Ce ne sont pas les mêmes »: the pair no longer shows. Saying it twice changes nothing."""
    if type(one) is not type(other) or one.pk == other.pk or one.cpts_id != other.cpts_id:
        raise NotPossible("Seules deux fiches différentes de la même CPTS peuvent être distinguées.")
    target = NotDuplicate.Target.PERSON if isinstance(one, Professional) else NotDuplicate.Target.STRUCTURE
    first, second = sorted((one.pk, other.pk))
    pair = NotDuplicate(cpts_id=one.cpts_id, target=target, first_id=first, second_id=second)
    same = NotDuplicate.objects.filter(cpts_id=one.cpts_id, target=target, first_id=first, second_id=second).first()
    if same is None:
        save_as(pair, by=by)
    return same or pair


MERGED_FIELDS = ("civil_last_name", "civil_first_name", "last_name", "profession_id", "rpps", "directory_entry_id")


@transaction.atomic
def merge(
    keep: Professional,
    drop: Professional,
    *,
    take_from_dropped: Sequence[str],
    on: date,
    by: User,
    keep_membership: int | None = None,
) -> Professional:
    """Move everything of `drop` to `keep`, with the fields chosen from `drop`; refuse what would contradict itself.

    Raises NotPossible when the records are of two CPTS, or when both have an open membership and `keep_membership`
    does not say which one stays.
    """
    locked = {p.pk: p for p in Professional.objects.select_for_update().filter(pk__in=[keep.pk, drop.pk])}
    keep, drop = locked[keep.pk], locked[drop.pk]
    _refuse_impossible(keep, drop)
    lock_dues(keep, drop)
    union = union_of(keep, drop, membership_id=keep_membership, on=on)
    taken = {name: getattr(drop, name) for name in take_from_dropped if name in MERGED_FIELDS}
    _retire(drop, into=keep, by=by)
    for name, value in taken.items():
        setattr(keep, name, value)
    keep.extra = {**drop.extra, **keep.extra}
    keep.version += 1
    save_as(keep, by=by, reason=f"Fusion avec la fiche n° {drop.pk}")
    keep.specialties.add(*drop.specialties.filter(profession_id=keep.profession_id))
    join(union, on=on, by=by, reason=_taken_from(drop))
    _move_belongings(keep, drop, by=by)
    move_with_the_record(keep, drop, by=by, reason=_taken_from(drop))
    return keep


def _taken_from(drop: Professional) -> str:
    return f"Repris de la fiche n° {drop.pk}"


def _refuse_impossible(keep: Professional, drop: Professional) -> None:
    if keep.pk == drop.pk or keep.cpts_id != drop.cpts_id:
        raise NotPossible("Seules deux fiches différentes de la même CPTS peuvent être fusionnées.")
    if keep.merged_into_id or drop.merged_into_id:
        raise NotPossible("L’une de ces fiches a déjà été fusionnée.")
    if keep.rpps and drop.rpps and keep.rpps != drop.rpps:
        raise NotPossible(
            "Ces deux fiches portent des numéros RPPS différents : ce sont deux personnes, ou l’un des numéros est "
            "à corriger avant la fusion."
        )


def _retire(drop: Professional, *, into: Professional, by: User) -> None:
    drop.merged_into = into
    drop.version += 1
    save_as(drop, by=by, reason=f"Fiche fusionnée dans la fiche n° {into.pk}")


def _move_belongings(keep: Professional, drop: Professional, *, by: User) -> None:
    reason = _taken_from(drop)
    places = {_place(row) for row in keep.practices.all()}
    practices = [row for row in Practice.objects.filter(professional=drop) if _place(row) not in places]
    memberships, mandates = Membership.objects.filter(professional=drop), Mandate.objects.filter(professional=drop)
    moving: dict[Any, list[Any]] = {Practice: practices, Membership: list(memberships), Mandate: list(mandates)}
    for model, rows in moving.items():
        for row in rows:
            row.professional = keep
        update_many(model, rows, ["professional"], by=by, reason=reason)
    represented = list(Structure.objects.filter(representative=drop))
    for structure in represented:
        structure.representative = keep
    update_many(Structure, represented, ["representative"], by=by, reason=reason)
    held = set(keep.contacts.values_list("channel", "value"))
    moved = [c for c in Contact.objects.filter(professional=drop) if (c.channel, c.value) not in held]
    for contact in moved:
        contact.professional = keep
    update_many(Contact, moved, ["professional"], by=by, reason=reason)


def _place(row: Practice) -> tuple:
    return (row.mode, row.structure_id, fold(row.place), row.commune_id, row.start, row.end)


def _resembling(cpts: Cpts, identity: Identity) -> Q:
    """A condition that every record sharing a sign with this identity meets (and a few others)."""
    may = Q(pk__in=[])
    if identity.rpps:
        may |= Q(rpps=identity.rpps)
    if identity.name:
        named = Q(profession_id=identity.profession_id)
        for word in identity.name.split():
            named &= Q(search__contains=word)
        may |= named
    if identity.emails:
        same = Q()
        for email in identity.emails:
            same |= Q(value__iexact=email)
        may |= Q(pk__in=Contact.objects.filter(same, professional__cpts=cpts).values("professional"))
    return may


def _emails(cpts: Cpts) -> QuerySet:
    return Contact.objects.filter(
        professional__cpts=cpts, channel__in=[Contact.Channel.EMAIL, Contact.Channel.SECURE_MAIL]
    ).values_list("professional_id", "value")


def _keys(identity: Identity) -> Iterable[tuple]:
    if identity.rpps:
        yield ("rpps", identity.rpps)
    if identity.name:
        yield ("name", identity.name, identity.profession_id)
    for email in identity.emails:
        yield ("email", email)
