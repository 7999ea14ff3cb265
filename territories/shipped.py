"""The official lists delivered with the portal (`territories/data/`; sources and licences in its README.md)."""

import csv
import gzip
import io
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
COMMUNE_LISTS = {2024: "communes_2024.csv", 2026: "communes_2026.csv"}
MOVEMENTS = "mouvements_2024_2026.csv"


def shipped_bytes(name: str) -> bytes:
    """The content of a delivered file, decompressed."""
    path = DATA / name
    return path.read_bytes() if path.exists() else gzip.decompress((DATA / f"{name}.gz").read_bytes())


def shipped_rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shipped_bytes(name).decode("utf-8-sig"), newline="")))


@cache
def official_departments() -> dict[str, tuple[str, str]]:
    """Code -> (name, region code)."""
    return {row["DEP"]: (row["LIBELLE"], row["REG"]) for row in shipped_rows("departements_2026.csv")}


@cache
def official_regions() -> dict[str, str]:
    return {row["REG"]: row["LIBELLE"] for row in shipped_rows("regions_2026.csv")}


@cache
def official_epcis() -> dict[str, tuple[str, str]]:
    """SIREN -> (name, kind), the latest list first."""
    names = {row["EPCI"]: (row["LIBELLE"], row["NATURE"]) for row in shipped_rows("epci_2024.csv")}
    names.update((row["EPCI"], (row["LIBELLE"], row["NATURE"])) for row in shipped_rows("epci_2026.csv"))
    return names
