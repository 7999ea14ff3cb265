"""Structures of a register that may be the same, and merging two of them.

Three signs: same FINESS; same SIRET; same folded name in the same commune. Merging works as for persons
(`members/records/duplicates.py`): one record is kept, everything of the other moves to it, the other stays as a trace.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as, update_many
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import fold
from members.models import Membership, NotDuplicate, Practice, Structure
from members.records.duplicates import Pair, known_apart
from members.records.joined_memberships import join, lock_dues, union_of
from members.shared.known_records import known_structures
from territories.models import Cpts

SAME_FINESS = "même numéro FINESS"
SAME_SIRET = "même numéro SIRET"
SAME_NAME = "même nom et même commune"
MERGED_FIELDS = (
    "kind",
    "name",
    "finess",
    "siret",
    "address",
    "commune_id",
    "email",
    "phone",
    "representative_name",
    "representative_title",
    "representative_id",
)


@dataclass(frozen=True)
class StructureIdentity:
    """What two structures are compared on; built from a record or a form."""

    name: str = ""
    commune_id: int | None = None
    finess: str = ""
    siret: str = ""

    @classmethod
    def of(cls, *, name: str, commune_id: int | None, finess: str = "", siret: str = "") -> "StructureIdentity":
        return cls(fold(name), commune_id, finess, siret)

    def keys(self) -> Iterable[tuple]:
        """(sign, value): two structures share a sign when they share a key."""
        if self.finess:
            yield SAME_FINESS, self.finess
        if self.siret:
            yield SAME_SIRET, self.siret
        if self.name:
            yield SAME_NAME, self.name, self.commune_id

    def signs_shared_with(self, other: "StructureIdentity") -> list[str]:
        theirs = set(other.keys())
        return [key[0] for key in self.keys() if key in theirs]


def identities(cpts: Cpts) -> dict[int, StructureIdentity]:
    rows = known_structures(cpts).values_list("pk", "name", "commune_id", "finess", "siret")
    return {
        pk: StructureIdentity.of(name=name, commune_id=commune, finess=finess, siret=siret)
        for pk, name, commune, finess, siret in rows
    }


def candidates_for(
    cpts: Cpts, identity: StructureIdentity, *, besides: int | None = None
) -> dict[Structure, list[str]]:
    """For a form: the structures that look like this one, with the signs."""
    shared = {
        pk: signs
        for pk, known in identities(cpts).items()
        if pk != besides and (signs := identity.signs_shared_with(known))
    }
    found = Structure.objects.select_related("commune").in_bulk(shared)
    return {found[pk]: signs for pk, signs in shared.items()}


def pairs_to_review(cpts: Cpts) -> list[Pair]:
    """Every pair that shares a sign and that nobody said to be different, the surest first."""
    known = identities(cpts)
    by_key: dict[tuple, list[int]] = defaultdict(list)
    for pk in sorted(known):
        for key in known[pk].keys():  # noqa: SIM118 (a method of ours, not a dictionary)
            by_key[key].append(pk)
    couples = {(a, b) for pks in by_key.values() for i, a in enumerate(pks) for b in pks[i + 1 :]}
    apart = known_apart(cpts, NotDuplicate.Target.STRUCTURE)
    made = [Pair(a, b, tuple(known[a].signs_shared_with(known[b]))) for a, b in sorted(couples - apart)]
    return sorted(made, key=lambda pair: (SAME_FINESS not in pair.signs, -len(pair.signs), pair.first_id))


@transaction.atomic
def merge_structures(
    keep: Structure,
    drop: Structure,
    *,
    take_from_dropped: Sequence[str],
    on: date,
    by: User,
    keep_membership: int | None = None,
) -> Structure:
    """As `duplicates.merge` does for persons."""
    locked = {s.pk: s for s in Structure.objects.select_for_update().filter(pk__in=[keep.pk, drop.pk])}
    keep, drop = locked[keep.pk], locked[drop.pk]
    _refuse_impossible(keep, drop)
    lock_dues(keep, drop)
    union = union_of(keep, drop, membership_id=keep_membership, on=on)
    taken = {name: getattr(drop, name) for name in take_from_dropped if name in MERGED_FIELDS}
    drop.merged_into = keep
    drop.version += 1
    save_as(drop, by=by, reason=f"Fiche fusionnée dans la fiche n° {keep.pk}")
    for name, value in taken.items():
        setattr(keep, name, value)
    keep.extra = {**drop.extra, **keep.extra}
    keep.version += 1
    save_as(keep, by=by, reason=f"Fusion avec la fiche n° {drop.pk}")
    reason = f"Repris de la fiche n° {drop.pk}"
    join(union, on=on, by=by, reason=reason)
    models: tuple[Any, ...] = (Practice, Membership)
    for model in models:
        rows = list(model.objects.filter(structure=drop))
        for row in rows:
            row.structure = keep
        update_many(model, rows, ["structure"], by=by, reason=reason)
    return keep


def _refuse_impossible(keep: Structure, drop: Structure) -> None:
    if keep.pk == drop.pk or keep.cpts_id != drop.cpts_id:
        raise NotPossible("Seules deux fiches différentes de la même CPTS peuvent être fusionnées.")
    if keep.merged_into_id or drop.merged_into_id:
        raise NotPossible("L’une de ces fiches a déjà été fusionnée.")
    if keep.finess and drop.finess and keep.finess != drop.finess:
        raise NotPossible(
            "Ces deux fiches portent des numéros FINESS différents : ce sont deux structures, ou l’un des numéros est "
            "à corriger avant la fusion."
        )
