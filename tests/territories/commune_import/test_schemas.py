"""The published schemas are as strict as the importer: what it refuses, they refuse."""

import csv
import io
import re

import pytest

from territories.commune_import import LAYOUTS, table_schema, template_rows
from territories.commune_import.schemas import PRIMARY_KEYS
from territories.shipped import COMMUNE_LISTS, MOVEMENTS, shipped_bytes

CODES = {
    "portal": ["COM"],
    "cog": ["COM"],
    "minimal": ["code"],
    "postal": ["Code_commune_INSEE"],
    "movements": ["COM_AV", "COM_AP"],
}


def problems(layout: str, rows: list[dict[str, str]]) -> list[str]:
    """What a validator of Table Schema would say: constraints of the fields, then the primary key."""
    schema = table_schema(LAYOUTS[layout])
    found = []
    for field in schema["fields"]:
        rules = field["constraints"]
        for row in rows:
            value = row.get(field["name"], "")
            if not value:
                found += [f"{field['name']} required"] * rules["required"]
            elif "pattern" in rules and not re.fullmatch(rules["pattern"], value):
                found.append(f"{field['name']} {value}")
    keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows] if "primaryKey" in schema else []
    return found + ["duplicate"] * (len(keys) - len(set(keys)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_template_of_each_format_follows_its_schema(layout):
    header, *rows = template_rows(LAYOUTS[layout])

    assert problems(layout, [dict(zip(header, row, strict=True)) for row in rows]) == []


@pytest.mark.parametrize(("layout", "column"), [(key, name) for key, names in CODES.items() for name in names])
def test_a_malformed_code_is_refused_by_the_schema_too(layout, column):
    header, first, *_ = template_rows(LAYOUTS[layout])
    row = {**dict(zip(header, first, strict=True)), column: "2C04"}

    assert problems(layout, [row]) == [f"{column} 2C04"]


@pytest.mark.parametrize("layout", PRIMARY_KEYS)
def test_a_repeated_line_is_refused_by_the_schema_too(layout):
    header, first, *_ = template_rows(LAYOUTS[layout])
    row = dict(zip(header, first, strict=True))

    assert problems(layout, [row, row]) == ["duplicate"]


@pytest.mark.parametrize(("layout", "name"), [("portal", COMMUNE_LISTS[2026]), ("movements", MOVEMENTS)])
def test_the_shipped_files_follow_their_schema(layout, name):
    rows = list(csv.DictReader(io.StringIO(shipped_bytes(name).decode("utf-8-sig"))))

    assert problems(layout, rows)[:5] == []
