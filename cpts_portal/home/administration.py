"""The home of an administrator: state of the reference data, people, and what remains to be set up."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from cpts_portal.accounts.models import Access, Invitation, User
from cpts_portal.core.periods import active_on
from cpts_portal.core.text import plural
from cpts_portal.home.steps import Step, StepDraft, checklist
from territories.map.vintages import vintage_for
from territories.models import (
    Agency,
    Commune,
    CommuneImport,
    CommuneMovement,
    Cpts,
    CptsCommune,
    Department,
    Epci,
    Population,
    Region,
    SizeClass,
)


@dataclass(frozen=True)
class People:
    users: int
    without_access: int
    accesses: int
    open_invitations: int
    expired_invitations: int


@dataclass(frozen=True)
class Reference:
    """The official map as loaded: rows per kind, populations per vintage, last import."""

    vintage: int | None
    vintages: list[tuple[int, int]]
    kinds: list[tuple[str, int]]
    communes: int
    without_population: int
    last_import: CommuneImport | None
    failed_import: CommuneImport | None


@dataclass(frozen=True)
class AdministrationHome:
    reference: Reference
    people: People
    cpts: int
    without_territory: int
    steps: list[Step]


def administration_home(*, day: date, now: datetime) -> AdministrationHome:
    reference, people = reference_state(day), people_state(day, now)
    links = CptsCommune.objects.filter(active_on(day), cpts=OuterRef("pk"))
    cpts = Cpts.objects.aggregate(every=Count("pk"), empty=Count("pk", filter=~Exists(links)))
    bare = Department.objects.annotate(
        ars=Exists(Agency.objects.filter(departments=OuterRef("pk"), kind=Agency.Kind.ARS, is_active=True)),
        fund=Exists(Agency.objects.filter(departments=OuterRef("pk"), kind__in=Agency.INSURANCE_KINDS, is_active=True)),
    ).aggregate(every=Count("pk"), lonely=Count("pk", filter=Q(ars=False) | Q(fund=False)))
    steps = setup_steps(reference, people, cpts, bare)
    return AdministrationHome(reference, people, cpts["every"], cpts["empty"], steps)


def reference_state(day: date) -> Reference:
    vintage = vintage_for(day)
    current = Q(kind=Commune.Kind.COMMUNE, ended_on__isnull=True)
    known = Population.objects.filter(commune=OuterRef("pk"), vintage=vintage or 0)
    counts = Commune.objects.aggregate(
        current=Count("pk", filter=current),
        parts=Count("pk", filter=~Q(kind=Commune.Kind.COMMUNE) & Q(ended_on__isnull=True)),
        ended=Count("pk", filter=Q(kind=Commune.Kind.COMMUNE, ended_on__isnull=False)),
        unknown=Count("pk", filter=current & ~Q(Exists(known))),
    )
    vintages = Population.objects.order_by("-vintage").values_list("vintage").annotate(n=Count("pk"))
    imports = CommuneImport.objects.select_related("author").order_by(F("applied_at").desc(nulls_last=True))
    latest = CommuneImport.objects.filter(status__in=OUTCOMES).order_by("-created_at").first()
    return Reference(
        vintage,
        list(vintages),
        _rows_per_kind(counts),
        counts["current"],
        counts["unknown"] if vintage else counts["current"],
        imports.filter(status=CommuneImport.Status.APPLIED).first(),
        latest if latest and latest.status == CommuneImport.Status.FAILED else None,
    )


def _rows_per_kind(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [
        ("Régions", Region.objects.count()),
        ("Départements", Department.objects.count()),
        ("EPCI", Epci.objects.count()),
        ("Communes actuelles", counts["current"]),
        ("Communes déléguées, associées et arrondissements", counts["parts"]),
        ("Communes disparues, gardées pour l’histoire", counts["ended"]),
        ("Mouvements officiels de communes", CommuneMovement.objects.count()),
        ("Agences (ARS, CPAM, CGSS)", Agency.objects.count()),
    ]


OUTCOMES = (CommuneImport.Status.APPLIED, CommuneImport.Status.FAILED)


def people_state(day: date, now: datetime) -> People:
    accesses = Access.objects.active_on(day).filter(user=OuterRef("pk"))
    users = User.objects.filter(is_active=True).aggregate(every=Count("pk"), bare=Count("pk", filter=~Exists(accesses)))
    waiting = Q(accepted_at__isnull=True, cancelled_at__isnull=True)
    invitations = Invitation.objects.aggregate(
        open=Count("pk", filter=waiting & Q(expires_at__gt=now)),
        expired=Count("pk", filter=waiting & Q(expires_at__lte=now)),
    )
    return People(
        users["every"],
        users["bare"],
        Access.objects.active_on(day).filter(user__is_active=True).count(),
        invitations["open"],
        invitations["expired"],
    )


def setup_steps(reference: Reference, people: People, cpts: dict[str, int], departments: dict[str, int]) -> list[Step]:
    """The checklist of a new portal, then of its upkeep; what is in order is ticked and goes last."""
    return checklist([*_map_steps(reference), *_territory_steps(cpts, departments), *_people_steps(people)])


def _map_steps(reference: Reference) -> list[StepDraft]:
    failed, unknown = reference.failed_import, reference.without_population
    return [
        (
            bool(reference.communes),
            "Importer la liste des communes",
            "Le fichier des communes crée aussi les EPCI et les populations.",
            reverse("territories:import-upload"),
            "warning",
        ),
        (
            failed is None,
            "Aucun import en échec" if failed is None else "Le dernier import a échoué",
            failed.filename if failed else "",
            reverse("territories:import-list"),
            "danger",
        ),
        (
            reference.communes > 0 and unknown <= NORMAL_UNKNOWN,
            f"Populations du millésime {reference.vintage or 'en vigueur'}",
            _unknown_hint(unknown),
            reverse("territories:import-upload"),
            "warning",
        ),
    ]


def _unknown_hint(unknown: int) -> str:
    if not unknown:
        return ""
    return f"{plural(unknown, 'commune')} sans population de ce millésime : la dernière connue est comptée."


def _territory_steps(cpts: dict[str, int], departments: dict[str, int]) -> list[StepDraft]:
    lonely, empty = departments["lonely"], cpts["empty"]
    to_confirm = SizeClass.objects.filter(confidence=SizeClass.Confidence.TO_CONFIRM, end__isnull=True).count()
    return [
        (
            departments["every"] > 0 and not lonely,
            "Rattacher chaque département à une ARS et à une caisse",
            f"{plural(lonely, 'département')} sans ARS ou sans CPAM ni CGSS." if lonely else "",
            reverse("accounts:agency-list"),
            "info",
        ),
        (
            cpts["every"] > 0 and not empty,
            "Composer le territoire de chaque CPTS" if cpts["every"] else "Enregistrer les premières CPTS",
            f"{plural(empty, 'CPTS', 'CPTS')} sans territoire." if empty else "",
            reverse("territories:cpts-list"),
            "warning",
        ),
        (
            not to_confirm,
            "Confirmer les bornes des classes de taille",
            f"{plural(to_confirm, 'borne')} à confirmer d’après l’accord en vigueur." if to_confirm else "",
            reverse("admin:territories_sizeclass_changelist"),
            "info",
        ),
    ]


def _people_steps(people: People) -> list[StepDraft]:
    bare, expired = people.without_access, people.expired_invitations
    return [
        (
            not bare,
            "Donner un accès à chaque utilisateur",
            f"{plural(bare, 'utilisateur')} sans accès en cours." if bare else "",
            reverse("accounts:user-list"),
            "info",
        ),
        (
            not expired,
            "Relancer ou annuler les invitations expirées",
            plural(expired, "invitation expirée", "invitations expirées") if expired else "",
            reverse("accounts:invitation-list"),
            "info",
        ),
    ]


# The overseas collectivities have a dozen uninhabited or uncounted communes: their absence is not a task.
NORMAL_UNKNOWN = 12
