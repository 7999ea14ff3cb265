"""The only way to change the territory of a CPTS from a day on."""

from datetime import date

from django.db import IntegrityError, transaction

from cpts_portal.core.acts import lock
from cpts_portal.core.authors import Author
from cpts_portal.core.history import create_many, delete_as, save_as, update_many
from cpts_portal.core.versions import next_version
from territories.models import Commune, Cpts, CptsCommune
from territories.perimeter.conflicts import Conflict, TerritoryConflict, conflicts_of
from territories.perimeter.periods import NewPeriod, Shares, TerritoryPlan, plan_changes
from territories.perimeter.simulation import load_communes

REASON = "Composition du territoire"


def set_territory(
    cpts: Cpts, *, rows: Shares, day: date, by: Author, version: int | None = None, reason: str = REASON
) -> TerritoryPlan:
    """From `day` on, the territory of the CPTS is `rows` (commune id -> declared inhabitants, None: whole commune).

    Communes left out end on that day, new ones start on it, a changed share closes the row and opens another, so that
    every past day still reads true; changes already planned for later stay planned. Two CPTS at once cannot take the
    same commune: its row is locked (PostgreSQL; SQLite writes one at a time), and the database constraint holds.

    Raises `TerritoryConflict` (nothing written) with every reason, and `StaleEdit` when `version` is not the CPTS's
    any more: somebody saved it since the page was opened.
    """
    try:
        with transaction.atomic():
            return _write(cpts, rows, day, by, version, reason)
    except IntegrityError as error:
        raise TerritoryConflict(_conflicts_now(cpts, rows, day) or [_SOMEBODY_ELSE]) from error


_SOMEBODY_ELSE = Conflict(
    "Une autre personne vient d’enregistrer l’une de ces communes : rechargez la page et vérifiez la liste."
)


def _write(cpts: Cpts, rows: Shares, day: date, by: Author, version: int | None, reason: str) -> TerritoryPlan:
    locked = lock(cpts, version)
    plan, conflicts = _plan(locked, rows, day, holding=True)
    if conflicts:
        raise TerritoryConflict(conflicts)
    if plan.is_empty:
        return plan
    for row in plan.ended:
        row.end = day
    update_many(CptsCommune, plan.ended, ["end"], by=by, reason=reason)
    for row in plan.dropped:
        delete_as(row, by=by, reason=reason)
    _open(locked, plan.openings, by, reason)
    next_version(locked)
    cpts.version = locked.version
    return plan


def _plan(cpts: Cpts, rows: Shares, day: date, *, holding: bool) -> tuple[TerritoryPlan, list[Conflict]]:
    communes = load_communes(rows)
    if holding:
        ids = sorted(communes)
        list(Commune.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    existing = list(CptsCommune.directory.filter(cpts=cpts))
    missing = [Conflict("Une commune de la liste n’existe plus : rechargez la page.")] * (len(communes) < len(rows))
    existing_shares = {pk: share for pk, share in rows.items() if pk in communes}
    plan = plan_changes(existing, existing_shares, communes, day)
    return plan, missing + conflicts_of(plan.openings, cpts.pk, day)


def _conflicts_now(cpts: Cpts, rows: Shares, day: date) -> list[Conflict]:
    return _plan(cpts, rows, day, holding=False)[1]


def _open(cpts: Cpts, openings: tuple[NewPeriod, ...], by: Author, reason: str) -> None:
    """A commune that has disappeared since is followed by its successor, marked as carried from it."""
    first = [_row(cpts, opening) for opening in openings if not opening.continues]
    create_many(CptsCommune, first, by=by, reason=reason)
    before: CptsCommune | None = None
    rows = iter(first)
    for opening in openings:
        if opening.continues:
            row = _row(cpts, opening)
            row.origin, row.carried_from = CptsCommune.Origin.CARRIED, before
            save_as(row, by=by, reason=reason)
            before = row
        else:
            before = next(rows)


def _row(cpts: Cpts, opening: NewPeriod) -> CptsCommune:
    return CptsCommune(
        cpts=cpts,
        commune=opening.commune,
        start=opening.start,
        end=opening.end,
        inhabitants=opening.inhabitants,
    )
