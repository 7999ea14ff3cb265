"""The home page of each persona: what it shows depends on the access chosen in the header."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django_tables2 import RequestConfig

from contracts.review.inbox import to_do
from cpts_portal.accounts.models import Access
from cpts_portal.accounts.permissions import may
from cpts_portal.accounts.roles import AGENCY_ROLES, CPTS_ROLES, EVERY_ROLE, Role
from cpts_portal.core.text import plural
from cpts_portal.home import words
from cpts_portal.home.administration import administration_home
from cpts_portal.home.dashboards import agency_home, contract_home, cpts_home, national_home
from cpts_portal.home.tables import PortfolioTable
from cpts_portal.pages import Page
from territories.map.views.place_tables import percent_fr


class Dashboard(Page):
    roles = EVERY_ROLE
    title = "Tableau de bord"

    @property
    def access(self) -> Access:
        return self.actor.current_access

    def get_title(self) -> str:
        if self.access.role in CPTS_ROLES | AGENCY_ROLES:
            return self.access.place
        return "Vue nationale" if self.access.role == Role.OBSERVER else "Administration du portail"

    def get_template_names(self) -> list[str]:
        if self.access.role in CPTS_ROLES:
            return ["home/dashboard/cpts.html"]
        if self.access.role in AGENCY_ROLES:
            return ["home/dashboard/agency.html"]
        return [f"home/dashboard/{self.access.role}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        builders: dict[str, Callable[[], dict[str, Any]]] = {
            **dict.fromkeys(CPTS_ROLES, self.cpts_context),
            **dict.fromkeys(AGENCY_ROLES, self.agency_context),
            Role.OBSERVER: self.national_context,
            Role.ADMINISTRATOR: self.administration_context,
        }
        return super().get_context_data(**builders[self.access.role](), **kwargs)

    def cpts_context(self) -> dict[str, Any]:
        may_change = may(self.actor, "change", "territories.cpts", self.access.cpts)
        home = cpts_home(self.access.cpts_id, day=timezone.localdate(), may_change=may_change)
        return {
            "home": home,
            "may_change": may_change,
            "contract": contract_home(self.access.cpts_id, day=timezone.localdate()),
            "others": self.other_cpts(),
            "declared_rows": words.declared_rows(home.differences),
            **words.size_tiles(home.perimeter),
        }

    def other_cpts(self) -> list[Access]:
        return [access for access in self.actor.accesses if access.cpts_id and access != self.access]

    def agency_context(self) -> dict[str, Any]:
        home = agency_home(self.access.agency, day=timezone.localdate())
        table = PortfolioTable(home.portfolio, grid=home.grid)
        RequestConfig(self.request, paginate={"per_page": 25}).configure(table)
        departments = [(department, tally, percent_fr(tally.percent_covered)) for department, tally in home.departments]
        return {
            "home": home,
            "to_do": to_do(self.actor, timezone.localdate()),
            "table": table,
            "departments": departments,
            "percent_covered": percent_fr(home.coverage.percent_covered),
            "signed_hint": words.signed(home.signed),
            "communes_hint": plural(home.communes, "commune"),
            "white_hint": plural(home.coverage.white_inhabitants, "habitant"),
        }

    def national_context(self) -> dict[str, Any]:
        home = national_home(day=timezone.localdate())
        return {
            "home": home,
            "signed_hint": words.signed(home.signed),
            "percent_covered": percent_fr(home.coverage.percent_covered),
            "uncovered_hint": f"{plural(home.coverage.uncovered, 'habitant')} sans CPTS",
            "white_hint": plural(home.coverage.white_inhabitants, "habitant"),
        }

    def administration_context(self) -> dict[str, Any]:
        home = administration_home(day=timezone.localdate(), now=timezone.now())
        return {
            "home": home,
            "kinds": home.reference.kinds,
            **words.administration_hints(home),
            "to_do": [step for step in home.steps if not step.done],
            "done": [step for step in home.steps if step.done],
        }
