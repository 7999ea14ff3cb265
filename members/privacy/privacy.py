"""What anonymisation erases.

`members/privacy/retention.py` says who and what is past its period. A person loses her name, number, contacts, places,
specialties, reasons written about her, and the history of all that; profession, communes, colleges and dates stay, so
that the counts of past years do not change. A structure keeps its own name and loses who represented it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as
from members.models import (
    Application,
    Contact,
    Due,
    LetterBatch,
    Membership,
    Payment,
    Practice,
    Professional,
    RefusedLink,
    RegisterImport,
    Structure,
)
from members.privacy.retention import NAMES_SOMEBODY, REASON

ERASED_REASON = "Motif effacé"
REPRESENTATIVE_GONE = "Anonymisation de la personne qui la représentait"
NEVER_APPLIED = (RegisterImport.Status.MAPPING, RegisterImport.Status.PREVIEW)


# --- Anonymisation: each act answers how many it did -----------------------------------------------------------------
@transaction.atomic
def anonymise(people: Iterable[Professional], *, today: date, by: User | None) -> int:
    """Erase who these persons are, and the history that would still tell."""
    found = list(people)
    for person in found:
        _anonymise(person, f"anonymisée n° {person.pk}", today=today, by=by)
    return len(found)


@transaction.atomic
def clear_structures(structures: Iterable[Structure], *, by: User | None) -> int:
    """Erase who represented these structures and how to reach them; their own name, kind and place stay."""
    found = list(structures)
    for structure in found:
        _clear(structure, by=by)
    return len(found)


@transaction.atomic
def anonymise_payments(payments: Iterable[Payment], *, by: User | None) -> int:
    found = list(payments)
    for payment in found:
        reason = ERASED_REASON if payment.cancellation_reason else ""
        _rewrite(payment, by=by, payer="", cancellation_reason=reason)
    return len(found)


@transaction.atomic
def erase_applications(applications: Iterable[Application], *, by: User | None) -> int:
    found = list(applications)
    for application in found:
        _erase_with_history(application, by=by)
    return len(found)


@transaction.atomic
def empty_imports(imports: Iterable[RegisterImport]) -> int:
    """The import keeps its figures and loses its file, its corrections and what would undo it; a draft goes whole."""
    found = list(imports)
    for imported in found:
        _drop_files(imported.file, imported.table)
        if imported.status in NEVER_APPLIED:
            imported.delete()
            continue
        imported.file = imported.table = ""
        imported.decisions = imported.corrections = imported.report = imported.undo = {}
        imported.save()
    return len(found)


@transaction.atomic
def empty_letters(batches: Iterable[LetterBatch]) -> int:
    """The series keeps its date and its figures and loses its file and the names of those it could not reach."""
    found = list(batches)
    for batch in found:
        _drop_files(batch.file)
        batch.file, batch.problems, batch.selection = "", [], []
        batch.save(update_fields=["file", "problems", "selection"])
    return len(found)


def _drop_files(*files: Any) -> None:
    for kept in files:
        if kept:
            transaction.on_commit(partial(kept.storage.delete, kept.name))


def _anonymise(person: Professional, name: str, *, today: date, by: User | None) -> None:
    """The record, and those that were merged into it, at any depth."""
    for trace in Professional.objects.filter(merged_into=person):
        _anonymise(trace, name, today=today, by=by)
    _erase_belongings(person, by=by)
    person.specialties.clear()
    erased: dict[str, Any] = {"last_name": "", "rpps": "", "directory_entry": None, "extra": {}, "anonymised_on": today}
    _rewrite(person, by=by, civil_last_name=name, civil_first_name="Personne", version=person.version + 1, **erased)
    Professional.history.model.specialties.filter(professional_id=person.pk).delete()


def _erase_belongings(person: Professional, *, by: User | None) -> None:
    """Contacts disappear; practices keep their commune, mode and dates, which the statistics count."""
    for model in (Contact, RefusedLink):
        for row in model.objects.filter(professional=person):
            _erase_with_history(row, by=by)
        model.history.filter(professional_id=person.pk).delete()  # those deleted before
    for practice in Practice.objects.filter(professional=person):
        _rewrite(practice, by=by, place="", address="", structure=None)
    Practice.history.filter(professional_id=person.pk, history_type="-").delete()
    for structure in Structure.objects.filter(representative=person):
        _replace_representative(structure, by=by)
    _erase_reasons(Membership.objects.filter(professional=person), by=by)
    _forget_deleted(professional_id=person.pk)


def _erase_reasons(memberships: Iterable[Membership], *, by: User | None) -> None:
    """What was written about the holder along her memberships; an exemption stays one, without its reason."""
    for membership in memberships:
        for application in Application.objects.filter(membership=membership):
            _erase_with_history(application, by=by)
        _replace(membership, ("leaving_reason", "refusal_reason"), by=by)
        for due in Due.objects.filter(membership=membership):
            _replace(due, ("exemption_reason",), by=by)


def _replace(instance: Membership | Due, names: Sequence[str], *, by: User | None) -> None:
    """Also when the reason was taken back since: it is still in the history."""
    told = models.Q(*((name, "") for name in names))
    if not instance.history.exclude(told).exists():
        return
    _rewrite(instance, by=by, **{name: ERASED_REASON for name in names if getattr(instance, name)})


def _rewrite(instance: models.Model, *, by: User | None, **values: Any) -> None:
    """These values, and no history that would still tell the former ones."""
    for name, value in values.items():
        setattr(instance, name, value)
    save_as(instance, by=by, reason=REASON)
    _forget_history(instance)


def _forget_deleted(**holder: int) -> None:
    """Memberships and dues that a merge of records took away live on in the history, with their reasons."""
    held = Membership.history.filter(**holder)
    dues = Due.history.filter(membership_id__in=set(held.values_list("id", flat=True)))
    dues.filter(~Exists(Due.objects.filter(pk=OuterRef("id")))).delete()
    held.filter(~Exists(Membership.objects.filter(pk=OuterRef("id")))).delete()


def _clear(structure: Structure, *, by: User | None) -> None:
    """Its history stays, without the columns that named somebody."""
    for trace in Structure.objects.filter(merged_into=structure):
        _clear(trace, by=by)
    _name_nobody(structure)
    structure.version += 1
    save_as(structure, by=by, reason=REASON)
    for row in Structure.history.filter(NAMES_SOMEBODY, id=structure.pk):
        _name_nobody(row)
        row.save()
    _erase_reasons(Membership.objects.filter(structure=structure), by=by)
    _forget_deleted(structure_id=structure.pk)


def _replace_representative(structure: Structure, *, by: User | None) -> None:
    """A structure that pointed to a person who goes: its own address stays, in its history too."""
    named = models.Q(representative_id=structure.representative_id)
    if structure.representative_name:
        named |= models.Q(representative_name=structure.representative_name)
    _without_representative(structure)
    structure.version += 1
    save_as(structure, by=by, reason=REPRESENTATIVE_GONE)
    for row in Structure.history.filter(named, id=structure.pk):
        _without_representative(row)
        row.save()


def _without_representative(row: Any) -> None:
    row.representative_name = row.representative_title = ""
    row.representative_id = None


def _name_nobody(row: Any) -> None:
    _without_representative(row)
    row.email = row.phone = ""
    row.extra = {}


def _erase_with_history(instance: models.Model, *, by: User | None) -> None:
    pk = instance.pk
    delete_as(instance, by=by, reason=REASON)
    type(instance).history.filter(id=pk).delete()  # type: ignore[attr-defined]


def _forget_history(instance: models.Model) -> None:
    """Keep only the last history row: the earlier ones would still tell who it was."""
    rows = instance.history.order_by("-history_date", "-history_id")  # type: ignore[attr-defined]
    last = rows.first()
    if last is not None:
        rows.exclude(history_id=last.history_id).delete()
