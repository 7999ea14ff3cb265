"""The person behind a request: her accesses today, what she may see and which role she has where."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.utils import timezone

from cpts_portal.accounts.models import Access, User
from cpts_portal.accounts.roles import AGENCY_ROLES, CPTS_ROLES, NATIONAL_ROLES, Role
from cpts_portal.core.scoping import Scope
from cpts_portal.core.text import place_with_article
from territories.models import Cpts


class Actor:
    """Reads the accesses of a user once; `current_access` is the one chosen in the header's switcher."""

    def __init__(self, user: Any, chosen_access_id: int | None = None) -> None:
        self.user = user
        self._chosen = chosen_access_id

    @cached_property
    def accesses(self) -> list[Access]:
        """Active accesses, national ones first, then agencies, then CPTS by name."""
        if not isinstance(self.user, User) or not self.user.is_active:
            return []
        active = Access.objects.active_on(timezone.localdate()).filter(user=self.user)
        return sorted(active.select_related("agency", "cpts"), key=_switcher_order)

    @cached_property
    def current_access(self) -> Access | None:
        chosen = [access for access in self.accesses if access.pk == self._chosen]
        return next(iter(chosen or self.accesses), None)

    @property
    def chosen_access(self) -> Access:
        """The same, for pages: who has no access was answered before any page."""
        if self.current_access is None:
            raise LookupError(f"{self.user} has no access")
        return self.current_access

    @property
    def role(self) -> Role | None:
        return Role(self.current_access.role) if self.current_access else None

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(access.role) for access in self.accesses)

    def has_any(self, roles: Iterable[Role]) -> bool:
        return not self.roles.isdisjoint(roles)

    def roles_on(self, cpts: Cpts) -> frozenset[Role]:
        """The roles this person has on one CPTS: her own, her agency's, or a national one."""
        return frozenset(Role(access.role) for access in self.accesses if _reaches(access, cpts))

    @property
    def places(self) -> str:
        """« l’ARS Bretagne et la CPTS du Penthièvre »: all the places this person acts for."""
        places = dict.fromkeys(place_with_article(access.place) for access in self.accesses)
        return " et ".join(places) or "aucune organisation"

    @property
    def description(self) -> str:
        """« l’ARS Bretagne (Agent d’ARS) »: the places with the role held in each."""
        roles = (f"{place_with_article(access.place)} ({access.get_role_display()})" for access in self.accesses)
        return " et ".join(roles) or self.places

    @property
    def scope_sentence(self) -> str:
        """Whose rows a list shows, so that a missing CPTS is explained; empty for those who see everything."""
        if not self.accesses or self.has_any(NATIONAL_ROLES):
            return ""
        agencies = len({access.agency_id for access in self.accesses if access.agency_id})
        own = len({access.cpts_id for access in self.accesses if access.cpts_id})
        parts = []
        if agencies:
            parts.append(f"les CPTS rattachées à {'cette agence' if agencies == 1 else 'ces agences'}")
        if own:
            parts.append("cette CPTS" if own == 1 else "ces CPTS")
        shown = " et ".join(parts)
        plural = agencies or own > 1
        only, appear = ("seules", "apparaissent") if plural else ("seule", "apparaît")
        return f"Vous agissez pour {self.places} : {only} {shown} {appear}."

    @cached_property
    def scope(self) -> Scope:
        if self.has_any(NATIONAL_ROLES):
            return Scope(reason="national role")
        return Scope(self._visible_ids)

    def _visible_ids(self) -> set[int]:
        own = {access.cpts_id for access in self.accesses if access.cpts_id and access.role in CPTS_ROLES}
        for access in self.accesses:
            if access.agency and access.role in AGENCY_ROLES:
                own.update(Cpts.directory.of_agency(access.agency).values_list("pk", flat=True))
        return own


def _switcher_order(access: Access) -> tuple[int, str]:
    rank = 0 if access.role in NATIONAL_ROLES else 1 if access.role in AGENCY_ROLES else 2
    return rank, access.place


def _reaches(access: Access, cpts: Cpts) -> bool:
    if access.role in NATIONAL_ROLES:
        return True
    if access.role in CPTS_ROLES:
        return access.cpts_id == cpts.pk
    return access.agency_id in (cpts.ars_id, cpts.lead_fund_id)
