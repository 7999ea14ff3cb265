"""What the walk of every URL puts in the addresses: two sides alike (ours and another CPTS), one object of each kind.

To add a page: when its URL takes the CPTS (`cpts_id`) or something already named in `BY_KWARG`, there is nothing to do.
Otherwise add its URL name to `BY_NAME`, or a new argument name to `BY_KWARG`, with a function of the side.
A new model: `ADMIN_SAMPLES` says how to find one of its rows on a side.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType

from cpts_portal.accounts.models import Access, Invitation, User, ViewingAs
from cpts_portal.accounts.roles import Role
from members import models as registers
from territories.models import (
    Agency,
    Commune,
    CommuneChange,
    CommuneImport,
    CommuneMovement,
    Cpts,
    CptsCommune,
    DeclaredFigures,
    Population,
)
from tests import factories, member_factories
from tests.guards.contract_samples import (
    CONTRACTS_ADMIN,
    CONTRACTS_KWARG,
    CONTRACTS_PK,
    ContractSide,
    make_contracts,
)
from tests.guards.mission_samples import MISSIONS_ADMIN, MISSIONS_KWARG, MISSIONS_PK, MissionSide, make_missions
from tests.guards.register_samples import RegisterSide, make_directory, make_register


@dataclass
class Side:
    """A CPTS with everything that belongs to it, and the reference data it shares with the other side."""

    cpts: Cpts
    directory_structure: registers.DirectoryStructure  # on the territory of this side
    link: CptsCommune
    figures: DeclaredFigures
    user: User
    access: Access
    invitation: Invitation
    shared: "Shared"
    register: RegisterSide
    missions: MissionSide
    contracts: ContractSide


@dataclass
class Shared:
    """Reference data and records that belong to no CPTS."""

    commune: Commune
    agency: Agency
    commune_import: CommuneImport
    change: CommuneChange
    movement: CommuneMovement
    viewing: ViewingAs
    log: LogEntry
    entry: registers.DirectoryEntry
    directory_practice: registers.DirectoryPractice
    coverage: registers.DirectoryCoverage
    directory_structure: registers.DirectoryStructure
    directory_import: registers.DirectoryImport


def make_shared(administrator: User) -> Shared:
    old, commune = factories.commune("22001"), factories.commune("22002", epci=factories.epci())
    imported = CommuneImport.objects.create(
        filename="communes_2026.csv", sha256="0" * 64, vintage=2026, layout="portal", status="applied"
    )
    return Shared(
        commune=commune,
        agency=factories.agency("ars"),
        commune_import=imported,
        change=CommuneChange.objects.create(imported=imported, commune=commune, field="name", before="A", after="B"),
        movement=CommuneMovement.objects.create(
            before=old.code, after=commune.code, effective_on=date(2025, 1, 1), kind=32
        ),
        viewing=ViewingAs.objects.create(
            administrator=administrator,
            user=factories.user(),
            reason="essai",
            ended_at=datetime(2026, 1, 1, tzinfo=UTC),
        ),
        log=LogEntry.objects.create(
            user=administrator,
            content_type=ContentType.objects.get_for_model(Cpts),
            object_id="1",
            object_repr="essai",
            action_flag=ADDITION,
        ),
        **make_directory(commune),
    )


def make_side(shared: Shared, administrator: User) -> Side:
    cpts = factories.cpts()
    person = factories.coordinator(cpts)
    link = factories.in_territory(cpts, factories.commune())
    register = make_register(cpts, person, shared.commune, shared.directory_import)
    return Side(
        cpts=cpts,
        link=link,
        directory_structure=registers.DirectoryStructure.objects.create(
            finess=f"99{cpts.pk:07d}", name="Sur place", kind="care_home", commune=link.commune, start=date(2026, 1, 1)
        ),
        figures=DeclaredFigures.objects.create(
            cpts=cpts, declared_on=date(2025, 1, 1), population=1000, source="communiqué"
        ),
        user=person,
        access=person.accesses.get(),
        invitation=Invitation.by_link.create(
            email=f"invite{cpts.pk}@example.org", role=Role.BOARD, cpts=cpts, invited_by=administrator
        ),
        shared=shared,
        register=register,
        missions=make_missions(cpts, person, register.second),
        contracts=make_contracts(cpts, person),
    )


Sample = Callable[[Side], Any]

BY_KWARG: dict[str, Sample] = {
    "cpts_id": lambda side: side.cpts.pk,
    "commune_id": lambda side: side.shared.commune.pk,
    "region_code": lambda side: side.shared.commune.department.region.code,
    "department_code": lambda side: side.shared.commune.department.code,
    "epci_siren": lambda side: side.shared.commune.epci.siren,
    "import_id": lambda side: side.shared.commune_import.pk,
    "token": lambda side: side.invitation.token,
    "agency_id": lambda side: side.shared.agency.pk,
    "figures_id": lambda side: side.figures.pk,
    "link_id": lambda side: side.link.pk,
    "person_id": lambda side: side.register.professional.pk,
    "structure_id": lambda side: side.register.structure.pk,
    "other_person_id": lambda side: side.register.second.pk,
    "other_structure_id": lambda side: side.register.second_structure.pk,
    "kind": lambda _side: "communes",
    "membership_id": lambda side: side.register.membership.pk,
    "application_id": lambda side: side.register.form_application.pk,
    "batch_id": lambda side: side.register.letter_batch.pk,
    "college_id": lambda side: side.register.college.pk,
    "mandate_id": lambda side: side.register.mandate.pk,
    "campaign_id": lambda side: side.register.campaign.pk,
    "due_id": lambda side: side.register.due.pk,
    "payment_id": lambda side: side.register.payment.pk,
    "saved_filter_id": lambda side: side.register.saved_filter.pk,
    "register_import_id": lambda side: side.register.register_import.pk,
    "entry_id": lambda side: side.shared.entry.pk,
    "directory_structure_id": lambda side: side.directory_structure.pk,
    "directory_import_id": lambda side: side.shared.directory_import.pk,
    "form_token": lambda side: side.register.settings.form_token,
    **MISSIONS_KWARG,
    **CONTRACTS_KWARG,
}
BY_NAME: dict[str, dict[str, Any] | Callable[[Side], dict[str, Any]]] = {
    "account_reset_password_from_key": {"uidb36": "1", "key": "abc-def"},
    "mfa_remove_webauthn": {"pk": 1},
    "mfa_edit_webauthn": {"pk": 1},
    "accounts:access-end": lambda side: {"pk": side.access.pk},
    "accounts:invitation-resend": lambda side: {"pk": side.invitation.pk},
    "accounts:invitation-cancel": lambda side: {"pk": side.invitation.pk},
    "accounts:agency-detail": lambda side: {"pk": side.shared.agency.pk},
    "accounts:agency-edit": lambda side: {"pk": side.shared.agency.pk},
    "admin:view_on_site": lambda side: {
        "content_type_id": ContentType.objects.get_for_model(User).pk,
        "object_id": side.user.pk,
    },
    "admin:app_list": {"app_label": "territories"},
    "admin:": {"url": "nulle-part/"},
    "territories:import-template": {"layout": "minimal"},
    "territories:import-schema": {"layout": "minimal"},
    "home:gallery-page": {"page": "boutons"},
    "members:membership-certificate": lambda side: {
        "cpts_id": side.cpts.pk,
        "membership_id": side.register.membership.pk,
        "year": 2026,
    },
    "members:spreadsheet-refused": lambda side: {
        "cpts_id": side.cpts.pk,
        "pk": side.register.register_import.pk,
        "file_format": "csv",
    },
    "members:membership-enrol": lambda side: {
        "cpts_id": side.cpts.pk,
        "holder": "personnes",
        "holder_id": side.register.second.pk,
    },
}
# The object that `pk` means in the pages of the members app, by the first word of the URL name (« person-detail »).
MEMBERS_PK: dict[str, Sample] = {
    "person": lambda side: side.register.professional,
    "structure": lambda side: side.register.structure,
    "contact": lambda side: side.register.contact,
    "practice": lambda side: side.register.practice,
    "college": lambda side: side.register.college,
    "membership": lambda side: side.register.membership,
    "application": lambda side: side.register.application,
    "mandate": lambda side: side.register.mandate,
    "campaign": lambda side: side.register.campaign,
    "due": lambda side: side.register.due,
    "payment": lambda side: side.register.payment,
    "custom": lambda side: side.register.custom_field,
    "spreadsheet": lambda side: side.register.register_import,
    "directory": lambda side: side.shared.directory_import,
}
ADMIN_SAMPLES: dict[str, Sample] = {
    "territories.cpts": lambda side: side.cpts,
    "territories.cptscommune": lambda side: side.link,
    "territories.declaredfigures": lambda side: side.figures,
    "territories.commune": lambda side: side.shared.commune,
    "territories.department": lambda side: side.shared.commune.department,
    "territories.region": lambda side: side.shared.commune.department.region,
    "territories.epci": lambda side: side.shared.commune.epci,
    "territories.population": lambda side: Population.objects.get(commune=side.shared.commune),
    "territories.communemovement": lambda side: side.shared.movement,
    "territories.sizeclass": lambda _side: factories.size_classes()[0],
    "territories.agency": lambda side: side.shared.agency,
    "territories.communeimport": lambda side: side.shared.commune_import,
    "territories.communechange": lambda side: side.shared.change,
    "accounts.user": lambda side: side.user,
    "accounts.access": lambda side: side.access,
    "accounts.invitation": lambda side: side.invitation,
    "accounts.viewingas": lambda side: side.shared.viewing,
    "admin.logentry": lambda side: side.shared.log,
    "members.profession": lambda _side: member_factories.profession(),
    "members.specialty": lambda _side: registers.Specialty.objects.get(code="SM54"),
    "members.professional": lambda side: side.register.professional,
    "members.structure": lambda side: side.register.structure,
    "members.contact": lambda side: side.register.contact,
    "members.practice": lambda side: side.register.practice,
    "members.college": lambda side: side.register.college,
    "members.membership": lambda side: side.register.membership,
    "members.mandate": lambda side: side.register.mandate,
    "members.application": lambda side: side.register.form_application,
    "members.letterbatch": lambda side: side.register.letter_batch,
    "members.duescampaign": lambda side: side.register.campaign,
    "members.duesrate": lambda side: side.register.rate,
    "members.due": lambda side: side.register.due,
    "members.payment": lambda side: side.register.payment,
    "members.membershipsettings": lambda side: side.register.settings,
    "members.customfield": lambda side: side.register.custom_field,
    "members.notduplicate": lambda side: side.register.not_duplicate,
    "members.refusedlink": lambda side: side.register.refused_link,
    "members.savedfilter": lambda side: side.register.saved_filter,
    "members.personaldataexport": lambda side: side.register.export,
    "members.registerimport": lambda side: side.register.register_import,
    "members.columnmapping": lambda side: side.register.mapping,
    "members.directorymovement": lambda side: side.register.movement,
    "members.directorymove": lambda side: side.register.move,
    "members.directoryimport": lambda side: side.shared.directory_import,
    "members.directoryentry": lambda side: side.shared.entry,
    "members.directorypractice": lambda side: side.shared.directory_practice,
    "members.directorycoverage": lambda side: side.shared.coverage,
    "members.directorystructure": lambda side: side.shared.directory_structure,
    **MISSIONS_ADMIN,
    **CONTRACTS_ADMIN,
}


class NoSample(LookupError):
    """A URL or a model the walk does not know how to fill."""


def kwargs_for(address: Any, side: Side) -> dict[str, Any]:
    """What to put in this address so that it leads to something of this side."""
    if address.name in BY_NAME:
        found = BY_NAME[address.name]
        return found(side) if callable(found) else found
    if address.name.startswith("accounts:") and address.kwargs == ("pk",):
        return {"pk": side.user.pk}
    if address.is_admin and address.kwargs == ("object_id",):
        return {"object_id": _admin_object(address, side).pk}
    if address.name.startswith(("members:", "missions:", "contracts:")) and "pk" in address.kwargs:
        return _kwargs_by_first_word(address, side)
    missing = [name for name in address.kwargs if name not in BY_KWARG]
    if missing:
        raise NoSample(
            f"{address.name} ({address.pattern}): add {address.name!r} to BY_NAME or {missing} to BY_KWARG "
            "in tests/guards/url_samples.py, so that the walk can open it."
        )
    return {name: BY_KWARG[name](side) for name in address.kwargs}


def _kwargs_by_first_word(address: Any, side: Side) -> dict[str, Any]:
    """« members:person-detail »: the CPTS, and the object its first word names."""
    app, name = address.name.split(":")
    word = name.split("-")[0]
    others = {name: BY_KWARG[name](side) for name in address.kwargs if name != "pk"}
    if app == "members" and word in MEMBERS_PK:
        return {**others, "pk": MEMBERS_PK[word](side).pk}
    if app == "missions" and word in MISSIONS_PK:
        return {**others, "pk": getattr(side.missions, MISSIONS_PK[word]).pk}
    if app == "contracts" and word in CONTRACTS_PK:
        return {**others, "pk": getattr(side.contracts, CONTRACTS_PK[word]).pk}
    raise NoSample(f"{address.name}: add {word!r} to MEMBERS_PK, MISSIONS_PK or CONTRACTS_PK in tests/guards.")


def _admin_object(address: Any, side: Side) -> Any:
    label, _action = address.admin_model_and_action
    if label not in ADMIN_SAMPLES:
        raise NoSample(f"{label} is in the admin: add it to ADMIN_SAMPLES in tests/guards/url_samples.py.")
    return ADMIN_SAMPLES[label](side)
