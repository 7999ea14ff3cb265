"""The import itself: one transaction, all or nothing, one at a time per CPTS."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from cpts_portal.core.authors import Author
from cpts_portal.core.bulk import Among
from cpts_portal.core.tasks import silent
from cpts_portal.core.text import fold
from cpts_portal.core.versions import next_versions
from cpts_portal.imports.refusals import ImportRefused
from members.dues.received import count_received, lock_dues
from members.models import (
    College,
    Contact,
    Due,
    DuesCampaign,
    Mandate,
    Membership,
    MembershipSettings,
    Payment,
    Practice,
    Professional,
    RegisterImport,
    Structure,
)
from members.register_import.known import Known
from members.register_import.plan import Plan, Step
from members.register_import.records import Record, Reporter
from members.register_import.updating import update_people, update_structures
from members.register_import.writing import TRACKED, Writer, last_changes

LEAVING_REASON = "Départ repris du tableur"


def tracked_models() -> dict[str, type[models.Model]]:
    return {name: apps.get_model("members", name) for name in TRACKED}


def write_plan(plan: Plan, imported: RegisterImport, known: Known, *, by: Author, report: Reporter = silent) -> None:
    """Write everything the plan says, in the caller's transaction. Raises `ImportRefused`, nothing is written then."""
    if not plan.is_applicable:
        raise ImportRefused(" ".join(plan.reasons))
    writer = Writer(by=by, reason=f"Import du tableur « {imported.filename} »"[:100])
    try:
        with transaction.atomic():
            _Register(plan, known, writer, by).write(report)
    except IntegrityError as error:
        raise ImportRefused(
            "Le registre a été modifié pendant l’import. Rien n’a été écrit : vérifiez l’aperçu et recommencez."
        ) from error
    writer.journal.marks = last_changes(tracked_models())
    imported.undo = writer.journal.as_json()
    imported.counts = plan.counts


