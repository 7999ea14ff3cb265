"""Columns that speak of the association: structures and who represents them, specialties, mandates, the directory of
members, refusals of the board, exemptions."""

from datetime import date

import pytest

from members.models import Contact, Due, Mandate, Membership, Professional, Specialty, Structure
from members.register_import import drafts
from members.register_import.columns import IGNORE
from members.register_import.drafts import undo_import
from members.register_import.fields import guess
from members.register_import.offices import read_offices
from tests.member_factories import campaign, member, professional, structure
from tests.member_factories import profession as known_profession
from tests.members.register_import.steps import applied, csv, plan_of, prepared, reasons

pytestmark = pytest.mark.django_db
TODAY = "2024"


@pytest.fixture(autouse=True)
def _see(see_everything):
    """Everything is seen: the rows are read back as they are."""


@pytest.mark.parametrize(
    ("title", "data"),
    [
        ("N° FINESS", "finess"),
        ("SIRET", "siret"),
        ("Représentant", "representative"),
        ("Fonction du représentant", "representative_title"),
        ("Type de structure", "structure_kind"),
        ("Spécialité", "specialty"),
        ("Mandat", "office"),
        ("Élu le", "office_since"),
        ("Accord annuaire", "consent"),
        ("Accord mail", "consent_email"),
        ("Accord téléphone", "consent_phone"),
        ("Refusée le", "refused_on"),
        ("Motif de refus", "refusal_reason"),
        ("Exonération 2026", "exemption"),
        ("Prénom payeur", "payer_first_name"),
        ("Fonction", "profession"),
        ("Mail", "email"),
    ],
)
def test_titles_propose_their_data(title, data):
    assert guess(title) == data


# --- Structures -----------------------------------------------------------------------------------------------------
STRUCTURES = "Nom;Prénom;Type de structure;FINESS;SIRET;Représentant;Fonction du représentant;Adhérent depuis"
TILLEULS = "Les Tilleuls;;EHPAD;220000020;73282932000074;Anne Exemple;Directrice;2024"


def test_a_structure_comes_with_its_numbers_and_who_represents_it(cpts, coordinator):
    applied(prepared(cpts, csv(TILLEULS, header=STRUCTURES), coordinator), coordinator)

    made = Structure.objects.get()
    assert (made.name, made.kind, made.finess, made.siret, made.representative_name, made.representative_title) == (
        "Les Tilleuls", "care_home", "220000020", "73282932000074", "Anne Exemple", "Directrice",
    )  # fmt: skip
    assert "220000020" in made.search
    assert plan_of(prepared(cpts, csv(TILLEULS, header=STRUCTURES), coordinator)).writes_nothing


def test_a_type_of_structure_nobody_knows_and_wrong_numbers_are_refused(cpts, coordinator):
    lines = [
        "Les Tilleuls;;Soucoupe;;;;;2024", "Les Ormes;;EHPAD;12;;;;2024", "Les Aulnes;;EHPAD;;73282932000075;;;2024",
    ]  # fmt: skip

    assert reasons(plan_of(prepared(cpts, csv(*lines, header=STRUCTURES), coordinator))) == [
        (2, "kind"), (3, "finess"), (4, "siret"),
    ]  # fmt: skip


def test_a_finess_that_may_be_mistyped_is_a_remark(cpts, coordinator):
    plan = plan_of(prepared(cpts, csv("Les Ormes;;EHPAD;220000021;;;;2024", header=STRUCTURES), coordinator))

    assert plan.is_applicable
    assert [found.sentence[:33] for found in plan.remarks if found.column == "FINESS"] == [
        "la clé de ce numéro FINESS ne cor"
    ]


def test_the_same_finess_is_the_same_structure_whatever_its_name(cpts, coordinator):
    known = structure(cpts, name="Résidence des Tilleuls", finess="220000020")
    imported = prepared(cpts, csv(TILLEULS, header=STRUCTURES), coordinator)
    drafts.decide(imported, {2: {"action": "update", "with": known.pk}})

    done = applied(imported, coordinator)

    known.refresh_from_db()
    assert (known.name, known.siret, known.representative_name) == (
        "Résidence des Tilleuls", "73282932000074", "Anne Exemple",
    )  # fmt: skip
    undo_import(done, by=coordinator)
    known.refresh_from_db()
    assert (known.siret, known.representative_name, Structure.objects.count()) == ("", "", 1)


