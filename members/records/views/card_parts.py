"""The panels of the other apps, drawn for a card."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from members.shared.card_panels import Panel, Record, panels_of


def drawn_panels(record: Record, request: HttpRequest) -> list[tuple[Panel, SafeString]]:
    found = panels_of(record, request.actor)  # type: ignore[attr-defined]
    return [(panel, render_to_string(panel.template, dict(panel.context), request=request)) for panel in found]
