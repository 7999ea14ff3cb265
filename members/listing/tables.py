"""Columns of the register (the same rows for the screen and the export, which says more)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpts_portal.core.money import CENT
from cpts_portal.core.text import date_fr
from members.listing import Entry, Kind
from members.membership.custom_fields import exported_value
from members.models import CustomField, DuesState, Status
from territories.map.views.ui_parts import badge
from territories.models import Cpts

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

    def value(self, value: list[str]) -> str:
        return ", ".join(value)


class Kept(tables.Column):
    """Said in exports only, as it is kept: a spreadsheet sorts and adds it."""

    def __init__(self, label: str, accessor: str) -> None:
        super().__init__(label, accessor=accessor, orderable=False, visible=False)

    def value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return value.quantize(CENT)  # SQLite answers 7.5 where PostgreSQL answers 7.50
        return ", ".join(value) if isinstance(value, list) else value


class FreeField(Kept):
    """A free field of the CPTS; persons and structures may each have one of this name."""

    def __init__(self, label: str) -> None:
        self.customs: dict[str, CustomField] = {}
        super().__init__(label, accessor="more__extra")

    def value(self, value: dict[str, Any], record: Entry) -> Any:  # type: ignore[override]  # django-tables2 reads the names
        custom = self.customs.get(record.kind)
        return exported_value(custom, value.get(custom.key)) if custom else ""


def free_columns(customs: Iterable[CustomField]) -> list[tuple[str, FreeField]]:
    columns: dict[str, FreeField] = {}
    for custom in customs:
        column = columns.setdefault(custom.label, FreeField(custom.label))
        column.customs.setdefault(custom.target, custom)
    return [(f"free_{place}", column) for place, column in enumerate(columns.values())]


class RegisterTable(tables.Table):
    caption = "Registre de la CPTS"

    tick = tables.Column("Choisir", accessor="key", orderable=False, exclude_from_export=True)
    kind = tables.Column("Fiche", visible=False)
    name = tables.Column("Nom", order_by=("name",))
    first_name = tables.Column("Prénom", visible=False)
    civil_name = Kept("Nom d’état civil", "more__civil_name")
    group = tables.Column("Profession ou type", order_by=("profession",))
    specialties = Kept("Spécialités", "more__specialties")
    number = tables.Column("RPPS ou FINESS", visible=False)
    siret = Kept("SIRET", "more__siret")
    representative = Kept("Représentée par", "more__representative")
    representative_title = Kept("Fonction du représentant", "more__representative_title")
    communes = Several("Communes", accessor="detail__communes", order_by=("commune",))
    places = Kept("Lieux d’exercice", "detail__places")
    modes = Kept("Modes d’exercice", "detail__modes")
    college = tables.Column("Collège", accessor="detail__college", order_by=("college",))
    status = tables.Column("Situation", accessor="detail__status", empty_values=(), order_by=("status",))
    since = tables.Column("Depuis le", accessor="detail__since", order_by=("since",))
    until = Kept("Jusqu’au (exclu)", "detail__until")
    dues = tables.Column("Cotisation", accessor="detail__dues", order_by=("dues",))
    called = Kept("Cotisation appelée (€)", "more__called")
    paid = Kept("Payé (€)", "more__paid")
    owed = Kept("Reste dû (€)", "detail__owed")
    paid_on = Kept("Dernier paiement le", "more__paid_on")
    receipts = Kept("Reçus", "more__receipts")
    mandates = Kept("Mandats", "more__mandates")
    emails = Kept("Adresses électroniques", "more__emails")
    secure_mails = Kept("Messageries sécurisées de santé", "more__secure_mails")
    phones = Kept("Téléphones", "more__phones")

    class Meta:
        order_by = "name"

    def __init__(self, *args: Any, cpts: Cpts, year: int, customs: Iterable[CustomField] = (), **kwargs: Any) -> None:
        """`customs`: the free fields that an export adds, one column each."""
        self.cpts = cpts
        super().__init__(*args, extra_columns=free_columns(customs), **kwargs)
        self.columns["dues"].column.verbose_name = f"Cotisation {year}"

    def render_tick(self, value: str, record: Entry) -> SafeString:
        return format_html(
            '<input class="form-check-input" type="checkbox" name="row" value="{}" form="{}" aria-label="Choisir {}">',
            *(value, BULK_FORM, record),
        )

    def value_kind(self, value: Kind) -> str:
        return "Personne" if value == Kind.PERSON else "Structure"

    def render_name(self, record: Entry) -> SafeString:
        url = reverse(DETAIL_PAGES[record.kind], args=[self.cpts.pk, record.pk])
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

    def render_dues(self, value: DuesState) -> SafeString:
        return badge(value.label, DUE_TONES[value])

    def value_dues(self, value: DuesState) -> str:
        return str(value.label)
