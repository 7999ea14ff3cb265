"""Writes the demonstration with the functions the screens use. What exists already is left as it is."""

from collections import Counter
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from cpts_portal.accounts.models import Access, User
from cpts_portal.accounts.roles import AGENCY_ROLES, CPTS_ROLES, Role
from cpts_portal.core.emails import without_mails
from cpts_portal.core.history import save_as
from cpts_portal.core.scoping import everything
from cpts_portal.home import demo
from cpts_portal.home.demo_contracts import fill_contracts
from cpts_portal.home.demo_directory import fill_directory
from cpts_portal.home.demo_members import fill_registers
from cpts_portal.home.demo_missions import FULL, fill_missions
from cpts_portal.home.demo_payments import TREASURER, fill_payments
from territories.cpts.registration import declare_figures, register_cpts
from territories.models import Agency, Commune, Cpts, Department, Stage
from territories.perimeter import set_territory

REASON = "Données de démonstration"


class MapMissing(Exception):
    """The map does not hold the places the demonstration needs: load the reference data first."""


@transaction.atomic
def load_demo() -> Counter[str]:
    """Create what is missing (agencies, CPTS, users, registers, directory); the number of each, none a second time."""
    made: Counter[str] = Counter()
    with everything("demonstration data"):
        author = _author(made)
        agencies = {wanted.name: _agency(wanted, author, made) for wanted in demo.AGENCIES}
        cpts = {wanted.key: _cpts(wanted, agencies, author, made) for wanted in demo.CPTS}
        for wanted in demo.USERS[1:]:
            _user(wanted, author, cpts, agencies, made)
        fill_registers(cpts, by=author, made=made)
        fill_directory(cpts, today=timezone.localdate(), by=author, made=made)
        fill_missions(cpts, today=timezone.localdate(), by=author, made=made)
        treasurer = User.objects.get(email=f"{TREASURER}@{demo.DOMAIN}")
        fill_payments(cpts[FULL], today=timezone.localdate(), by=author, treasurer=treasurer, made=made)
        with without_mails():
            fill_contracts(cpts, today=timezone.localdate(), made=made)
    return made


def _author(made: Counter[str]) -> User:
    """The first administrator signs everything the demonstration writes."""
    return _user(demo.USERS[0], None, {}, {}, made)


def _user(wanted: demo.DemoUser, by: Any, cpts: dict, agencies: dict, made: Counter[str]) -> User:
    found = User.objects.filter(email=wanted.email).first()
    if found:
        return found
    user = User(email=wanted.email, password=_password(), first_name=wanted.first_name, last_name=wanted.last_name)
    user.save()
    made["users"] += 1
    for role, place in wanted.accesses:
        save_as(_access(user, role, place, cpts, agencies), by=by or user, reason=REASON)
        made["accesses"] += 1
    return user


@cache
def _password() -> str:
    """The one password of everybody, hashed once: a hash is slow on purpose, and this password is shown on screen."""
    return make_password(demo.PASSWORD)


def _access(user: User, role: Role, place: str, cpts: dict[str, Cpts], agencies: dict[str, Agency]) -> Access:
    return Access(
        user=user,
        role=role,
        cpts=cpts[place] if role in CPTS_ROLES else None,
        agency=agencies[place] if role in AGENCY_ROLES else None,
        start=min(wanted.start for wanted in demo.CPTS),
    )


def _agency(wanted: demo.DemoAgency, by: User, made: Counter[str]) -> Agency:
    found = Agency.objects.filter(name=wanted.name).first()
    if found:
        return found
    agency = Agency(kind=wanted.kind, name=wanted.name)
    save_as(agency, by=by, reason=REASON)
    agency.departments.set(_departments(wanted.departments))
    made["agencies"] += 1
    return agency


def _departments(codes: tuple[str, ...]) -> list[Department]:
    found = list(Department.objects.filter(code__in=codes))
    if len(found) != len(codes):
        raise MapMissing
    return found


def _cpts(wanted: demo.DemoCpts, agencies: dict[str, Agency], by: User, made: Counter[str]) -> Cpts:
    found = Cpts.objects.filter(name=wanted.name).first()
    if found:
        return found
    fields = {
        "name": wanted.name,
        "rna": wanted.rna,
        "seat": Commune.objects.current().filter(code=wanted.seat).first(),
        "email": f"contact.{wanted.key}@{demo.DOMAIN}",
        "phone": wanted.phone,
        "stage": Stage.SIGNED,
        "ars": agencies[wanted.ars],
        "lead_fund": agencies[wanted.lead_fund],
    }
    cpts = register_cpts(fields=fields, departments=_departments(wanted.departments), by=by)
    made["cpts"] += 1
    made["communes"] += _territory(cpts, wanted, by)
    said = wanted.declared
    declare_figures(
        cpts, declared_on=said.on, population=said.population, communes=said.communes, source=said.source, by=by
    )
    return cpts


def _territory(cpts: Cpts, wanted: demo.DemoCpts, by: User) -> int:
    current = Commune.objects.current()
    communes = [*current.filter(epci__siren__in=wanted.epci), *current.filter(code__in=wanted.communes)]
    missing = set(wanted.communes) - {commune.code for commune in communes}
    if missing or not set(wanted.epci) <= {commune.epci.siren for commune in communes if commune.epci}:
        raise MapMissing
    rows = {commune.pk: None for commune in communes}
    set_territory(cpts, rows=rows, day=wanted.start, by=by, reason=REASON)
    if wanted.joining:
        joining = current.filter(epci__siren__in=wanted.joining.epci)
        rows |= {commune.pk: None for commune in joining}
        set_territory(cpts, rows=rows, day=wanted.joining.on, by=by, reason=wanted.joining.reason)
    return len(rows)
