"""Dues of many rows of the register: which ones may be paid or reminded of together, whose certificates are made."""

from datetime import date
from typing import Any

from django.db.models import Q

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import number_fr, plural
from members.dues.dues import members_of_year, one_per_holder
from members.listing import DuesState, RegisterRows, conditions
from members.models import Due, DuesCampaign

AT_MOST = 200  # dues carried by one address


def dues_of_rows(rows: RegisterRows, *, state: DuesState, today: date) -> tuple[DuesCampaign, list[int]]:
    """The dues of these rows in a state (owing, late), for the year the list shows; refuses when there are none."""
    campaigns = DuesCampaign.objects.filter(cpts=rows.wanted.cpts, year=rows.wanted.year)
    campaign = campaigns.first()
    if campaign is None:
        raise NotPossible(f"Les cotisations {rows.wanted.year} ne sont pas encore appelées.")
    people, structures = _holders(rows)
    dues = Due.objects.in_state(state, today, campaigns=campaigns).of_holders(people=people, structures=structures)
    found = list(dues.order_by("pk").values_list("pk", flat=True))
    if not found:
        what = "en retard" if state == DuesState.LATE else "à régler"
        raise NotPossible(f"Aucune cotisation {campaign.year} {what} parmi ces fiches.")
    if len(found) > AT_MOST:
        raise NotPossible(
            f"{plural(len(found), 'cotisation')} d’un coup, c’est trop : {number_fr(AT_MOST)} au plus. "
            "Cochez moins de fiches, ou passez par la page de la campagne."
        )
    return campaign, found


def memberships_of_rows(rows: RegisterRows) -> list[int]:
    """The last membership, in the year the list shows, of each of these rows that has one."""
    people, structures = _holders(rows)
    found = members_of_year(rows.wanted.cpts, rows.wanted.year)
    return [row.pk for row in one_per_holder(found.filter(Q(professional__in=people) | Q(structure__in=structures)))]


def _holders(rows: RegisterRows) -> tuple[Any, Any]:
    wanted = rows.wanted
    people = conditions.people(wanted).order_by().values("pk") if wanted.wants_people else []
    structures = conditions.structures(wanted).order_by().values("pk") if wanted.wants_structures else []
    return people, structures
