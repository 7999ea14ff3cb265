"""One member recorded twice: which membership is kept, and where the dues and the payments of both go.

The membership that is not kept says the same fact a second time. Once its dues, its payments and its application have
joined the one kept it is deleted (ending it would say that somebody left, and count her twice before); its history
stays. A member owes once a year: of two dues of one year, the payments of the second join the first.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as, update_many
from cpts_portal.core.refusals import NotPossible
from members.dues import received
from members.models import Application, Due, Membership, Payment, Professional, Structure

Record = Professional | Structure
FIRST_DAY = date.min


@dataclass(frozen=True)
class JoinedDues:
    """The dues of one year: `kept` receives the payments of the others."""

    kept: Due
    others: tuple[Due, ...]

    @property
    def paid(self) -> Decimal:
        return sum((due.paid for due in (self.kept, *self.others)), Decimal(0))

    @property
    def exemption_reason(self) -> str:
        """Another's exemption counts when the due kept still asks for something."""
        if self.kept.exemption_reason or self.paid >= self.kept.amount:
            return self.kept.exemption_reason
        return next((due.exemption_reason for due in self.others if due.exemption_reason), "")

    @property
    def forgiven(self) -> Decimal:
        """An exemption forgives what remains: what was called and what was received stay (see `dues.exempt`)."""
        return max(self.kept.amount - self.paid, Decimal(0)) if self.exemption_reason else Decimal(0)

    @property
    def too_much(self) -> Decimal:
        return max(self.paid - self.kept.amount, Decimal(0))


@dataclass(frozen=True)
class Union:
    """What a merger does to the memberships and dues of both records; none goes when only one record has any in course.

    `gone`: those in course of the record whose membership is not kept (an ending planned ahead makes them two).
    """

    kept: Membership | None
    gone: tuple[Membership, ...]
    moved: tuple[Due, ...]
    joined: tuple[JoinedDues, ...]


def in_course(one: Record, other: Record, *, on: date) -> list[Membership]:
    """Memberships and applications not over of both records, those that may be kept first, the earliest first."""
    rows = _memberships(one, other)
    found = [row for row in rows if row.refused_on is None and (row.end is None or row.end > on)]
    return sorted(found, key=lambda row: (row.start is None, row.start or row.applied_on or FIRST_DAY, row.pk))


def holder_id(row: Membership) -> int:
    return row.holder_id


def may_be_kept(row: Membership, among: Sequence[Membership]) -> bool:
    """An application never replaces a membership that has begun."""
    return row.start is not None or all(other.start is None for other in among)


def union_of(keep: Record, drop: Record, *, membership_id: int | None, on: date) -> Union:
    """What merging will do, `membership_id` being kept. Raises NotPossible when a choice is missing."""
    kept: Membership | None = None
    gone: tuple[Membership, ...] = ()
    course = in_course(keep, drop, on=on)
    if len({holder_id(row) for row in course}) > 1:
        kept = _chosen(course, membership_id)
        gone = tuple(row for row in course if holder_id(row) != holder_id(kept))
    dues = Due.objects.filter(membership__in=_memberships(keep, drop)).select_related("campaign", "membership")
    by_campaign: defaultdict[int, list[Due]] = defaultdict(list)
    for due in sorted(dues, key=lambda due: _due_rank(due, kept, keep)):
        by_campaign[due.campaign_id].append(due)
    joined = [JoinedDues(own[0], tuple(own[1:])) for own in by_campaign.values() if len(own) > 1]
    alone = [own[0] for own in by_campaign.values()]
    moved = tuple(due for due in alone if due.membership_id in {row.pk for row in gone})
    return Union(kept, gone, moved, tuple(sorted(joined, key=lambda each: each.kept.campaign.year)))


def lock_dues(keep: Record, drop: Record) -> None:
    memberships = _memberships(keep, drop)
    received.lock_dues(Due.objects.filter(membership__in=memberships).values_list("pk", flat=True))


def join(union: Union, *, on: date, by: User, reason: str) -> None:
    """Write what `union_of` said, within the transaction of the merger."""
    for dues in union.joined:
        _join_dues(dues, by=by, reason=reason)
    if union.kept is None:
        return
    moved = list(union.moved)
    for due in moved:
        due.membership = union.kept
    update_many(Due, moved, ["membership"], by=by, reason=reason)
    for row in union.gone:
        _join_applications(union.kept, row, on=on, by=by, reason=reason)
        delete_as(row, by=by, reason=reason)
    _complete(union.kept, union.gone, by=by, reason=reason)


def _join_dues(dues: JoinedDues, *, by: User, reason: str) -> None:
    kept, others = dues.kept, dues.others
    forgiven, exemption = dues.forgiven, dues.exemption_reason
    payments = list(Payment.objects.filter(due__in=others))
    for payment in payments:
        payment.due = kept
    update_many(Payment, payments, ["due"], by=by, reason=reason)
    received.count_received([kept.pk, *(due.pk for due in others)])
    kept.forgiven, kept.exemption_reason = forgiven, exemption
    kept.called_at = kept.called_at or next((due.called_at for due in others if due.called_at), None)
    kept.reminded_at = kept.reminded_at or next((due.reminded_at for due in others if due.reminded_at), None)
    kept.reminders = max(due.reminders for due in (kept, *others))
    save_as(kept, by=by, reason=reason)
    for due in others:
        delete_as(due, by=by, reason=reason)


def _join_applications(kept: Membership, gone: Membership, *, on: date, by: User, reason: str) -> None:
    """The application that opened the membership not kept: taken over, or put aside when the other has its own."""
    sent = Application.objects.filter(membership=gone).first()
    if sent is None:
        return
    sent.membership = None if Application.objects.filter(membership=kept).exists() else kept
    if sent.membership is None and sent.decided_on is None:
        sent.discarded_on, sent.discard_reason = on, "Demande en double"
    save_as(sent, by=by, reason=reason)


def _complete(kept: Membership, gone: Sequence[Membership], *, by: User, reason: str) -> None:
    """What only another one said."""
    kept.college = next((row.college for row in (kept, *gone) if row.college), None)
    kept.charter_accepted_on = next((row.charter_accepted_on for row in (kept, *gone) if row.charter_accepted_on), None)
    save_as(kept, by=by, reason=reason)


def _chosen(course: list[Membership], membership_id: int | None) -> Membership:
    chosen = next((row for row in course if row.pk == membership_id), None)
    if chosen is None:
        raise NotPossible("Les deux fiches ont une adhésion en cours : choisissez celle qui est gardée.")
    if not may_be_kept(chosen, course):
        raise NotPossible("Une demande ne peut pas remplacer une adhésion qui a commencé : gardez l’adhésion.")
    return chosen


def _memberships(one: Record, other: Record) -> list[Membership]:
    holder = "professional" if isinstance(one, Professional) else "structure"
    found = Membership.objects.filter(**{f"{holder}__in": [one.pk, other.pk]}).select_related("college")
    return list(found.order_by("pk"))


def _due_rank(due: Due, kept: Membership | None, keep: Record) -> tuple[bool, bool, int]:
    """Of the dues of a year, that of the membership kept comes first, then that of the record kept."""
    own = holder_id(due.membership) == keep.pk
    return due.membership_id != (kept.pk if kept else None), not own, due.pk
