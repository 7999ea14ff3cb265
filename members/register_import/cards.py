"""What the register already holds about the people and structures that lines may be: a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F

from cpts_portal.core.bulk import Among
from members.models import Contact, Due, Mandate, Membership, Payment, Practice, Professional, Structure
from members.register_import.records import Packed


class KnownContact(NamedTuple):
    id: int
    channel: str
    value: str
    consent: bool = False
    consent_on: date | None = None


class KnownPractice(NamedTuple):
    id: int
    mode: str
    structure_id: int | None
    place: str
    address: str
    commune_id: int | None


class KnownMembership(NamedTuple):
    id: int
    college_id: int | None
    applied_on: date | None
    start: date | None
    end: date | None
    refused_on: date | None


class KnownMandate(NamedTuple):
    id: int
    office: str
    subject: str
    end: date | None


@dataclass(slots=True)
class KnownDue(Packed):
    """What is owed for a year (what is forgiven taken off), and the payments that were not cancelled."""

    id: int
    amount: Decimal
    exemption: str = ""
    forgiven: Decimal = Decimal(0)
    payments: list[tuple[Decimal, date]] = field(default_factory=list)

    @property
    def owed(self) -> Decimal:
        return self.amount - sum((amount for amount, _day in self.payments), Decimal(0))


@dataclass(slots=True)
class Card(Packed):
    """A person or a structure of the register, with what hangs to it."""

    id: int
    kind: str
    last_name: str
    first_name: str
    used_name: str
    profession_id: int | None
    rpps: str
    address: str
    commune_id: int | None
    extra: dict[str, Any]
    specialties: tuple[int, ...] = ()
    finess: str = ""
    siret: str = ""
    representative_name: str = ""
    representative_title: str = ""
    contacts: list[KnownContact] = field(default_factory=list)
    practices: list[KnownPractice] = field(default_factory=list)
    memberships: list[KnownMembership] = field(default_factory=list)
    mandates: list[KnownMandate] = field(default_factory=list)
    dues: dict[int, KnownDue] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.last_name if self.kind else f"{self.first_name} {self.used_name or self.last_name}"


Cards = dict[int, Card]


def people(ids: Iterable[int]) -> Cards:
    """The cards of these people: a fixed number of queries."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = Professional.objects.filter(Among("pk", wanted)).order_by("pk")
    names = ("pk", "civil_last_name", "civil_first_name", "last_name", "profession_id", "rpps", "extra")
    found = {
        pk: Card(pk, "", last, first, used, profession, rpps, "", None, extra)
        for pk, last, first, used, profession, rpps, extra in rows.values_list(*names)
    }
    _add_specialties(found)
    _add_contacts(found)
    _add_practices(found)
    _add_mandates(found)
    _add_memberships(found, "professional_id")
    return found


def structures(ids: Iterable[int]) -> Cards:
    """The cards of these structures: three queries. Their e-mail and phone are told as contacts without key."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = Structure.objects.filter(Among("pk", wanted)).order_by("pk")
    found = {}
    names = ("finess", "siret", "representative_name", "representative_title")
    for pk, kind, name, address, commune, email, phone, extra, finess, siret, title_of, title in rows.values_list(
        "pk", "kind", "name", "address", "commune_id", "email", "phone", "extra", *names
    ):
        contacts = [KnownContact(0, str(channel), value) for channel, value in
                    ((Contact.Channel.EMAIL, email), (Contact.Channel.PHONE, phone)) if value]  # fmt: skip
        found[pk] = Card(
            pk, kind, name, "", "", None, "", address, commune, extra, (), finess, siret, title_of, title, contacts
        )
    _add_memberships(found, "structure_id")
    return found


def _add_contacts(found: Cards) -> None:
    rows = Contact.objects.filter(Among("professional_id", found)).order_by("pk")
    names = ("professional_id", "pk", "channel", "value", "consent", "consent_on")
    for owner, *values in rows.values_list(*names):
        found[owner].contacts.append(KnownContact(*values))


def _add_specialties(found: Cards) -> None:
    links = Professional.specialties.through.objects.filter(Among("professional_id", found)).order_by("pk")
    for owner, specialty in links.values_list("professional_id", "specialty_id"):
        found[owner].specialties = (*found[owner].specialties, specialty)


def _add_mandates(found: Cards) -> None:
    rows = Mandate.objects.filter(Among("professional_id", found)).order_by("pk")
    for owner, pk, office, subject, end in rows.values_list("professional_id", "pk", "office", "subject", "end"):
        found[owner].mandates.append(KnownMandate(pk, office, subject, end))


def _add_practices(found: Cards) -> None:
    """Places of practice that did not end."""
    rows = Practice.objects.filter(Among("professional_id", found), end__isnull=True).order_by("pk")
    names = ("professional_id", "pk", "mode", "structure_id", "place", "address", "commune_id")
    for owner, *values in rows.values_list(*names):
        found[owner].practices.append(KnownPractice(*values))


def _add_memberships(found: Cards, owner: str) -> None:
    rows = Membership.objects.filter(Among(owner, found)).order_by("pk")
    names = (owner, "pk", "college_id", "applied_on", "start", "end", "refused_on")
    holders: dict[int, int] = {}
    for holder, pk, *values in rows.values_list(*names):
        holders[pk] = holder
        found[holder].memberships.append(KnownMembership(pk, *values))
    dues: dict[int, KnownDue] = {}
    due_rows = Due.objects.filter(Among("membership_id", holders)).order_by("pk")
    net = F("amount") - F("forgiven")
    told = due_rows.values_list("pk", "membership_id", "campaign__year", net, "exemption_reason", "forgiven")
    for pk, membership, year, *own in told:
        dues[pk] = found[holders[membership]].dues.setdefault(year, KnownDue(pk, *own))
    paid = Payment.objects.filter(Among("due_id", dues), cancelled_on__isnull=True).order_by("pk")
    for due, amount, paid_on in paid.values_list("due_id", "amount", "paid_on"):
        dues[due].payments.append((amount, paid_on))
