"""The yearly ceiling: indemnities and remunerations of one professional, over every CPTS, stay under the PASS.

CSP art. D1434-44. Approvals of one person take the row of her account one by one, so that two at once never pass the
ceiling together. Another CPTS's lines never leave this module: only the room that remains does.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from cpts_portal.core.money import ZERO
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import euros_fr
from members.models import Professional
from missions.models import CeilingAccount, CeilingValue, PayLine, PayStatus

ALERT_SHARE = Decimal("0.80")
GRANTED = (PayStatus.APPROVED, PayStatus.IN_BATCH, PayStatus.PAID)
WAITING = (PayStatus.DECLARED, PayStatus.CHECKED)


@dataclass(frozen=True)
class Room:
    """The ceiling of a year and what is left of it for one person; `ceiling` is None when the year has no value."""

    year: int
    ceiling: Decimal | None
    granted: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return max((self.ceiling or ZERO) - self.granted, ZERO)

    def share_after(self, amount: Decimal = ZERO) -> Decimal:
        """The part of the ceiling used once this amount is granted too: 1 is the ceiling itself."""
        return (self.granted + amount) / self.ceiling if self.ceiling else ZERO

    def refusal(self, amount: Decimal) -> str:
        """Why this amount may not be granted; empty when it may."""
        if self.ceiling is None:
            return (
                f"Le plafond annuel de la sécurité sociale (PASS) de {self.year} n’est pas connu du portail : "
                "demandez à l’administration du portail de l’enregistrer."
            )
        if self.granted + amount > self.ceiling:
            return (
                f"Le plafond annuel (PASS {self.year}, {euros_fr(self.ceiling)}) serait dépassé : il reste "
                f"{euros_fr(self.left)} à cette personne, toutes CPTS confondues, pour {euros_fr(amount)} demandés."
            )
        return ""

    def warning(self, amount: Decimal = ZERO) -> str:
        """From 80 % on; empty below, and when it is refused anyway."""
        if self.refusal(amount) or self.share_after(amount) < ALERT_SHARE:
            return ""
        return (
            f"80 % du plafond annuel (PASS {self.year}) sont atteints : il restera "
            f"{euros_fr(self.left - amount)} à cette personne jusqu’au 31 décembre, toutes CPTS confondues."
        )


def person_key(person: Professional) -> str:
    """The same person in every CPTS: her RPPS number, or her own record when she has none."""
    return person.rpps or f"record-{person.pk}"


def ceiling_of(year: int) -> Decimal | None:
    return CeilingValue.objects.filter(year=year).values_list("amount", flat=True).first()


def room_of(person: Professional, year: int) -> Room:
    return Room(year, ceiling_of(year), _granted(person, year))


def rooms_of(people: list[Professional], year: int) -> dict[int, Room]:
    """The room of many persons, in a fixed number of queries."""
    ceiling = ceiling_of(year)
    keys = {person.pk: person_key(person) for person in people}
    by_key: dict[str, Decimal] = {}
    own: dict[int, Decimal] = {}
    rows = _granted_lines(year).filter(Q(person_key__in=keys.values()) | Q(professional__in=keys))
    for key, owner, amount in rows.values_list("person_key", "professional_id", "amount"):
        by_key[key] = by_key.get(key, ZERO) + amount
        if owner in keys and keys[owner] != key:  # granted before her RPPS number was known
            own[owner] = own.get(owner, ZERO) + amount
    return {pk: Room(year, ceiling, by_key.get(key, ZERO) + own.get(pk, ZERO)) for pk, key in keys.items()}


def _granted_lines(year: int) -> QuerySet[PayLine]:
    return PayLine.everywhere.filter(day__year=year, status__in=GRANTED)


def _granted(person: Professional, year: int) -> Decimal:
    found = _granted_lines(year).filter(Q(person_key=person_key(person)) | Q(professional=person))
    return found.aggregate(total=Sum("amount"))["total"] or ZERO


@transaction.atomic
def hold_account(person: Professional, year: int) -> CeilingAccount:
    """The row of this person and year, held until the end of the transaction: approvals come one by one."""
    key = person_key(person)
    CeilingAccount.objects.get_or_create(person_key=key, year=year)
    return CeilingAccount.objects.select_for_update().get(person_key=key, year=year)


def take_room(account: CeilingAccount, person: Professional, amount: Decimal) -> Room:
    """Refuse what would pass the ceiling; to be called while the account is held, before the line is granted."""
    room = room_of(person, account.year)
    if reason := room.refusal(amount):
        raise NotPossible(reason)
    account.granted = room.granted + amount
    account.save(update_fields=["granted"])
    return room


def recount(account: CeilingAccount, person: Professional) -> None:
    """After a granted line was refused: its room is free again."""
    account.granted = _granted(person, account.year)
    account.save(update_fields=["granted"])
