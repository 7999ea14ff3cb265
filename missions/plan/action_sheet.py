"""The « fiche action »: one action on paper, as the health project and the yearly review ask for it."""

from datetime import date
from typing import Any

from django.utils.text import slugify

from cpts_portal.core.text import date_fr
from missions.models import Action, ActionState
from missions.plan.portfolio import EnvelopeTotal, budget_by_envelope

TEMPLATE = "pdf/action_sheet.html"


def action_sheet(action: Action, *, day: date) -> dict[str, Any]:
    """Everything the sheet says on a day; figures stay numbers, the template writes them."""
    state = action.state_on(day)
    lines = list(action.budget.select_related("mission__mission"))
    totals = budget_by_envelope(lines)
    return {
        "title": f"Fiche action – {action.title}",
        "action": action,
        "cpts": action.cpts,
        "printed_on": day,
        "state": state.label,
        "is_dropped": state == ActionState.DROPPED,
        "missions": [mission.mission for mission in action.missions.select_related("mission")],
        "planned": planned_dates(action),
        "actual": actual_dates(action),
        "parts": ", ".join(str(part) for part in action.parts.all()),
        "leads": ", ".join(f"{lead}, {lead.profession}" for lead in action.leads.select_related("profession")),
        "partners": partners_of(action),
        "deliverables": list(action.deliverables.all()),
        "totals": totals,
        "sums": sums_of(totals),
        "indicators": [each.name for each in action.indicators.filter(is_active=True)],
    }


def planned_dates(action: Action) -> str:
    """« du 3 mars 2025 au 1er juillet 2027 », or the one date that is fixed."""
    if action.start and action.end:
        return f"du {date_fr(action.start)} au {date_fr(action.end)}"
    if action.start:
        return f"à partir du {date_fr(action.start)}, fin à fixer"
    return f"jusqu’au {date_fr(action.end)}, début à fixer" if action.end else "à fixer"


def actual_dates(action: Action) -> str:
    """What happened, and whether it ended with the plan: « du … au … (terminée, avant la fin prévue) »."""
    if action.done_on is None:
        return f"commencée le {date_fr(action.started_on)}" if action.started_on else "pas encore commencée"
    began = f"du {date_fr(action.started_on)} au" if action.started_on else "jusqu’au"
    return f"{began} {date_fr(action.done_on)} (terminée{_against_the_plan(action.done_on, action.end)})"


def _against_the_plan(done: date, planned: date | None) -> str:
    if planned is None or done == planned:
        return ""
    return ", avant la fin prévue" if done < planned else ", après la fin prévue"


def partners_of(action: Action) -> str:
    named = [str(structure) for structure in action.partner_structures.all()]
    return ", ".join([*named, action.partners] if action.partners else named)


def sums_of(totals: list[EnvelopeTotal]) -> list[tuple[str, EnvelopeTotal]]:
    """ACI and own resources apart, each only when it has lines."""
    found = []
    for label, is_aci in (("Total ACI", True), ("Total hors ACI", False)):
        kept = [each for each in totals if each.is_aci == is_aci]
        if kept:
            amounts = [sum(getattr(each, name) for each in kept) for name in ("planned", "committed", "spent")]
            found.append((label, EnvelopeTotal(label, is_aci, *amounts)))
    return found


def sheet_filename(action: Action) -> str:
    return f"fiche-action-{slugify(action.title)[:60]}.pdf"
