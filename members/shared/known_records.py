"""The records of a CPTS that stand: not merged into another."""

from django.db.models import QuerySet

from members.models import Professional, Structure
from territories.models import Cpts


def known(cpts: Cpts) -> QuerySet[Professional]:
    """The records of a register that were not merged into another."""
    return Professional.objects.filter(cpts=cpts, merged_into__isnull=True, anonymised_on__isnull=True)


def known_structures(cpts: Cpts) -> QuerySet[Structure]:
    """The structures of a register that were not merged into another."""
    return Structure.objects.filter(cpts=cpts, merged_into__isnull=True)
