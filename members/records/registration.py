"""How persons and structures enter the register and are corrected: one transaction, one author, everything in history.

A form, whoever draws it, hands over `PersonFields` (or the fields of a structure) with the contacts and practices as
they should be afterwards: rows with a `pk` are corrected, rows without are added, rows that are missing go away.
Two records never share a RPPS or FINESS number within a CPTS: the refusal names the record that holds it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.versions import check_version
from members.models import Contact, Practice, Professional, Specialty, Structure
from members.records.duplicates import keep_apart
from territories.models import Commune, Cpts


class NumberTaken(ValidationError):
    """Another record of the register bears this number; `holder` is that record."""

    def __init__(self, message: str, holder: models.Model) -> None:
        super().__init__(message, code="number_taken")
        self.holder = holder


@dataclass(frozen=True)
class ContactLine:
    """A way to reach a person, as it should be. `pk`: the row it corrects."""

    channel: str
    value: str
    consent: bool = False
    pk: int | None = None


@dataclass(frozen=True)
class PracticeLine:
    """A place of practice, as it should be. `pk`: the row it corrects."""

    mode: str = ""
    structure: Structure | None = None
    place: str = ""
    address: str = ""
    commune: Commune | None = None
    start: date | None = None
    end: date | None = None
    pk: int | None = None


@dataclass(frozen=True)
class PersonFields:
    """Everything a form says about a person. `None` for a list: the form did not ask, nothing changes."""

    values: dict[str, Any]
    specialties: Sequence[Specialty] | None = None
    contacts: Sequence[ContactLine] | None = None
    practices: Sequence[PracticeLine] | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def register_person(
    cpts: Cpts, *, fields: PersonFields, on: date, by: User, apart_from: Iterable[Professional] = ()
) -> Professional:
    """A new person of the register; `on` dates the consents she gives. Raises `NumberTaken`.

    `apart_from`: the records that look like hers and that the author said to be somebody else's.
    """
    person = Professional(cpts=cpts, **fields.values, extra=_without_blanks(fields.extra))
    _save_numbered(person, by=by)
    _set_specialties(person, fields.specialties, by=by)
    _write_contacts(person, fields.contacts, on=on, by=by)
    _write_practices(person, fields.practices, by=by)
    _keep_apart(person, apart_from, by=by)
    return person


@transaction.atomic
def update_person(
    person: Professional,
    *,
    fields: PersonFields,
    on: date,
    by: User,
    version: str | int | None = None,
    apart_from: Iterable[Professional] = (),
) -> Professional:
    """Correct a person; nothing is written when nothing changes. Raises `StaleEdit`, `NumberTaken`."""
    found = Professional.objects.select_for_update().get(pk=person.pk)
    if version is not None:
        check_version(found, version)
    changed = _take(found, {**fields.values, "extra": _merged_extra(found.extra, fields.extra)})
    linked = [
        _set_specialties(found, fields.specialties, by=by),
        _write_contacts(found, fields.contacts, on=on, by=by),
        _write_practices(found, fields.practices, by=by),
    ]
    _count_version(found, changed, any(linked), by=by)
    _keep_apart(found, apart_from, by=by)
    return found


@transaction.atomic
def register_structure(
    cpts: Cpts, *, values: dict[str, Any], extra: dict[str, Any], by: User, apart_from: Iterable[Structure] = ()
) -> Structure:
    """A new structure of the register. Raises `NumberTaken`."""
    structure = Structure(cpts=cpts, **values, extra=_without_blanks(extra))
    _save_numbered(structure, by=by)
    _keep_apart(structure, apart_from, by=by)
    return structure


@transaction.atomic
def update_structure(
    structure: Structure,
    *,
    values: dict[str, Any],
    extra: dict[str, Any],
    by: User,
    version: str | int | None = None,
    apart_from: Iterable[Structure] = (),
) -> Structure:
    """Correct a structure; nothing is written when nothing changes. Raises `StaleEdit`, `NumberTaken`."""
    found = Structure.objects.select_for_update().get(pk=structure.pk)
    if version is not None:
        check_version(found, version)
    changed = _take(found, {**values, "extra": _merged_extra(found.extra, extra)})
    _count_version(found, changed, False, by=by)
    _keep_apart(found, apart_from, by=by)
    return found


def fields_of(person: Professional) -> PersonFields:
    """What is saved about a person, in the shape a form hands over."""
    names = ("civil_last_name", "civil_first_name", "last_name", "profession", "rpps")
    return PersonFields(
        values={name: getattr(person, name) for name in names},
        specialties=list(person.specialties.all()),
        contacts=[ContactLine(row.channel, row.value, row.consent, row.pk) for row in person.contacts.all()],
        practices=[
            PracticeLine(row.mode, row.structure, row.place, row.address, row.commune, row.start, row.end, row.pk)
            for row in person.practices.select_related("structure", "commune")
        ],
        extra=dict(person.extra),
    )


def holder_of(record: Professional | Structure) -> Professional | Structure | None:
    """Another living record of the same CPTS that bears the number of this one."""
    name = "rpps" if isinstance(record, Professional) else "finess"
    number = getattr(record, name)
    if not number:
        return None
    others = type(record).objects.filter(cpts_id=record.cpts_id, merged_into__isnull=True, **{name: number})
    return others.exclude(pk=record.pk).first()


def _save_numbered(record: Professional | Structure, *, by: User, reason: str = "") -> None:
    holder = holder_of(record)
    if holder is None:
        try:
            with transaction.atomic():
                save_as(record, by=by, reason=reason)
            return
        except IntegrityError:  # somebody recorded the same number a moment ago
            holder = holder_of(record)
            if holder is None:
                raise
    label = "RPPS" if isinstance(record, Professional) else "FINESS"
    raise NumberTaken(f"{holder} porte déjà ce numéro {label} dans le registre.", holder)


def _keep_apart(record: Professional | Structure, others: Iterable[Professional | Structure], *, by: User) -> None:
    for other in others:
        keep_apart(record, other, by=by)


def _take(record: models.Model, values: dict[str, Any]) -> bool:
    changed = [name for name, value in values.items() if getattr(record, name) != value]
    for name in changed:
        setattr(record, name, values[name])
    return bool(changed)


def _count_version(record: Any, changed: bool, linked: bool, *, by: User) -> None:
    """One more version as soon as anything of the record changed; a line of history only for its own fields."""
    record.version += changed or linked
    if changed:
        _save_numbered(record, by=by)
    elif linked:
        record.save_without_historical_record(update_fields=["version"])


def _without_blanks(extra: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in extra.items() if value not in (None, "")}


def _merged_extra(kept: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The free fields of the form over those already kept: a retired field keeps its value."""
    return _without_blanks({**kept, **said})


