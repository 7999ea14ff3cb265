"""The two months of a health project (CSP, art. L1434-12): warnings before the term, then the tacit acceptance.

Run each night by `manage.py watch_contract_clocks`. What was told stands in the journal of the CPTS, so that each
warning is sent once per submission, even when two runs meet. A night that was missed loses nothing: the next run sends
the warning of the day (not those that passed), and the page says « réputé validé » from the date alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from contracts.models import Review, ReviewKind, ReviewStatus
from contracts.review.lifecycle import PORTAL, REVIEWS
from contracts.shared.journal import is_told, write_journal
from contracts.shared.standing import WARNED_DAYS, clock_ends, is_deemed_accepted
from contracts.talk.messages import tell_parties
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, plural
from cpts_portal.core.versions import StaleEdit
from cpts_portal.core.workflow import Act
from territories.models import Cpts

WARNING = "clock_warning"


@dataclass(frozen=True)
class Due:
    """A project with something to do tonight: `warning` is one of `WARNED_DAYS`, or None when the term has passed."""

    review: Review
    warning: int | None
    left: int

    def __str__(self) -> str:
        told = "à déclarer réputé validé" if self.warning is None else f"rappel, {plural(self.left, 'jour')} restants"
        return f"{self.review.cpts.full_name}, {self.review.title} : {told}"


def due_on(moment: datetime) -> Iterator[Due]:
    """What the clock asks for at this moment, the oldest submission first."""
    day = timezone.localtime(moment).date()
    running = Review.objects.with_parties().filter(kind=ReviewKind.PROJECT, status=ReviewStatus.SUBMITTED)
    for review in running.order_by("submitted_on", "pk"):
        ends = clock_ends(review)
        if ends is None:
            continue
        left = (ends - day).days
        warning = None if is_deemed_accepted(review, day) else _threshold(left)
        if is_deemed_accepted(review, day) or (warning and not was_told(review, warning)):
            yield Due(review, warning, left)


def _threshold(left: int) -> int | None:
    """The last warning whose day has come: 12 days before the term, that of 15 days."""
    return min((days for days in WARNED_DAYS if left <= days), default=None)


def was_told(review: Review, warning: int) -> bool:
    """For this submission: a new one starts another clock."""
    return is_told(review.cpts_id, WARNING, review=review.pk, submission=review.number, warning=warning)


def carry_out(due: Due, *, moment: datetime) -> bool:
    """Do it; False when somebody or another run did it meanwhile."""
    return deem_accepted(due.review, moment=moment) if due.warning is None else warn(due, moment=moment)


def deem_accepted(review: Review, *, moment: datetime) -> bool:
    words = f"Réputé validé le {date_fr(clock_ends(review))} (code de la santé publique, art. L1434-12)."
    act = Act(by=None, roles=PORTAL, moment=moment, version=str(review.version), reason=words)
    try:
        REVIEWS.make(review, "deem_accepted", act)
    except (NotPossible, StaleEdit):
        return False
    return True


@transaction.atomic
def warn(due: Due, *, moment: datetime) -> bool:
    """Write to the three parties and to the journal; the row of the CPTS is held, so that one run only does."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=due.review.cpts_id)
    review = Review.objects.with_parties().get(pk=due.review.pk)
    if due.warning is None or clock_ends(review) is None or was_told(review, due.warning):
        return False
    words = (
        f"{review.title} : sans opposition de l’ARS, réputé validé le {date_fr(clock_ends(review))}. "
        f"Il reste {plural(due.left, 'jour')}."
    )
    write_journal(
        review.cpts,
        act=WARNING,
        subject=review.title,
        words=words,
        moment=moment,
        by=None,
        facts={"review": review.pk, "submission": review.number, "warning": due.warning, "left": due.left},
    )
    tell_parties(review, words)
    return True
