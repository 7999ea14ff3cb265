"""Filters and components of the portal's templates (a builtin: no `{% load %}` needed)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.db.models import Model
from django.forms import BaseForm, BoundField
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.text import (
    NO_BREAK_SPACE,
    clock_fr,
    date_fr,
    de,
    euros_fr,
    moment_fr,
    number_fr,
    plural,
    short_number_fr,
)
from cpts_portal.core.units import unit_for

register = template.Library()
_STRAIGHT_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_SPACE_BEFORE_SIGN = re.compile(r" (?=[:;?!»])")


@register.filter
def number(value: int | float | None, decimals: int = 0) -> str:
    """{{ 14854|number }} -> « 14 854 »."""
    return number_fr(value, decimals)


@register.simple_tag(takes_context=True)
def admin_address(context: template.Context, obj: Model) -> str:
    """The address of this object in the shared admin, for who may see it there; "" otherwise."""
    label, name = obj._meta.app_label, obj._meta.model_name
    may_view = context["request"].user.has_perm(f"{label}.view_{name}", obj)
    return reverse(f"admin:{label}_{name}_change", args=[obj.pk]) if may_view else ""


@register.filter
def euros(amount: Decimal | None) -> str:
    """{{ due.amount|euros }} -> « 20,00 € »."""
    return euros_fr(amount)


@register.filter
def figure(value: Decimal | None) -> str:
    """« 66 811 », « 72,4 »: no more decimals than needed."""
    return "" if value is None else short_number_fr(value)


@register.filter
def with_unit(value: Decimal | None, unit: str) -> str:
    """{{ 1|with_unit:"soirées" }} -> « 1 soirée », {{ 72.4|with_unit:"%" }} -> « 72,4 % »; nothing without a figure."""
    if value is None:
        return ""
    return f"{figure(value)}{NO_BREAK_SPACE if len(unit) < 3 else ' '}{unit_for(value, unit)}"


@register.filter
def counted(value: int, words: str) -> str:
    """{{ 2|counted:"commune,communes" }} -> « 2 communes »."""
    singular, _, many = words.partition(",")
    return plural(value, singular, many)


@register.filter
def spaced(codes: str) -> str:
    """{{ "35000 35200"|spaced }} -> « 35000, 35200 », for values stored apart by one space."""
    return ", ".join(codes.split())


@register.filter
def long_date(day: date | None) -> str:
    """{{ commune.ended_on|long_date }} -> « 1er janvier 2026 »."""
    return date_fr(day)


@register.filter
def size(value: Any) -> int:
    """{{ rows|default:total|size }}: a number as it is, the length of anything else."""
    return value if isinstance(value, int) else len(value)


@register.filter
def percent_css(value: float | None) -> str:
    """A percentage between 0 and 100 as CSS and SVG write it: with a point, whatever the language."""
    return f"{min(max(float(value or 0), 0), 100):.2f}"


@register.filter(name="de")
def de_filter(name: Any) -> str:
    """« d’Estelle », « de Zoé »."""
    return de(name)


@register.filter
def initials(user: Any) -> str:
    """« Camille Le Goff » -> « CL », for the round picture of the user menu."""
    words = str(user.get_full_name()).split() or ["?"]
    return "".join(word[0] for word in words[:2]).upper()


@register.filter
def day_and_time(value: date | datetime | None) -> str:
    """« 22 novembre 2026 à 9 h 05 », or the day alone for a date; local time."""
    if value is None:
        return "–"
    if not isinstance(value, datetime):
        return date_fr(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return moment_fr(local)


@register.filter
def clock(value: time | datetime | None) -> str:
    """« 9 h 05 »; local time."""
    if value is None:
        return "–"
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return clock_fr(local)


@register.filter
def iso(value: date | datetime | None) -> str:
    """The moment as the `datetime` attribute of `<time>` wants it."""
    return value.isoformat() if value else ""


@register.filter(is_safe=True)
def french(text: Any) -> str:
    """The typography of texts written by libraries: curly apostrophes, no-break space before « : ; ? ! »."""
    curly = _STRAIGHT_APOSTROPHE.sub("’", str(text).replace("&#x27;", "'"))
    return _SPACE_BEFORE_SIGN.sub(NO_BREAK_SPACE, curly)


# --- Query strings ----------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def query_with(context: template.Context, *pairs: Any) -> str:
    """{% query_with "page" 2 "sort" "name" %} -> the page's query string with these values; "" removes one."""
    query = context["request"].GET.copy()
    for name, value in zip(pairs[::2], pairs[1::2], strict=True):
        if value in ("", None):
            query.pop(str(name), None)
        else:
            query[str(name)] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query_without(context: template.Context, names: Iterable[str]) -> str:
    """The page's query string without these parameters, back on the first page."""
    query = context["request"].GET.copy()
    for name in (*names, "page"):
        query.pop(name, None)
    return f"?{query.urlencode()}"


