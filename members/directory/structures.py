"""Structures of FINESS on the territory of a CPTS and those of its register: added, linked, compared.

The FINESS number is the link: a record that bears it is that structure. Nothing that was typed changes until somebody
takes over, field by field, what FINESS says.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, CharField, QuerySet, Value, When

from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.identifiers import validate_siret
from cpts_portal.core.text import fold
from members.directory.finess_words import address_words, phone_words, place_words
from members.directory.imports import LinkRefused, structures_of
from members.models import DirectoryStructure, Membership, Structure, StructureKind
from members.records.duplicates import keep_apart
from members.records.registration import NumberTaken, holder_of, register_structure
from members.records.structure_duplicates import SAME_FINESS, StructureIdentity, candidates_for, identities
from members.shared.directory_differences import Difference
from members.shared.known_records import known_structures
from territories.models import Cpts

TAKEN = "Données reprises de FINESS"
CHANGED = "Cette fiche vient de changer : relisez les différences avant de reprendre FINESS."


class KnownStructure(models.TextChoices):
    MEMBER = "member", "Adhérente"
    REGISTER = "register", "Au registre"
    LOOK_ALIKE = "look_alike", "Peut-être au registre"
    UNKNOWN = "unknown", "Pas au registre"


def structure_state(cpts: Cpts, day: date) -> Case:
    """What the register knows of a structure of FINESS, as an expression on `DirectoryStructure`."""
    register = known_structures(cpts).exclude(finess="").order_by()
    members = Membership.objects.filter(cpts=cpts, structure__isnull=False).members_on(day).order_by()
    of_members = register.filter(pk__in=members.values("structure"))
    return Case(
        When(finess__in=of_members.values("finess"), then=Value(KnownStructure.MEMBER.value)),
        When(finess__in=register.values("finess"), then=Value(KnownStructure.REGISTER.value)),
        When(pk__in=look_alike_ids(cpts, day), then=Value(KnownStructure.LOOK_ALIKE.value)),
        default=Value(KnownStructure.UNKNOWN.value),
        output_field=CharField(),
    )


def look_alike_ids(cpts: Cpts, day: date) -> list[int]:
    """Structures of FINESS that a record without FINESS number may be: same SIRET, or same name and commune."""
    keys = {key for known in identities(cpts).values() if not known.finess for key in known.keys()}  # noqa: SIM118
    if not keys:
        return []
    return [said.pk for said in structures_of(cpts, day) if keys.intersection(identity_of(said).keys())]


def identity_of(said: DirectoryStructure) -> StructureIdentity:
    return StructureIdentity.of(name=said.name, commune_id=said.commune_id, finess=said.finess, siret=said.siret)


def records_by_finess(cpts: Cpts, numbers: Iterable[str]) -> dict[str, Structure]:
    """FINESS -> the record that bears it (one query)."""
    found = known_structures(cpts).filter(finess__in=[number for number in numbers if number])
    return {record.finess: record for record in found.select_related("commune")}


def record_of(cpts: Cpts, said: DirectoryStructure) -> Structure | None:
    return records_by_finess(cpts, [said.finess]).get(said.finess)


def to_link(cpts: Cpts, said: DirectoryStructure) -> dict[Structure, list[str]]:
    """Records without FINESS number that look like this structure, with the signs they share."""
    found = candidates_for(cpts, identity_of(said))
    return {record: signs for record, signs in found.items() if not record.finess and SAME_FINESS not in signs}


@transaction.atomic
def add_structure(cpts: Cpts, said: DirectoryStructure, *, by: User) -> Structure:
    """A new record with what FINESS says; the records that look alike, shown before, are noted as other structures."""
    holder = record_of(cpts, said)
    if holder is not None:
        raise LinkRefused(f"{holder} est déjà au registre.")
    values = {field: compared.read(said) for field, compared in COMPARED.items()}
    try:
        made = register_structure(cpts, values={**values, "finess": said.finess}, extra={}, by=by)
    except NumberTaken as taken:
        raise LinkRefused(" ".join(taken.messages)) from taken
    for other in to_link(cpts, said):
        if other.pk != made.pk:
            keep_apart(made, other, by=by)
    return made


@transaction.atomic
def link_structure(record: Structure, said: DirectoryStructure, *, by: User) -> Structure:
    """This record is that structure: it takes its FINESS number (and its SIRET when it has none), nothing else."""
    found = Structure.objects.select_for_update().get(pk=record.pk)
    if found.merged_into_id or found.finess not in ("", said.finess):
        raise LinkRefused(f"{found} porte un autre numéro FINESS, ou a été fusionnée : relisez sa fiche.")
    found.finess, found.siret = said.finess, found.siret or _valid_siret(said.siret)
    holder = holder_of(found)
    if holder is not None:
        raise LinkRefused(f"{holder} porte déjà ce numéro FINESS dans le registre.")
    found.version += 1
    save_as(found, by=by, reason="Rattachement à FINESS")
    return found


# --- What differs -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Compared:
    """One field of both sides: what FINESS says as it would be written, how it is shown, when it is the same."""

    label: str
    read: Callable[[DirectoryStructure], Any]
    key: Callable[[Any], Any]
    shown: Callable[[Any], str] = str


def _valid_siret(siret: str) -> str:
    """A number whose key is wrong would be refused by the form of the record."""
    try:
        validate_siret(siret)
    except ValidationError:
        return ""
    return siret


COMPARED: dict[str, Compared] = {
    "name": Compared("Nom", lambda said: place_words(said.name), fold),
    "kind": Compared("Type", lambda said: said.kind, str, lambda kind: str(StructureKind(kind).label)),
    "siret": Compared("SIRET", lambda said: _valid_siret(said.siret), str),
    "address": Compared("Adresse", lambda said: address_words(said.address), lambda text: fold(address_words(text))),
    "commune": Compared("Commune", lambda said: said.commune, lambda commune: commune and commune.pk),
    "phone": Compared("Téléphone", lambda said: phone_words(said.phone), phone_words),
}


def structure_differences(record: Structure, said: DirectoryStructure) -> list[Difference]:
    """What FINESS says otherwise; what it does not say is no difference."""
    found = []
    for field, compared in COMPARED.items():
        typed, read = getattr(record, field), compared.read(said)
        if not read or (field == "kind" and read == StructureKind.OTHER):
            continue
        if compared.key(typed) != compared.key(read):
            shown = compared.shown(typed) if typed else ""
            found.append(Difference(field, compared.label, shown, compared.shown(read)))
    return found


def differing(cpts: Cpts, day: date) -> dict[int, list[Difference]]:
    """Structure of FINESS -> what its record says otherwise, for the whole territory (two queries)."""
    return differences_among(cpts, structures_of(cpts, day).select_related("commune"))


def differences_among(cpts: Cpts, listed: QuerySet[DirectoryStructure] | Sequence) -> dict[int, list[Difference]]:
    rows = list(listed)
    records = records_by_finess(cpts, [said.finess for said in rows])
    found: dict[int, list[Difference]] = defaultdict(list)
    for said in rows:
        record = records.get(said.finess)
        differences = structure_differences(record, said) if record else []
        if differences:
            found[said.pk] = differences
    return found


@transaction.atomic
def take_over_structure(
    record: Structure, said: DirectoryStructure, fields: Iterable[str], *, by: User
) -> list[Difference]:
    """Write what FINESS says for these fields only; what is no longer different is refused."""
    found = Structure.objects.select_for_update().get(pk=record.pk)
    offered = {difference.field: difference for difference in structure_differences(found, said)}
    chosen = list(dict.fromkeys(fields))
    if not chosen:
        raise LinkRefused("Choisissez au moins une donnée à reprendre de FINESS.")
    if found.finess != said.finess or any(field not in offered for field in chosen):
        raise LinkRefused(CHANGED)
    for field in chosen:
        setattr(found, field, COMPARED[field].read(said))
    found.version += 1
    save_as(found, by=by, reason=TAKEN)
    return [offered[field] for field in chosen]
