"""Small parts of the portal's components used from Python (table cells, filter fields)."""

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def badge(label: str, tone: str) -> SafeString:
    return render_to_string("ui/badge.html", {"label": label, "tone": tone})


def date_input() -> forms.DateInput:
    """The browser's own date field, in the format it wants."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
