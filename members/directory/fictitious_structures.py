"""Fictitious FINESS extracts, in the official form without header: structures that do not exist."""

import random
from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO

from members.directory.fictitious import fictitious_finess, fictitious_siret
from members.directory.fictitious_people import FictitiousPlace
from members.directory.imports.finess_layout import kind_of

# Category, its label, aggregated category, start of the name: about what a rural territory holds.
CATEGORIES = (
    ("620", "Pharmacie d'Officine", "3303", "PHARMACIE"),
    ("620", "Pharmacie d'Officine", "3303", "PHARMACIE"),
    ("620", "Pharmacie d'Officine", "3303", "PHARMACIE"),
    ("500", "Etablissement d'hébergement pour personnes âgées dépendantes", "4401", "EHPAD"),
    ("500", "Etablissement d'hébergement pour personnes âgées dépendantes", "4401", "EHPAD"),
    ("354", "Service de Soins Infirmiers A Domicile (S.S.I.A.D)", "4605", "SSIAD"),
    ("603", "Maison de santé (L.6223-3)", "2205", "MSP"),
    ("611", "Laboratoire de Biologie Médicale", "3201", "LABORATOIRE"),
    ("124", "Centre de Santé", "2204", "CENTRE DE SANTE"),
    ("355", "Centre Hospitalier (C.H.)", "1102", "CENTRE HOSPITALIER"),
)
NAMES = ("DES ÉRABLES", "DU MOULIN", "DE LA FONTAINE", "DES TILLEULS", "DU CHÂTEAU", "DE L'ÉTANG", "DU PRÉ FLEURI")
HEADER = "finess;etalab;111;{day}\n"


def kind(category: Sequence[str]) -> str:
    """The kind of structure that the import will read."""
    return kind_of(category[0], category[2])


def header(day: date) -> bytes:
    return HEADER.format(day=day.isoformat()).encode()


def line(place: FictitiousPlace, category: Sequence[str], *, number: int, name: str, **values: str) -> bytes:
    """One structure: `number` gives its FINESS, its SIRET (never attributed) and its address."""
    known = {"finess": fictitious_finess(number), "siret": fictitious_siret(number), "phone": "0199000000"} | values
    code, label, group, _ = category
    department, commune = (f"9{place.code[2]}", place.code[3:]) if place.code.startswith("97") else split(place.code)
    row = [
        "structureet", known["finess"], fictitious_finess(number + 500_000), name[:38], name, "", "",
        str(number % 80 + 1), "R", "DE L'EXEMPLE", "", "", commune, department, "", f"{place.postal_code} {place.name}",
        known["phone"], "", code, label, group, "", known["siret"], "8610Z", "", "", "", "", "2001-01-01", "2001-01-01",
        "2020-01-01", "",
    ]  # fmt: skip
    return (";".join(row) + "\n").encode()


def split(code: str) -> tuple[str, str]:
    return code[:2], code[2:]


def write_finess(out: IO[bytes], rows: int, everywhere: Sequence[FictitiousPlace], *, day: date, seed: int = 1) -> int:
    """Write `rows` structures over these communes; returns the bytes written. The real extract has 100 000 lines."""
    pick = random.Random(seed).choice  # noqa: S311 (no secret: the same file each time)
    return out.write(header(day)) + sum(out.write(found) for found in _lines(rows, everywhere, pick))


def _lines(rows: int, everywhere: Sequence[FictitiousPlace], pick) -> Iterable[bytes]:
    for number in range(min(rows, 500_000)):
        category = pick(CATEGORIES)
        yield line(pick(everywhere), category, number=number, name=f"{category[3]} FICTIF {NAMES[number % 7]} {number}")
