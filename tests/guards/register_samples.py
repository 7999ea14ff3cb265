"""Objects of the members app for the walk of every URL: the register of one side, the directory both sides share."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cpts_portal.accounts.models import User
from members import models as registers
from members.dues.dues import PaymentOrder, record_payments
from members.membership.adhesion import apply_for_membership, give_mandate
from territories.models import Commune, Cpts
from tests import member_factories


@dataclass
class RegisterSide:
    """The register of one CPTS: one object of each kind, and a second person who asks to join."""

    professional: registers.Professional
    second: registers.Professional
    structure: registers.Structure
    second_structure: registers.Structure
    not_duplicate: registers.NotDuplicate
    refused_link: registers.RefusedLink
    contact: registers.Contact
    practice: registers.Practice
    college: registers.College
    membership: registers.Membership
    application: registers.Membership
    mandate: registers.Mandate
    campaign: registers.DuesCampaign
    rate: registers.DuesRate
    rate: registers.DuesRate
    due: registers.Due
    payment: registers.Payment
    settings: registers.MembershipSettings
    form_application: registers.Application
    letter_batch: registers.LetterBatch
    custom_field: registers.CustomField
    saved_filter: registers.SavedFilter
    export: registers.PersonalDataExport
    register_import: registers.RegisterImport
    mapping: registers.ColumnMapping
    movement: registers.DirectoryMovement
    move: registers.DirectoryMove


def make_directory(commune: Commune) -> dict[str, Any]:
    """One row of each table of the national directory."""
    day, profession = date(2026, 1, 1), member_factories.profession()
    entry = registers.DirectoryEntry.objects.create(
        rpps=member_factories.fictitious_rpps(1), last_name="Essai", first_name="Dominique", profession=profession
    )
    return {
        "entry": entry,
        "directory_practice": registers.DirectoryPractice.objects.create(
            entry=entry, commune=commune, profession=profession, mode="L", start=day
        ),
        "coverage": registers.DirectoryCoverage.objects.create(commune=commune, start=day),
        "directory_structure": registers.DirectoryStructure.objects.create(
            finess="990000009", name="Structure d’essai", kind="care_home", commune=commune, start=day
        ),
        "directory_import": registers.DirectoryImport.objects.create(
            source="rpps", filename="annuaire.txt", observed_on=day
        ),
    }


def make_register(cpts: Cpts, person: User, commune: Commune, imported: registers.DirectoryImport) -> RegisterSide:
    """A member who paid, holds a mandate and may be reached; a second person who asks to join; what surrounds them."""
    college = member_factories.college(cpts)
    membership = member_factories.member(cpts, college=college, commune=commune)
    professional, second = membership.professional, member_factories.professional(cpts)
    campaign = member_factories.campaign(cpts)
    due = registers.Due.objects.get(campaign=campaign, membership=membership)
    order = PaymentOrder(due, Decimal("5.00"), date(2026, 2, 1), "transfer")
    return RegisterSide(
        professional=professional,
        second=second,
        structure=member_factories.structure(cpts, commune=commune),
        second_structure=member_factories.structure(cpts, commune=commune),
        not_duplicate=registers.NotDuplicate.objects.create(
            cpts=cpts, target="person", first_id=professional.pk, second_id=second.pk
        ),
        refused_link=registers.RefusedLink.objects.create(
            cpts=cpts, professional=second, entry=registers.DirectoryEntry.objects.get()
        ),
        contact=registers.Contact.objects.create(professional=professional, channel="phone", value="02 99 00 00 00"),
        practice=professional.practices.get(),
        college=college,
        membership=membership,
        application=apply_for_membership(second, on=date(2026, 1, 1), by=person),
        mandate=give_mandate(professional, office="president", start=date(2026, 1, 1), by=person),
        campaign=campaign,
        rate=campaign.rates.get(),
        due=due,
        payment=record_payments([order], by=person)[0],
        form_application=registers.Application.objects.create(
            cpts=cpts, civil_last_name="Essai", civil_first_name="Camille", email="camille@example.org"
        ),
        letter_batch=registers.LetterBatch.objects.create(
            cpts=cpts, campaign=campaign, kind="certificates", year=2026, status="done", author=person
        ),
        **make_register_logs(cpts, person, imported),
    )


def make_register_logs(cpts: Cpts, person: User, imported: registers.DirectoryImport) -> dict[str, Any]:
    """Settings, preferences, logs and imports of a register."""
    return {
        "settings": registers.MembershipSettings.objects.create(
            cpts=cpts, form_is_open=True, form_token=f"jeton-{cpts.pk}"
        ),
        "custom_field": registers.CustomField.objects.create(cpts=cpts, key="essai", label="Essai"),
        "saved_filter": registers.SavedFilter.objects.create(
            cpts=cpts, owner=person, name="Retards", query="dues=late"
        ),
        "export": registers.PersonalDataExport.objects.create(
            cpts=cpts, author=person, what="essai", persons=1, file_format="csv"
        ),
        "register_import": registers.RegisterImport.objects.create(
            cpts=cpts, author=person, filename="adherents.csv", sha256="0" * 64
        ),
        "mapping": registers.ColumnMapping.objects.create(cpts=cpts, header="nom", field="civil_last_name"),
        "move": registers.DirectoryMove.objects.create(
            cpts=cpts,
            imported=imported,
            kind="arrivals",
            entry=registers.DirectoryEntry.objects.get(),
            profession=member_factories.profession(),
        ),
        "movement": registers.DirectoryMovement.objects.create(
            cpts=cpts, imported=imported, profession=member_factories.profession()
        ),
    }
