"""Writes the demonstration with the functions the screens use. What exists already is left as it is."""

from collections import Counter
from functools import cache

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
        agencies = {example.name: _agency(example, author, made) for example in demo.AGENCIES}
        cpts = {example.key: _cpts(example, agencies, author, made) for example in demo.CPTS}
        for example in demo.USERS[1:]:
            _user(example, author, cpts, agencies, made)
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


def _user(example: demo.DemoUser, by: User | None, cpts: dict, agencies: dict, made: Counter[str]) -> User:
    known = User.objects.filter(email=example.email).first()
    if known:
        return known
    user = User(email=example.email, password=_password(), first_name=example.first_name, last_name=example.last_name)
    user.save()
    made["users"] += 1
    for role, place in example.accesses:
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
        start=min(example.start for example in demo.CPTS),
    )


def _agency(example: demo.DemoAgency, by: User, made: Counter[str]) -> Agency:
    known = Agency.objects.filter(name=example.name).first()
    if known:
        return known
    agency = Agency(kind=example.kind, name=example.name)
    save_as(agency, by=by, reason=REASON)
    agency.departments.set(_departments(example.departments))
    made["agencies"] += 1
    return agency


def _departments(codes: tuple[str, ...]) -> list[Department]:
    departments = list(Department.objects.filter(code__in=codes))
    if len(departments) != len(codes):
        raise MapMissing
    return departments


def _cpts(example: demo.DemoCpts, agencies: dict[str, Agency], by: User, made: Counter[str]) -> Cpts:
    known = Cpts.objects.filter(name=example.name).first()
    if known:
        return known
    fields = {
        "name": example.name,
        "rna": example.rna,
        "seat": Commune.objects.current().filter(code=example.seat).first(),
        "email": f"contact.{example.key}@{demo.DOMAIN}",
        "phone": example.phone,
        "stage": Stage.SIGNED,
        "ars": agencies[example.ars],
        "lead_fund": agencies[example.lead_fund],
    }
    cpts = register_cpts(fields=fields, departments=_departments(example.departments), by=by)
    made["cpts"] += 1
    made["communes"] += _territory(cpts, example, by)
    said = example.declared
    declare_figures(
        cpts, declared_on=said.on, population=said.population, communes=said.communes, source=said.source, by=by
    )
    return cpts


def _territory(cpts: Cpts, example: demo.DemoCpts, by: User) -> int:
    current = Commune.objects.current()
    communes = [*current.filter(epci__siren__in=example.epci), *current.filter(code__in=example.communes)]
    missing = set(example.communes) - {commune.code for commune in communes}
    if missing or not set(example.epci) <= {commune.epci.siren for commune in communes if commune.epci}:
        raise MapMissing
    rows = {commune.pk: None for commune in communes}
    set_territory(cpts, rows=rows, day=example.start, by=by, reason=REASON)
    if example.joining:
        joining = current.filter(epci__siren__in=example.joining.epci)
        rows |= {commune.pk: None for commune in joining}
        set_territory(cpts, rows=rows, day=example.joining.on, by=by, reason=example.joining.reason)
    return len(rows)
