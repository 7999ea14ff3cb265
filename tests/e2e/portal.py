"""A small portal with something to show on each page: the data of the accessibility tests and of the screenshots."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client, RequestFactory

from cpts_portal.accounts.models import Access, Invitation, User
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from cpts_portal.home.gallery_samples import specimens
from territories.commune_import import LAYOUTS, apply_import, undo_last
from territories.imports import drafts as import_drafts
from territories.models import Agency, Commune, CommuneImport, Cpts, DeclaredFigures, Stage
from tests import factories
from tests.e2e.files_of_contracts import fill_files
from tests.e2e.registers import Register, fill_register
from tests.e2e.sessions import client_of
from tests.e2e.year_of_work import YearOfWork, fill_year


@dataclass
class Portal:
    """Two CPTS (a full register, an empty one), their communes, an ended commune, agencies and one person per role."""

    cpts: Cpts
    other_cpts: Cpts
    register: Register
    communes: tuple[Commune, ...]  # whole, shared, without CPTS, ended
    agency: Agency
    invitation: Invitation
    people: dict[str, User]
    figures: tuple[int, ...]  # declared figures
    imports: tuple[CommuneImport, ...]  # applied, undone, refused, waiting
    work: YearOfWork
    files: YearOfWork

    def choices(self, name: str, route: str, arguments: list[str]) -> dict[str, list]:
        """The values to try for each argument of an address; `pk` depends on the page."""
        only_about_a_cpts = arguments == ["cpts_id"]
        return {
            **self.register.choices,
            **self.work.choices,
            **self.files.choices,
            "pk": self.pks(name, route),
            "cpts_id": [self.cpts.pk, self.other_cpts.pk] if only_about_a_cpts else [self.cpts.pk],
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

    def pks(self, name: str, route: str) -> list[int]:
        filled = {"members": self.register, "missions": self.work, "contracts": self.files}.get(name.partition(":")[0])
        return filled.pks(name) if filled else [self.pk_of(route)]

    def pk_of(self, route: str) -> int:
        user = self.people["board"]
        found = {
            "agences/": self.agency.pk,
            "invitations/": self.invitation.pk,
            "acces/<": user.accesses.first().pk,
        }
        return next((pk for part, pk in found.items() if part in route), user.pk)

    def client(self, persona: str) -> Client:
        return client_of(self.people[persona]) if persona in self.people else Client()


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
    register = fill_register(cpts, communes[:2], people["coordinator"])
    return Portal(
        cpts=cpts,
        other_cpts=other,
        register=register,
        communes=shown,
        agency=ars,
        invitation=invitation,
        people=people,
        figures=(figures.pk,),
        imports=imports(people["administrator"]),
        work=fill_year(cpts, people["coordinator"]),
        files=fill_files(cpts, people["coordinator"]),
    )


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


def give_second_factor(user: User) -> None:
    """An application of codes and rescue codes, for the pages that show them; the login form then asks for one."""
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)


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


@cache
def gallery_pages() -> list[str]:
    return sorted({specimen.page for specimen in specimens(RequestFactory().get("/")) if specimen.page})