def test_numbers_of_a_structure_on_the_line_of_a_person_are_told_and_left(cpts, coordinator):
    plan = plan_of(prepared(cpts, csv("Riou;Luc;;220000020;;;;2024;MG", header=f"{STRUCTURES};Métier"), coordinator))

    assert plan.is_applicable
    assert ("FINESS", "donnée d’une structure : non reprise ici") in [
        (found.column, found.sentence) for found in plan.remarks
    ]


# --- Specialties ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Nom;Prénom;Profession", "Riou;Luc;Cardiologue"),
        ("Nom;Prénom;Spécialité", "Riou;Luc;Cardiologue"),
        ("Nom;Prénom;Profession;Spécialité", "Riou;Luc;Médecin;Cardiologie et maladies vasculaires"),
        ("Nom;Prénom;Profession;Spécialité", "Riou;Luc;Médecin;SM04"),
    ],
)
def test_a_cardiologist_is_a_doctor_with_her_specialty(cpts, coordinator, header, line):
    applied(prepared(cpts, csv(line, header=header), coordinator), coordinator)

    person = Professional.objects.get()
    assert (person.profession.name, [each.code for each in person.specialties.all()]) == ("Médecin", ["SM04"])
    assert [link.specialty.code for link in person.history.get().specialties.all()] == ["SM04"]
    assert plan_of(prepared(cpts, csv(line, header=header), coordinator)).writes_nothing


def test_a_specialty_of_no_nomenclature_is_told_and_the_person_comes(cpts, coordinator):
    header = "Nom;Prénom;Profession;Spécialité"
    plan = plan_of(prepared(cpts, csv("Riou;Luc;Médecin;Médecine spatiale", header=header), coordinator))

    assert (plan.counts["people_created"], [found.column for found in plan.remarks]) == (1, ["Spécialité"])


def test_a_specialty_given_to_a_card_comes_off_when_undone_and_the_history_keeps_the_others(cpts, coordinator):
    known = professional(cpts, civil_last_name="Riou", civil_first_name="Luc", profession=known_profession("10"))
    known.specialties.add(Specialty.objects.get(code="SM54"))
    imported = prepared(cpts, csv("Riou;Luc;Cardiologue", header="Nom;Prénom;Profession"), coordinator)
    drafts.decide(imported, {2: {"action": "update", "with": known.pk}})

    done = applied(imported, coordinator)

    assert {each.code for each in known.specialties.all()} == {"SM04", "SM54"}
    last = known.history.order_by("-history_id").first()
    assert {link.specialty.code for link in last.specialties.all()} == {"SM04", "SM54"}
    undo_import(done, by=coordinator)
    assert [each.code for each in known.specialties.all()] == ["SM54"]


def test_undoing_removes_somebody_with_a_specialty(cpts, coordinator):
    done = applied(
        prepared(cpts, csv("Riou;Luc;Cardiologue", header="Nom;Prénom;Profession"), coordinator), coordinator
    )

    undo_import(done, by=coordinator)

    assert (Professional.objects.count(), Professional.specialties.through.objects.count()) == (0, 0)


# --- Mandates -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Présidente", [("president", "")]),
        ("Vice-président", [("vice_president", "")]),
        ("Trésorière adjointe", [("deputy_treasurer", "")]),
        ("secrétaire", [("secretary", "")]),
        ("Membre du CA", [("director", "")]),
        ("Administratrice", [("director", "")]),
        ("Référente prévention", [("mission_lead", "prévention")]),
        ("Référent de la mission soins non programmés", [("mission_lead", "soins non programmés")]),
        ("Trésorier, membre du CA", [("treasurer", ""), ("director", "")]),
    ],
)
def test_mandates_are_read_as_they_are_written(text, found):
    assert [(each.office, each.subject) for each in read_offices(text)[0]] == found


OFFICES = "Nom;Prénom;Métier;Adhérent depuis;Mandat;Élu le"


