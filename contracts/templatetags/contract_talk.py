"""Comments beside the part they are about."""

from typing import Any

from django import template
from django.urls import reverse

register = template.Library()


@register.inclusion_tag("contracts/talk/_part_comments.html", takes_context=True)
def comments_on(context: template.Context, kind: str, key: object) -> dict[str, Any]:
    """`{% comments_on "section" section.code %}`: the comments on this part and the link to write one.

    Reads `talk` and `review` from the page; shows nothing to who reads no comment, nor on a page that has none. The
    form stands on the page of the review: another page that shows a part leads there.
    """
    talk, anchor = context.get("talk"), f"{kind}:{key}"
    if talk is None:
        return {}
    review = context["review"]
    return {
        "threads": talk.by_part.get(anchor, []),
        "anchor": anchor,
        "label": talk.parts.get(anchor, ""),
        "may_write": talk.form is not None and anchor in talk.parts,
        "review_url": reverse("contracts:review-detail", args=[review.cpts_id, review.pk]),
        "is_here": "panels" in context,
    }
