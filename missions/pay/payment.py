"""Money owed to a person: declared at the rates of the day, checked, approved by the board, or refused with a reason.

Whoever moves a declaration first holds its row, then the account of the person: always in that order.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.money import CENT, ZERO
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import date_fr, de
from members.models import Mandate, Professional
from missions.meetings.convening import locked_meeting
from missions.meetings.hours import HOURS_IN_A_DAY
from missions.models import Action, Attendance, CptsMission, Envelope, Meeting, Nature, PayLine, PayRate, PayStatus
from missions.pay.amounts import Work, Worth, best_rate
from missions.pay.ceiling import GRANTED, hold_account, person_key, recount, take_room
from missions.pay.checks import author_problems, check_problems, own_rules
from territories.models import Cpts

Unit = PayRate.Unit


@dataclass(frozen=True)
class Declaration:
    """What somebody says was done; `with_flat` asks for the flat amount of the rates."""

    professional: Professional
    nature: str
    day: date
    activity: str
    hours: Decimal = ZERO
    kilometres: Decimal = Decimal("0.0")
    with_flat: bool = False
    office: str = ""
    mission: CptsMission | None = None
    action: Action | None = None
    envelope: str = Envelope.FUNCTIONING
    attendance: Attendance | None = None


def mandates_on(person: Professional, day: date) -> list[str]:
    """The offices a person held on a day."""
    held = Mandate.objects.filter(professional=person, start__lte=day).not_over_on(day)
    return list(held.values_list("office", flat=True))


# --- What it is worth -----------------------------------------------------------------------------------------------
def worth_of(cpts: Cpts, order: Declaration) -> Worth:
    """The rates of the CPTS on that day applied to the declaration; refused when one is missing."""
    rates = list(PayRate.objects.filter(cpts=cpts, nature=order.nature))
    work = Work(order.nature, order.day, order.professional.profession_id, order.office, order.activity)

    def rate(unit: str, is_needed: bool) -> Decimal:
        if not is_needed:
            return ZERO
        found = best_rate(rates, unit, work)
        if found is None:
            raise NotPossible(
                f"Aucun tarif « {Unit(unit).label} » de cette nature ne convient le {date_fr(order.day)} : "
                "ajoutez-le aux tarifs de la CPTS."
            )
        return found.amount if unit == Unit.KILOMETRE else found.amount.quantize(CENT)

    return Worth(
        hours=order.hours,
        hourly_rate=rate(Unit.HOUR, bool(order.hours)),
        flat_amount=rate(Unit.FLAT, order.with_flat),
        kilometres=order.kilometres,
        km_rate=rate(Unit.KILOMETRE, bool(order.kilometres)),
    )


# --- Declared -------------------------------------------------------------------------------------------------------
@transaction.atomic
def declare(cpts: Cpts, order: Declaration, *, today: date, by: User) -> PayLine:
    """One activity of one person, at the rates of its day, which no later change of rate alters."""
    _refuse_foreign(cpts, order)
    _refuse_wrong_nature(order)
    if order.day > today:
        raise NotPossible("Cette activité est à venir : elle se déclare une fois faite.")
    if not ZERO <= order.hours <= HOURS_IN_A_DAY:
        raise NotPossible("Une déclaration porte sur une journée : de 0 à 24 heures.")
    if order.attendance:
        _refuse_attendance(order.attendance, order.professional)
    worth = worth_of(cpts, order)
    line = PayLine(
        cpts=cpts,
        professional=order.professional,
        nature=order.nature,
        day=order.day,
        activity=order.activity.strip(),
        office=order.office,
        attendance=order.attendance,
        mission=order.mission,
        action=order.action,
        envelope=order.envelope,
        hours=worth.hours,
        hourly_rate=worth.hourly_rate,
        flat_amount=worth.flat_amount,
        kilometres=worth.kilometres,
        km_rate=worth.km_rate,
        amount=worth.amount,
        person_key=person_key(order.professional),
        declared_by=by,
    )
    return _saved(line, by=by)


def _refuse_foreign(cpts: Cpts, order: Declaration) -> None:
    owners = [order.professional.cpts_id]
    owners += [thing.cpts_id for thing in (order.mission, order.action) if thing]
    if any(owner != cpts.pk for owner in owners):
        raise NotPossible("Cette personne, cette mission ou cette action n’est pas de la CPTS.")
    if order.professional.merged_into_id or order.professional.anonymised_on:
        raise NotPossible("Cette fiche n’est plus utilisée : choisissez celle qui la remplace.")


def _refuse_wrong_nature(order: Declaration) -> None:
    """An indemnity makes up for income lost by an office held; a remuneration pays for a mission (D. 1434-44)."""
    if order.nature == Nature.INDEMNITY and not order.office:
        raise NotPossible("Une indemnité compense une fonction tenue dans la CPTS : indiquez au titre de quel mandat.")
    if order.nature == Nature.REMUNERATION and order.mission is None:
        raise NotPossible("Une rémunération paie la participation à une mission : indiquez laquelle.")
    if order.office and order.office not in mandates_on(order.professional, order.day):
        office = Mandate.Office(order.office).label
        raise NotPossible(f"{order.professional} ne tenait pas le mandat « {office} » le {date_fr(order.day)}.")


def _refuse_attendance(attendance: Attendance, person: Professional) -> None:
    """The list of the meeting is locked, and stays so while somebody is paid on it: its row is held."""
    meeting: Meeting = locked_meeting(attendance.meeting)
    found = Attendance.objects.select_for_update(of=("self",)).get(pk=attendance.pk)
    if meeting.cpts_id != person.cpts_id or found.professional_id != person.pk:
        raise NotPossible("Cette présence est celle d’une autre personne.")
    if not meeting.is_locked:
        raise NotPossible("Les présences de cette réunion ne sont pas verrouillées : elles ne prouvent encore rien.")
    if not found.is_present:
        raise NotPossible(f"La présence {de(person)} à cette réunion n’est pas notée.")
    if PayLine.objects.filter(attendance=found).exists():
        raise NotPossible("Cette présence est déjà déclarée.")


def _saved(line: PayLine, *, by: User, reason: str = "") -> PayLine:
    refuse_invalid(line, exclude=["declared_by"])  # may be nobody: an account that was removed
    save_as(line, by=by, reason=reason)
    return line


# --- Checked, approved, refused -------------------------------------------------------------------------------------
def held_line(line: PayLine) -> PayLine:
    found = PayLine.objects.select_for_update(of=("self",)).select_related("professional", "cpts")
    return found.get(pk=line.pk)


def _refuse_unless(line: PayLine, *states: PayStatus) -> None:
    if line.status not in states:
        raise NotPossible(f"Cette déclaration est « {line.get_status_display().lower()} » : elle a changé entre-temps.")


@transaction.atomic
def check_line(line: PayLine, *, moment: datetime, by: User) -> PayLine:
    """Somebody else than the person paid has seen the proof of the time spent."""
    found = held_line(line)
    _refuse_unless(found, PayStatus.DECLARED)
    if problems := check_problems(found, by):
        raise NotPossible(" ".join(problems))
    found.status, found.checked_at, found.checked_by = PayStatus.CHECKED, moment, by
    return _saved(found, by=by)


@transaction.atomic
def approve_line(line: PayLine, *, moment: datetime, by: User) -> PayLine:
    """By the board, never by the person paid, within her dues, the caps of the CPTS and the yearly ceiling."""
    found = held_line(line)
    _refuse_unless(found, PayStatus.CHECKED)
    person = found.professional
    account = hold_account(person, found.day.year)
    if problems := [*author_problems(found, by), *own_rules(found)]:
        raise NotPossible(" ".join(problems))
    take_room(account, person, found.amount)
    found.person_key = person_key(person)
    found.status, found.approved_at, found.approved_by = PayStatus.APPROVED, moment, by
    return _saved(found, by=by)


@transaction.atomic
def refuse_line(line: PayLine, *, reason: str, moment: datetime, by: User) -> PayLine:
    """Refused at any step before the batch; an approved one gives its room back, and its attendance is free again."""
    found = held_line(line)
    _refuse_unless(found, PayStatus.DECLARED, PayStatus.CHECKED, PayStatus.APPROVED)
    if not reason.strip():
        raise NotPossible("Indiquez le motif du refus.")
    was_granted = found.status in GRANTED
    found.status, found.refused_at, found.refused_by = PayStatus.REFUSED, moment, by
    found.refusal_reason, found.attendance = reason.strip(), None
    if not was_granted:
        return _saved(found, by=by, reason=reason.strip())
    account = hold_account(found.professional, found.day.year)
    _saved(found, by=by, reason=reason.strip())
    recount(account, found.professional)
    return found
