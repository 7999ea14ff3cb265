"""Ways from one room of the missions app to another."""

from django.urls import reverse

from cpts_portal.pages import Crumb
from missions.models import Action, CptsMission
from territories.models import Cpts


def missions_url(cpts_id: int) -> str:
    return reverse("missions:missions", args=[cpts_id])


def mission_url(mission: CptsMission) -> str:
    return reverse("missions:mission-detail", args=[mission.cpts_id, mission.pk])


def missions_crumbs(cpts: Cpts, mission: CptsMission | None = None) -> list[Crumb]:
    own = [(str(mission), mission_url(mission))] if mission else []
    return [("Missions", missions_url(cpts.pk)), *own]


def actions_url(cpts_id: int) -> str:
    return reverse("missions:actions", args=[cpts_id])


def action_url(action: Action) -> str:
    return reverse("missions:action-detail", args=[action.cpts_id, action.pk])


def actions_crumbs(cpts: Cpts, action: Action | None = None) -> list[Crumb]:
    own = [(str(action), action_url(action))] if action else []
    return [("Actions", actions_url(cpts.pk)), *own]
