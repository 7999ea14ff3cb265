"""What a line says that the card of the register does not: shown before and after, field by field."""

from dataclasses import dataclass
from typing import Any

from cpts_portal.core.text import fold
from members.models import Contact, ExerciseMode
from members.register_import.cards import Card
from members.register_import.known import Known
from members.register_import.records import Packed, Record

CHANNELS = [str(value) for value in Contact.Channel.values]
PRACTICE, SPECIALTY, EXTRA, CONSENT = "practice", "specialty", "extra:", "consent:"


_NUMBERS = (
    ("finess", "FINESS"),
    ("siret", "SIRET"),
    ("representative_name", "Représentée par"),
    ("representative_title", "Fonction de cette personne"),
)


@dataclass(frozen=True, slots=True)
class CardDifference(Packed):
    """`before` empty: the card says nothing yet."""

    key: str
    label: str
    before: str
    after: str


def differences(record: Record, card: Card, known: Known) -> list[CardDifference]:
    """Nothing is ever erased: an empty cell of the file is no difference. Case and accents of names do not count."""
    own = (
        _structure(record, card, known)
        if record.kind
        else [*_person(record, card, known), *_practice(record, card, known)]
    )
    return [*own, *_contacts(record, card), *_consents(record, card), *_extra(record, card, known)]


def _person(record: Record, card: Card, known: Known) -> list[CardDifference]:
    names = known.profession_names
    found = []
    for key, label, before, after in (
        ("civil_last_name", "Nom", card.last_name, record.last_name),
        ("civil_first_name", "Prénom", card.first_name, record.first_name),
        ("last_name", "Nom d’exercice", card.used_name, record.used_name),
    ):
        if after and fold(before) != fold(after) and not _swapped(record, card):
            found.append(CardDifference(key, label, before, after))
    if record.profession_id and record.profession_id != card.profession_id:
        before, after = names.get(card.profession_id or 0, ""), names[record.profession_id]
        found.append(CardDifference("profession", "Profession", before, after))
    if record.specialty_id and record.specialty_id not in card.specialties:
        before = ", ".join(known.specialties[key].name for key in card.specialties)
        found.append(CardDifference(SPECIALTY, "Spécialité", before, known.specialties[record.specialty_id].name))
    if record.rpps and record.rpps != card.rpps:
        found.append(CardDifference("rpps", "RPPS", card.rpps, record.rpps))
    return found


def _swapped(record: Record, card: Card) -> bool:
    """The same words in the other order (« Marie Dupont », « Dupont Marie »), or the name in practice as the name."""
    ours = sorted(fold(f"{record.last_name} {record.first_name}").split())
    theirs = {
        tuple(sorted(fold(f"{name} {card.first_name}").split())) for name in (card.last_name, card.used_name) if name
    }
    return tuple(ours) in theirs


def _structure(record: Record, card: Card, known: Known) -> list[CardDifference]:
    found = []
    if record.address and fold(record.address) != fold(card.address):
        found.append(CardDifference("address", "Adresse", card.address, record.address))
    if record.commune_id and record.commune_id != card.commune_id:
        before, after = known.communes.name(card.commune_id), known.communes.name(record.commune_id)
        found.append(CardDifference("commune", "Commune", before, after))
    for name, label in _NUMBERS:
        before, after = getattr(card, name), getattr(record, name)
        if after and fold(after) != fold(before):
            found.append(CardDifference(name, label, before, after))
    return found


def _contacts(record: Record, card: Card) -> list[CardDifference]:
    channels = [str(Contact.Channel.EMAIL), str(Contact.Channel.PHONE)] if record.kind else CHANNELS
    found = []
    for channel in channels:
        held = [each.value for each in card.contacts if each.channel == channel]
        lowered = {value.lower() for value in held}
        given = [value for value in record.values(channel) if value.lower() not in lowered]
        if given:
            label = str(Contact.Channel(channel).label)
            found.append(CardDifference(channel, label, ", ".join(held), ", ".join(given)))
    return found


def _consents(record: Record, card: Card) -> list[CardDifference]:
    """Agreement to appear in the directory of members, given or withdrawn, for what the card holds."""
    found = []
    for channel, said in record.consents.items():
        held = [each.consent for each in card.contacts if each.channel == channel]
        if held and any(agreed != said for agreed in held):
            label = f"Accord pour l’annuaire : {str(Contact.Channel(channel).label).lower()}"
            words = {True: "oui", False: "non"}
            found.append(CardDifference(f"{CONSENT}{channel}", label, words[not said], words[said]))
    return found


def _practice(record: Record, card: Card, known: Known) -> list[CardDifference]:
    if not record.has_practice or any(_fits(record, mode, card) for mode in [*record.modes, ""][:1]):
        return []
    before = "" if len(card.practices) != 1 else _sentence(*card.practices[0][1:], known=known)
    after = _sentence(
        record.modes[0] if record.modes else "", None, record.place, record.address, record.commune_id, known=known
    )
    return [CardDifference(PRACTICE, "Lieu d’exercice", before, after)]


def _fits(record: Record, mode: str, card: Card) -> bool:
    """One of the card's places says all that the line says."""
    return any(
        (not mode or mode == each.mode)
        and (not record.commune_id or record.commune_id == each.commune_id)
        and (not record.address or fold(record.address) == fold(each.address))
        and (not record.place or bool(each.structure_id) or fold(record.place) == fold(each.place))
        for each in card.practices
    )


def _sentence(mode: str, structure: int | None, place: str, address: str, commune: int | None, *, known: Known) -> str:
    label = str(ExerciseMode(mode).label) if mode else ""
    held = "structure du registre" if structure else ""
    return ", ".join(each for each in (label, place or held, address, known.communes.name(commune)) if each)


def _extra(record: Record, card: Card, known: Known) -> list[CardDifference]:
    return [
        CardDifference(
            f"{EXTRA}{key}",
            known.custom_fields[record.is_structure, key].label,
            _text(card.extra.get(key)),
            _text(value),
        )
        for key, value in record.extra.items()
        if fold(_text(card.extra.get(key))) != fold(_text(value))
    ]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)
