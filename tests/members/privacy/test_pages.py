"""Privacy on screen: consents, the members' directory, a person's file, anonymisation, the log of exports."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from members.dues.dues import PaymentOrder, record_payments
from members.models import Application, Contact, Due, Payment, PersonalDataExport, Professional, RegisterImport
from tests import factories
from tests import member_factories as make
from tests.members.figures.test_pages import tables

pytestmark = pytest.mark.django_db
LONG_AGO = date(2019, 6, 1)


def url(name: str, cpts, *args) -> str:
    return reverse(f"members:{name}", args=[cpts.pk, *args])


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordinator(client, cpts):
    user = factories.coordinator(cpts)
    client.force_login(user)
    return user


def contact(person, channel="email", value="", consent=True):
    with everything("test data"):
        value = value or f"personne{person.pk}@example.org"
        return Contact.objects.create(professional=person, channel=channel, value=value, consent=consent)


def listed(client, cpts, query: str = "") -> list[list[str]]:
    response = client.get(f"{url('directory-of-members', cpts)}?export=csv{query}")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))[1:]


def log() -> list[tuple]:
    with everything("test reads"):
        return list(PersonalDataExport.objects.order_by("pk").values_list("what", "persons", "file_format", "author"))


# --- The members' directory ---------------------------------------------------------------------------------------
def test_only_members_of_today_appear_and_only_by_the_channels_they_agreed_to(client, cpts, coordinator):
    town = factories.commune("22093", "Lamballe-Armor")
    shown = make.member(cpts, civil_last_name="Visible", commune=town).professional
    contact(shown, value="visible@example.org")
    contact(shown, "mobile", "06 39 98 00 01", consent=False)
    contact(make.member(cpts, civil_last_name="Muette").professional, consent=False)
    contact(make.member(cpts, civil_last_name="Partie", end=date(2025, 1, 1)).professional)
    contact(make.professional(cpts, civil_last_name="Jamais"))
    assert listed(client, cpts) == [
        ["Dominique Visible", "Infirmier", "Lamballe-Armor", "visible@example.org", "", "", ""]
    ]
    page = client.get(url("directory-of-members", cpts)).content.decode()
    assert "visible@example.org" in page
    for hidden in ("06 39 98 00 01", "Muette", "Partie", "Jamais"):
        assert hidden not in page


def test_the_directory_is_searched_without_accents_and_by_profession(client, cpts, coordinator):
    contact(make.member(cpts, civil_last_name="Éloïse").professional)
    contact(make.member(cpts, civil_last_name="Autre", profession=make.profession("10")).professional)
    assert [row[0] for row in listed(client, cpts, "&q=eloise")] == ["Dominique Éloïse"]
    assert [row[0] for row in listed(client, cpts, f"&profession={make.profession('10').pk}")] == ["Dominique Autre"]
    assert len(listed(client, cpts, "&profession=inconnue")) == 2


def test_each_export_of_the_directory_leaves_a_line_and_looking_at_it_does_not(client, cpts, coordinator):
    contact(make.member(cpts).professional)
    client.get(url("directory-of-members", cpts))
    assert log() == []
    listed(client, cpts)
    assert log() == [("Annuaire des adhérents", 1, "csv", coordinator.pk)]


def test_the_directory_costs_the_same_for_one_and_three_members(client, cpts, coordinator):
    counted = []
    for number in (1, 2):
        for _ in range(number):
            contact(make.member(cpts, commune=factories.commune()).professional)
        client.get(url("directory-of-members", cpts))
        with CaptureQueriesContext(connection) as queries:
            client.get(url("directory-of-members", cpts))
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 10


# --- The page of the CPTS -----------------------------------------------------------------------------------------
def test_consents_are_counted_by_channel_among_members(client, cpts, coordinator):
    first, second = make.member(cpts).professional, make.member(cpts).professional
    contact(first)
    contact(second, consent=False)
    contact(make.professional(cpts))
    found = tables(client.get(url("privacy", cpts)))["Accords des adhérents par moyen de contact"]
    assert found == [
        ["Adresse électronique", "2", "1", "50,0 %"],
        ["Messagerie sécurisée de santé", "0", "0", "–"],
        ["Téléphone professionnel", "0", "0", "–"],
        ["Téléphone mobile", "0", "0", "–"],
    ]


def test_the_retention_periods_of_the_settings_are_the_ones_shown(client, cpts, coordinator, settings):
    settings.MEMBER_RETENTION_YEARS, settings.PAYMENT_RETENTION_YEARS = 5, 12
    page = client.get(url("privacy", cpts)).content.decode()
    assert "5\xa0ans" in page
    assert "12\xa0ans" in page


# --- One person's file --------------------------------------------------------------------------------------------
def test_a_person_gets_her_data_in_json_and_in_pdf_and_both_are_logged(client, cpts, coordinator):
    person = make.member(cpts, civil_last_name="Reconnaissable").professional
    contact(person, value="elle@example.org")
    address = url("person-data", cpts, person.pk)
    assert "elle@example.org" in client.get(address).content.decode()
    assert log() == []
    answer = client.post(address, {"format": "json"})
    found = json.loads(answer.content)
    assert found["identité"]["nom d’état civil"] == "Reconnaissable"
    assert found["coordonnées"][0]["coordonnée"] == "elle@example.org"
    assert answer["Content-Disposition"] == 'attachment; filename="donnees-dominique-reconnaissable.json"'
    assert client.post(address, {"format": "pdf"}).content.startswith(b"%PDF")
    what = f"Données d’une personne (fiche n° {person.pk})"
    assert log() == [(what, 1, "json", coordinator.pk), (what, 1, "pdf", coordinator.pk)]


def test_the_file_says_what_she_typed_in_the_public_form(client, cpts, coordinator):
    membership = make.member(cpts)
    with everything("test data"):
        Application.objects.create(
            cpts=cpts, membership=membership, email="formulaire@example.org", message="Bonjour à tous"
        )
    found = json.loads(client.post(url("person-data", cpts, membership.professional_id), {"format": "json"}).content)
    assert found["demandes par le formulaire"][0]["adresse électronique"] == "formulaire@example.org"
    assert found["demandes par le formulaire"][0]["message"] == "Bonjour à tous"


def test_a_wrong_format_or_somebody_elses_member_is_refused(client, cpts, coordinator):
    person = make.member(cpts).professional
    assert client.post(url("person-data", cpts, person.pk), {"format": "docx"}).status_code == 422
    elsewhere = make.professional(factories.cpts())
    for address in (url("person-data", cpts, elsewhere.pk), url("person-data", elsewhere.cpts, elsewhere.pk)):
        assert client.get(address).status_code == 404
        assert client.post(address, {"format": "json"}).status_code == 404
    assert log() == []


# --- Anonymisation ------------------------------------------------------------------------------------------------
@pytest.fixture
def gone(cpts):
    """Somebody who paid and left long ago, her application, one refused application, an old spreadsheet."""
    membership = make.member(cpts, civil_last_name="Reconnaissable", start=date(2018, 1, 1), end=LONG_AGO)
    contact(membership.professional, value="elle@example.org")
    make.campaign(cpts, 2018)
    old = timezone.now() - timedelta(days=5 * 365)
    with everything("test data"):
        due = Due.objects.get(membership=membership)
        record_payments([PaymentOrder(due, Decimal("20.00"), date(2018, 2, 1), "transfer")], by=None)
        Application.objects.create(cpts=cpts, membership=membership, email="elle@example.org")
        Application.objects.create(
            cpts=cpts, email="refusee@example.org", decided_on=LONG_AGO, refusal_reason="Hors territoire"
        )
        Application.objects.create(cpts=cpts, email="recente@example.org")
        kept = RegisterImport.objects.create(
            cpts=cpts,
            author=factories.user(),
            filename="vieux.csv",
            sha256="0" * 64,
            status="applied",
            report={"noms": ["Elle"]},
        )
        kept.file.save("vieux.csv", ContentFile(b"nom\r\nReconnaissable\r\n"))
        RegisterImport.objects.filter(pk=kept.pk).update(created_at=old)
    return membership.professional


def shown_by(response) -> dict[str, str]:
    """The form as the page sends it back."""
    return {lot.kind.key: " ".join(str(line.pk) for line in lot.lines) for lot in response.context["lots"]}


def test_the_page_first_shows_whom_it_would_anonymise_and_writes_nothing(client, cpts, coordinator, gone):
    response = client.get(url("anonymise", cpts))
    assert tables(response)["Ce qui serait effacé : personnes"] == [
        ["Dominique Reconnaissable", "Infirmier", "Partie le 1er juin 2019"]
    ]
    assert tables(response)["Ce qui serait effacé : demandes sans suite"] == [
        ["", "refusee@example.org", "Refusée le 1er juin 2019"]
    ]
    assert [sentence.partition(" : ")[0] for sentence in response.context["consequences"][:3]] == [
        "1\xa0personne",
        "1\xa0demande sans suite",
        "1\xa0import de tableur",
    ]
    with everything("test reads"):
        assert Professional.objects.get(pk=gone.pk).civil_last_name == "Reconnaissable"
        assert Application.objects.count() == 3


def test_confirming_erases_what_was_shown_and_keeps_the_counts(
    client, cpts, coordinator, gone, django_capture_on_commit_callbacks
):
    before = client.get(reverse("members:statistics", args=[cpts.pk]) + "?jour=2018-12-31&export=csv").content
    shown = shown_by(client.get(url("anonymise", cpts)))
    with everything("test reads"):
        kept = RegisterImport.objects.get()
        assert kept.file.storage.exists(kept.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url("anonymise", cpts), shown, follow=True)
    said = " ".join(str(message) for message in response.context["messages"])
    assert said == "Données effacées : 1\xa0personne, 1\xa0demande sans suite et 1\xa0import de tableur."
    with everything("test reads"):
        assert Professional.objects.get(pk=gone.pk).civil_first_name == "Personne"
        assert list(Application.objects.values_list("email", flat=True)) == ["recente@example.org"]
        assert set(Application.history.values_list("email", flat=True)) == {"recente@example.org"}
        emptied = RegisterImport.objects.get()
        assert (emptied.file.name, emptied.report) == ("", {})
        assert not kept.file.storage.exists(kept.file.name)
        assert Payment.objects.get().payer == "Dominique Reconnaissable"  # accounting: kept longer
    after = client.get(reverse("members:statistics", args=[cpts.pk]) + "?jour=2018-12-31&export=csv").content
    assert after == before
    assert "Rien à anonymiser" in client.get(url("anonymise", cpts)).content.decode()


def test_somebody_who_came_back_meanwhile_or_was_not_shown_is_left_alone(client, cpts, coordinator, gone):
    shown = shown_by(client.get(url("anonymise", cpts)))
    other = make.member(cpts, civil_last_name="Pas-Montree", start=date(2018, 1, 1), end=LONG_AGO).professional
    with everything("test data"):
        from members.membership.adhesion import enrol  # noqa: PLC0415 (this test only)

        enrol(gone, start=date(2026, 1, 1), by=None)
    client.post(url("anonymise", cpts), shown)
    with everything("test reads"):
        assert Professional.objects.filter(anonymised_on__isnull=False).count() == 0
    client.post(url("anonymise", cpts), {"people": f"x {other.pk} -1 99999999 ² {10**30}"})
    with everything("test reads"):
        assert list(Professional.objects.filter(anonymised_on__isnull=False)) == [other]


def test_the_people_of_another_cpts_cannot_be_slipped_in(client, cpts, coordinator):
    elsewhere = make.member(factories.cpts(), start=date(2018, 1, 1), end=LONG_AGO).professional
    client.post(url("anonymise", cpts), {"people": str(elsewhere.pk)})
    with everything("test reads"):
        assert Professional.objects.get(pk=elsewhere.pk).anonymised_on is None


def test_the_board_reads_and_does_not_anonymise(client, cpts, gone):
    client.force_login(factories.board_member(cpts))
    assert client.get(url("privacy", cpts)).status_code == 200
    assert client.get(url("anonymise", cpts)).status_code == 403
    assert client.post(url("anonymise", cpts), {"people": str(gone.pk)}).status_code == 403


@pytest.mark.parametrize("name", ["privacy", "directory-of-members", "anonymise", "exports-log"])
def test_another_cpts_does_not_exist(client, coordinator, name):
    assert client.get(url(name, factories.cpts())).status_code == 404


@pytest.mark.parametrize("name", ["privacy", "directory-of-members", "exports-log"])
def test_pages_to_read_refuse_other_verbs(client, cpts, coordinator, name):
    assert client.post(url(name, cpts)).status_code == 405


# --- The command --------------------------------------------------------------------------------------------------
def test_the_command_says_then_does_the_same(cpts, gone):
    said = io.StringIO()
    call_command("anonymise_members", "--dry-run", "--cpts", str(cpts.pk), stdout=said)
    figures = "1\xa0personne, 1\xa0demande sans suite et 1\xa0import de tableur"
    assert said.getvalue() == f"CPTS du Penthièvre. À faire : {figures}.\n"
    with everything("test reads"):
        assert Professional.objects.get(pk=gone.pk).anonymised_on is None
    said = io.StringIO()
    call_command("anonymise_members", stdout=said)
    assert f"Fait : {figures}." in said.getvalue()
    with everything("test reads"):
        assert Professional.objects.get(pk=gone.pk).anonymised_on == timezone.localdate()
    with pytest.raises(CommandError, match="999999"):
        call_command("anonymise_members", "--cpts", "999999")


# --- The log ------------------------------------------------------------------------------------------------------
def test_coordination_board_and_administrators_read_the_log_of_their_cpts(client, cpts):
    author = factories.user(first_name="Ariane", last_name="Exporte")
    other = factories.cpts()
    with everything("test data"):
        for of in (cpts, other):
            PersonalDataExport.objects.create(
                cpts=of, author=author, what=f"Registre {of.pk}", persons=12, file_format="xlsx"
            )
    for user in (factories.coordinator(cpts), factories.board_member(cpts), factories.administrator()):
        client.force_login(user)
        page = client.get(url("exports-log", cpts)).content.decode()
        assert f"Registre {cpts.pk}" in page
        assert "Ariane Exporte" in page
        assert f"Registre {other.pk}" not in page
    client.force_login(factories.ars_agent(cpts.ars))
    assert client.get(url("exports-log", cpts)).status_code == 403


def test_a_line_of_the_log_names_nobody_but_its_author(client, cpts, coordinator):
    membership = make.member(cpts, civil_last_name="Reconnaissable", start=date(2026, 1, 1))
    make.structure(cpts, representative_name="Reconnaissable")
    make.structure(cpts)
    make.campaign(cpts, 2026)
    with everything("test data"):
        due = Due.objects.get(membership=membership)
        payment = record_payments([PaymentOrder(due, Decimal("20.00"), date(2026, 2, 1), "transfer")], by=None)[0]
    client.get(url("structures", cpts) + "?export=csv")
    client.get(url("payment-receipt", cpts, payment.pk))
    client.get(url("membership-certificate", cpts, membership.pk, 2026))
    client.get(url("exports-log", cpts) + "?export=csv")
    assert log() == [
        ("Structures", 1, "csv", coordinator.pk),
        (f"Reçu {payment.receipt_number}", 1, "pdf", coordinator.pk),
        (f"Attestation d’adhésion 2026 (adhésion n° {membership.pk})", 1, "pdf", coordinator.pk),
        ("Journal des exports", 1, "csv", coordinator.pk),
    ]
