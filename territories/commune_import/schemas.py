"""The accepted formats as Table Schemas and templates to download, for whoever prepares a file."""

from typing import Any

from territories.commune_import.layouts import Column, Layout

# La Poste repeats a commune and its postal code, once per locality (« Ligne_5 »): its file has no key.
PRIMARY_KEYS = {
    "portal": ["TYPECOM", "COM"],
    "cog": ["TYPECOM", "COM"],
    "minimal": ["code"],
    "populations": ["CODDEP", "CODCOM"],
    "movements": ["MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "TYPECOM_AP", "COM_AP"],
}
# Cells that may be left empty although their column is compulsory.
MAY_BE_EMPTY = {"portal": {"COMPARENT", "EPCI", "PMUN"}, "cog": {"COMPARENT"}}


def table_schema(layout: Layout) -> dict[str, Any]:
    """The format as a Table Schema (https://specs.frictionlessdata.io/table-schema/), published with its template."""
    schema: dict[str, Any] = {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": f"communes-{layout.key}",
        "title": layout.title,
        "description": layout.description,
        "fields": [_schema_field(layout, column) for column in layout.columns],
        "missingValues": [""],
    }
    if layout.key in PRIMARY_KEYS:
        schema["primaryKey"] = PRIMARY_KEYS[layout.key]
    return schema


def _schema_field(layout: Layout, column: Column) -> dict[str, Any]:
    may_be_empty = column.name in MAY_BE_EMPTY.get(layout.key, ())
    constraints: dict[str, Any] = {"required": column.required and not may_be_empty}
    if column.pattern:
        constraints["pattern"] = column.pattern
    if column.type == "integer":
        constraints["minimum"] = 0
    return {
        "name": column.name,
        "title": column.title,
        "description": column.description,
        "type": column.type,
        "example": column.example,
        "constraints": constraints,
    }


def template_rows(layout: Layout) -> list[tuple[str, ...]]:
    """The file to download and fill in: the header, then sample rows."""
    return [tuple(column.name for column in layout.columns), *layout.samples]
