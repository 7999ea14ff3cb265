"""One factory per model: valid by default, everything may be overridden, nothing hidden."""

from datetime import date
from itertools import count

from cpts_portal.accounts.models import Access, User
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from territories.models import Agency, Commune, Cpts, CptsCommune, Department, Epci, Population, Region, SizeClass

_numbers = count(1)
PASSWORD = "motdepasse-de-test-42"


def region(code: str = "53", name: str = "Bretagne") -> Region:
    return Region.objects.get_or_create(code=code, defaults={"name": name})[0]


def department(code: str = "22", name: str = "", of: Region | None = None) -> Department:
    found = Department.objects.filter(code=code).first()
    return found or Department.objects.create(code=code, name=name or f"Département {code}", region=of or region())


def epci(siren: str = "", name: str = "") -> Epci:
    siren = siren or f"2000{next(_numbers):05d}"
    return Epci.objects.get_or_create(siren=siren, defaults={"name": name or f"CC {siren}", "kind": "CC"})[0]


def unused_code() -> str:
    """The next code of the department 22 that no commune of this test bears."""
    return next(code for n in _numbers if not Commune.objects.filter(code=(code := f"22{n % 1000:03d}")).exists())


def commune(code: str = "", name: str = "", population: int | None = 1000, vintage: int = 2026, **fields) -> Commune:
    """A current commune with its population in one vintage (None: no population known)."""
    code = code or unused_code()
    fields.setdefault("department", department(code[:3] if code[:2] in ("97", "98") else code[:2]))
    made = Commune.objects.create(code=code, name=name or f"Commune {code}", **fields)
    if population is not None:
        Population.objects.create(commune=made, vintage=vintage, municipal=population)
    return made


def agency(kind: str = "ars", name: str = "", departments: tuple[Department, ...] = ()) -> Agency:
    made = Agency.objects.create(kind=kind, name=name or f"{kind.upper()} {next(_numbers)}")
    made.departments.set(departments or (department(),))
    return made


def cpts(name: str = "", ars: Agency | None = None, lead_fund: Agency | None = None, **fields) -> Cpts:
    with everything("test data"):
        made = Cpts.objects.create(
            name=name or f"du Pays {next(_numbers)}",
            ars=ars or agency("ars"),
            lead_fund=lead_fund or agency("cpam"),
            **fields,
        )
        made.departments.set((department(),))
    return made


def in_territory(cpts: Cpts, commune: Commune, start: date = date(2024, 1, 1), **fields) -> CptsCommune:
    return CptsCommune.directory.create(cpts=cpts, commune=commune, start=start, **fields)


def size_classes() -> list[SizeClass]:
    """The four classes; loaded by a data migration, so this only reads them."""
    return list(SizeClass.objects.order_by("size"))


def user(email: str = "", password: str = PASSWORD, **fields) -> User:
    fields.setdefault("first_name", "Camille")
    fields.setdefault("last_name", f"Essai{next(_numbers)}")
    return User.objects.create_user(email or f"personne{next(_numbers)}@example.org", password, **fields)


def user_with(role: Role, cpts: Cpts | None = None, agency: Agency | None = None, **fields) -> User:
    """A user who has this role since 2024, on this CPTS or agency."""
    made = user(**fields)
    Access.objects.create(user=made, role=role, cpts=cpts, agency=agency, start=date(2024, 1, 1))
    return made


def coordinator(of: Cpts, **fields) -> User:
    return user_with(Role.COORDINATOR, cpts=of, **fields)


def board_member(of: Cpts, **fields) -> User:
    return user_with(Role.BOARD, cpts=of, **fields)


def ars_agent(of: Agency, **fields) -> User:
    return user_with(Role.ARS_AGENT, agency=of, **fields)


def fund_agent(of: Agency, **fields) -> User:
    return user_with(Role.FUND_AGENT, agency=of, **fields)


def administrator(**fields) -> User:
    return user_with(Role.ADMINISTRATOR, **fields)


def observer(**fields) -> User:
    return user_with(Role.OBSERVER, **fields)
