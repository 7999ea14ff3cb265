"""What the page of a review shows under its status, according to its nature: each room adds its panel here.

A panel is a template and its context; a room that has nothing to show answers nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from contracts.paperwork import places_of
from contracts.statements import editable_sections, sections_of, text_of
from contracts.views.year_panel import year_panel_context


@dataclass(frozen=True)
class Panel:
    template: str
    context: dict[str, Any] = field(default_factory=dict)


def statement_panel(page: Any) -> Panel | None:
    sections = sections_of(page.review)
    if not sections:
        return None
    may_write = page.may("change", "contracts.review") and page.party == "cpts"
    return Panel(
        "contracts/reviews/_sections.html",
        {
            "sections": [(each, text_of(page.review, each.code)) for each in sections],
            "may_write": may_write and bool(editable_sections(page.review)),
        },
    )


def documents_panel(page: Any) -> Panel | None:
    return Panel("contracts/reviews/_documents.html", {"places": places_of(page.review)})


def year_panel(page: Any) -> Panel | None:
    context = year_panel_context(page)
    return Panel("contracts/years/_panel.html", context) if context else None


PANELS: tuple[Callable[[Any], Panel | None], ...] = (
    statement_panel,
    year_panel,
    documents_panel,
)


def panels_for(page: Any) -> list[Panel]:
    """The panels of this page, in the order of `PANELS`."""
    return [panel for panel in (build(page) for build in PANELS) if panel]
