"""Undoing the last import: communes, populations and territories come back exactly as they were."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from cpts_portal.core.authors import Author
from cpts_portal.core.bulk import update_rows
from cpts_portal.core.locks import lock_tables
from cpts_portal.imports.importer import mark_undone
from cpts_portal.imports.refusals import ImportRefused
from territories.commune_import.applying import correct_populations
from territories.commune_import.effects import cpts_names
from territories.commune_import.writing import changed_since, take_back_territories
from territories.models import (
    Commune,
    CommuneChange,
    CommuneImport,
    CommuneMovement,
    CptsCommune,
    Department,
    Epci,
    Population,
)

OWN_TABLES = (Commune, Population, CommuneChange, CptsCommune)
COLUMNS = ("name", "department_id", "epci_id", "parent_id", "postal_codes", "search", "ended_on", "successor_id")


def last_applied() -> CommuneImport | None:
    return CommuneImport.objects.filter(status=CommuneImport.Status.APPLIED).order_by("-applied_at", "-pk").first()


def why_not_undo(imported: CommuneImport) -> str:
    """The reason, in French, why this import cannot be undone; empty when it can."""
    if imported.status != CommuneImport.Status.APPLIED:
        return f"Cet import n’est pas appliqué ({imported.get_status_display()}) : il n’y a rien à annuler."
    last = last_applied()
    if last is not None and last.pk != imported.pk:
        return f"Seul le dernier import appliqué peut être annulé : c’est « {last.filename} » ({last.vintage})."
    return _territories_changed(imported) or _created_communes_used(imported) or _communes_changed(imported)


def undo_last(*, by: Author | None) -> CommuneImport:
    """Take back the last applied import; raises `ImportRefused` when later changes make it impossible."""
    with transaction.atomic():
        lock_tables(CommuneImport, Commune, CptsCommune)
        imported = last_applied()
        if imported is None:
            raise ImportRefused("Aucun import n’est appliqué : il n’y a rien à annuler.")
        reason = why_not_undo(imported)
        if reason:
            raise ImportRefused(reason, imported=imported)
        _take_back(imported, by)
        mark_undone(imported)
        imported.undone_by = by
        imported.save(update_fields=["status", "undone_at", "undone_by"])
    return imported


def _territories_changed(imported: CommuneImport) -> str:
    journal = imported.journal.get("territories")
    changed = changed_since(journal) if journal else set()
    known = [row["id"] for row in journal["created"]] if journal else []
    known += [after["id"] for _, after in journal["updated"]] if journal else []
    newer = CptsCommune.directory.filter(commune__created_by=imported).exclude(pk__in=known)
    changed |= set(newer.values_list("cpts_id", flat=True))
    if not changed:
        return ""
    names = ", ".join(sorted(cpts_names(changed).values())[:5])
    return (
        f"Le territoire a été modifié depuis cet import ({names}) : l’annuler perdrait ces changements. "
        "Corrigez plutôt les communes concernées."
    )


def _created_communes_used(imported: CommuneImport) -> str:
    """Communes the import created may meanwhile be the seat of a CPTS, or be named by any other table."""
    for relation in Commune._meta.related_objects:
        table = relation.related_model
        if table in OWN_TABLES:
            continue
        if table._base_manager.filter(**{f"{relation.field.name}__created_by": imported}).exists():
            return (
                f"Des communes créées par cet import sont utilisées depuis ({table._meta.verbose_name_plural}) : "
                "l’import ne peut plus être annulé."
            )
    elsewhere = Commune.objects.filter(epci__in=imported.journal.get("epcis", [])).exclude(created_by=imported)
    changed = imported.changes.filter(field="epci").values("commune")
    if elsewhere.exclude(pk__in=changed).exists():
        return "Des EPCI créés par cet import sont utilisés depuis : l’import ne peut plus être annulé."
    return ""


def _communes_changed(imported: CommuneImport) -> str:
    """A commune corrected by hand since the import: undoing would silently lose the correction."""
    now = _present_values(imported)
    for commune, field, after, label in imported.changes.exclude(field="population").values_list(
        "commune", "field", "after", "commune__name"
    ):
        if now[commune][field] != after:
            return f"{label} a été modifiée depuis cet import : l’annuler perdrait cette correction."
    return ""


def _present_values(imported: CommuneImport) -> dict[int, dict[str, str]]:
    """What each changed commune holds today, written as in the changes."""
    found = Commune.objects.filter(pk__in=imported.changes.exclude(field="population").values("commune"))
    rows = found.order_by().values_list(
        "pk", "name", "department__code", "epci__siren", "parent__code", "postal_codes", "ended_on", "successor__code"
    )
    names = ("name", "department", "epci", "parent", "postal_codes", "ended_on", "successor")
    return {
        pk: dict(zip(names, ("" if value is None else str(value) for value in values), strict=True))
        for pk, *values in rows
    }


def _take_back(imported: CommuneImport, by: Author | None) -> None:
    journal = imported.journal
    if journal.get("territories"):
        take_back_territories(journal["territories"], by, imported.vintage)
    changes = list(imported.changes.order_by("pk").values_list("commune_id", "field", "before"))
    corrected = {commune: int(before) for commune, field, before in changes if field == "population"}
    correct_populations(imported.vintage, corrected)
    _restore_communes(imported, [change for change in changes if change[1] != "population"])
    for rows in (
        Population.objects.filter(source=imported),
        CommuneChange.objects.filter(imported=imported),
        Commune.objects.filter(created_by=imported),
        CommuneMovement.objects.filter(created_by=imported),
        Epci.objects.filter(pk__in=journal.get("epcis", [])),
    ):
        rows._raw_delete(rows.db)  # one statement each: nothing else refers to these rows, it was checked above


def _restore_communes(imported: CommuneImport, changes: list[tuple[int, str, str]]) -> None:
    if not changes:
        return
    touched = {commune for commune, _, _ in changes}
    rows = Commune.objects.filter(pk__in=imported.changes.values("commune")).order_by()
    columns = ("code", *COLUMNS)
    values = {pk: dict(zip(columns, found, strict=True)) for pk, *found in rows.values_list("pk", *columns)}
    resolve = _Resolver(imported, changes)
    for commune, field, before in changes:
        column, value = resolve(field, before)
        values[commune][column] = value
    for row in values.values():
        row["search"] = Commune.search_text(row["name"], row["code"], row["postal_codes"])
    update_rows(Commune, COLUMNS, [(pk, *(values[pk][column] for column in COLUMNS)) for pk in sorted(touched)])


class _Resolver:
    """From a value as kept in a change to the column to write. Parents are communes that were current before."""

    def __init__(self, imported: CommuneImport, changes: list[tuple[int, str, str]]) -> None:
        self.sirens = dict(Epci.objects.values_list("siren", "pk"))
        self.departments = dict(Department.objects.values_list("code", "pk"))
        wanted = {before for _, field, before in changes if field == "parent" and before}
        ended_by_it = imported.changes.filter(field="ended_on").values("commune")
        parents = Commune.objects.filter(
            Q(ended_on__isnull=True) | Q(pk__in=ended_by_it), kind=Commune.Kind.COMMUNE, code__in=wanted
        ).exclude(created_by=imported)
        self.parents = dict(parents.values_list("code", "pk"))

    def __call__(self, field: str, before: str) -> tuple[str, Any]:
        if field == "department":
            return "department_id", self.departments[before]
        if field == "epci":
            return "epci_id", self.sirens[before] if before else None
        if field == "parent":
            return "parent_id", self.parents[before] if before else None
        if field in ("ended_on", "successor"):
            return ("ended_on" if field == "ended_on" else "successor_id"), None
        return field, before
