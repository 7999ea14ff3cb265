"""What the page of a review shows under its status, according to its nature: each room adds its panel here.

A panel is a template and its context; a room that has nothing to show answers nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from contracts.paperwork import can_be_shown, places_of, slots_open_to
from contracts.statements import editable_sections, sections_of, text_of


@dataclass(frozen=True)
class Panel:
    template: str
    context: dict[str, Any] = field(default_factory=dict)


def statement_panel(page: Any) -> Panel | None:
    sections = sections_of(page.review)
    if not sections:
        return None
    return Panel(
        "contracts/reviews/_sections.html",
        {
            "sections": [(each, text_of(page.review, each.code)) for each in sections],
            "may_write": page.may("add", "contracts.review") and bool(editable_sections(page.review)),
            "submissions": list(page.review.submissions.select_related("by").order_by("-number")),
        },
    )


def documents_panel(page: Any) -> Panel | None:
    return Panel(
        "contracts/reviews/_documents.html",
        {
            "places": [(each, each.document and can_be_shown(each.document)) for each in places_of(page.review)],
            "slots": slots_open_to(page.review, page.party) if page.may("add", "contracts.document") else [],
        },
    )


PANELS: tuple[Callable[[Any], Panel | None], ...] = (statement_panel, documents_panel)


def panels_for(page: Any) -> list[Panel]:
    """The panels of this page, in the order of `PANELS`."""
    return [panel for panel in (build(page) for build in PANELS) if panel]
