"""The components that recur on the pages, as tags drawn in `templates/ui/` (a builtin: no `{% load %}` needed)."""

from collections.abc import Collection
from typing import Any

from django import template
from django.apps import apps
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_LEVEL_TONES = {"error": "danger", "debug": "info"}


@register.inclusion_tag("ui/icon.html")
def icon(name: str, label: str = "") -> dict[str, Any]:
    """{% icon "pencil" %}, decorative; {% icon "search" "Rechercher" %} when it stands alone."""
    return {"name": name, "label": label}


@register.inclusion_tag("ui/badge.html")
def badge(label: Any, tone: str = "", icon: str = "") -> dict[str, Any]:
    """{% badge "en retard" "danger" %}."""
    return {"label": label, "tone": tone, "icon": icon}


@register.inclusion_tag("ui/stat.html")
def stat(label: str, value: Any, hint: Any = "", tone: str = "", url: str = "", icon: str = "") -> dict[str, Any]:
    """{% stat "Déjà versé" paid|euros hint="au 1er mars" %}."""
    return {"label": label, "value": value, "hint": hint, "tone": tone, "url": url, "icon": icon}


@register.inclusion_tag("ui/actions.html")
def actions(label: Any, url: str = "", cancel: str = "Annuler", danger: bool = False) -> dict[str, Any]:
    """{% actions "Enregistrer" cancel_url %}: the button that sends a form and the way out of it."""
    return {"label": label, "url": url, "cancel": cancel, "danger": danger}


@register.inclusion_tag("ui/history.html", takes_context=True)
def history(context: template.Context, title: Any = "Historique", empty_text: str = "") -> dict[str, Any]:
    """{% history %}: the card of the `events` of the page."""
    return {"events": context.get("events"), "title": title, "empty_text": empty_text}


@register.simple_tag(takes_context=True)
def app_styles(context: template.Context) -> tuple[str, ...]:
    """The style sheets that the app of this page declares (`styles` of its AppConfig)."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return ()
    view = getattr(match.func, "view_class", match.func)
    return getattr(apps.get_containing_app_config(view.__module__), "styles", ())


@register.simple_block_tag
def card(content: str, title: Any = "", space: str = "mb-3", id: Any = "") -> SafeString:
    """{% card "Identité" %}…{% endcard %}; `space` is "" inside a grid, which spaces its cards itself."""
    return render_to_string("ui/card.html", {"content": content, "title": title, "space": space, "id": id})


def _drawn(content: str) -> SafeString:
    """What the template drew between the two tags, already escaped: `strip` alone would have it escaped once more."""
    return mark_safe(content.strip())  # noqa: S308 (drawn by the template engine)


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: Any = "", role: str = "") -> SafeString:
    """{% alert "warning" "Le territoire est vide" %}…{% endalert %}."""
    return render_to_string("ui/alert.html", {"content": _drawn(content), "tone": tone, "title": title, "role": role})


@register.simple_block_tag
def nothing(content: str, title: Any, icon: str = "", action: str = "", url: str = "") -> SafeString:
    """{% nothing "Aucun mandat" %}why, and what to do{% endnothing %}: the empty state of a page or of a part."""
    return render_to_string(
        "ui/empty.html",
        {
            "title": title,
            "hint": _drawn(content),
            "icon": icon,
            "action_label": action,
            "action_url": url,
        },
    )


# --- Tones and styles chosen by a word ----------------------------------------------------------------------------
@register.filter
def tone(level: str) -> str:
    """The tone of a message of Django, from its level."""
    return _LEVEL_TONES.get(level, level)


@register.filter
def aria_sort(column: Any) -> str:
    """What `aria-sort` says of a column of a table."""
    if not column.is_ordered:
        return "none"
    return "ascending" if column.order_by_alias.is_ascending else "descending"


@register.filter
def alert_tone(tags: Collection[str] | None) -> str:
    """The tone of an alert of allauth."""
    return _first_of(tags, {"error": "danger", "danger": "danger", "warning": "warning"}, "info")


@register.filter
def badge_tone(tags: Collection[str] | None) -> str:
    """The tone of a badge of allauth."""
    tones = {"success": "success", "warning": "warning", "danger": "danger", "primary": "info"}
    return _first_of(tags, tones, "neutral")


@register.filter
def button_style(tags: Collection[str] | None) -> str:
    """The classes of a button of allauth."""
    named = set(tags or ())
    if "danger" in named:
        style = "btn-outline-danger" if named & {"outline", "tool"} else "btn-danger"
    else:
        quiet = named & {"link", "cancel", "outline", "secondary", "tool", "panel"}
        style = "btn-outline-secondary" if quiet else "btn-primary"
    return f"{style} btn-sm" if named & {"minor", "tool"} else style


def _first_of(tags: Collection[str] | None, choices: dict[str, str], otherwise: str) -> str:
    """The choice of the first of these words that stands among the tags."""
    return next((choice for word, choice in choices.items() if word in (tags or ())), otherwise)
