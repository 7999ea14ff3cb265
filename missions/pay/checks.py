"""Why a declaration may not be approved: whose money it is, her dues, the caps of the CPTS, the yearly ceiling.

Read before the click, to be shown, and again under lock, to be obeyed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from cpts_portal.accounts.permissions import actor_of
from cpts_portal.accounts.roles import Role
from cpts_portal.core.money import ZERO
from cpts_portal.core.text import date_fr, euros_fr, fold
from members.models import Contact, Due, Payment, Practice, Professional, Structure
from missions.models import PayCap, PayLine, PaySettings, UserRecord
from missions.pay.ceiling import GRANTED, room_of
from territories.models import Cpts


def settings_of(cpts: Cpts) -> PaySettings:
    """Those saved, or the defaults (not saved)."""
    return PaySettings.objects.filter(cpts=cpts).first() or PaySettings(cpts=cpts)


# --- Who ------------------------------------------------------------------------------------------------------------
def may_approve(user: Any, cpts: Cpts) -> bool:
    """The board approves; the coordination declares and checks."""
    return Role.BOARD in actor_of(user).roles_on(cpts)


def is_paid_herself(user: Any, person: Professional) -> bool:
    """The same person: by the link made between account and record, by e-mail, or by name when no link says who."""
    link = UserRecord.objects.filter(user=user, professional__cpts_id=person.cpts_id).first()
    if link:
        return link.professional_id == person.pk
    emails = Contact.objects.filter(professional=person, channel=Contact.Channel.EMAIL, value__iexact=user.email)
    if emails.exists():
        return True
    names = {fold(person.civil_last_name), fold(person.last_name)} - {""}
    return fold(user.last_name) in names and fold(user.first_name) == fold(person.civil_first_name)


# --- Dues -----------------------------------------------------------------------------------------------------------
def dues_problem(person: Professional, day: date) -> str:
    """Member that day, and nothing late that day: what was paid afterwards does not count. Empty when all is well.

    By her own membership, or that of a structure where she practises or that she represents: one in order is enough.
    """
    holders: list[Professional | Structure] = [person, *_structures_of(person, day)]
    found = [_holder_problem(holder, day) for holder in holders if _is_member(holder, day)]
    if not found:
        return f"{person} n’avait pas d’adhésion le {date_fr(day)}, et la CPTS exige une cotisation à jour."
    return "" if "" in found else found[0]


def _structures_of(person: Professional, day: date) -> list[Structure]:
    practised = Practice.objects.held_on(day).filter(professional=person, structure__isnull=False)
    hers = Q(pk__in=practised.values("structure")) | Q(representative=person)
    return list(Structure.objects.filter(hers, cpts=person.cpts_id).order_by("pk"))


def _is_member(holder: Professional | Structure, day: date) -> bool:
    return holder.memberships.filter(cpts=holder.cpts_id).members_on(day).exists()


def _holder_problem(holder: Professional | Structure, day: date) -> str:
    side = "people" if isinstance(holder, Professional) else "structures"
    dues = Due.objects.of_holders(**{side: [holder.pk]})
    for due in dues.filter(campaign__cpts=holder.cpts_id, campaign__year=day.year).select_related("campaign"):
        if due.campaign.due_on < day and _owed_on(due, day) > 0:
            return f"La cotisation {day.year} de {holder} n’était pas réglée le {date_fr(day)} : la CPTS l’exige."
    return ""


def _owed_on(due: Due, day: date) -> Decimal:
    received = Payment.objects.filter(due=due, paid_on__lte=day, cancelled_on__isnull=True)
    return due.amount - due.forgiven - (received.aggregate(total=Sum("amount"))["total"] or ZERO)


# --- Caps of the CPTS -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CapUse:
    """A cap that applies to a person and what counts against it."""

    cap: PayCap
    used: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.cap.amount - self.used, ZERO)


def planned_for(line: PayLine, planned: Sequence[PayLine], office: str = "") -> Decimal:
    """What the same person gets the same year from lines about to be granted before this one."""
    same = (line.professional_id, line.day.year)
    found = [each for each in planned if (each.professional_id, each.day.year) == same and office in ("", each.office)]
    return sum((each.amount for each in found), ZERO)


def cap_uses(line: PayLine, planned: Sequence[PayLine] = ()) -> list[CapUse]:
    """The caps of everybody, of the office of the line, of the person: each is to be kept."""
    caps = PayCap.objects.filter(cpts_id=line.cpts_id, year=line.day.year).filter(
        Q(professional__isnull=True) | Q(professional=line.professional_id), Q(office="") | Q(office=line.office)
    )
    return [CapUse(cap, _used(_same_person(line), cap) + planned_for(line, planned, cap.office)) for cap in caps]


def _same_person(line: PayLine) -> QuerySet:
    found = PayLine.objects.filter(cpts_id=line.cpts_id, day__year=line.day.year, status__in=GRANTED)
    return found.filter(professional=line.professional_id).exclude(pk=line.pk)


def _used(lines: QuerySet, cap: PayCap) -> Decimal:
    kept = lines.filter(office=cap.office) if cap.office else lines
    return kept.aggregate(total=Sum("amount"))["total"] or ZERO


def cap_problems(line: PayLine, planned: Sequence[PayLine] = ()) -> list[str]:
    return [
        f"Le plafond de la CPTS pour {line.day.year} ({euros_fr(use.cap.amount)}"
        f"{', ' + use.cap.get_office_display() if use.cap.office else ''}) serait dépassé : il reste "
        f"{euros_fr(use.left)}."
        for use in cap_uses(line, planned)
        if line.amount > use.left
    ]


# --- Together -------------------------------------------------------------------------------------------------------
def own_rules(line: PayLine, planned: Sequence[PayLine] = ()) -> list[str]:
    """What the CPTS asks, whoever approves: dues when it requires them, its caps."""
    found = cap_problems(line, planned)
    if settings_of(line.cpts).requires_dues and (problem := dues_problem(line.professional, line.day)):
        found.insert(0, problem)
    return found


def check_problems(line: PayLine, user: Any) -> list[str]:
    return ["Personne ne vérifie une somme qui lui est versée."] if is_paid_herself(user, line.professional) else []


def author_problems(line: PayLine, user: Any) -> list[str]:
    if is_paid_herself(user, line.professional):
        return ["Personne n’approuve une somme qui lui est versée : une autre personne du bureau le fait."]
    if not may_approve(user, line.cpts):
        return ["L’approbation revient au bureau de la CPTS (la trésorerie)."]
    return []


def blocking(line: PayLine, user: Any, planned: Sequence[PayLine] = ()) -> list[str]:
    """Everything that stands between this declaration and its approval by this user, once `planned` are granted."""
    found = [*author_problems(line, user), *own_rules(line, planned)]
    room = room_of(line.professional, line.day.year)
    if refusal := replace(room, granted=room.granted + planned_for(line, planned)).refusal(line.amount):
        found.append(refusal)
    return found
