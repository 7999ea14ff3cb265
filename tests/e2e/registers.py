"""A register with something to show on each of its pages, over the samples of the walk of every URL.

Spreadsheets, extracts of the national directory, dues and applications are there in each state a page shows.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.core.scoping import everything
from members import models as registers
from members.dues.dues import PaymentOrder, cancel_payment, exempt, record_payments
from members.membership.adhesion import apply_for_membership, enrol, leave, refuse
from members.records.registration import ContactLine, PersonFields, PracticeLine, register_person
from members.register_import import drafts
from members.register_import.drafts import undo_import
from territories.models import Commune, Cpts
from tests import member_factories as make
from tests.guards.register_samples import RegisterSide, make_directory, make_register
from tests.members.directory.imports import conftest as directory
from tests.members.register_import import steps as sheets

Status = registers.RegisterImport.Status


@dataclass
class Register:
    """What the addresses of the register are filled with."""

    choices: dict[str, list]
    by_word: dict[str, list[int]] = field(default_factory=dict)  # « person-detail » → the values of its `pk`

    def pks(self, name: str) -> list[int]:
        return self.by_word.get(name.partition(":")[2].split("-")[0], [])


def fill_register(cpts: Cpts, communes: list[Commune], by: User) -> Register:
    with everything("test data"):
        imported = make_directory(communes[0])["directory_import"]
        people, structures = members(cpts, communes, by)
        side = make_register(cpts, by, communes[0], imported)
        people += [side.professional.pk, side.second.pk]
        structures.append(side.structure.pk)
        settings_of(side)
        dues = dues_in_each_state(side, by)
        batches = letters_in_each_state(side, by)
        applications = applications_in_each_state(side, communes[1], by)
        extracts = directory_imports(communes)
        spreadsheets = spreadsheets_in_each_state(cpts, communes, by)
        memberships = list(registers.Membership.objects.filter(cpts=cpts).values_list("pk", flat=True))
        entries = list(registers.DirectoryEntry.objects.filter(professionals=None).values_list("pk", flat=True)[:1])
        return Register(
            choices={
                "person_id": people,
                "structure_id": structures,
                "other_person_id": [people[0], people[1]],
                "other_structure_id": [side.second_structure.pk],
                "holder": ["personnes", "structures"],
                "holder_id": [*people, *structures],
                "membership_id": memberships,
                "application_id": applications,
                "batch_id": batches,
                "campaign_id": [side.campaign.pk],
                "due_id": dues,
                "payment_id": [side.payment.pk],
                "saved_filter_id": [side.saved_filter.pk],
                "directory_import_id": extracts,
                "entry_id": entries,
                "directory_structure_id": list(registers.DirectoryStructure.objects.values_list("pk", flat=True)[:1]),
                "form_token": [side.settings.form_token],
                "kind": ["communes"],
                "year": [2026],
                "file_format": ["csv"],
            },
            by_word={
                "person": people,
                "structure": structures,
                "mandate": [side.mandate.pk],
                "college": [side.college.pk, make.college(cpts, "Collège sans adhérent").pk],
                "custom": list(side.settings.cpts.custom_fields.values_list("pk", flat=True)),
                "spreadsheet": spreadsheets,
            },
        )


def members(cpts: Cpts, communes: list[Commune], by: User) -> tuple[list[int], list[int]]:
    """Members of several kinds: much is known of the first; the two after her look alike; one left; one is a house."""
    house = make.member_structure(
        cpts,
        name="EHPAD Les Ajoncs",
        commune=communes[1],
        finess="220000012",
        email="accueil@ajoncs.example.org",
        representative_name="Dominique Essai",
        representative_title="Direction",
    ).structure
    known = register_person(
        cpts,
        fields=PersonFields(
            {
                "civil_last_name": "Exemple-Dupont",
                "civil_first_name": "Marie-Ange",
                "last_name": "Dupont",
                "profession": make.profession("10"),
                "rpps": make.fictitious_rpps(90_001),
            },
            specialties=list(registers.Specialty.objects.all()[:2]),
            contacts=[
                ContactLine("email", "marie-ange.dupont@example.org", consent=True),
                ContactLine("mss", "marie-ange.dupont@mss.example.org"),
                ContactLine("mobile", "06 39 98 00 01"),
            ],
            practices=[
                PracticeLine("L", place="Cabinet du Port", commune=communes[0], start=date(2019, 4, 1)),
                PracticeLine("S", structure=house, start=date(2021, 1, 1), end=date(2024, 1, 1)),
            ],
            extra={"essai": "Une réponse"},
        ),
        on=date(2025, 1, 1),
        by=by,
    )
    enrol(known, start=date(2022, 1, 1), college=None, by=by)
    alike = [make.member(cpts, civil_last_name="Jumeau", commune=communes[0], rpps="").professional for _ in range(2)]
    gone = make.member(cpts, start=date(2020, 1, 1))
    leave(gone, on=date(2023, 5, 1), reason="Départ en retraite", by=by)
    refused = apply_for_membership(make.professional(cpts), on=date(2026, 3, 1), by=by)
    refuse(refused, on=date(2026, 4, 1), reason="Exerce hors du territoire", by=by)
    people = [*alike, known, gone.professional, refused.professional]
    return [person.pk for person in people], [house.pk]


def settings_of(side: RegisterSide) -> None:
    """An open form with its texts, and one free field of each kind."""
    settings = side.settings
    settings.introduction, settings.charter = "Bienvenue dans notre CPTS.", "Article 1. Je participe.\n\nArticle 2. …"
    settings.save()
    for rank, kind in enumerate(registers.CustomField.Kind, start=2):
        registers.CustomField.objects.create(
            cpts=settings.cpts,
            key=kind.value,
            label=f"Champ {kind.label}",
            kind=kind,
            rank=rank,
            choices="Oui\nPeut-être" if kind == "choice" else "",
            is_active=kind != "number",
        )


def dues_in_each_state(side: RegisterSide, by: User) -> list[int]:
    """Paid, partly paid with a payment taken back, exempt, late."""
    dues = list(side.campaign.dues.exclude(pk=side.due.pk).order_by("pk"))
    record_payments([PaymentOrder(dues[0], dues[0].amount, date(2026, 2, 3), "cheque")], by=by)
    mistaken = record_payments([PaymentOrder(dues[1], Decimal("4.00"), date(2026, 2, 3), "cash")], by=by)[0]
    cancel_payment(mistaken, reason="Saisi deux fois", on=date(2026, 2, 4), by=by)
    exempt(dues[2], reason="Première année", by=by)
    return [side.due.pk, *(due.pk for due in dues)]


def letters_in_each_state(side: RegisterSide, by: User) -> list[int]:
    kinds, states = registers.LetterBatch.Kind, registers.LetterBatch.Status
    told = [
        {"kind": kinds.CALL, "status": states.DONE, "letters": 3, "problems": ["Camille Essai : pas d’adresse"]},
        {"kind": kinds.RECEIPTS, "status": states.RUNNING},
        {"kind": kinds.REMINDER, "status": states.FAILED, "failure": "Le serveur de messagerie ne répond pas."},
    ]
    made = [
        registers.LetterBatch.objects.create(
            cpts=side.campaign.cpts, campaign=side.campaign, year=2026, author=by, **values
        )
        for values in told
    ]
    return [side.letter_batch.pk, *(batch.pk for batch in made)]


def applications_in_each_state(side: RegisterSide, commune: Commune, by: User) -> list[int]:
    """To read (a person, somebody the register knows, a structure), in the hands of the board, refused, set aside."""
    cpts, create = side.campaign.cpts, registers.Application.objects.create
    person = {"cpts": cpts, "civil_first_name": "Camille", "profession": make.profession(), "commune": commune}
    made = [
        create(
            **person,
            civil_last_name="Nouvelle",
            mode="L",
            rpps=make.fictitious_rpps(90_002),
            email="camille.nouvelle@example.org",
            message="J’aimerais participer au groupe sur les soins non programmés.",
            contacts=[{"channel": "email", "value": "camille.nouvelle@example.org", "consent": True}],
            extra={"essai": "Une réponse"},
            charter_accepted_at=timezone.now(),
        ),
        create(**person, civil_last_name="Connue", rpps=side.professional.rpps, email="connue@example.org"),
        create(
            cpts=cpts,
            kind="structure",
            name="SSIAD des Landes",
            structure_kind="ssiad",
            representative_name="Dominique Essai",
            email="ssiad@example.org",
            commune=commune,
        ),
        create(**person, civil_last_name="Inscrite", email="inscrite@example.org", membership=side.application),
        create(
            **person,
            civil_last_name="Refusée",
            email="refusee@example.org",
            decided_on=date(2026, 4, 1),
            refusal_reason="Exerce hors du territoire",
            reviewed_by=by,
        ),
        create(
            **person,
            civil_last_name="Double",
            email="double@example.org",
            discarded_on=date(2026, 4, 1),
            discard_reason="Reçue deux fois",
            reviewed_by=by,
        ),
    ]
    return [side.form_application.pk, *(application.pk for application in made)]


def directory_imports(communes: list[Commune]) -> list[int]:
    """Two extracts (arrivals, a departure, a refused line, members to link), one that failed, one that waits."""
    here, there = communes[0].code, communes[1].code
    member = {"last_name": "DUPONT", "first_name": "MARIE-ANGE"}
    people = [directory.person(number, here) for number in range(70_001, 70_005)]
    directory.run(*people, directory.person(90_001, there, **member), on=directory.FIRST_DAY)
    directory.run(
        *people[1:],
        directory.person(90_001, here, **member),
        directory.person(70_010, there, last_name="JUMEAU", first_name="DOMINIQUE"),
        directory.person(70_011, there, profession="ZZ"),
        on=directory.NEXT_DAY,
    )
    kept = registers.DirectoryImport.objects
    for status, failure in (("failed", "Ce fichier n’est pas une extraction de l’Annuaire Santé."), ("waiting", "")):
        kept.create(source="rpps", filename="a.zip", observed_on=directory.THIRD_DAY, status=status, failure=failure)
    return list(kept.order_by("pk").values_list("pk", flat=True))


def spreadsheets_in_each_state(cpts: Cpts, communes: list[Commune], by: User) -> list[int]:
    """Taken back, applied, columns to check, preview with lines to correct and to decide, ready, failed, running."""
    place = f"{communes[0].name};22400"
    good = [f"NOUVEAU{rank};Alix;IDEL;;alix{rank}@example.org;;{place};12/03/2024" for rank in (1, 2)]
    doubtful = [
        f"JUMEAU;Dominique;IDEL;;;;{place};01/02/2024",
        "ESSAI;Léa;grand schtroumpf;;lea@;06;Nulle-Part;22400;31/02/2024",
        f"DUPONT;Marie-Ange;médecin;{make.fictitious_rpps(90_001)};nouveau@example.org;;{place};",
        f"EXEMPLE;Luc;kiné;12345;;;{place};2024",
    ]
    undone = sheets.applied(sheets.prepared(cpts, sheets.csv(good[0]), by, "annule.csv"), by)
    undo_import(undone, by=by)
    applied = sheets.applied(sheets.prepared(cpts, sheets.csv(*good), by, "adherents-2025.csv"), by)
    to_map = drafts.deposit(cpts, sheets.csv(*doubtful, header=f"{sheets.HEADER};Divers"), "a-classer.csv", by=by)
    to_decide = sheets.prepared(cpts, sheets.csv(*good, *doubtful), by, "a-corriger.csv")
    ready = sheets.prepared(cpts, sheets.csv(good[0].replace("NOUVEAU1", "TROISIEME")), by, "pret.csv")
    made = [undone, applied, to_map, to_decide, ready]
    for status, failure in ((Status.FAILED, "Un lieu d’exercice manque."), (Status.RUNNING, "")):
        other = sheets.prepared(cpts, sheets.csv(good[1], good[0]), by, f"{status}.csv")
        other.status, other.failure, other.started_at = status, failure, timezone.now()
        other.save()
        made.append(other)
    return [found.pk for found in made]