def test_mandates_are_added_once_with_their_beginning(cpts, coordinator):
    content = csv(
        "Riou;Luc;MG;12/03/2024;Président, membre du CA;05/06/2025", "Tanguy;Eva;IDEL;12/03/2024;Référente prévention;",
        header=OFFICES,
    )  # fmt: skip
    done = applied(prepared(cpts, content, coordinator), coordinator)

    assert sorted(Mandate.objects.values_list("professional__civil_last_name", "office", "subject", "start")) == [
        ("Riou", "director", "", date(2025, 6, 5)),
        ("Riou", "president", "", date(2025, 6, 5)),
        ("Tanguy", "mission_lead", "prévention", date(2024, 3, 12)),
    ]
    assert done.counts["mandates"] == 3
    assert plan_of(prepared(cpts, content, coordinator)).writes_nothing
    undo_import(done, by=coordinator)
    assert Mandate.objects.count() == 0


def test_a_mandate_held_by_somebody_else_is_refused_with_her_name(cpts, coordinator):
    held = member(cpts, civil_last_name="Salaün", civil_first_name="Anne").professional
    Mandate.objects.create(cpts=cpts, professional=held, office="president", start=date(2024, 1, 1))
    content = csv("Riou;Luc;MG;12/03/2024;Présidente;", header=OFFICES)

    plan = plan_of(prepared(cpts, content, coordinator))

    assert [(found.line, found.index, found.kind) for found in plan.refusals] == [(2, 4, "office")]
    assert "tenu par Anne Salaün" in plan.refusals[0].reason


def test_two_presidents_in_a_file_an_unknown_mandate_and_one_without_beginning_are_refused(cpts, coordinator):
    content = csv(
        "Riou;Luc;MG;2024;Président;", "Tanguy;Eva;IDEL;2024;Présidente;", "Salaün;Anne;IDEL;2024;Grand chef;",
        "Penvenn;Joël;IDEL;;Trésorier;", header=OFFICES,
    )  # fmt: skip

    assert reasons(plan_of(prepared(cpts, content, coordinator))) == [(3, "office"), (4, "office"), (5, "office")]


# --- The directory of members ---------------------------------------------------------------------------------------
CONSENTS = "Nom;Prénom;Métier;Mail;Téléphone;Portable;Accord annuaire;Accord mail"
AGREED = "Riou;Luc;MG;luc@demo.example;0296000001;0600000001;oui;non"


def test_consent_is_kept_channel_by_channel(cpts, coordinator):
    applied(prepared(cpts, csv(AGREED, header=CONSENTS), coordinator), coordinator)

    assert sorted(Contact.objects.values_list("channel", "consent")) == [
        ("email", False), ("mobile", True), ("phone", True),
    ]  # fmt: skip
    assert {(each.consent, each.consent_on is None) for each in Contact.objects.all()} == {(True, False), (False, True)}
    assert plan_of(prepared(cpts, csv(AGREED, header=CONSENTS), coordinator)).writes_nothing


def test_consent_is_withdrawn_from_a_card_and_comes_back_when_undone(cpts, coordinator):
    known = professional(cpts, civil_last_name="Riou", civil_first_name="Luc", profession=known_profession("10"))
    mail = Contact.objects.create(
        professional=known, channel="email", value="luc@demo.example", consent=True, consent_on=date(2024, 1, 1)
    )
    imported = prepared(cpts, csv(AGREED, header=CONSENTS), coordinator)
    shown = {each.key: (each.before, each.after) for each in plan_of(imported).matches[0].candidates[0].differences}
    assert shown["consent:email"] == ("oui", "non")
    drafts.decide(imported, {2: {"action": "update", "with": known.pk, "fields": ["consent:email", "phone"]}})

    done = applied(imported, coordinator)

    mail.refresh_from_db()
    assert (mail.consent, mail.consent_on) == (False, None)
    assert list(known.contacts.filter(channel="phone").values_list("consent", flat=True)) == [True]
    undo_import(done, by=coordinator)
    mail.refresh_from_db()
    assert (mail.consent, mail.consent_on) == (True, date(2024, 1, 1))


def test_consent_is_oui_or_non(cpts, coordinator):
    content = csv("Riou;Luc;MG;luc@demo.example;;;peut-être;", header=CONSENTS)

    assert reasons(plan_of(prepared(cpts, content, coordinator))) == [(2, "consent")]


