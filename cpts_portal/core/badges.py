"""The badge of the screens, for the cells of tables."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def badge(label: str, tone: str) -> SafeString:
    return render_to_string("ui/badge.html", {"label": label, "tone": tone})
