"""Every screen of the portal, with data to show, for the accessibility tests and the screenshots.

The list is read from the resolver, so that a new page is checked without being declared here; only a new kind of
argument in an address needs a value in `Portal.values`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from django.db import models
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cpts_portal.accounts.models import Access, Invitation, User
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from cpts_portal.home.gallery_samples import specimens
from territories import import_drafts
from territories.commune_import import LAYOUTS, apply_import, undo_last
from territories.models import Agency, Commune, CommuneImport, Cpts, DeclaredFigures, Stage
from tests import factories

PERSONAS = ("visitor", "coordinator", "two_cpts", "board", "ars_agent", "fund_agent", "observer", "administrator")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Portal:
    """A small portal: two CPTS, their communes, an ended commune, agencies and one person per role."""

    cpts: Cpts
    other_cpts: Cpts
    communes: tuple[Commune, ...]  # whole, shared, without CPTS, ended
    agency: Agency
    invitation: Invitation
    people: dict[str, User]
    figures: tuple[int, ...]  # declared figures
    imports: tuple[CommuneImport, ...]  # applied, undone, refused, waiting

    def choices(self, route: str) -> dict[str, list]:
        """The values to try for each argument met in addresses; `pk` depends on the page."""
        user = self.people["board"]
        pk: list = [user.pk]
        for part, found in {
            "agences/": self.agency.pk,
            "invitations/": self.invitation.pk,
            "acces/<": user.accesses.first().pk,
        }.items():
            pk = [found] if part in route else pk
        return {
            "pk": pk,
            "cpts_id": [self.cpts.pk],
            "commune_id": [commune.pk for commune in self.communes],
            "import_id": [found.pk for found in self.imports],
            "region_code": [self.communes[0].department.region.code],
            "department_code": [self.communes[0].department.code],
            "epci_siren": [self.communes[0].epci.siren],
            "layout": list(LAYOUTS)[:1],
            "page": gallery_pages(),
            "figures_id": list(self.figures),
            "token": [self.invitation.token],
        }

    def client(self, persona: str) -> Client:
        client = Client()
        if persona in self.people:
            client.force_login(self.people[persona], backend=BACKEND)
        return client


def small_portal() -> Portal:
    epci = factories.epci("200069391", "CA Lamballe Terre et Mer")
    communes = [
        factories.commune(f"22{number:03d}", f"Saint-Exemple-{number}", 1_500 * number, epci=epci, postal_codes="22400")
        for number in range(1, 28)
    ]
    edge = factories.commune(
        "22900", "Lisière-sur-Mer", 900, epci=factories.epci("200068989", "CA Dinan Agglomération")
    )
    ended = factories.commune(
        "22901", "Ancienne-Commune", 300, epci=epci, ended_on=date(2025, 1, 1), successor=communes[0]
    )
    ars, fund = factories.agency("ars", "ARS Bretagne"), factories.agency("cpam", "CPAM des Côtes-d’Armor")
    cpts = factories.cpts("CPTS du Penthièvre", ars, fund, stage=Stage.SIGNED, seat=communes[0], phone="02 61 91 00 22")
    other = factories.cpts("CPTS des Caps", ars, fund)
    for commune in communes[:20]:
        factories.in_territory(cpts, commune)
    factories.in_territory(other, communes[20])
    factories.in_territory(cpts, communes[21], inhabitants=1_000)
    factories.in_territory(other, communes[21], inhabitants=2_000)
    with everything("test data"):
        figures = DeclaredFigures.objects.create(
            cpts=cpts, declared_on=date(2022, 9, 28), population=75_000, communes=43, source="Communiqué de presse"
        )
    people = everybody(cpts, other, ars, fund)
    invitation = Invitation(
        email="invitee@example.org", role=Role.COORDINATOR, cpts=cpts, invited_by=people["administrator"]
    )
    invitation.save()
    shown = (communes[0], communes[21], edge, ended)
    return Portal(cpts, other, shown, ars, invitation, people, (figures.pk,), imports(people["administrator"]))


def everybody(cpts: Cpts, other: Cpts, ars: Agency, fund: Agency) -> dict[str, User]:
    people = {
        "coordinator": factories.coordinator(cpts),
        "two_cpts": factories.coordinator(cpts),
        "board": factories.board_member(cpts),
        "ars_agent": factories.ars_agent(ars),
        "fund_agent": factories.fund_agent(fund),
        "observer": factories.observer(),
        "administrator": factories.administrator(),
    }
    Access.objects.create(user=people["two_cpts"], role=Role.COORDINATOR, cpts=other, start=date(2024, 1, 1))
    return people


HEADERS = "code;nom;population"


def imports(by: User) -> tuple[CommuneImport, ...]:
    """One import in each state a page shows: undone, applied, refused, waiting for a decision."""

    def file(*lines: str) -> bytes:
        return "\n".join([HEADERS, *lines]).encode()

    page = CommuneImport.Source.PAGE
    with everything("test data"):
        first = file("22001;Saint-Exemple-1;1600", "22002;Saint-Exemple-2;3100")
        part = {"origin": page, "accept_partial": True}
        undone = apply_import(first, "populations-2027.csv", vintage=2027, by=by, **part)
        undo_last(by=by)
        applied = apply_import(first, "populations-2027.csv", vintage=2027, by=by, **part)
        refused = import_drafts.deposit(file("22001;Saint-Exemple-1;beaucoup"), "mauvais.csv", vintage=2027, by=by)
        waiting = import_drafts.deposit(
            file("22001;Saint-Exemple-Un;1 650", "22003;Saint-Exemple-3;4700"),
            "populations-2028.csv",
            vintage=2028,
            by=by,
        )
    return undone, applied, refused, waiting


def gallery_pages() -> list[str]:
    return sorted({specimen.page for specimen in specimens(RequestFactory().get("/")) if specimen.page})


# Addresses that are not pages of ours to look at, each with its reason.
NOT_SCREENS = {
    "admin:jsi18n": "JavaScript",
    "admin:autocomplete": "JSON",
    "admin:view_on_site": "a redirect",
    "admin:password_change": "replaced by the portal's own page",
    "admin:password_change_done": "replaced by the portal's own page",
}


@dataclass(frozen=True)
class Screen:
    name: str
    path: str

    @property
    def is_admin(self) -> bool:
        return self.name.startswith("admin:")


def named_routes() -> Iterator[tuple[str, str, list[str]]]:
    """Name, route and arguments of every address that has a name."""

    def walk(patterns: list, namespace: str, before: str) -> Iterator[tuple[str, str, list[str]]]:
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
                yield from walk(each.url_patterns, inner, route)
            elif isinstance(each, URLPattern) and each.name:
                yield f"{namespace}{each.name}", route, list(each.pattern.converters or each.pattern.regex.groupindex)

    yield from walk(get_resolver().url_patterns, "", "")


def waits_for_a_register(name: str, arguments: list[str]) -> bool:
    """Pages about one object of a register: this small portal has none yet, so axe does not open them here.

    To be lifted with the samples of `tests/guards/register_samples.py`; the walk of every URL does open them.
    """
    return name.startswith(("members:", "joining:")) and bool(set(arguments) - {"cpts_id"})


def unknown_arguments(portal: Portal) -> dict[str, set[str]]:
    """Addresses that cannot be built: give their arguments a value in `Portal.choices`, or a reason in OTHER_TESTS."""
    return {
        name: missing
        for name, route, arguments in named_routes()
        if not name.startswith("admin:") and name not in OTHER_TESTS and not waits_for_a_register(name, arguments)
        if (missing := set(arguments) - set(portal.choices(route)))
    }


# Pages that need something of their own; the tests named here open them.
OTHER_TESTS: dict[str, str] = {
    "account_reset_password_from_key": "a secret link: tests/accounts",
    "mfa_remove_webauthn": "needs a security key: tests/accounts",
    "mfa_edit_webauthn": "needs a security key: tests/accounts",
}


def every_screen(portal: Portal) -> list[Screen]:
    found = []
    for name, route, arguments in named_routes():
        if name in NOT_SCREENS or name in OTHER_TESTS or name.startswith("admin:"):
            continue
        if waits_for_a_register(name, arguments):
            continue
        known = portal.choices(route)
        for values in product(*(known[argument] for argument in arguments if argument in known)):
            if len(values) == len(arguments):
                kwargs = dict(zip(arguments, values, strict=True))
                found.append(Screen("-".join([name, *map(str, values)]), reverse(name, kwargs=kwargs)))
    return [*found, *admin_screens()]


def admin_screens() -> list[Screen]:
    """The index, then for each table its list, its creation page, and the page and history of one object."""
    from django.contrib import admin  # noqa: PLC0415 (its registry is filled after the apps are loaded)

    found = [Screen("admin:index", reverse("admin:index"))]
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [Screen(f"{base}_{page}", reverse(f"{base}_{page}")) for page in ("changelist", "add")]
        one = first_of(model)
        if one:
            found += [Screen(f"{base}_{page}", reverse(f"{base}_{page}", args=[one])) for page in ("change", "history")]
    return found


def first_of(model: type[models.Model]) -> object:
    with everything("test data"):
        return model._default_manager.order_by("pk").values_list("pk", flat=True).first()


_CHANGING = re.compile(r"name=\"csrfmiddlewaretoken\" value=\"[^\"]*\"|nonce-\S+")


def shown(client: Client, screen: Screen) -> str | None:
    """What the page shows in its main part, when it is a page this person may open; None otherwise."""
    answer = client.get(screen.path)
    answer.close()  # a kept file would stay open
    if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
        return None
    text = answer.content.decode()
    if "<html" not in text:  # a fragment that replaces a part of a page
        return None
    main = re.search(r"<main.*</main>", text, re.DOTALL)
    return _CHANGING.sub("", main[0] if main else text)


def visits(portal: Portal, screens: list[Screen], personas: tuple[str, ...]) -> Iterator[tuple[str, Screen]]:
    """Each screen for each persona who may open it, without those that showed the same thing to one before her."""
    seen: set[tuple[str, str]] = set()
    for persona in personas:
        client = portal.client(persona)
        for screen in screens:
            text = shown(client, screen)
            if text is not None and (screen.name, text) not in seen:
                seen.add((screen.name, text))
                yield persona, screen