# --- Refusals of the board --------------------------------------------------------------------------------------------
REFUSALS = "Nom;Prénom;Métier;Demande du;Refusée le;Motif de refus;Adhérent depuis"


def test_a_refused_application_is_kept_with_its_reason_and_makes_no_member(cpts, coordinator):
    content = csv("Riou;Luc;MG;01/02/2026;05/03/2026;Hors du territoire;", header=REFUSALS)
    done = applied(prepared(cpts, content, coordinator), coordinator)

    kept = Membership.objects.get()
    assert (kept.applied_on, kept.refused_on, kept.refusal_reason, kept.start) == (
        date(2026, 2, 1), date(2026, 3, 5), "Hors du territoire", None,
    )  # fmt: skip
    assert (done.counts["refusals"], done.counts["memberships"]) == (1, 0)
    assert plan_of(prepared(cpts, content, coordinator)).writes_nothing


@pytest.mark.parametrize(
    "cells",
    [
        "01/02/2026;05/03/2026;;",
        "01/02/2026;;Hors du territoire;",
        "01/02/2026;05/01/2026;Hors;",
        ";05/03/2026;Hors;2024",
    ],
)
def test_a_refusal_that_contradicts_itself_is_refused(cpts, coordinator, cells):
    plan = plan_of(prepared(cpts, csv(f"Riou;Luc;MG;{cells}", header=REFUSALS), coordinator))

    assert reasons(plan) == [(2, "refusal")]


# --- Exemptions -------------------------------------------------------------------------------------------------------
EXEMPTIONS = "Nom;Prénom;Métier;Adhérent depuis;Exonération 2026;Cotisation 2026;Payé le"


def test_an_exemption_is_a_due_of_nothing_with_its_reason(cpts, coordinator):
    content = csv("Riou;Luc;MG;2024;Étudiant;;", header=EXEMPTIONS)
    done = applied(prepared(cpts, content, coordinator), coordinator)

    due = Due.objects.get()
    assert (due.campaign.year, due.amount, due.exemption_reason) == (2026, 0, "Étudiant")
    assert (done.counts["exemptions"], done.counts["campaigns"]) == (1, 1)
    assert plan_of(prepared(cpts, content, coordinator)).writes_nothing


def test_an_exemption_forgives_the_due_of_an_open_campaign_and_comes_back_when_undone(cpts, coordinator):
    member(cpts, civil_last_name="Riou", civil_first_name="Luc", profession=known_profession("10"))
    campaign(cpts)
    imported = prepared(cpts, csv("Riou;Luc;MG;;Étudiant;;", header=EXEMPTIONS), coordinator)

    done = applied(imported, coordinator)

    assert list(Due.objects.values_list("amount", "forgiven", "exemption_reason")) == [(20, 20, "Étudiant")]
    undo_import(done, by=coordinator)
    assert list(Due.objects.values_list("amount", "forgiven", "exemption_reason")) == [(20, 0, "")]


def test_somebody_new_is_exempted_from_what_the_open_campaign_calls(cpts, coordinator):
    campaign(cpts)

    applied(prepared(cpts, csv("Riou;Luc;MG;2024;Étudiant;;", header=EXEMPTIONS), coordinator), coordinator)

    assert list(Due.objects.values_list("amount", "forgiven", "exemption_reason")) == [(20, 20, "Étudiant")]


@pytest.mark.parametrize("cells", ["2024;oui;;", "2024;Étudiant;20;03/03/2026", ";Étudiant;;"])
def test_an_exemption_without_reason_paid_as_well_or_of_no_member_is_refused(cpts, coordinator, cells):
    plan = plan_of(prepared(cpts, csv(f"Riou;Luc;MG;{cells}", header=EXEMPTIONS), coordinator))

    assert reasons(plan) == [(2, "exemption")]


def test_columns_left_out_are_left_out(cpts, coordinator):
    imported = prepared(cpts, csv(AGREED, header=CONSENTS), coordinator, col_6=IGNORE, col_7=IGNORE)

    applied(imported, coordinator)

    assert set(Contact.objects.values_list("consent", flat=True)) == {False}
