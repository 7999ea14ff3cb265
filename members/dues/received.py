"""What was received of each due (`Due.paid`): counted again from its payments by whoever writes payments.

Each activity that records, cancels, moves or takes back payments locks their dues first (`lock_dues`) and ends with
`count_received`, in the same transaction. `manage.py count_received` checks that none forgot.
"""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from cpts_portal.core.bulk import Among
from members.models import Due


def lock_dues(ids: Iterable[int]) -> None:
    """In the same order for everybody, so that two treasurers never wait in a ring."""
    list(Due.objects.select_for_update(of=("self",)).filter(Among("pk", ids)).order_by("pk").values_list("pk"))


def count_received(ids: Iterable[int]) -> None:
    """Keep on each of these dues the sum of its payments that were not cancelled; its history tells the payments."""
    Due.objects.filter(Among("pk", ids)).with_counted().update(paid=F("counted"))


def wrongly_counted() -> QuerySet[Due]:
    """Dues whose stored sum is not that of their payments: none, unless something wrote beside these functions."""
    return Due.objects.with_counted().exclude(paid=F("counted"))