def _set_specialties(person: Professional, wanted: Sequence[Specialty] | None, *, by: User) -> bool:
    if wanted is None or set(person.specialties.all()) == set(wanted):
        return False
    person._history_user = by  # type: ignore[attr-defined]
    person._change_reason = None  # type: ignore[attr-defined]
    person.specialties.set(wanted)
    return True


def _write_contacts(person: Professional, lines: Sequence[ContactLine] | None, *, on: date, by: User) -> bool:
    if lines is None:
        return False
    kept = {row.pk: row for row in person.contacts.all()}
    matched = _matched(kept, lines)
    written = [_delete_missing(kept, matched, by=by)]
    for line, pk in zip(lines, matched, strict=True):
        row = kept[pk] if pk else Contact(professional=person)
        values: dict[str, Any] = {"channel": line.channel, "value": line.value, "consent": line.consent}
        if row.consent != line.consent:
            values["consent_on"] = on if line.consent else None
        written.append(_write_row(row, values, by=by))
    return any(written)


def _matched(kept: dict[int, Contact], lines: Sequence[ContactLine]) -> list[int | None]:
    """The row each line corrects. What a row already holds comes before its number: two values swapped between two
    rows stay two different values at every moment."""
    held = {(row.channel, row.value): pk for pk, row in kept.items()}
    found = [held.get((line.channel, line.value)) for line in lines]
    return [
        pk or (line.pk if line.pk in kept and line.pk not in found else None)
        for pk, line in zip(found, lines, strict=True)
    ]


def _write_practices(person: Professional, lines: Sequence[PracticeLine] | None, *, by: User) -> bool:
    if lines is None:
        return False
    kept = {row.pk: row for row in person.practices.select_related("structure", "commune")}
    written = [_delete_missing(kept, [line.pk for line in lines], by=by)]
    for line in lines:
        row = kept.get(line.pk) if line.pk else None
        names = ("mode", "structure", "place", "address", "commune", "start", "end")
        values = {name: getattr(line, name) for name in names}
        written.append(_write_row(row or Practice(professional=person), values, by=by))
    return any(written)


def _delete_missing(kept: dict[int, Any], still: Iterable[int | None], *, by: User) -> bool:
    gone = set(kept) - set(still)
    for pk in gone:
        delete_as(kept[pk], by=by)
    return bool(gone)


def _write_row(row: models.Model, values: dict[str, Any], *, by: User) -> bool:
    changed = _take(row, values) or row.pk is None
    if changed:
        save_as(row, by=by)
    return changed
