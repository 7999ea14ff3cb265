"""Fills the registers of the demonstration: persons, structures, colleges, memberships, mandates, dues.

A register in which somebody (or an earlier call) has written anything is left as it is.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from cpts_portal.accounts.models import User
from cpts_portal.core.history import create_many
from cpts_portal.core.text import de, fold
from cpts_portal.home import demo
from cpts_portal.home.demo_registers import (
    COLLEGES,
    FIRST_NAMES,
    LAST_NAMES,
    OFFICES,
    REGISTERS,
    DemoRegister,
    Group,
)
from members.directory.fictitious import fictitious_rpps
from members.dues.dues import PaymentOrder, open_campaign, record_payments
from members.models import (
    College,
    Contact,
    Due,
    DuesRate,
    Mandate,
    Membership,
    Practice,
    Profession,
    Professional,
    Structure,
)
from territories.models import Commune, Cpts, CptsCommune

REASON = "Données de démonstration"
PAID_SHARE = 6  # one due in six stays unpaid
TOWNS = 12
HOLDERS = ("membership__professional", "membership__structure")


@dataclass
class Filling:
    """One register being filled: its places, its colleges, who signs."""

    cpts: Cpts
    register: DemoRegister
    professions: dict[tuple[str, str], Profession]
    communes: list[Commune]
    by: User
    colleges: list[College] = field(default_factory=list)
    people: list[tuple[Professional, Group]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def write(self, model: Any, rows: Sequence[Any]) -> list:
        return create_many(model, rows, by=self.by, reason=REASON)

    def commune(self, number: int) -> Commune:
        """A third of everybody in the first town, the others spread over the largest ones."""
        return self.communes[0 if number % 3 == 0 else number % len(self.communes)]


def fill_registers(cpts: dict[str, Cpts], *, by: User, made: Counter[str]) -> None:
    """Fill the registers that are empty; `cpts` by their key in `demo.CPTS`."""
    professions = {(row.nomenclature, row.code): row for row in Profession.objects.all()}
    for register in REGISTERS:
        filling = Filling(cpts[register.key], register, professions, _towns(cpts[register.key]), by)
        if filling.communes and not _is_started(filling.cpts):
            _fill(filling, made)


def _is_started(cpts: Cpts) -> bool:
    return Professional.objects.filter(cpts=cpts).exists() or Structure.objects.filter(cpts=cpts).exists()


def _towns(cpts: Cpts) -> list[Commune]:
    """The largest communes of the territory, the seat of the association first."""
    links = CptsCommune.objects.filter(cpts=cpts, end__isnull=True).select_related("commune")
    largest = links.order_by("-commune__populations__municipal", "commune__code").values_list("commune", flat=True)
    keys = list(dict.fromkeys([*([cpts.seat_id] if cpts.seat_id else []), *largest]))[:TOWNS]
    communes = Commune.objects.in_bulk(keys)
    return [communes[pk] for pk in keys]


def _fill(filling: Filling, made: Counter[str]) -> None:
    cpts = filling.cpts
    filling.colleges = filling.write(
        College, [College(cpts=cpts, name=name, rank=rank) for rank, name in enumerate(COLLEGES, 1)]
    )
    structures, houses = _structures(filling)
    people, memberships = _people(filling)
    filling.write(Practice, [_practice(filling, row, structures) for row in filling.people])
    filling.write(Contact, [contact for person in people for contact in _contacts(person)])
    filling.write(Membership, [*memberships, *houses, *_applications(filling)])
    filling.write(Mandate, list(_mandates(filling)))
    made["people"] += len(people)
    made["structures"] += len(structures)
    made["memberships"] += len(memberships) + len(houses)
    for year in filling.register.dues:
        made["payments"] += _dues(filling, year)


def _structures(filling: Filling) -> tuple[list[Structure], list[Membership]]:
    places = [(houses, number) for houses in filling.register.structures for number in range(houses.count)]
    rows = []
    for rank, (houses, number) in enumerate(places):
        commune = filling.communes[(rank + number) % len(filling.communes)]
        rows.append(
            Structure(
                cpts=filling.cpts,
                kind=houses.kind,
                name=f"{houses.name} de démonstration – {commune.name}{f' ({number + 1})' if number else ''}",
                commune=commune,
                email=f"structure{rank + 1}.{filling.register.key}@{demo.DOMAIN}",
                representative_name=" ".join(person_name(filling.register.number + 500 + rank)),
                representative_title="Direction",
            )
        )
    made = filling.write(Structure, rows)
    memberships = [
        _membership(filling, day, houses.college, structure=structure)
        for structure, (houses, _), day in zip(made, places, _days(filling.register.waves[0], len(made)), strict=True)
    ]
    return made, memberships


def _people(filling: Filling) -> tuple[list[Professional], list[Membership]]:
    """Everybody of the waves and the others; the memberships of the former."""
    joined = [
        (group, day)
        for wave in filling.register.waves
        for group, day in zip(_each(wave.groups), _days(wave, sum(g.count for g in wave.groups)), strict=True)
    ]
    groups = [group for group, _day in joined] + list(_each(filling.register.others))
    applicants = [Group("60", filling.register.applications)] if filling.register.applications else []
    groups += _each(applicants)
    made = filling.write(Professional, [_person(filling, group) for group in groups])
    filling.people = list(zip(made, groups, strict=True))
    memberships = [
        _membership(filling, day, group.college, professional=person)
        for person, (group, day) in zip(made, joined, strict=False)
    ]
    for (end, why), leaver in zip(filling.register.departures, _leavers(filling, memberships), strict=False):
        leaver.end, leaver.leaving_reason = end, why
    return made, memberships


def _each(groups: Sequence[Group]) -> Iterator[Group]:
    return (group for group in groups for _ in range(group.count))


def _days(wave: Any, number: int) -> list[date]:
    """So many days, spread evenly over the wave."""
    span = (wave.last - wave.first).days
    return [wave.first + timedelta(days=span * rank // max(number, 1)) for rank in range(number)]


def person_name(number: int) -> tuple[str, str]:
    return FIRST_NAMES[number * 7 % len(FIRST_NAMES)], LAST_NAMES[number * 11 % len(LAST_NAMES)]


def _person(filling: Filling, group: Group) -> Professional:
    number = filling.register.number + next(filling.numbers)
    first_name, last_name = person_name(number)
    return Professional(
        cpts=filling.cpts,
        civil_first_name=first_name,
        civil_last_name=last_name,
        profession=filling.professions[group.nomenclature, group.code],
        rpps=fictitious_rpps(number) if group.nomenclature != "PORTAIL" else "",
    )


def _membership(filling: Filling, day: date, college: int, **holder: Any) -> Membership:
    return Membership(
        cpts=filling.cpts,
        college=filling.colleges[college],
        applied_on=day - timedelta(days=20),
        charter_accepted_on=day - timedelta(days=20),
        accepted_on=day,
        start=day,
        **holder,
    )


def _leavers(filling: Filling, memberships: list[Membership]) -> list[Membership]:
    """Who leaves: the last of the first wave's nurses, who hold no office."""
    first = sum(group.count for group in filling.register.waves[0].groups)
    nurses = [row for row in memberships[:first] if row.professional and row.professional.profession.code == "60"]
    return nurses[:2:-1]


