"""Ways from one room of the missions app to another."""

from django.urls import reverse

from cpts_portal.pages import Crumb
from missions.models import Action, CptsMission, Group, Indicator, Meeting, PayBatch, PayLine
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


def meeting_url(meeting: Meeting) -> str:
    return reverse("missions:meeting-detail", args=[meeting.cpts_id, meeting.pk])


def meetings_crumbs(cpts: Cpts, meeting: Meeting | None = None) -> list[Crumb]:
    own = [(str(meeting), meeting_url(meeting))] if meeting else []
    return [("Réunions", reverse("missions:meetings", args=[cpts.pk])), *own]


def group_url(group: Group) -> str:
    return reverse("missions:group-detail", args=[group.cpts_id, group.pk])


def groups_crumbs(cpts: Cpts, group: Group | None = None) -> list[Crumb]:
    own = [(str(group), group_url(group))] if group else []
    return [("Groupes et instances", reverse("missions:groups", args=[cpts.pk])), *own]


def indicators_url(cpts_id: int) -> str:
    return reverse("missions:indicators", args=[cpts_id])


def indicator_url(indicator: Indicator) -> str:
    return reverse("missions:indicator-detail", args=[indicator.mission.cpts_id, indicator.pk])


def indicators_crumbs(cpts: Cpts, indicator: Indicator | None = None) -> list[Crumb]:
    own = [(str(indicator), indicator_url(indicator))] if indicator else []
    return [("Indicateurs", indicators_url(cpts.pk)), *own]


def payments_url(cpts_id: int) -> str:
    return reverse("missions:payments", args=[cpts_id])


def line_url(line: PayLine) -> str:
    return reverse("missions:line-detail", args=[line.cpts_id, line.pk])


def payments_crumbs(cpts: Cpts, line: PayLine | None = None) -> list[Crumb]:
    own = [(str(line.professional), line_url(line))] if line else []
    return [("Indemnités", payments_url(cpts.pk)), *own]


def batch_url(batch: PayBatch) -> str:
    return reverse("missions:batch-detail", args=[batch.cpts_id, batch.pk])


def pay_tabs(cpts_id: int, current: str) -> list[tuple[str, str, bool]]:
    pages = [
        ("Déclarations", "payments"),
        ("Présences à déclarer", "payments-presences"),
        ("Lots de paiement", "batches"),
        ("Plafond annuel", "payments-room"),
        ("Tarifs", "rates"),
        ("Réglages", "payments-settings"),
    ]
    return [(label, reverse(f"missions:{name}", args=[cpts_id]), label == current) for label, name in pages]
