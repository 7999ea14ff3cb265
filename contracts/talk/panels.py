"""What the page of a review shows of its talk: what is new, who follows it, the comments and the form to write one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from contracts.models import AGENCIES, Comment
from contracts.shared.parties import own_agency
from contracts.talk.assignments import in_charge
from contracts.talk.comments import comments_on, is_of_side, parts_of
from contracts.talk.forms import AnswerForm, CommentForm
from contracts.talk.visits import news_of, note_visit, previous_visit

SHOWN = 2  # the last answers of a long thread; the earlier ones are folded


@dataclass(frozen=True)
class Thread:
    """A comment with its answers, as one reader sees it."""

    comment: Comment
    earlier: list[Comment]
    latest: list[Comment]
    may_settle: bool
    form: AnswerForm | None

    @property
    def replies(self) -> list[Comment]:
        return [*self.earlier, *self.latest]


@dataclass(frozen=True)
class Talk:
    """The comments of a review that this person may read, in one list and by part; the form when she may write."""

    open_threads: list[Thread]
    settled_threads: list[Thread]
    by_part: Mapping[str, list[Thread]]
    parts: Mapping[str, str]
    form: CommentForm | None
    is_preset: bool

    @property
    def count(self) -> int:
        return len(self.open_threads) + len(self.settled_threads)


def talk_of(page: Any, form: CommentForm | None = None) -> Talk | None:
    """None for who is no party to the file. `form`: the one that was refused, to show it again."""
    if not page.may("view", "contracts.comment"):
        return None
    may_write = bool(page.party) and page.may("add", "contracts.comment")
    rows = list(comments_on(page.review, page.actor).select_related("by", "agency", "settled_by"))
    threads = [_thread(page, row, rows, may_write) for row in rows if row.parent_id is None]
    by_part: dict[str, list[Thread]] = {}
    for thread in threads:
        by_part.setdefault(thread.comment.anchor, []).append(thread)
    preset = page.request.GET.get("sur", "")
    made = form or CommentForm(review=page.review, party=page.party, initial={"anchor": preset}) if may_write else None
    return Talk(
        open_threads=[each for each in threads if not each.comment.settled_at],
        settled_threads=[each for each in threads if each.comment.settled_at],
        by_part=by_part,
        parts=parts_of(page.review),
        form=made,
        is_preset=bool(preset) or form is not None,
    )


def _thread(page: Any, comment: Comment, rows: list[Comment], may_write: bool) -> Thread:
    replies = [row for row in rows if row.parent_id == comment.pk]
    own = own_agency(page.review, page.party)
    return Thread(
        comment=comment,
        earlier=replies[:-SHOWN],
        latest=replies[-SHOWN:],
        may_settle=may_write and is_of_side(comment, page.party, own),
        form=AnswerForm(auto_id=f"answer-{comment.pk}-%s") if may_write else None,
    )


def talk_context(page: Any) -> dict[str, Any] | None:
    return {"talk": page.talk} if page.talk else None


def news_context(page: Any) -> dict[str, Any] | None:
    """Opening the page is a visit: the only thing that this GET writes, and only for who reads with her own eyes."""
    remember = previous_visit if page.request.viewing_as else note_visit
    since = remember(page.review, reader=page.request.user, moment=timezone.now())
    news = news_of(page.review, page.actor, since) if since else None
    if news is None or news.is_empty:
        return None
    can_compare = news.has_submission and news.read
    place = (page.cpts.pk, page.review.pk, news.read)
    return {"news": news, "compare_url": reverse("contracts:review-changes", args=[*place]) if can_compare else ""}


def follow_context(page: Any) -> dict[str, Any] | None:
    """Who follows the file in each agency: for agents."""
    if not page.may("view", "contracts.assignment") or page.party not in AGENCIES:
        return None
    followed = in_charge(page.review)
    mine = own_agency(page.review, page.party)
    own = next((each.agent for each in followed if each.agency_id == mine), None)
    return {"followed": followed, "own": own, "me": page.request.user}
