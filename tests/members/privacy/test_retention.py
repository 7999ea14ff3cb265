"""Who and what is past its retention period, besides the members who left: and that erasing leaves no trace."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.utils import timezone

from cpts_portal.core.history import delete_as
from members.dues.dues import exempt
from members.figures.statistics import evolution, members_by_category
from members.membership.adhesion import apply_for_membership, give_mandate, leave, refuse
from members.models import (
    Application,
    Contact,
    DirectoryEntry,
    DirectoryPractice,
    Due,
    LetterBatch,
    Professional,
    RefusedLink,
    RegisterImport,
    Specialty,
    Structure,
)
from members.privacy.erasure import KINDS, carry_out, counts_for, plan_for
from members.records.duplicates import merge
from members.records.structure_duplicates import merge_structures
from members.register_import.undoing import why_not_undo
from tests import factories
from tests import member_factories as make
from tests.members.register_import.steps import csv, prepared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
LONG_AGO = date(2019, 6, 1)
TODAY = date(2026, 7, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


def back_in_time(*records, to: date = LONG_AGO) -> None:
    """As if these records had been written on that day."""
    day = datetime.combine(to, datetime.min.time(), tzinfo=UTC)
    for record in records:
        for row in record.history.all():
            row.history_date = day
            row.save()


def proposed(cpts, kind: str, today: date = TODAY) -> list[str]:
    return [f"{line.name} : {line.why}" for line in plan_for(cpts, today=today).lots[kind].lines]


def erase(cpts, today: date = TODAY) -> dict[str, int]:
    return carry_out(cpts, shown=plan_for(cpts, today=today).shown, today=today, by=None)


def everything_stored() -> str:
    """Every row of every table of the register, history included."""
    tables = apps.get_app_config("members").get_models(include_auto_created=True)
    return " ".join(str(row) for table in tables for row in table._base_manager.values())


# --- Persons who did not leave -------------------------------------------------------------------------------------
def test_somebody_the_board_refused_is_kept_from_the_refusal(cpts):
    person = make.professional(cpts, civil_last_name="Refusée")
    refuse(apply_for_membership(person, on=date(2019, 5, 1), by=None), on=LONG_AGO, reason="Trop loin", by=None)
    assert proposed(cpts, "people", date(2022, 5, 31)) == []
    assert proposed(cpts, "people", date(2022, 6, 1)) == ["Dominique Refusée : Demande refusée le 1er juin 2019"]
    assert erase(cpts)["people"] == 1
    stored = everything_stored()
    assert "Refusée" not in stored
    assert "Trop loin" not in stored


def test_a_refusal_after_a_departure_counts_from_the_last_of_the_two(cpts):
    membership = make.member(cpts, start=date(2015, 1, 1), end=date(2016, 1, 1))
    again = apply_for_membership(membership.professional, on=date(2025, 1, 1), by=None)
    assert proposed(cpts, "people") == []
    refuse(again, on=date(2025, 2, 1), reason="Dossier incomplet", by=None)
    assert proposed(cpts, "people") == []
    assert len(proposed(cpts, "people", date(2028, 2, 1))) == 1


def test_somebody_who_never_was_a_member_is_kept_from_the_last_change_of_her_record(cpts):
    person = make.professional(cpts, civil_last_name="Jamais", commune=factories.commune())
    contact = Contact.objects.create(professional=person, channel="email", value="jamais@example.org")
    assert proposed(cpts, "people") == []
    back_in_time(person, person.practices.get())
    assert proposed(cpts, "people") == []  # her address was typed today
    back_in_time(contact, to=date(2020, 1, 1))
    assert proposed(cpts, "people") == [
        "Dominique Jamais : Jamais adhérente, fiche inchangée depuis le 1er janvier 2020"
    ]
    erase(cpts)
    assert "jamais" not in everything_stored().lower()


def test_somebody_the_national_directory_still_sees_at_work_stays(cpts):
    entry = DirectoryEntry.objects.create(
        rpps=make.fictitious_rpps(900), last_name="VUE", first_name="Zoé", profession=make.profession()
    )
    practice = DirectoryPractice.objects.create(
        entry=entry, commune=factories.commune(), profession=make.profession(), start=LONG_AGO
    )
    person = make.professional(cpts, directory_entry=entry)
    back_in_time(person)
    assert proposed(cpts, "people") == []
    practice.end = date(2026, 1, 1)
    practice.save()
    assert len(proposed(cpts, "people")) == 1


def test_a_mandate_or_an_application_under_way_keeps_somebody(cpts):
    held, asks = make.professional(cpts), make.professional(cpts)
    give_mandate(held, office="mission_lead", start=LONG_AGO, by=None)
    apply_for_membership(asks, on=LONG_AGO, by=None)
    back_in_time(held, asks)
    assert proposed(cpts, "people") == []


# --- Nothing remains -----------------------------------------------------------------------------------------------
def test_merged_records_refused_links_specialties_and_reasons_go_with_the_person(cpts):
    first, second, third = (make.professional(cpts, civil_last_name=f"Trace{n}", rpps="") for n in (1, 2, 3))
    first.specialties.add(Specialty.objects.get(code="SM54"))
    merge(second, first, take_from_dropped=[], on=LONG_AGO, by=None)
    merge(third, second, take_from_dropped=[], on=LONG_AGO, by=None)
    entry = DirectoryEntry.objects.create(
        rpps=make.fictitious_rpps(901), last_name="SOSIE", first_name="Zoé", profession=make.profession()
    )
    RefusedLink.objects.create(cpts=cpts, professional=third, entry=entry)
    membership = make.enrol(third, start=date(2018, 1, 1), by=None)
    make.campaign(cpts, 2018)
    exempt(Due.objects.get(membership=membership), reason="Congé maladie de Trace3", by=None)
    leave(membership, on=LONG_AGO, reason="Départ", by=None)
    joined = make.enrol(third, start=date(2020, 1, 1), by=None)
    leave(joined, on=date(2021, 1, 1), reason="Trace2 déménage", by=None)
    delete_as(joined, by=None)  # as two records that merge may do
    before = (members_by_category(cpts, date(2018, 12, 31)), evolution(cpts, until=TODAY))
    assert erase(cpts)["people"] == 1
    assert "trace" not in everything_stored().lower()
    assert RefusedLink.objects.count() == RefusedLink.history.count() == 0
    assert Due.objects.get().exemption_reason == "Motif effacé"
    assert Professional.objects.filter(specialties__isnull=False).count() == 0
    assert Professional.history.model.specialties.count() == 0
    assert (members_by_category(cpts, date(2018, 12, 31)), evolution(cpts, until=TODAY)) == before


# --- Structures ----------------------------------------------------------------------------------------------------
@pytest.fixture
def closed_home(cpts):
    """A structure that left long ago, merged from two records, with the person who represented it."""
    kept = make.structure(cpts, name="EHPAD Les Genêts", representative_name="Zoé Directrice", phone="02 99 00 00 01")
    double = make.structure(cpts, name="Les Genêts", email="zoe.directrice@example.org")
    merge_structures(kept, double, take_from_dropped=["email"], on=LONG_AGO, by=None)
    kept.refresh_from_db()
    membership = make.enrol(kept, start=date(2018, 1, 1), by=None)
    Application.objects.create(cpts=cpts, membership=membership, kind="structure", email="zoe.directrice@example.org")
    leave(membership, on=LONG_AGO, reason="Zoé Directrice est partie", by=None)
    return kept


def test_a_structure_that_left_long_ago_loses_who_represented_it_and_nothing_else(cpts, closed_home):
    make.member_structure(cpts, representative_name="Toujours Là")
    make.structure(cpts, representative_name="Jamais Adhérente")
    before = members_by_category(cpts, date(2018, 12, 31))
    assert proposed(cpts, "structures", date(2022, 5, 31)) == []
    assert proposed(cpts, "structures") == ["EHPAD Les Genêts : Partie le 1er juin 2019"]
    assert erase(cpts)["structures"] == 1
    stored = everything_stored()
    for trace in ("Directrice", "directrice", "02 99 00 00 01"):
        assert trace not in stored
    assert Structure.objects.get(pk=closed_home.pk).name == "EHPAD Les Genêts"
    assert {row.name for row in closed_home.history.all()} == {"EHPAD Les Genêts"}
    assert members_by_category(cpts, date(2018, 12, 31)) == before
    assert proposed(cpts, "structures") == []


def test_what_is_typed_again_on_a_structure_that_left_counts_from_that_day(cpts, closed_home):
    erase(cpts)
    closed_home.refresh_from_db()
    closed_home.representative_name = "Nouvelle Directrice"
    closed_home.save()
    assert proposed(cpts, "structures") == []
    later = timezone.localdate().replace(year=timezone.localdate().year + 4, day=1)
    assert len(proposed(cpts, "structures", later)) == 1


def test_who_represents_a_structure_that_is_still_a_member_stays(cpts):
    director = make.professional(cpts, civil_last_name="Directrice")
    membership = make.member_structure(cpts, start=date(2018, 1, 1), representative=director)
    back_in_time(director)
    assert proposed(cpts, "people") == []
    leave(membership, on=LONG_AGO, reason="Fermeture", by=None)
    done = erase(cpts)
    assert (done["people"], done["structures"]) == (1, 1)
    assert Structure.objects.get().representative is None


def test_a_partner_loses_the_person_it_pointed_to_when_she_is_anonymised(cpts):
    director = make.professional(cpts, civil_last_name="Directrice")
    back_in_time(director)
    partner = make.structure(cpts, representative_name="Mme D. Directrice", email="accueil@example.org")
    partner.representative = director
    partner.save()
    erase(cpts)
    assert "Directrice" not in everything_stored()
    partner.refresh_from_db()
    assert (partner.representative, partner.email) == (None, "accueil@example.org")


def test_the_payer_named_by_a_structure_goes_after_the_accounting_period(cpts):
    membership = make.member_structure(cpts, start=date(2015, 1, 1))
    make.campaign(cpts, 2015)
    from members.dues.dues import PaymentOrder, record_payments  # noqa: PLC0415 (this test only)

    due = Due.objects.get(membership=membership)
    record_payments([PaymentOrder(due, due.amount, date(2015, 2, 1), "cheque", payer="Zoé Directrice")], by=None)
    assert counts_for(cpts, today=date(2025, 2, 1))["payments"] == 0
    assert erase(cpts)["payments"] == 1
    assert "Directrice" not in everything_stored()


# --- Files and lists -----------------------------------------------------------------------------------------------
def batch(cpts, campaign, *, made: date, **fields) -> LetterBatch:
    fields.setdefault("kind", "certificates")
    found = LetterBatch.objects.create(
        cpts=cpts, campaign=campaign, year=campaign.year, status="done", author=factories.user(), letters=2, **fields
    )
    found.file.save(f"serie-{found.pk}.pdf", ContentFile(b"%PDF-1.7"))
    day = datetime.combine(made, datetime.min.time(), tzinfo=UTC)
    LetterBatch.objects.filter(pk=found.pk).update(created_at=day)
    return found


def test_a_series_of_letters_loses_its_file_and_its_names_after_the_period(cpts, django_capture_on_commit_callbacks):
    campaign = make.campaign(cpts, 2018)
    named = [{"who": "Zoé Reconnaissable", "why": "adresse refusée : zoe@example.org"}]
    old = batch(cpts, campaign, made=LONG_AGO, kind="call", problems=named, selection=[1, 2])
    recent = batch(cpts, campaign, made=date(2026, 1, 1))
    assert proposed(cpts, "letters") == ["Appel à cotisation 2018 : Demandé le 1er juin 2019"]
    with django_capture_on_commit_callbacks(execute=True):
        assert erase(cpts)["letters"] == 1
    emptied, kept = (LetterBatch.objects.get(pk=pk) for pk in (old.pk, recent.pk))
    assert (emptied.file.name, emptied.problems, emptied.selection, emptied.letters) == ("", [], [], 2)
    assert not old.file.storage.exists(old.file.name)
    assert kept.file.storage.exists(kept.file.name)
    assert proposed(cpts, "letters") == []


def test_a_recent_series_goes_with_the_first_of_its_persons(cpts):
    gone = make.member(cpts, start=date(2018, 1, 1))
    campaign, other = make.campaign(cpts, 2018), make.campaign(cpts, 2017)
    leave(gone, on=LONG_AGO, reason="Départ", by=None)
    batch(cpts, campaign, made=date(2026, 1, 1))
    batch(cpts, other, made=date(2026, 1, 1))
    assert [line.name for line in plan_for(cpts, today=TODAY).lots["letters"].lines] == ["Attestations d’adhésion 2018"]
    assert erase(cpts) == {**dict.fromkeys(erase(cpts), 0), "people": 1, "letters": 1}


def test_a_recent_import_goes_with_the_first_of_its_persons_and_can_no_longer_be_undone(cpts):
    gone = make.member(cpts, civil_last_name="Reconnaissable", start=date(2018, 1, 1), end=LONG_AGO).professional
    touching, other = (
        prepared(cpts, csv(f"Reconnaissable;Dominique;IDEL;;;;;;{n}"), factories.user()) for n in ("", " ")
    )
    for made in (touching, other):
        made.status = RegisterImport.Status.APPLIED
    touching.undo = {"updated": {"Professional": [[gone.pk, {"last_name": "Reconnaissable"}]]}, "created": {}}
    other.undo = {"created": {"Professional": [[gone.pk + 100, 5]]}, "updated": {}}
    touching.save()
    other.save()
    assert counts_for(cpts, today=TODAY)["imports"] == 1
    assert erase(cpts)["imports"] == 1
    touching.refresh_from_db()
    assert (touching.file.name, touching.undo) == ("", {})
    assert "effacé" in why_not_undo(touching)


def test_a_spreadsheet_never_applied_goes_with_its_row(cpts, django_capture_on_commit_callbacks):
    draft = prepared(cpts, csv("Reconnaissable;Zoé;IDEL;;;;;;"), factories.user())
    RegisterImport.objects.filter(pk=draft.pk).update(created_at=datetime(2019, 6, 1, tzinfo=UTC))
    with django_capture_on_commit_callbacks(execute=True):
        assert erase(cpts)["imports"] == 1
    assert RegisterImport.objects.count() == 0
    assert not draft.file.storage.exists(draft.file.name)
    assert not draft.table.storage.exists(draft.table.name)


def test_an_application_nobody_examined_goes_too(cpts):
    kept = Application.objects.create(cpts=cpts, civil_last_name="Oubliée", email="oubliee@example.org")
    assert proposed(cpts, "applications") == []
    Application.objects.filter(pk=kept.pk).update(received_at=datetime(2019, 6, 1, tzinfo=UTC))
    assert proposed(cpts, "applications") == [" Oubliée : Reçue le 1er juin 2019, jamais examinée"]
    erase(cpts)
    assert "ubli" not in everything_stored()


# --- Shown, then done ----------------------------------------------------------------------------------------------
def test_only_what_was_shown_is_done_whatever_its_kind(cpts, closed_home):
    shown = plan_for(cpts, today=TODAY).shown
    late = Application.objects.create(cpts=cpts, email="tard@example.org", decided_on=LONG_AGO, refusal_reason="Non")
    batch(cpts, make.campaign(cpts, 2017), made=LONG_AGO)
    done = carry_out(cpts, shown=shown, today=TODAY, by=None)
    assert done == {**{kind.key: 0 for kind in KINDS}, "structures": 1}
    assert Application.objects.filter(pk=late.pk).exists()
    assert carry_out(cpts, shown={}, today=TODAY, by=None) == {kind.key: 0 for kind in KINDS}


def test_a_voucher_past_its_period_is_shown_with_the_person_it_names(cpts):
    from members.dues.dues import PaymentOrder, record_payments  # noqa: PLC0415 (this test only)

    membership = make.member(cpts, start=date(2014, 1, 1))
    make.campaign(cpts, 2014)
    due = Due.objects.get(membership=membership)
    record_payments([PaymentOrder(due, due.amount, date(2014, 2, 1), "cheque")], by=None)
    leave(membership, on=date(2015, 1, 1), reason="Départ", by=None)
    counted = counts_for(cpts, today=TODAY)
    assert (counted["people"], counted["payments"]) == (1, 1)
    assert erase(cpts) == counted
    assert not any(counts_for(cpts, today=TODAY).values())
