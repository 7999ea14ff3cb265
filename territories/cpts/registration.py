"""What is written about a CPTS besides its territory: its identity, and the figures it declares."""

from datetime import date
from typing import Any

from django.db import transaction

from cpts_portal.core.acts import lock
from cpts_portal.core.authors import Author
from cpts_portal.core.history import delete_as, save_as, sign
from territories.models import Cpts, DeclaredFigures, Department


@transaction.atomic
def register_cpts(*, fields: dict[str, Any], departments: list[Department], by: Author) -> Cpts:
    """Create a CPTS; its territory is composed afterwards."""
    cpts = Cpts(**fields)
    save_as(cpts, by=by, reason="Création de la CPTS")
    _set_departments(cpts, departments, by)
    return cpts


@transaction.atomic
def update_identity(
    cpts: Cpts,
    *,
    fields: dict[str, Any],
    by: Author,
    departments: list[Department] | None = None,
    version: str | int | None = None,
) -> Cpts:
    """Change the identity of a CPTS; nothing is written when nothing changes. Raises `StaleEdit`."""
    current = lock(cpts, version)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    if changed:
        for name in changed:
            setattr(current, name, fields[name])
        current.version += 1
        save_as(current, by=by)
    if departments is not None and set(current.departments.all()) != set(departments):
        _set_departments(current, departments, by)
    return current


def _set_departments(cpts: Cpts, departments: list[Department], by: Author) -> None:
    sign(cpts, by=by)
    cpts.departments.set(departments)


@transaction.atomic
def declare_figures(
    cpts: Cpts,
    *,
    declared_on: date,
    population: int | None,
    communes: int | None,
    source: str,
    by: Author,
    replacing: DeclaredFigures | None = None,
) -> DeclaredFigures:
    """Keep what the CPTS announced, or correct an announcement already kept."""
    figures = replacing or DeclaredFigures(cpts=cpts)
    figures.declared_on, figures.source = declared_on, source
    figures.population, figures.communes = population, communes
    save_as(figures, by=by)
    return figures


@transaction.atomic
def withdraw_figures(figures: DeclaredFigures, *, by: Author) -> None:
    delete_as(figures, by=by, reason="Déclaration retirée")
