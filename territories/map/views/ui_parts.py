"""Small parts of the portal's components used from Python (filter fields)."""

from django import forms

from cpts_portal.core.badges import badge  # noqa: F401 (tables of the apps above take it from here)


def date_input() -> forms.DateInput:
    """The browser's own date field, in the format it wants."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
