"""Filters and components of the portal's templates (a builtin: no `{% load %}` needed)."""

from datetime import date

from django import template

from cpts_portal.core.text import date_fr, number_fr, plural

register = template.Library()


@register.filter
def number(value: int | float | None, decimals: int = 0) -> str:
    """{{ 14854|number }} -> « 14 854 »."""
    return number_fr(value, decimals)


@register.filter
def counted(value: int, words: str) -> str:
    """{{ 2|counted:"commune,communes" }} -> « 2 communes »."""
    singular, _, many = words.partition(",")
    return plural(value, singular, many)


@register.filter
def long_date(day: date | None) -> str:
    """{{ commune.ended_on|long_date }} -> « 1er janvier 2026 »."""
    return date_fr(day)
