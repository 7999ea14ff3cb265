"""Applies the differences chosen for cards that already exist. Nothing is erased; values before go to the journal."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cpts_portal.core.text import fold
from members.models import Contact, Practice, Professional, Structure
from members.register_import.cards import Card
from members.register_import.differences import CHANNELS, CONSENT, EXTRA, PRACTICE, SPECIALTY
from members.register_import.plan import Step
from members.register_import.records import Record
from members.register_import.writing import Writer

PERSON_COLUMNS = ("civil_last_name", "civil_first_name", "last_name", "profession_id", "rpps", "extra")
STRUCTURE_NUMBERS = ("finess", "siret", "representative_name", "representative_title")
STRUCTURE_COLUMNS = ("address", "commune_id", "email", "phone", *STRUCTURE_NUMBERS, "extra")
CONTACT_COLUMNS = ("value", "consent", "consent_on")
PRACTICE_COLUMNS = ("mode", "structure_id", "place", "address", "commune_id")


def update_people(steps: Sequence[Step], writer: Writer, structures: dict[str, int], today: date) -> None:
    own: list[Any] = []
    changed_contacts: list[Any] = []
    new_contacts: list[Any] = []
    changed_places: list[Any] = []
    new_places: list[Any] = []
    for step in steps:
        card, record = _card(step), step.record
        before, after = _person_before(card), _person_after(card, record, step.fields)
        if before != after or SPECIALTY in step.fields:
            own.append((card.id, before, after))
        changed, new = _contacts(card, record, step.fields, today)
        changed_contacts += changed
        new_contacts += new
        if PRACTICE in step.fields:
            places = changed_places if len(card.practices) == 1 else new_places
            places.append(_practice(card, record, structures))
    told = [(_card(step).id, step.record.specialty_id or 0) for step in steps if SPECIALTY in step.fields]
    writer.add_specialties(told)
    writer.update(Professional, PERSON_COLUMNS, own)
    writer.update(Contact, CONTACT_COLUMNS, changed_contacts)
    writer.insert(Contact, new_contacts)
    writer.update(Practice, PRACTICE_COLUMNS, changed_places)
    writer.insert(Practice, new_places)


def update_structures(steps: Sequence[Step], writer: Writer) -> None:
    rows = []
    for step in steps:
        card, record = _card(step), step.record
        before = _structure_before(card)
        after = dict(before)
        for key, name, value in (
            ("address", "address", record.address),
            ("commune", "commune_id", record.commune_id),
            (str(Contact.Channel.EMAIL), "email", next(iter(record.values(Contact.Channel.EMAIL)), "")),
            (str(Contact.Channel.PHONE), "phone", next(iter(record.values(Contact.Channel.PHONE)), "")),
        ):
            if key in step.fields:
                after[name] = value
        after |= {name: getattr(record, name) for name in STRUCTURE_NUMBERS if name in step.fields}
        after["extra"] = _extra(card, record, step.fields)
        rows.append((card.id, before, after))
    writer.update(Structure, STRUCTURE_COLUMNS, rows)


def _card(step: Step) -> Card:
    if step.card is None:
        raise ValueError("only cards that exist are updated")
    return step.card


def _person_before(card: Card) -> dict[str, Any]:
    return {
        "civil_last_name": card.last_name,
        "civil_first_name": card.first_name,
        "last_name": card.used_name,
        "profession_id": card.profession_id,
        "rpps": card.rpps,
        "extra": card.extra,
    }


def _person_after(card: Card, record: Record, fields: Sequence[str]) -> dict[str, Any]:
    after = _person_before(card)
    for key, name, value in (
        ("civil_last_name", "civil_last_name", record.last_name),
        ("civil_first_name", "civil_first_name", record.first_name),
        ("last_name", "last_name", record.used_name),
        ("profession", "profession_id", record.profession_id),
        ("rpps", "rpps", record.rpps),
    ):
        if key in fields:
            after[name] = value
    after["extra"] = _extra(card, record, fields)
    return after


def _extra(card: Card, record: Record, fields: Sequence[str]) -> dict[str, Any]:
    return {**card.extra, **{key: value for key, value in record.extra.items() if f"{EXTRA}{key}" in fields}}


def _contacts(card: Card, record: Record, fields: Sequence[str], today: date) -> tuple[list, list]:
    """The only address of a channel is replaced; a new one is added beside several. Consent is given or withdrawn."""
    changed, new = [], []
    for channel in CHANNELS:
        held = [each for each in card.contacts if each.channel == channel]
        lowered = {each.value.lower() for each in held}
        given = [value for value in record.values(channel) if value.lower() not in lowered] if channel in fields else []
        said = record.consents.get(channel) if f"{CONSENT}{channel}" in fields or not held else None
        is_replaced = len(held) == 1 and len(given) == 1
        for each in held:
            before = {name: getattr(each, name) for name in CONTACT_COLUMNS}
            after = {**before, **_agreed(each.consent, said, today)}
            if is_replaced:
                after["value"] = given[0]
            if before != after:
                changed.append((each.id, before, after))
        if not is_replaced:
            agreed = {"consent": bool(said), "consent_on": today if said else None}
            new += [{"professional_id": card.id, "channel": channel, "value": value, **agreed} for value in given]
    return changed, new


def _agreed(held: bool, said: bool | None, today: date) -> dict[str, Any]:
    """What changes of the consent: nothing when the file says nothing, or what is known already."""
    return {} if said is None or said == held else {"consent": said, "consent_on": today if said else None}


def _practice(card: Card, record: Record, structures: dict[str, int]) -> Any:
    """The only place of the card is completed with what the line says; otherwise a new place is added."""
    structure = structures.get(fold(record.place)) if record.place else None
    said = {
        "mode": record.modes[0] if record.modes else "",
        "structure_id": structure,
        "place": "" if structure else record.place,
        "address": record.address,
        "commune_id": record.commune_id,
    }
    if len(card.practices) != 1:
        return {"professional_id": card.id, **said}
    held = card.practices[0]
    before = {name: getattr(held, name) for name in PRACTICE_COLUMNS}
    after = {name: said[name] or before[name] for name in PRACTICE_COLUMNS}
    if record.place:
        after["structure_id"], after["place"] = said["structure_id"], said["place"]
    return held.id, before, after


def _structure_before(card: Card) -> dict[str, Any]:
    by_channel = {each.channel: each.value for each in card.contacts}
    return {
        "address": card.address,
        "commune_id": card.commune_id,
        "email": by_channel.get(str(Contact.Channel.EMAIL), ""),
        "phone": by_channel.get(str(Contact.Channel.PHONE), ""),
        **{name: getattr(card, name) for name in STRUCTURE_NUMBERS},
        "extra": card.extra,
    }