class _Register:
    """Writes table by table: each needs the keys of the one before."""

    def __init__(self, plan: Plan, known: Known, writer: Writer, by: Author) -> None:
        self.plan, self.known, self.writer, self.by = plan, known, writer, by
        self.cpts_id = known.cpts.pk
        self.new = [step for step in plan.steps if step.card is None]
        self.colleges = dict(known.colleges)
        self.campaigns = {year: campaign.pk for year, campaign in known.campaigns.items()}
        self.holders: dict[int, int] = {step.record.line: step.card.id for step in plan.steps if step.card is not None}

    def write(self, report: Reporter) -> None:
        report(50, "Enregistrement des personnes et des structures")
        self._settings()
        self._structures()
        self._people()
        report(65, "Enregistrement des coordonnées et des lieux d’exercice")
        self._belongings()
        self._updates()
        report(80, "Enregistrement des adhésions et des cotisations")
        memberships = self._memberships()
        self._mandates()
        self._dues(memberships)
        self._exemptions(memberships)
        report(98, "Fin de l’enregistrement")

    def _settings(self) -> None:
        rank = College.objects.filter(cpts=self.known.cpts).count()
        rows = [
            {"cpts_id": self.cpts_id, "name": name, "rank": rank + place}
            for place, name in enumerate(self.plan.new_colleges, start=1)
        ]
        for row, pk in zip(rows, self.writer.insert(College, rows), strict=True):
            self.colleges[fold(str(row["name"]))] = pk
        years = self.plan.new_years
        opened = [{"cpts_id": self.cpts_id, "year": year, "due_on": date(year, 12, 31)} for year in years]
        self.campaigns.update(zip(years, self.writer.insert(DuesCampaign, opened), strict=True))

    def _structures(self) -> None:
        steps = [step for step in self.new if step.record.kind]
        keys = self.writer.insert(Structure, [_structure(self.cpts_id, step.record) for step in steps])
        self.holders.update(zip((step.record.line for step in steps), keys, strict=True))
        rows = Structure.objects.filter(cpts=self.known.cpts, merged_into__isnull=True).order_by("-pk")
        self.structures = {fold(name): pk for pk, name in rows.values_list("pk", "name")}

    def _people(self) -> None:
        steps = [step for step in self.new if not step.record.kind]
        rows = [_person(self.cpts_id, step.record) for step in steps]
        keys = self.writer.insert(Professional, rows, specialties=[step.record.specialty_id for step in steps])
        self.holders.update(zip((step.record.line for step in steps), keys, strict=True))

    def _belongings(self) -> None:
        contacts, practices = [], []
        for step in self.new:
            record = step.record
            if record.kind:
                continue
            holder = self.holders[record.line]
            contacts += [contact_row(record, holder, each, self.known.today) for each in record.contacts]
            practices += practice_rows(record, holder, self.structures)
        self.writer.insert(Contact, contacts)
        self.writer.insert(Practice, practices)

    def _updates(self) -> None:
        steps = [step for step in self.plan.steps if step.card is not None and step.fields]
        people = [step for step in steps if not step.record.kind]
        held = [step for step in steps if step.record.kind]
        update_people(people, self.writer, self.structures, self.known.today)
        update_structures(held, self.writer)
        for model, found in ((Professional, people), (Structure, held)):
            if found:
                next_versions(model.objects.filter(Among("pk", [step.card.id for step in found if step.card])))

    def _memberships(self) -> dict[int, int]:
        """The membership of each line, by line."""
        opening = [step for step in self.plan.steps if step.opens_membership]
        keys = self.writer.insert(Membership, [self._membership(step) for step in opening])
        held = {step.record.line: step.membership.id for step in self.plan.steps if step.membership}
        return {**held, **dict(zip((step.record.line for step in opening), keys, strict=True))}

    def _membership(self, step: Step) -> dict[str, Any]:
        record = step.record
        owner = "structure_id" if record.kind else "professional_id"
        return {
            "cpts_id": self.cpts_id,
            owner: self.holders[record.line],
            "college_id": self.colleges.get(record.college) or None,
            "applied_on": record.applied_on,
            "refused_on": record.refused_on if step.is_refusal else None,
            "refusal_reason": record.refusal_reason if step.is_refusal else "",
            "start": step.starts,
            "end": record.end if step.starts else None,
            "leaving_reason": LEAVING_REASON if record.end and step.starts else "",
        }

    def _mandates(self) -> None:
        rows = [
            {
                "cpts_id": self.cpts_id,
                "professional_id": self.holders[step.record.line],
                "office": each.office.office,
                "subject": each.office.subject,
                "start": each.start,
            }
            for step in self.plan.steps
            for each in step.mandates
        ]
        self.writer.insert(Mandate, rows)

    def _exemptions(self, memberships: dict[int, int]) -> None:
        """What is called, or what remains of the dues that exist, is forgiven (see `members.dues.dues.exempt`)."""
        planned = [(step, each) for step in self.plan.steps for each in step.exempted]
        rows = [
            {
                "campaign_id": self.campaigns[each.exempted.year],
                "membership_id": memberships[step.record.line],
                "amount": each.called,
                "forgiven": each.called,
                "exemption_reason": each.exempted.reason,
            }
            for step, each in planned
            if each.due is None
        ]
        changed = [
            (
                each.due.id,
                {"forgiven": each.due.forgiven, "exemption_reason": each.due.exemption},
                {"forgiven": each.due.forgiven + each.due.owed, "exemption_reason": each.exempted.reason},
            )
            for _step, each in planned
            if each.due is not None
        ]
        self.writer.insert(Due, rows)
        self.writer.update(Due, ("forgiven", "exemption_reason"), changed)

    def _dues(self, memberships: dict[int, int]) -> None:
        planned = [(step, each) for step in self.plan.steps for each in step.dues]
        missing: dict[tuple[int, int], dict[str, Any]] = {}
        for step, each in planned:
            if each.due is None:
                missing[step.record.line, each.paid.year] = {
                    "campaign_id": self.campaigns[each.paid.year],
                    "membership_id": memberships[step.record.line],
                    "amount": each.amount,
                    "exemption_reason": each.exemption,
                }
        lock_dues(each.due.id for _step, each in planned if each.due)
        made = dict(zip(missing, self.writer.insert(Due, list(missing.values())), strict=True))
        receipts = _Receipts(self.known, self.campaigns)
        payments = [
            {
                "due_id": each.due.id if each.due else made[step.record.line, each.paid.year],
                "amount": each.paid.amount,
                "paid_on": each.paid.paid_on,
                "method": each.paid.method,
                "payer": each.paid.payer,
                "receipt_number": receipts.next(each.paid.year),
                "recorded_by_id": self.by.pk if self.by else None,
            }
            for step, each in planned
        ]
        self.writer.insert(Payment, payments)
        count_received(payment["due_id"] for payment in payments)


