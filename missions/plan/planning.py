"""The missions a CPTS takes on, and the years of its contract.

Core missions come with the contract; optional ones are chosen. Dates tell the state (`CptsMission.state_on`); the act
that sets one checks it against the others. Nothing is deleted: a mission is stopped with a reason.
"""

from collections.abc import Iterable
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db import transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import create_many, save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import date_fr
from cpts_portal.core.versions import check_version, next_version
from missions.models import CptsMission, Exercise, MissionTerms, OfficialMission
from territories.models import Cpts

CONTRACT_YEARS = 5  # a contract is signed for five years (ACI, contrat type)


def terms_on(day: date) -> dict[int, MissionTerms]:
    """The rules in force on a day, by official mission."""
    return {terms.mission_id: terms for terms in MissionTerms.objects.in_force_on(day)}


def terms_of(mission: CptsMission, day: date) -> MissionTerms | None:
    """The rules of the day the contract was signed; those of today before any contract."""
    return terms_on(mission.agreed_on or day).get(mission.mission_id)


@transaction.atomic
def take_on(
    cpts: Cpts, *, missions: Iterable[OfficialMission], agreed_on: date | None, by: User | None
) -> list[CptsMission]:
    """Add missions to those of the CPTS; the ones it already has are left as they are."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    held = set(CptsMission.objects.filter(cpts=cpts).values_list("mission_id", flat=True))
    new = [CptsMission(cpts=cpts, mission=each, agreed_on=agreed_on) for each in missions if each.pk not in held]
    if not new:
        raise NotPossible("Toutes les missions choisies font déjà partie de celles de la CPTS.")
    return create_many(CptsMission, new, by=by)


def _locked(mission: CptsMission) -> CptsMission:
    return CptsMission.objects.select_for_update(of=("self",)).select_related("mission").get(pk=mission.pk)


def _saved(mission: CptsMission, *, by: User | None, reason: str = "") -> CptsMission:
    refuse_invalid(mission)
    save_as(mission, by=by, reason=reason)
    next_version(mission)
    return mission


@transaction.atomic
def plan_mission(
    mission: CptsMission,
    *,
    agreed_on: date | None,
    planned_start: date | None,
    orientations: str,
    version: str,
    by: User | None,
) -> CptsMission:
    """What was promised; raises `StaleEdit` when somebody else saved meanwhile."""
    found = _locked(mission)
    check_version(found, version)
    if agreed_on and planned_start and planned_start < agreed_on:
        raise NotPossible("Le démarrage prévu ne peut pas précéder la signature du contrat.")
    found.agreed_on, found.planned_start, found.orientations = agreed_on, planned_start, orientations
    return _saved(found, by=by)


@transaction.atomic
def start_mission(mission: CptsMission, *, on: date, day: date, by: User) -> CptsMission:
    """The mission has started: its fixed part runs from that day (ACI, art. 9)."""
    found = _locked(mission)
    if found.started_on:
        raise NotPossible(f"Cette mission a déjà démarré, le {date_fr(found.started_on)}.")
    _refuse_future(on, day)
    if found.agreed_on and on < found.agreed_on:
        raise NotPossible(f"Le contrat a été signé le {date_fr(found.agreed_on)} : la mission démarre ensuite.")
    found.started_on = on
    return _saved(found, by=by, reason="Démarrage")


@transaction.atomic
def deploy_mission(mission: CptsMission, *, on: date, day: date, by: User) -> CptsMission:
    found = _locked(mission)
    if found.started_on is None:
        raise NotPossible("Indiquez d’abord la date de démarrage.")
    if found.deployed_on:
        raise NotPossible(f"Cette mission est déjà déployée, depuis le {date_fr(found.deployed_on)}.")
    _refuse_future(on, day)
    found.deployed_on = on
    return _saved(found, by=by, reason="Déploiement complet")


@transaction.atomic
def stop_mission(mission: CptsMission, *, on: date, reason: str, by: User | None) -> CptsMission:
    found = _locked(mission)
    if found.stopped_on:
        raise NotPossible(f"Cette mission est déjà arrêtée, depuis le {date_fr(found.stopped_on)}.")
    found.stopped_on, found.stop_reason = on, reason.strip()
    return _saved(found, by=by, reason="Arrêt")


@transaction.atomic
def correct_dates(
    mission: CptsMission,
    *,
    started_on: date | None,
    deployed_on: date | None,
    stopped_on: date | None,
    stop_reason: str,
    reason: str,
    by: User,
) -> CptsMission:
    """A date recorded by mistake, put right with a reason that stays in the history."""
    if not reason.strip():
        raise NotPossible("Indiquez pourquoi ces dates sont corrigées.")
    found = _locked(mission)
    found.started_on, found.deployed_on = started_on, deployed_on
    found.stopped_on, found.stop_reason = stopped_on, stop_reason.strip() if stopped_on else ""
    return _saved(found, by=by, reason=reason.strip())


def _refuse_future(on: date, day: date) -> None:
    if on > day:
        raise NotPossible("Cette date est à venir : elle s’enregistre une fois passée.")


@transaction.atomic
def open_exercises(cpts: Cpts, *, first_day: date, by: User | None, years: int = CONTRACT_YEARS) -> list[Exercise]:
    """The years of a contract, from anniversary to anniversary."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    if Exercise.objects.filter(cpts=cpts).exists():
        raise NotPossible("Les années du contrat sont déjà ouvertes.")
    return continue_exercises(cpts, first_day=first_day, years=years, by=by)


@transaction.atomic
def continue_exercises(cpts: Cpts, *, first_day: date, years: int, by: User | None) -> list[Exercise]:
    """These years after those already open: a renewed contract counts on from the one before."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    if Exercise.objects.filter(cpts=cpts, end__gt=first_day).exists():
        raise NotPossible("Des années déjà ouvertes vont au-delà de cette date.")
    last = Exercise.objects.filter(cpts=cpts).order_by("-number").first()
    counted = last.number if last else 0
    starts = [first_day + relativedelta(years=rank) for rank in range(years + 1)]
    rows = [
        Exercise(cpts=cpts, number=counted + rank + 1, start=starts[rank], end=starts[rank + 1])
        for rank in range(years)
    ]
    return create_many(Exercise, rows, by=by)
