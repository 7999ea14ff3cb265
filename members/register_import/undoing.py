"""Undoing an import: what it created goes, what it changed comes back, unless somebody has worked on it since."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from cpts_portal.core.authors import Author
from cpts_portal.core.bulk import Among
from cpts_portal.core.history import delete_tracked, drop_links, update_tracked
from cpts_portal.core.versions import next_versions
from members.dues.received import count_received, lock_dues
from members.models import Due, DuesCampaign, Payment, Professional, RegisterImport, Structure
from members.register_import.applying import tracked_models
from members.register_import.writing import TRACKED, Journal

MOST_NAMED = 5


def take_back(imported: RegisterImport, *, by: Author) -> None:
    """In the caller's transaction, once nothing stands in the way."""
    _take_back(Journal.of(imported.undo), by, f"Annulation de l’import « {imported.filename} »"[:100])
    imported.undo = {}


def why_not_undo(imported: RegisterImport) -> str:
    """Empty when the import may be undone."""
    if imported.status != RegisterImport.Status.APPLIED:
        return "Seul un import appliqué peut être annulé."
    if not imported.undo:
        return "Ce qui permettait d’annuler cet import a été effacé après la durée de conservation."
    journal = Journal.of(imported.undo)
    names = _edited_since(journal)
    if names:
        more = " et d’autres" if len(names) > MOST_NAMED else ""
        return (
            "Des données de cet import ont été modifiées ou complétées depuis : "
            f"{', '.join(names[:MOST_NAMED])}{more}. L’annuler perdrait ce travail."
        )
    return _later_payments(journal)


def _edited_since(journal: Journal) -> list[str]:
    """Who is concerned by a later change, or by later rows that hang to what the import created."""
    by_name = tracked_models()
    found: dict[str, None] = {}
    for name, model in by_name.items():
        created = journal.created.get(name, [])
        keys = [*created, *(pk for pk, _values in journal.updated.get(name, []))]
        if not keys:
            continue
        changes = model.history.filter(Among("id", keys), history_id__gt=journal.marks.get(name, 0))  # type: ignore
        _name_all(found, model, set(changes.values_list("id", flat=True)[:100]))
        for owners in _newer_dependents(model, created, journal):
            _name_all(found, model, owners)
    return list(found)


def _newer_dependents(model: type[models.Model], created: list[int], journal: Journal) -> Iterable[set[int]]:
    """Rows of any table that refer to the created ones and were not created with them."""
    if not created:
        return
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        other = relation.related_model
        if hasattr(other, "history_id") or other._meta.auto_created:
            continue
        column = relation.field.attname
        rows = other._default_manager.filter(Among(column, created)).order_by().values_list("pk", column)
        # Sorted out here: « not among 50 000 keys » takes PostgreSQL a minute per table.
        ours = set(journal.created.get(other.__name__, []))
        yield {owner for pk, owner in rows.iterator() if pk not in ours}


def _name_all(found: dict[str, None], model: type[models.Model], keys: set[int]) -> None:
    if not keys:
        return
    known = model._default_manager.in_bulk(sorted(keys)[: MOST_NAMED + 1])
    for key in sorted(keys)[: MOST_NAMED + 1]:
        found[_owner_name(known.get(key), model, key)] = None


def _owner_name(row: Any, model: type[models.Model], key: int) -> str:
    """The person or structure a row belongs to; the deleted ones by what they were."""
    if row is None:
        return f"{model._meta.verbose_name} n° {key} (supprimée depuis)"
    if isinstance(row, Payment):
        row = row.due
    if isinstance(row, Due):
        row = row.membership
    holder = getattr(row, "holder", None) or getattr(row, "professional", None)
    return str(holder or row)


def _later_payments(journal: Journal) -> str:
    """Receipts are numbered without gap: payments recorded after the import hold its numbers in place."""
    ours = journal.created.get("Payment", [])
    if not ours:
        return ""
    campaigns = DuesCampaign.objects.filter(pk__in=Payment.objects.filter(Among("pk", ours)).values("due__campaign"))
    later = (
        Payment.objects.filter(due__campaign__in=campaigns, pk__gt=max(ours)).select_related("due__campaign").first()
    )
    if later is None:
        return ""
    return (
        f"Des paiements ont été enregistrés depuis pour la cotisation {later.due.campaign.year} : "
        "leurs reçus suivent ceux de cet import."
    )


def _take_back(journal: Journal, by: Author, reason: str) -> None:
    by_name = tracked_models()
    paid = Payment.objects.filter(Among("pk", journal.created.get("Payment", []))).values_list("due_id", flat=True)
    dues = set(paid)
    lock_dues(dues)
    drop_links(Professional, "specialties", journal.specialties)
    for name in reversed(TRACKED):
        model = by_name[name]
        delete_tracked(model, journal.created.get(name, []), by=by, reason=reason)
        rows = journal.updated.get(name, [])
        if rows:
            columns = list(rows[0][1])
            values = [(pk, *(before[column] for column in columns)) for pk, before in rows]
            update_tracked(model, columns, values, by=by, reason=reason)
    count_received(dues)
    for model in (Professional, Structure):
        keys = [pk for pk, _values in journal.updated.get(model.__name__, [])]
        if keys:
            next_versions(model.objects.filter(Among("pk", keys)))