@register.filter
def page_numbers(page: Page) -> list[int | str]:
    """1 … 4 5 6 … 20: the first, the last, and the neighbours of the current page."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


# --- Tables and filters -----------------------------------------------------------------------------------------
@register.filter
def table_caption(table: Any) -> str:
    """What the table shows, for screen readers: its own caption, or the title of its page."""
    context = getattr(table, "context", None) or {}
    return str(getattr(table, "caption", "") or context.get("page_title") or "Tableau")


@register.filter
def sortable_columns(table: Any) -> list[Any]:
    """The columns a phone, which shows no header row, may still sort by."""
    return [column for column in table.columns if column.orderable]


@dataclass(frozen=True)
class Chip:
    """A filter in force: « Région : Bretagne », and the parameters to drop to lift it."""

    label: str
    value: str
    names: tuple[str, ...]


@register.filter
def active_filters(filterset: Any) -> list[Chip]:
    """What a list is filtered by, in the words of its form."""
    form = filterset.form
    if not form.is_bound:
        return []
    form.is_valid()
    fields = [field for field in form.visible_fields() if field.name in form.cleaned_data]
    values = [(field, _shown(field, form.cleaned_data[field.name])) for field in fields]
    return [Chip(field.label, value, _parameters(field)) for field, value in values if value]


def _shown(field: BoundField, value: Any) -> str:
    """One value of a filter as a reader says it; "" when the filter is not used."""
    if value in (None, "", []) or (hasattr(value, "__len__") and not len(value)):
        return ""
    if isinstance(value, slice):
        return _shown_range(
            _shown(field, value.start), _shown(field, value.stop), isinstance(value.start or value.stop, date)
        )
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return date_fr(value)
    choices = _labels(field)
    if isinstance(value, list | tuple) or hasattr(value, "model"):
        return ", ".join(choices.get(str(item), str(item)) for item in value)
    return choices.get(str(value), str(value))


def _shown_range(start: str, stop: str, days: bool) -> str:
    """« du 1er mars 2026 au 2 mai 2026 », « à partir de 500 », « jusqu’au 2 mai 2026 »."""
    since, until = ("du", "au") if days else ("de", "à")
    if start and stop:
        return f"{since} {start} {until} {stop}"
    return f"à partir {since} {start}" if start else f"jusqu’{until} {stop}"


def _labels(field: BoundField) -> dict[str, str]:
    """value -> label of a fixed list of choices; choices read from a table already name themselves."""
    if hasattr(field.field, "queryset") or not hasattr(field.field, "choices"):
        return {}
    return {str(value): str(label) for value, label in field.field.choices}


def _parameters(field: BoundField) -> tuple[str, ...]:
    widget = field.field.widget
    suffixes = getattr(widget, "suffixes", None) or getattr(widget, "widgets_names", [])
    named = (f"{field.html_name}_{suffix.lstrip('_')}" for suffix in suffixes)
    return (field.html_name, *named)


# --- Forms ------------------------------------------------------------------------------------------------------
@register.filter
def error_count(form: BaseForm) -> int:
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def first_id(field: BoundField) -> str:
    """Where a link of the error summary leads: the field, or the first choice of a list of choices."""
    if field.id_for_label:
        return field.id_for_label
    choices = list(field.subwidgets)
    return (choices[0].id_for_label if choices else "") or field.auto_id


@register.filter
def required_note(form: BaseForm) -> str:
    """Said once above the fields: which of them must be filled in."""
    visible = [field for field in form if not field.is_hidden]
    required = [field for field in visible if field.field.required]
    if not required or len(visible) < 2:
        return ""
    if len(required) == len(visible):
        return "Tous les champs sont obligatoires."
    return f"Les champs marqués d’un astérisque{NO_BREAK_SPACE}(*) sont obligatoires."


@register.filter
def labelled(field: BoundField, label: str) -> str:
    """Draw a field of a library's form under the portal's own words, without a placeholder that repeats them."""
    field.label = label
    field.field.widget.attrs.pop("placeholder", None)
    return field.as_field_group()
