"""Factories of the members app: valid by default, everything may be overridden."""

from datetime import date
from decimal import Decimal
from itertools import count

from stdnum import luhn

from cpts_portal.core.scoping import everything
from members.membership.adhesion import enrol
from members.models import College, DuesCampaign, DuesRate, Membership, Practice, Profession, Professional, Structure
from territories.models import Commune, Cpts

_numbers = count(1)


def fictitious_rpps(number: int) -> str:
    """A number with a valid key in a range that is not attributed (starts with 99)."""
    start = f"99{number:08d}"
    return start + luhn.calc_check_digit(start)


def profession(code: str = "60", nomenclature: str = "TRE_G15") -> Profession:
    """One of the professions loaded by the migrations (60: nurse, 10: doctor)."""
    return Profession.objects.get(code=code, nomenclature=nomenclature)


def professional(cpts: Cpts, *, commune: Commune | None = None, mode: str = "L", **fields) -> Professional:
    number = next(_numbers)
    fields.setdefault("civil_last_name", f"Exemple{number}")
    fields.setdefault("civil_first_name", "Dominique")
    fields.setdefault("rpps", fictitious_rpps(number))
    if "profession" not in fields:
        fields["profession"] = profession()
    with everything("test data"):
        made = Professional.objects.create(cpts=cpts, **fields)
        if commune is not None:
            Practice.objects.create(professional=made, commune=commune, mode=mode, start=date(2020, 1, 1))
    return made


def structure(cpts: Cpts, **fields) -> Structure:
    fields.setdefault("name", f"Structure {next(_numbers)}")
    fields.setdefault("kind", "care_home")
    with everything("test data"):
        return Structure.objects.create(cpts=cpts, **fields)


def college(cpts: Cpts, name: str = "") -> College:
    with everything("test data"):
        return College.objects.create(cpts=cpts, name=name or f"Collège {next(_numbers)}")


def member(
    cpts: Cpts,
    *,
    start: date = date(2024, 1, 1),
    end: date | None = None,
    decided_on: date | None = None,
    college=None,
    **fields,
) -> Membership:
    """A professional of the register who is a member since 2024."""
    with everything("test data"):
        person = professional(cpts, **fields)
        return enrol(person, start=start, end=end, decided_on=decided_on, college=college, by=None)


def member_structure(cpts: Cpts, *, start: date = date(2024, 1, 1), college=None, **fields) -> Membership:
    with everything("test data"):
        return enrol(structure(cpts, **fields), start=start, college=college, by=None)


def rate(amount: str = "20.00", **fields) -> DuesRate:
    """A rate not saved yet, as `open_campaign` takes them."""
    return DuesRate(amount=Decimal(amount), **fields)


def campaign(cpts: Cpts, year: int = 2026, amount: str = "20.00", **fields) -> DuesCampaign:
    from members.dues.dues import open_campaign  # noqa: PLC0415 (factories of models do not need it)

    fields.setdefault("due_on", date(year, 3, 31))
    with everything("test data"):
        return open_campaign(cpts, year=year, rates=[rate(amount)], by=None, **fields)
