"""Acts on many rows of the register at once: all of them, or none."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db import transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import update_many
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import plural
from members.listing import Entry, RegisterRows
from members.membership.adhesion import leave
from members.models import College, Membership, Status

AT_ONCE = 500
NAMED = 5  # how many rows a refusal names
IN_FORCE = frozenset({Status.MEMBER})
OPEN = frozenset({Status.MEMBER, Status.UPCOMING, Status.APPLIED})


@transaction.atomic
def move_to_college(rows: RegisterRows, *, college: College, by: User) -> int:
    """Put these members (and applicants) in a college; how many changed."""
    keys = _memberships(rows, OPEN, "n’a ni adhésion ni demande en cours", "n’ont ni adhésion ni demande en cours")
    changed = 0
    for some in _batches(keys):
        found = list(Membership.objects.select_for_update().filter(pk__in=some).exclude(college=college))
        for membership in found:
            membership.college = college
        changed += update_many(Membership, found, ["college"], by=by, reason=f"Collège : {college}")
    return changed


@transaction.atomic
def record_departures(rows: RegisterRows, *, on: date, reason: str, by: User) -> int:
    """Record the departure of each of these members, on the same date and for the same reason."""
    keys = _memberships(rows, IN_FORCE, "n’est pas adhérent", "ne sont pas adhérents")
    for some in _batches(keys):
        memberships = Membership.objects.filter(pk__in=some).select_related("professional", "structure")
        for membership in memberships:
            try:
                leave(membership, on=on, reason=reason, by=by)
            except NotPossible as refusal:
                raise NotPossible(f"{membership.holder} : {refusal} Rien n’a été enregistré.") from refusal
    return len(keys)


def _memberships(rows: RegisterRows, wanted: frozenset[Status], one: str, many: str) -> list[int]:
    """The membership each row shows; refuses when one of the rows has none of the wanted status."""
    found: list[int] = []
    refused: list[Entry] = []
    for entry in rows:
        if entry.detail.status in wanted and entry.detail.membership_id:
            found.append(entry.detail.membership_id)
        else:
            refused.append(entry)
    if refused:
        others = len(refused) - NAMED
        names = ", ".join(str(entry) for entry in refused[:NAMED])
        more = f" et {plural(others, 'autre')}" if others > 0 else ""
        raise NotPossible(f"{names}{more} {one if len(refused) == 1 else many} : rien n’a été enregistré.")
    return found


def _batches(keys: list[int]) -> Iterator[Iterable[int]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