class _Receipts:
    """The numbers of `members.dues.dues.receipt_numbers`, for campaigns known by their years."""

    def __init__(self, known: Known, campaigns: dict[int, int]) -> None:
        self.known, self.campaigns = known, campaigns
        self.counts: dict[int, int] = {}
        found = MembershipSettings.objects.filter(cpts=known.cpts).values_list("receipt_prefix", flat=True)
        self.prefix = f"{(list(found) or ['R'])[0]}{known.cpts.pk}"

    def next(self, year: int) -> str:
        start = f"{self.prefix}-{year}-"
        if year not in self.counts:
            campaign = DuesCampaign.objects.select_for_update().get(pk=self.campaigns[year])
            self.counts[year] = Payment.objects.filter(due__campaign=campaign, receipt_number__startswith=start).count()
        self.counts[year] += 1
        return f"{start}{self.counts[year]:04d}"


def _person(cpts_id: int, record: Record) -> dict[str, Any]:
    return {
        "cpts_id": cpts_id,
        "civil_last_name": record.last_name,
        "civil_first_name": record.first_name,
        "last_name": record.used_name,
        "profession_id": record.profession_id,
        "rpps": record.rpps,
        "extra": record.extra,
    }


def _structure(cpts_id: int, record: Record) -> dict[str, Any]:
    emails, phones = record.values(Contact.Channel.EMAIL), record.values(Contact.Channel.PHONE)
    phones = phones or record.values(Contact.Channel.MOBILE)
    return {
        "cpts_id": cpts_id,
        "kind": record.kind,
        "name": record.last_name,
        "address": record.address,
        "commune_id": record.commune_id,
        "email": emails[0] if emails else "",
        "phone": phones[0] if phones else "",
        "finess": record.finess,
        "siret": record.siret,
        "representative_name": record.representative_name,
        "representative_title": record.representative_title,
        "extra": record.extra,
    }


def contact_row(record: Record, holder: int, contact: tuple[str, str], today: date) -> dict[str, Any]:
    """A way to reach somebody; shown in the directory of members only if the file says so."""
    channel, value = contact
    consent = record.consents.get(channel, False)
    return {
        "professional_id": holder,
        "channel": channel,
        "value": value,
        "consent": consent,
        "consent_on": today if consent else None,
    }


def practice_rows(record: Record, holder: int, structures: dict[str, int]) -> list[dict[str, Any]]:
    """One place per mode (« mixte » is two), held by the register's structure of that name when there is one."""
    if not record.has_practice:
        return []
    structure = structures.get(fold(record.place)) if record.place else None
    common = {
        "professional_id": holder,
        "structure_id": structure,
        "place": "" if structure else record.place,
        "address": record.address,
        "commune_id": record.commune_id,
    }
    modes: Sequence[str] = record.modes or ("",)
    return [{**common, "mode": mode} for mode in modes]
