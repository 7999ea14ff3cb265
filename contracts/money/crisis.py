"""A grave health crisis recognised by the ARS: what opens the crisis top-up of a year of the contract."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from contracts.models import ContractYear, Part
from contracts.money.entitlements import closing_of, money_of
from contracts.shared.journal import write_journal
from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import date_fr
from cpts_portal.core.versions import check_version, next_version


def top_up_of(year: ContractYear, day: date) -> Decimal:
    """What the crisis adds to this year; nothing when the contract has no amount for it."""
    return sum((line.due for line in money_of(year, day).found.lines if line.part == Part.CRISIS), Decimal("0.00"))


@transaction.atomic
def recognise(
    year: ContractYear, *, on: date, decision: str, version: str, moment: datetime, day: date, by: User
) -> ContractYear:
    """The day and the text of the decision; raises `StaleEdit` when somebody else changed the year meanwhile."""
    held = ContractYear.objects.select_for_update(of=("self",)).select_related("exercise", "contract__cpts")
    found = held.get(pk=year.pk)
    check_version(found, version)
    if closing_of(found):
        raise NotPossible("Cette année est close : rouvrez-la d’abord.")
    if on > day:
        raise NotPossible("Une crise s’enregistre une fois reconnue.")
    if not found.exercise.covers(on):
        exercise = found.exercise
        raise NotPossible(f"L’année va du {date_fr(exercise.start)} au {date_fr(exercise.last_day)}.")
    found.crisis_on, found.crisis_text = on, decision.strip()
    refuse_invalid(found, exclude=["review"])
    save_as(found, by=by, reason=found.crisis_text)
    next_version(found)
    cpts = found.contract.cpts
    words = f"{cpts.ars} a reconnu une crise sanitaire grave le {date_fr(on)} : {found.crisis_text}"
    facts = {"year": found.exercise.number, "on": on, "decision": found.crisis_text}
    write_journal(cpts, act="crisis", subject=found, words=words, moment=moment, by=by, facts=facts)
    return found
