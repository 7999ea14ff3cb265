"""What the page of a review shows under its status, according to its nature: each room adds its panel here.

A panel is a template and its context; a room that has nothing to show answers nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from contracts.deal.contracting import is_negotiable, terms_of_version, version_on
from contracts.deal.printing import indicators_by_mission
from contracts.models import ReviewStatus
from contracts.papers.files import can_be_shown, places_of, slots_open_to
from contracts.papers.statements import editable_sections, sections_of, text_of
from contracts.talk.panels import follow_context, news_context, talk_context
from contracts.terms.drafting import unknown_amounts
from contracts.terms.terms import differences
from contracts.yearly.panel import year_panel_context


@dataclass(frozen=True)
class Panel:
    template: str
    context: dict[str, Any] = field(default_factory=dict)


def statement_panel(page: Any) -> Panel | None:
    sections = sections_of(page.review)
    if not sections:
        return None
    submissions = list(page.review.submissions.select_related("by").order_by("-number"))
    return Panel(
        "contracts/papers/_sections.html",
        {
            "sections": [(each, text_of(page.review, each.code)) for each in sections],
            "may_write": page.may("add", "contracts.review") and bool(editable_sections(page.review)),
            "submissions": submissions,
            "differs_from": next((each for each in submissions if each.content != page.review.content), None),
        },
    )


def documents_panel(page: Any) -> Panel | None:
    return Panel(
        "contracts/papers/_documents.html",
        {
            "places": [(each, each.document and can_be_shown(each.document)) for each in places_of(page.review)],
            "slots": slots_open_to(page.review, page.party) if page.may("add", "contracts.document") else [],
        },
    )


def terms_panel(page: Any) -> Panel | None:
    """What a contract or an amendment says, and who signed it."""
    version = getattr(page.review, "contract_version", None)
    if version is None:
        return None
    terms = terms_of_version(version)
    replaced = version_on(version.contract, version.effective_on) if version.number else None
    changes = differences(terms_of_version(replaced), terms) if replaced and replaced != version else []
    signed = version.sealed_at or page.review.status == ReviewStatus.AGREED
    return Panel(
        "contracts/deal/_panel.html",
        {
            "version": version,
            "terms": terms,
            "indicators": indicators_by_mission(terms),
            "unknown": unknown_amounts(terms),
            "change_count": len(changes),
            "signatures": [(page.review.holder(party), on, name) for party, on, name in version.signatures]
            if signed
            else [],
            "may_write": page.may("change", "contracts.contractversion") and is_negotiable(version),
        },
    )


def year_panel(page: Any) -> Panel | None:
    context = year_panel_context(page)
    return Panel("contracts/yearly/_panel.html", context) if context else None


def news_panel(page: Any) -> Panel | None:
    context = news_context(page)
    return Panel("contracts/talk/_news.html", context) if context else None


def follow_panel(page: Any) -> Panel | None:
    context = follow_context(page)
    return Panel("contracts/talk/_follow.html", context) if context else None


def talk_panel(page: Any) -> Panel | None:
    context = talk_context(page)
    return Panel("contracts/talk/_comments.html", context) if context else None


PANELS: tuple[Callable[[Any], Panel | None], ...] = (
    news_panel,
    follow_panel,
    statement_panel,
    terms_panel,
    year_panel,
    documents_panel,
    talk_panel,
)


def panels_for(page: Any) -> list[Panel]:
    """The panels of this page, in the order of `PANELS`."""
    return [panel for panel in (build(page) for build in PANELS) if panel]
