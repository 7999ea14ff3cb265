"""A territory of two communes, and small extracts over it."""

import io
from datetime import date
from types import SimpleNamespace

import pytest

from members.directory import fictitious_people as fictitious
from members.directory.fictitious import fictitious_rpps as rpps
from members.directory.imports import How, import_directory
from tests import factories

FIRST_DAY, NEXT_DAY, THIRD_DAY = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
TODAY = date(2026, 11, 20)


@pytest.fixture
def territory(db):
    """A CPTS of two communes of the Côtes-d’Armor, and a commune that belongs to nobody."""
    here = factories.commune("22093", "Lamballe-Armor", postal_codes="22400")
    there = factories.commune("22278", "Saint-Brieuc", postal_codes="22000")
    outside = factories.commune("22113", "Lannion", postal_codes="22300")
    cpts = factories.cpts("de Penthièvre")
    for commune in (here, there):
        factories.in_territory(cpts, commune)
    return SimpleNamespace(cpts=cpts, here=here, there=there, outside=outside)


def person(number: int, commune: str = "22093", **values: str) -> bytes:
    values.setdefault("last_name", f"EXEMPLE {number}")
    values.setdefault("place", "CABINET FICTIF")
    return fictitious.line(rpps=rpps(number), commune=commune, **values)


def extract(*lines: bytes, **header) -> io.BytesIO:
    found = io.BytesIO(fictitious.header(**header) + b"".join(lines))
    found.name = "PS_LibreAcces_Personne_activite_202609010830.txt"
    return found


def run(*lines: bytes, on: date = FIRST_DAY, **how):
    how.setdefault("today", TODAY)
    return import_directory(extract(*lines), observed_on=on, by=None, how=How(**how))
