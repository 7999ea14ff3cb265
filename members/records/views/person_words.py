"""A person in words, line by line, so that two versions or two records of her can be laid side by side."""

from collections.abc import Iterable
from typing import Any

from cpts_portal.core.text import date_fr
from members.membership.custom_fields import readable_value
from members.models import Contact, CustomField, ExerciseMode, Practice, Professional
from members.records.registration import ContactLine, PersonFields, PracticeLine, fields_of
from territories.models import Cpts

LABELS = {
    "civil_last_name": "Nom d’état civil",
    "civil_first_name": "Prénom",
    "last_name": "Nom d’exercice",
    "profession": "Profession",
    "rpps": "RPPS",
}


def compared(saved: Professional, typed: PersonFields, cpts: Cpts) -> list[tuple[str, str, str]]:
    """(label, saved now, typed) of what differs."""
    customs = list(CustomField.objects.filter(cpts=cpts, target=CustomField.Target.PERSON))
    theirs, yours = in_words(fields_of(saved), customs), in_words(typed, customs)
    return [(label, theirs[label], yours[label]) for label in yours if theirs[label] != yours[label]]


def in_words(fields: PersonFields, customs: Iterable[CustomField] = ()) -> dict[str, str]:
    return {
        **{label: str(fields.values.get(name) or "") for name, label in LABELS.items()},
        "Spécialités": ", ".join(sorted(str(each) for each in fields.specialties or ())),
        "Coordonnées": " ; ".join(sorted(contact_text(line) for line in fields.contacts or ())),
        "Lieux d’exercice": " ; ".join(sorted(practice_text(line) for line in fields.practices or ())),
        **{custom.label: readable_value(custom, fields.extra.get(custom.key)) for custom in customs},
    }


def contact_text(line: ContactLine | Contact) -> str:
    channel = Contact.Channel(line.channel).label
    return f"{channel} : {line.value}" + (" (visible dans l’annuaire)" if line.consent else "")


def practice_text(line: PracticeLine | Practice) -> str:
    mode = ExerciseMode(line.mode).label if line.mode else ""
    parts: list[Any] = [mode, line.structure, line.place, line.address, line.commune]
    text = ", ".join(str(part) for part in parts if part)
    since = f" depuis le {date_fr(line.start)}" if line.start else ""
    until = f" jusqu’au {date_fr(line.end)}" if line.end else ""
    return f"{text}{since}{until}"
