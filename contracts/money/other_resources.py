"""What helps a CPTS besides its contract: start-up money of the ARS, premises lent. Kept by the CPTS, listed apart."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from contracts.models import OtherResource
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.refusals import refuse_invalid
from cpts_portal.core.versions import check_version, next_version
from territories.models import Cpts


def resources_of(cpts: Cpts) -> QuerySet[OtherResource]:
    return OtherResource.objects.filter(cpts=cpts)


def total_of(cpts: Cpts) -> Decimal:
    """The sums of money; what is given in kind has none."""
    return resources_of(cpts).aggregate(total=Sum("amount"))["total"] or Decimal("0.00")


@transaction.atomic
def add_resource(cpts: Cpts, *, fields: Mapping[str, Any], by: Any) -> OtherResource:
    return _write(OtherResource(cpts=cpts), fields, by=by)


@transaction.atomic
def change_resource(resource: OtherResource, *, fields: Mapping[str, Any], version: str, by: Any) -> OtherResource:
    """Raises `StaleEdit` when somebody else saved it since the form was opened."""
    found = OtherResource.objects.select_for_update(of=("self",)).get(pk=resource.pk)
    check_version(found, version)
    made = _write(found, fields, by=by)
    next_version(made)
    return made


@transaction.atomic
def remove_resource(resource: OtherResource, *, by: Any) -> None:
    delete_as(OtherResource.objects.select_for_update(of=("self",)).get(pk=resource.pk), by=by)


def _write(resource: OtherResource, fields: Mapping[str, Any], *, by: Any) -> OtherResource:
    for name, value in fields.items():
        setattr(resource, name, value)
    refuse_invalid(resource)
    save_as(resource, by=by)
    return resource