def _applications(filling: Filling) -> list[Membership]:
    """Applications waiting for the board."""
    applicants = filling.people[len(filling.people) - filling.register.applications :]
    return [
        Membership(cpts=filling.cpts, professional=person, college=filling.colleges[0], applied_on=date(2026, 11, 2))
        for person, _group in applicants
    ]


def _practice(filling: Filling, row: tuple[Professional, Group], structures: Sequence[Structure]) -> Practice:
    person, group = row
    number = next(filling.numbers)
    employer = structures[number % len(structures)] if group.mode == "S" else None
    return Practice(
        professional=person,
        mode=group.mode,
        structure=employer,
        commune=employer.commune if employer else filling.commune(number),
        place="" if employer else f"Cabinet {de(person.civil_last_name)}",
        start=filling.register.founded - timedelta(days=400),
    )


def _contacts(person: Professional) -> Iterator[Contact]:
    """An e-mail address for everybody, a secure one or a mobile for some; two thirds agree to show the first."""
    address = ".".join(fold(name).replace(" ", "-") for name in (person.civil_first_name, person.civil_last_name))
    number = person.pk
    agreed = Contact.Channel.EMAIL, number % 3 != 0
    lines = [(*agreed, f"{address}@{demo.DOMAIN}")]
    if number % 3 == 1:
        lines.append((Contact.Channel.SECURE_MAIL, True, f"{address}@mss.{demo.DOMAIN}"))
    if number % 2:  # 06 39 98: a range kept for fiction by the telecom regulator
        lines.append(
            (Contact.Channel.MOBILE, number % 4 == 1, f"06 39 98 {number // 100 % 100:02d} {number % 100:02d}")
        )
    for channel, consent, value in lines:
        on = date(2026, 1, 12) if consent else None
        yield Contact(professional=person, channel=channel, value=value, consent=consent, consent_on=on)


def _mandates(filling: Filling) -> Iterator[Mandate]:
    """Each office to the next member of its profession, so that nobody holds two of the board's."""
    first = sum(group.count for group in filling.register.waves[0].groups)
    waiting = [person for person, group in filling.people[:first] if group.mode == "L"]
    for office, code, subject in OFFICES:
        person = next(person for person in waiting if person.profession.code == code)
        if sum(other.profession.code == code for other in waiting) > 1:
            waiting.remove(person)
        start = filling.register.elected_on
        yield Mandate(cpts=filling.cpts, professional=person, office=office, subject=subject, start=start)


def _dues(filling: Filling, year: int) -> int:
    """The campaign of a year, most of it paid; the number of payments."""
    rates = [
        DuesRate(kind=DuesRate.Kind.PERSON, amount=Decimal("20.00")),
        DuesRate(kind=DuesRate.Kind.STRUCTURE, amount=Decimal("50.00")),
    ]
    open_campaign(
        filling.cpts,
        year=year,
        due_on=date(year, 4, 30),
        voted_on=date(year, 1, 20),
        rates=rates,
        by=filling.by,
    )
    dues = Due.objects.filter(membership__cpts=filling.cpts, campaign__year=year).order_by("pk")
    orders = [
        PaymentOrder(due, due.amount, date(year, 2, 1) + timedelta(days=rank % 80), "transfer")
        for rank, due in enumerate(dues.select_related(*HOLDERS, "campaign"))
        if rank % PAID_SHARE != PAID_SHARE - 1
    ]
    return len(record_payments(orders, by=filling.by))
