"""Small files and a small map for the tests of the importer."""

import io
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from openpyxl import Workbook

from territories.commune_import import CommunePlan, apply_import, prepare
from territories.models import CommuneImport

HEADER = "TYPECOM,COM,LIBELLE,COMPARENT,DEP,REG,EPCI,PMUN,CODES_POSTAUX"
EPCI_A, EPCI_B = "200069391", "200041523"
# Four communes of one department, one of them with a delegated part, and one commune of Corsica.
MAP_2024 = (
    f"COM,22001,Aucaleuc,,22,53,{EPCI_A},1000,22100",
    f"COM,22002,Bégard,,22,53,{EPCI_A},2000,22140",
    f"COM,22003,Calorguen,,22,53,{EPCI_A},500,22100",
    f"COM,22004,Duault,,22,53,{EPCI_B},300,22160",
    "COMD,22044,Corlay-le-Haut,22004,22,53,,,",
    f"COM,2A004,Ajaccio,,2A,94,{EPCI_B},75000,20000 20090",
)


def csv_file(*rows: str, header: str = HEADER, end: str = "\n") -> bytes:
    return (end.join([header, *rows]) + end).encode()


def replaced(rows: Iterable[str], **by_code: str | None) -> tuple[str, ...]:
    """The same rows with those of some codes replaced (« c22001=row ») or left out (None)."""
    found = []
    for row in rows:
        code = row.split(",")[1]
        new = by_code.pop(f"c{code}", row)
        if new is not None:
            found.append(new)
    assert not by_code, f"no such code: {by_code}"
    return tuple(found)


def xlsx_file(rows: Iterable[Iterable[Any]], sheet: str = "Communes") -> bytes:
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def load(content: bytes, vintage: int = 2024, **fields: Any) -> CommuneImport:
    fields.setdefault("by", None)
    fields.setdefault("accept_partial", True)  # the small files of the tests rarely give every population
    return apply_import(content, f"communes_{vintage}.csv", vintage=vintage, origin="command", **fields)


def load_map(*rows: str, vintage: int = 2024) -> CommuneImport:
    return load(csv_file(*(rows or MAP_2024)), vintage)


def preview(content: bytes, vintage: int | None = 2026, name: str = "communes.csv", **fields: Any) -> CommunePlan:
    return prepare(content, name, vintage=vintage, **fields)


def dump(*, without: tuple[str, ...] = ()) -> dict[str, list[tuple]]:
    """Every row of the territories app, but for the imports themselves, history and edit counters."""
    left_out = {"communeimport", *without}
    found = {}
    for model in apps.get_app_config("territories").get_models():
        name = model._meta.model_name
        if name in left_out or name.startswith("historical"):
            continue
        columns = [field.attname for field in model._meta.concrete_fields if field.name != "version"]
        found[name] = list(model._base_manager.order_by("pk").values_list(*columns))
    return found


def counts(plan: CommunePlan | CommuneImport, *names: str) -> tuple[int, ...]:
    return tuple(plan.counts[name] for name in names)
