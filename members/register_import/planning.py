"""What a line adds to its card: membership, dues and payments, without ever touching what is already recorded."""

from datetime import date
from decimal import Decimal

from cpts_portal.core.text import date_fr, fold, number_fr
from members.dues.dues import Amount, Holder, amount_for
from members.models import Mandate
from members.register_import.cards import Card, KnownMembership
from members.register_import.known import Known
from members.register_import.plan import DuePlan, ExemptPlan, MandatePlan, Step
from members.register_import.records import Notes, Office, Paid, Record, Refusal

NO_CARD: list[KnownMembership] = []


def plan_membership(step: Step, notes: Notes) -> None:
    """Open the membership the line tells about, unless the card already has one over that time."""
    record, card = step.record, step.card
    if record.refused_on is not None:
        step.is_refusal = all(each.refused_on != record.refused_on for each in (card.memberships if card else NO_CARD))
        return
    held = [each for each in (card.memberships if card else NO_CARD) if each.refused_on is None]
    start, told = record.start, bool(record.start)
    if start is None and record.applied_on is None and record.payments and not held:
        start = min(paid.paid_on for paid in record.payments)
        notes.remark(record.line, "Adhésion", "date d’adhésion absente : celle du premier paiement est retenue")
    step.membership = next((each for each in held if _overlaps(each, start, record.end)), None) or (
        held[-1] if held and start is None else None
    )
    if step.membership is not None:
        _remark_kept(step.membership, record, told, notes)
    elif start is not None:
        step.starts = start
    elif record.applied_on is not None:
        step.is_application = True
    elif record.college:
        notes.remark(record.line, "Collège", "collège sans date d’adhésion : aucune adhésion n’est ajoutée")


def _overlaps(held: KnownMembership, start: date | None, end: date | None) -> bool:
    if start is None:
        return held.end is None
    begins = held.start or date.min
    return (held.end is None or start < held.end) and (end is None or begins < end)


def _remark_kept(held: KnownMembership, record: Record, told: bool, notes: Notes) -> None:
    if told and (held.start, held.end) != (record.start, record.end):
        since = f"depuis le {date_fr(held.start)}" if held.start else "en cours de demande"
        notes.remark(record.line, "Adhésion", f"adhésion déjà enregistrée {since} : elle est gardée telle quelle")


def plan_dues(step: Step, known: Known, notes: Notes) -> None:
    """Payments not recorded yet, each on the due of its year; more than what remains due is refused."""
    card, record = step.card, step.record
    for paid in record.payments:
        due = card.dues.get(paid.year) if card else None
        if due and (paid.amount, paid.paid_on) in due.payments:
            continue
        if due and due.owed <= 0:
            notes.remark(
                record.line, f"Cotisation {paid.year}", "cotisation déjà réglée : le paiement n’est pas repris"
            )
            continue
        called = None if due else _called(step, known, paid.year)
        amount, exemption = (called.euros, called.exemption_reason) if called else (paid.amount, "")
        remaining = due.owed if due else amount
        if paid.amount > remaining:
            _refuse_excess(record, paid, remaining, notes)
        else:
            step.dues.append(DuePlan(paid, due, amount, exemption))


def _called(step: Step, known: Known, year: int) -> Amount | None:
    """What the campaign of the year asks; None without campaign or rate."""
    campaign = known.campaigns.get(year)
    rates = known.rates.get(campaign.pk, []) if campaign else []
    record, card = step.record, step.card
    college = known.colleges.get(record.college) or (step.membership.college_id if step.membership else None)
    profession = (card.profession_id if card else None) or record.profession_id
    kind = (card.kind if card else "") or record.kind
    return amount_for(Holder(record.is_structure, college, profession, kind), rates)


def plan_exemptions(step: Step, known: Known, notes: Notes) -> None:
    """Nothing to pay for a year: what the campaign calls is forgiven, or what remains of the due that exists."""
    card, record = step.card, step.record
    for exempted in record.exemptions:
        due = card.dues.get(exempted.year) if card else None
        if due is not None and due.owed <= 0:
            continue
        if due is None and step.membership is None and step.starts is None:
            reason = "une exonération est celle d’un adhérent : indiquez depuis quand"
            notes.refuse(record, "exemption", exempted.reason, reason, kind="exemption")
        else:
            called = None if due else _called(step, known, exempted.year)
            step.exempted.append(ExemptPlan(exempted, due, called.euros if called else Decimal(0)))


def plan_mandates(step: Step, known: Known, notes: Notes) -> None:
    """The mandates of the line that the card does not hold yet; one that somebody else holds by then is refused."""
    record = step.record
    start = record.office_since or step.starts or (step.membership.start if step.membership else None)
    for office in record.offices:
        if _holds(step.card, office, start):
            continue
        label = str(Mandate.Office(office.office).label)
        holder = next((name for end, name in known.office_holders.get(office.office, ()) if _is_after(end, start)), "")
        if holder:
            reason = f"ce mandat est tenu par {holder} : indiquez d’abord sa fin, ou videz cette cellule"
            notes.refuse(record, "office", label, reason, kind="office")
        elif start is None:
            notes.refuse(record, "office", label, "la date de début de ce mandat manque", kind="office")
        else:
            _take_office(step, MandatePlan(office, start), known, notes)


def _holds(card: Card | None, office: Office, start: date | None) -> bool:
    """The card has this mandate already at that time."""
    return any(
        each.office == office.office and fold(each.subject) == fold(office.subject) and _is_after(each.end, start)
        for each in (card.mandates if card else ())
    )


def _is_after(end: date | None, start: date | None) -> bool:
    return end is None or (start is not None and end > start)


def _take_office(step: Step, planned: MandatePlan, known: Known, notes: Notes) -> None:
    record = step.record
    if planned.office.office in Mandate.SINGLE_OFFICES:
        taken = known.office_holders.setdefault(planned.office.office, [])
        taken.append((None, f"{record.label}, ligne {record.line}"))
    if record.office_since is None:
        notes.remark(record.line, "Mandat", "date de début du mandat absente : celle de l’adhésion est retenue")
    step.mandates.append(planned)


def _refuse_excess(record: Record, paid: Paid, remaining: Decimal, notes: Notes) -> None:
    reason = f"ce montant dépasse ce qui reste dû pour {paid.year} ({number_fr(float(remaining), 2)} €)"
    value = f"{number_fr(float(paid.amount), 2)} €"
    notes.refusals.append(Refusal(record.line, -1, f"Cotisation {paid.year}", value, reason, "amount"))


def new_step(record: Record, card: Card | None, fields: tuple[str, ...], known: Known, notes: Notes) -> Step:
    step = Step(record, card, fields)
    plan_membership(step, notes)
    plan_dues(step, known, notes)
    plan_exemptions(step, known, notes)
    plan_mandates(step, known, notes)
    return step
