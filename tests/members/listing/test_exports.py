"""The export of the register: everything she would otherwise keep in her spreadsheet, read by batch, written down."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cpts_portal.core.scoping import everything
from members.dues.dues import PaymentOrder, record_payments
from members.membership.adhesion import give_mandate
from members.membership.custom_fields import add_field, retire_field
from members.models import Contact, Due, Membership, Payment, PersonalDataExport, Specialty
from tests import factories
from tests.member_factories import campaign, member, member_structure

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordinator(client, ours):
    person = factories.coordinator(ours)
    client.force_login(person)
    return person


def url(name: str, *args: int) -> str:
    return reverse(f"members:{name}", args=args)


def exported(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def zola(ours) -> dict[str, str]:
    """A member with everything an export may say; her specialty and her receipts."""
    holder = member(ours, civil_first_name="Émile", civil_last_name="Zola", last_name="Rougon", rpps="99000000018")
    person = holder.professional
    member(ours, civil_last_name="Autre")
    campaign(ours, 2026, due_on=date(2026, 3, 31))
    with everything("test data"):
        for channel, value in (("email", "emile@example.org"), ("mss", "emile@mss.example"), ("phone", "0296000000")):
            Contact.objects.create(professional=person, channel=channel, value=value)
        person.specialties.add(Specialty.objects.first())
        give_mandate(person, office="mission_lead", subject="Soins", start=date(2025, 1, 1), by=None)
        for amount in ("5", "7.50"):
            order = PaymentOrder(Due.objects.get(membership=holder), Decimal(amount), date(2026, 2, 1), "cheque")
            record_payments([order], by=None)
        receipts = Payment.objects.order_by("pk").values_list("receipt_number", flat=True)
        return {"specialty": Specialty.objects.first().name, "receipts": ", ".join(receipts)}


def test_the_export_holds_what_is_filtered_and_is_written_down(client, ours, coordinator, zola):
    response = client.get(url("register", ours.pk) + "?q=zola&year=2026&export=csv")
    header, *rows = exported(response)
    assert [dict(zip(header, row, strict=True)) for row in rows] == [
        {
            "Fiche": "Personne",
            "Nom": "Rougon",
            "Prénom": "Émile",
            "Nom d’état civil": "Zola",
            "Profession ou type": "Infirmier",
            "Spécialités": zola["specialty"],
            "RPPS ou FINESS": "99000000018",
            "SIRET": "",
            "Représentée par": "",
            "Fonction du représentant": "",
            "Communes": "",
            "Lieux d’exercice": "",
            "Modes d’exercice": "",
            "Collège": "",
            "Situation": "Adhérent",
            "Depuis le": "2024-01-01",
            "Jusqu’au (exclu)": "",
            "Cotisation 2026": "En retard",
            "Cotisation appelée (€)": "20.00",
            "Payé (€)": "12.50",
            "Reste dû (€)": "7.50",
            "Dernier paiement le": "2026-02-01",
            "Reçus": zola["receipts"],
            "Mandats": "Référence de mission : Soins",
            "Adresses électroniques": "emile@example.org",
            "Messageries sécurisées de santé": "emile@mss.example",
            "Téléphones": "0296000000",
        }
    ]
    with everything("test"):
        log = PersonalDataExport.objects.get()
    assert (log.author, log.cpts, log.persons, log.file_format) == (coordinator, ours, 1, "csv")
    assert log.filters == "q=zola&year=2026&export=csv"


def test_the_export_has_a_column_for_each_free_field(client, ours, coordinator):
    with everything("test data"):
        for label, target, kind in (
            *(("Langues", "person", "text"), ("Langues", "structure", "text"), ("Lits", "structure", "number")),
            *(("Charte reçue le", "person", "date"), ("Retiré", "person", "text")),
        ):
            custom = add_field(ours, label=label, target=target, kind=kind, by=None)
        retire_field(custom, by=None)
        add_field(factories.cpts(), label="D’une autre", target="person", kind="text", by=None)
    extra = {"langues": "breton", "charte-recue-le": "2026-02-01", "retire": "x"}
    member(ours, civil_last_name="Zola", extra=extra)
    member_structure(ours, name="EHPAD", extra={"langues": "français", "lits": 80}, siret="73282932000074")
    response = client.get(url("register", ours.pk) + "?export=xlsx")
    header, *rows = load_workbook(io.BytesIO(response.content), read_only=True).active.iter_rows(values_only=True)
    assert header[-3:] == ("Langues", "Charte reçue le", "Lits")
    found = {row[1]: dict(zip(header, row, strict=True)) for row in rows}
    langues, day, beds = (found["Zola"][name] for name in header[-3:])
    assert (langues, day.date(), beds) == ("breton", date(2026, 2, 1), None)
    assert [found["EHPAD"][name] for name in header[-3:]] == ["français", None, 80]
    assert found["EHPAD"]["SIRET"] == "73282932000074"
    selected = client.post(f"{url('bulk-export', ours.pk)}?all=1", {"expected": 2, "file_format": "csv"})
    assert tuple(exported(selected)[0]) == header


def test_the_export_takes_as_many_queries_for_three_rows_as_for_one(client, ours, coordinator):
    with everything("test data"):
        add_field(ours, label="Langues", target="person", kind="text", by=None)
    counts = []
    for rows in (1, 3):
        while membership_count() < rows:
            found = member(ours, commune=factories.commune(), extra={"langues": "breton"})
            with everything("test data"):
                Contact.objects.create(professional=found.professional, channel="email", value="x@example.org")
        client.get(url("register", ours.pk) + "?export=csv")
        with CaptureQueriesContext(connection) as read:
            client.get(url("register", ours.pk) + "?export=csv")
        counts.append(len(read))
    assert counts[0] == counts[1]


def membership_count() -> int:
    with everything("test"):
        return Membership.objects.count()
