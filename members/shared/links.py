"""Ways between the rooms of the register."""

from django.urls import reverse

from cpts_portal.pages import ActPage, CptsMixin, Crumb  # noqa: F401 (the pages of dues take ActPage from here)
from members.models import Membership, Professional, Structure
from territories.models import Cpts


def register_crumbs(cpts: Cpts, *more: Crumb) -> list[Crumb]:
    return [("Adhérents", reverse("members:register", args=[cpts.pk])), *more]


def applications_crumbs(cpts: Cpts) -> list[Crumb]:
    return register_crumbs(cpts, ("Demandes d’adhésion", reverse("members:applications", args=[cpts.pk])))


def card_url(record: Professional | Structure) -> str:
    kind = "person" if isinstance(record, Professional) else "structure"
    return reverse(f"members:{kind}-detail", args=[record.cpts_id, record.pk])


def card_crumb(record: Professional | Structure) -> Crumb:
    return str(record), card_url(record)


def holder_url(membership: Membership) -> str:
    """The card of the member, a person or a structure."""
    kind, pk = (
        ("person", membership.professional_id) if membership.professional_id else ("structure", membership.structure_id)
    )
    return reverse(f"members:{kind}-detail", args=[membership.cpts_id, pk])
