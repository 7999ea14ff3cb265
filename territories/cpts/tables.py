"""Columns of the list of CPTS (the same for the screen and the export)."""

from typing import Any

import django_tables2 as tables
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpts_portal.core.text import number_fr
from territories.map.sizing import SizeGrid
from territories.models import Cpts, Stage

FIGURES = {"td": {"class": "num"}, "th": {"class": "num"}}
STAGE_TONES = {Stage.EMERGENCE: "neutral", Stage.SIGNED: "success", Stage.CLOSING: "danger"}


def badge(label: str, tone: str) -> SafeString:
    return get_template("ui/badge.html").render({"label": label, "tone": tone})


class CptsTable(tables.Table):
    name = tables.Column("CPTS", linkify=("territories:cpts-detail", {"cpts_id": tables.A("pk")}))
    departments = tables.Column("Départements", orderable=False)
    communes = tables.Column("Communes", attrs=FIGURES)
    population = tables.Column("Population", attrs=FIGURES)
    size = tables.Column("Taille", empty_values=())
    near = tables.Column("Proche d’un seuil", accessor="population", orderable=False, visible=False)
    stage = tables.Column("Étape")

    class Meta:
        model = Cpts
        fields = ["name", "departments", "communes", "population", "size", "near", "stage"]
        order_by = "name"

    def __init__(self, *args: Any, grid: SizeGrid, **kwargs: Any) -> None:
        self.grid = grid
        super().__init__(*args, **kwargs)

    def render_departments(self, value: Any) -> str:
        return ", ".join(department.code for department in value.all())

    def value_departments(self, value: Any) -> str:
        return ", ".join(str(department) for department in value.all())

    def render_communes(self, value: int) -> str:
        return number_fr(value)

    def value_communes(self, value: int) -> int:
        return value

    def render_population(self, value: int) -> str:
        return number_fr(value)

    def value_population(self, value: int) -> int:
        return value

    def render_size(self, value: int | None, record: Any) -> SafeString | str:
        if value is None or not record.communes:
            return "–"
        near = self.grid.place(record.population).is_near
        flag = badge("à moins de 2 % d’un seuil", "warning") if near else ""
        return format_html("{} {}", badge(f"Taille {value}", "info"), flag)

    def value_size(self, value: int | None, record: Any) -> int | str:
        return "" if value is None or not record.communes else value

    def value_near(self, value: int) -> str:
        return "oui" if self.grid.place(value).is_near else "non"

    def render_stage(self, value: str, record: Any) -> SafeString:
        return badge(value, STAGE_TONES.get(record.stage, "info"))

    def value_stage(self, value: str) -> str:
        return value
