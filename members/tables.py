"""Columns of the register (the same rows for the screen and the export, which says more)."""

from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpts_portal.core.links import address
from cpts_portal.core.text import date_fr
from members.listing import Entry, Kind
from members.models import DuesState, Status
from territories.models import Cpts
from territories.views.ui_parts import badge

STATUS_TONES = {
    Status.MEMBER: "success",
    Status.UPCOMING: "info",
    Status.APPLIED: "warning",
    Status.REFUSED: "neutral",
    Status.LEFT: "neutral",
}
DUE_TONES = {
    DuesState.PAID: "success",
    DuesState.EXEMPT: "neutral",
    DuesState.LATE: "danger",
    DuesState.OWING: "warning",
}
DETAIL_PAGES = {Kind.PERSON: "members:person-detail", Kind.STRUCTURE: "members:structure-detail"}
BULK_FORM = "bulk-form"


class Several(tables.Column):
    """Several values of one row, apart by commas."""

    def render(self, value: list[str]) -> str:
        return ", ".join(value) or "–"

    def value(self, value: list[str]) -> str:  # type: ignore[override]
        return ", ".join(value)


class RegisterTable(tables.Table):
    caption = "Registre de la CPTS"

    tick = tables.Column("Choisir", accessor="key", orderable=False, exclude_from_export=True)
    kind = tables.Column("Fiche", visible=False)
    name = tables.Column("Nom", order_by=("name",))
    first_name = tables.Column("Prénom", visible=False)
    group = tables.Column("Profession ou type", order_by=("profession",))
    number = tables.Column("RPPS ou FINESS", visible=False)
    communes = Several("Communes", accessor="detail__communes", order_by=("commune",))
    places = Several("Lieux d’exercice", accessor="detail__places", orderable=False, visible=False)
    modes = Several("Modes d’exercice", accessor="detail__modes", orderable=False, visible=False)
    college = tables.Column("Collège", accessor="detail__college", order_by=("college",))
    status = tables.Column("Situation", accessor="detail__status", empty_values=(), orderable=False)
    since = tables.Column("Depuis le", accessor="detail__since", order_by=("since",))
    until = tables.Column("Jusqu’au (exclu)", accessor="detail__until", orderable=False, visible=False)
    dues = tables.Column("Cotisation", accessor="detail__dues", orderable=False)
    owed = tables.Column("Reste dû (€)", accessor="detail__owed", orderable=False, visible=False)
    emails = Several("Adresses électroniques", accessor="detail__emails", orderable=False, visible=False)
    phones = Several("Téléphones", accessor="detail__phones", orderable=False, visible=False)

    class Meta:
        order_by = "name"

    def __init__(self, *args: Any, cpts: Cpts, year: int, **kwargs: Any) -> None:
        self.cpts = cpts
        super().__init__(*args, **kwargs)
        self.columns["dues"].column.verbose_name = f"Cotisation {year}"

    def render_tick(self, value: str, record: Entry) -> SafeString:
        return format_html(
            '<input class="form-check-input" type="checkbox" name="row" value="{}" form="{}" aria-label="Choisir {}">',
            *(value, BULK_FORM, record),
        )

    def value_kind(self, value: Kind) -> str:
        return "Personne" if value == Kind.PERSON else "Structure"

    def render_name(self, record: Entry) -> SafeString:
        url = address(DETAIL_PAGES[record.kind], self.cpts.pk, record.pk)
        first = f" {record.first_name}" if record.first_name else ""
        text = format_html("<strong>{}</strong>{}", record.name, first)
        return format_html('<a href="{}">{}</a>', url, text) if url else text

    def value_name(self, value: str) -> str:
        return value

    def render_status(self, value: Status | None) -> SafeString:
        return badge(value.label, STATUS_TONES[value]) if value else badge("Non-adhérent", "neutral")

    def value_status(self, value: Status | None) -> str:
        return str(value.label) if value else "Non-adhérent"

    def render_since(self, value: date) -> str:
        return date_fr(value)

    def value_since(self, value: date) -> date:
        return value

    def value_until(self, value: date) -> date:
        return value

    def render_dues(self, value: DuesState) -> SafeString:
        return badge(value.label, DUE_TONES[value])

    def value_dues(self, value: DuesState) -> str:
        return str(value.label)

    def value_owed(self, value: Decimal) -> Decimal:
        return value
