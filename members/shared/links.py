"""Ways between the rooms of the register: each page links to the others as soon as they exist."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from cpts_portal.pages import ActPage, CptsMixin, Crumb  # noqa: F401 (the pages of dues take ActPage from here)
from members.models import Membership, Professional, Structure
from territories.models import Cpts


def url_if(name: str, *args: Any) -> str:
    """The address of a page of the members app, or an empty text while there is no such page."""
    try:
        return reverse(f"members:{name}", args=args)
    except NoReverseMatch:
        return ""


def register_crumbs(cpts: Cpts, *more: Crumb) -> list[Crumb]:
    listed = url_if("register", cpts.pk)
    return [*([("Adhérents", listed)] if listed else []), *more]


def applications_crumbs(cpts: Cpts) -> list[Crumb]:
    return register_crumbs(cpts, ("Demandes d’adhésion", reverse("members:applications", args=[cpts.pk])))


def card_url(record: Professional | Structure) -> str:
    kind = "person" if isinstance(record, Professional) else "structure"
    return reverse(f"members:{kind}-detail", args=[record.cpts_id, record.pk])


def card_crumb(record: Professional | Structure) -> Crumb:
    return str(record), card_url(record)


def holder_url(membership: Membership) -> str:
    """The card of the member; the list of campaigns as long as there is no such card."""
    kind, pk = (
        ("person", membership.professional_id) if membership.professional_id else ("structure", membership.structure_id)
    )
    try:
        return reverse(f"members:{kind}-detail", args=[membership.cpts_id, pk])
    except NoReverseMatch:
        return reverse("members:dues", args=[membership.cpts_id])
