"""The main menu: one table, filtered by what the person's roles allow.

`NAVIGATION` names every entry with the permission (or the roles) it needs; an entry whose address does not exist
or that the person may not open is left out. The entry shown as current is the one whose address begins the
address of the page, the longest one winning.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.permissions import roles_for
from cpts_portal.accounts.roles import (
    ADMINISTRATORS,
    AGENCY_ROLES,
    CPTS_ROLES,
    EVERY_ROLE,
    NATIONAL_ROLES,
    NOBODY,
    Role,
)


@dataclass(frozen=True)
class Item:
    """An entry of the menu; `prefix` widens the pages it is current for (its own address when empty).

    `of_cpts`: its address takes the CPTS of the access chosen in the header; without one, the entry is left out.
    """

    label: str
    icon: str
    url_name: str
    roles: frozenset[Role] = NOBODY
    needs: tuple[str, str] | None = None
    prefix: str = ""
    exact: bool = False
    of_cpts: bool = False
    url: str = ""
    is_current: bool = False
    is_here: bool = False

    def allowed(self) -> frozenset[Role]:
        return roles_for(self.needs[1], self.needs[0]) if self.needs else self.roles

    def reach(self, path: str) -> int:
        """How much of the page's address this entry covers; 0 when it is elsewhere."""
        start = self.prefix or self.url
        covers = path == self.url if self.exact else path.startswith(start)
        return len(start) if covers else 0


@dataclass(frozen=True)
class Section:
    title: str
    items: tuple[Item, ...] = field(default_factory=tuple)


REGISTER = ("view", "members.professional")
WORK = ("view", "missions.action")
MEETINGS = ("view", "missions.meeting")
PAY = ("view", "missions.payline")
FILE = ("view", "contracts.review")
FUNDING = ("view", "contracts.contractyear")
NAVIGATION = (
    Section(
        "",
        (Item("Tableau de bord", "house-door", "home:dashboard", roles=EVERY_ROLE, exact=True),),
    ),
    Section(
        "Territoires",
        (
            Item("CPTS", "people", "territories:cpts-list", needs=("view", "territories.cpts")),
            Item("Communes et EPCI", "geo-alt", "territories:places", needs=("view", "territories.commune")),
            Item("Couverture", "map", "territories:coverage", needs=("view", "territories.commune")),
        ),
    ),
    Section(
        "Adhérents",
        (
            Item("Registre", "people-fill", "members:register", needs=REGISTER, of_cpts=True),
            Item("Demandes d’adhésion", "inbox", "members:applications", needs=REGISTER, of_cpts=True),
            Item("Cotisations", "currency-euro", "members:dues", needs=REGISTER, of_cpts=True),
            Item("Mandats", "award", "members:mandates", needs=REGISTER, of_cpts=True),
            Item("Statistiques", "bar-chart", "members:statistics", needs=REGISTER, of_cpts=True),
            Item("Importer un tableur", "upload", "members:spreadsheet-list", needs=REGISTER, of_cpts=True),
            Item("Annuaire national", "journal-text", "members:directory", needs=REGISTER, of_cpts=True),
            Item("Doublons", "intersect", "members:duplicates", needs=REGISTER, of_cpts=True),
            Item("Données personnelles", "shield-lock", "members:privacy", needs=REGISTER, of_cpts=True),
            Item("Réglages", "gear", "members:settings", needs=REGISTER, of_cpts=True),
            Item("Adhésions par CPTS", "bar-chart", "members:comparison", roles=AGENCY_ROLES | NATIONAL_ROLES),
            Item("Annuaire national", "journal-text", "members:directory-imports", roles=ADMINISTRATORS),
        ),
    ),
    Section(
        "Missions",
        (
            Item("Missions", "bullseye", "missions:missions", needs=WORK, of_cpts=True, exact=True),
            Item("Actions", "card-checklist", "missions:actions", needs=WORK, of_cpts=True),
            Item("Indicateurs", "graph-up", "missions:indicators", needs=WORK, of_cpts=True),
            Item("Réunions", "calendar-event", "missions:meetings", needs=MEETINGS, of_cpts=True),
            Item("Groupes et instances", "diagram-3", "missions:groups", needs=MEETINGS, of_cpts=True),
            Item("Participation", "bar-chart", "missions:participation", needs=WORK, of_cpts=True),
            Item("Indemnités", "cash-coin", "missions:payments", needs=PAY, of_cpts=True),
        ),
    ),
    Section(
        "Contrat",
        (
            Item("À traiter", "inbox", "contracts:inbox", roles=CPTS_ROLES | AGENCY_ROLES),
            Item("Dossier du contrat", "file-earmark-text", "contracts:file", needs=FILE, of_cpts=True),
            Item("Financement", "currency-euro", "contracts:funding", needs=FUNDING, of_cpts=True),
            Item("Versements", "cash-coin", "contracts:payments", roles=AGENCY_ROLES | NATIONAL_ROLES),
            Item("Barème", "table", "contracts:grid", needs=("view", "contracts.rate")),
        ),
    ),
    Section(
        "Administration",
        (
            Item("Imports", "upload", "territories:import-list", needs=("view", "territories.communeimport")),
            Item("Utilisateurs", "person-gear", "accounts:user-list", needs=("view", "accounts.user")),
            Item("Invitations", "envelope", "accounts:invitation-list", needs=("view", "accounts.invitation")),
            Item("Agences", "building", "accounts:agency-list", needs=("change", "territories.agency")),
            Item("Gestion", "database", "admin:index", roles=ADMINISTRATORS),
        ),
    ),
)


def portal_navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: the menu of this request, built only when a template shows it."""
    return {"navigation": SimpleLazyObject(lambda: navigation_for(getattr(request, "actor", None), request.path))}


def navigation_for(actor: Actor | None, path: str) -> list[Section]:
    """The sections this person may open, with the entry of the current page marked."""
    if actor is None:
        return []
    open_sections = [Section(section.title, tuple(_open_items(section, actor))) for section in NAVIGATION]
    sections = [section for section in open_sections if section.items]
    best = max((item.reach(path) for section in sections for item in section.items), default=0)
    return [Section(section.title, tuple(_marked(item, path, best) for item in section.items)) for section in sections]


def _open_items(section: Section, actor: Actor) -> Iterator[Item]:
    own, chosen = own_cpts(actor), actor.current_access
    for item in section.items:
        if not _may_open(item, actor):
            continue
        if item.url_name == "territories:cpts-list" and own:
            yield replace(item, label="Ma CPTS", url=reverse("territories:cpts-detail", args=[own]))
        else:
            yield replace(item, url=reverse(item.url_name, args=[chosen.cpts_id] if chosen and item.of_cpts else []))


def _may_open(item: Item, actor: Actor) -> bool:
    """An entry about one CPTS asks the role of the access chosen; the others, any role held."""
    if not item.of_cpts:
        return actor.has_any(item.allowed())
    chosen = actor.current_access
    return bool(chosen and chosen.cpts_id and Role(chosen.role) in item.allowed())


def own_cpts(actor: Actor) -> int | None:
    """The single CPTS of a person who acts for one only: her menu leads straight to it."""
    if len(actor.accesses) != 1 or actor.accesses[0].role not in CPTS_ROLES:
        return None
    return actor.accesses[0].cpts_id


def _marked(item: Item, path: str, best: int) -> Item:
    return replace(item, is_current=bool(best) and item.reach(path) == best, is_here=path == item.url)
