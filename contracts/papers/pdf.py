"""The letter of intent or the health project on paper: numbered sections, its state, which submission it is."""

from datetime import date
from typing import Any

from django.utils.text import slugify

from contracts.models import AGENCIES, Review, Submission
from contracts.papers.statements import sections_of
from contracts.shared.standing import standing_of

TEMPLATE = "pdf/statement.html"


def statement(review: Review, submission: Submission | None, *, day: date) -> dict[str, Any]:
    """Everything the paper says on a day: the text of a submission, or as it stands when none is given."""
    shown = submission or _submitted_as_it_stands(review)
    texts = (submission.content if submission else review.content).get("sections", {})
    is_last = shown is not None and shown.number == review.number
    return {
        "title": f"{review.title} – {review.cpts.full_name}",
        "review": review,
        "cpts": review.cpts,
        "sections": [(rank, each, texts.get(each.code, "")) for rank, each in enumerate(sections_of(review), start=1)],
        "submission": shown,
        "state": standing_of(review, "", day) if is_last or shown is None else None,
        "visas": _visas(review, shown.number) if shown else [],
        "printed_on": day,
    }


def _submitted_as_it_stands(review: Review) -> Submission | None:
    """The last submission when the text did not change since: it then bears its number."""
    last = review.submissions.order_by("-number").first()
    return last if last and last.content == review.content else None


def _visas(review: Review, number: int) -> list[tuple[str, str, Any]]:
    """The visas given on this submission: whose, with which opinion, when."""
    return [
        (review.holder(visa.party), visa.opinion_label, visa.at)
        for visa in (review.visa(agency) for agency in AGENCIES)
        if visa.is_given and visa.number == number
    ]


def statement_filename(review: Review, submission: Submission | None) -> str:
    number = f"-depot-{submission.number}" if submission else ""
    return f"{slugify(review.title)[:60]}-{slugify(review.cpts.full_name)[:60]}{number}.pdf"
