"""What helps a CPTS besides its contract: start-up money of the ARS, premises lent. Kept by the CPTS, listed apart."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from contracts.models import OtherResource
from cpts_portal.accounts.models import User
from cpts_portal.core.acts import changed, removed, write
from cpts_portal.core.money import ZERO
from territories.models import Cpts


def resources_of(cpts: Cpts) -> QuerySet[OtherResource]:
    return OtherResource.objects.filter(cpts=cpts)


def total_of(cpts: Cpts) -> Decimal:
    """The sums of money; what is given in kind has none."""
    return resources_of(cpts).aggregate(total=Sum("amount"))["total"] or ZERO


def add_resource(cpts: Cpts, *, fields: Mapping[str, Any], by: User) -> OtherResource:
    resource = OtherResource(cpts=cpts, **fields)
    return write(resource, by=by)


def change_resource(resource: OtherResource, *, fields: Mapping[str, Any], version: str, by: User) -> OtherResource:
    """Raises `StaleEdit` when somebody else saved it since the form was opened."""
    with changed(resource, version=version, by=by) as locked_resource:
        for name, value in fields.items():
            setattr(locked_resource, name, value)
    return locked_resource


def remove_resource(resource: OtherResource, *, by: User) -> None:
    with removed(resource, by=by):
        pass
