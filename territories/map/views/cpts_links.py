"""Names of CPTS in the pages of the map: a link to the file for who may open it, the public name for the others."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cpts_portal.core.scoping import current_scope
from territories.map.places import HoldingCpts


def in_reach(cpts_id: int) -> bool:
    """Is this CPTS in the scope of the person who asks?"""
    scope = current_scope()
    return scope.is_everything or cpts_id in scope.ids()


def cpts_name(cpts_id: int, full_name: str) -> str | SafeString:
    url = cpts_url(cpts_id)
    return format_html('<a href="{}">{}</a>', url, full_name) if url else full_name


def cpts_url(cpts_id: int) -> str:
    """The file of the CPTS for who may open it, else an empty text."""
    return reverse("territories:cpts-detail", args=[cpts_id]) if in_reach(cpts_id) else ""


def cpts_names(present: Iterable[HoldingCpts]) -> SafeString:
    """The names one under the other (in a table cell)."""
    lines = format_html_join("", "<div>{}</div>", ((cpts_name(each.cpts_id, each.full_name),) for each in present))
    return format_html("<div>{}</div>", lines)
