"""The card of a member: her documents, what other apps say about her, the whole of her history."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from cpts_portal.core.text import date_fr
from members.dues.dues import PaymentOrder, cancel_payment, mark_called, mark_reminded, record_payments
from members.models import Application, Due, Practice, Professional, Structure
from members.records.duplicates import merge
from members.shared.card_panels import Panel, register, withdraw
from tests import factories
from tests import member_factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordinator(client, ours):
    user = factories.coordinator(ours)
    client.force_login(user)
    return user


def card(client, record):
    kind = "person" if isinstance(record, Professional) else "structure"
    response = client.get(reverse(f"members:{kind}-detail", args=[record.cpts_id, record.pk]))
    assert response.status_code == 200
    return response


def documents(response) -> dict[str, list[tuple[str, str]]]:
    groups = response.context["documents"].groups
    return {title: [(row.label, row.hint.replace("\u00a0", " ")) for row in rows] for title, rows in groups}


def pay(membership, amount: str, on: date):
    due = Due.objects.get(membership=membership)
    return record_payments([PaymentOrder(due, Decimal(amount), on, "cheque")], by=None)[0]


def test_certificates_receipts_letters_and_applications_are_listed(client, ours, coordinator):
    membership = make.member(ours, start=date(2024, 5, 1))
    make.campaign(ours, 2026)
    with everything("test data"):
        kept, cancelled = pay(membership, "5", date(2026, 2, 1)), pay(membership, "6", date(2026, 2, 2))
        cancel_payment(cancelled, reason="Chèque refusé", on=date(2026, 2, 3), by=None)
        mark_called([Due.objects.get()], by=None)
        mark_reminded([Due.objects.get()], by=None)
        received = Application.objects.create(cpts=ours, membership=membership, email="x@example.org")
    response = card(client, membership.professional)
    found, today = documents(response), date_fr(timezone.localdate())
    assert [label for label, _hint in found.pop("Attestations d’adhésion")][-3:] == ["2026", "2025", "2024"]
    assert found == {
        "Reçus": [(kept.receipt_number, "5,00 €, payés le 1er février 2026")],
        "Courriers": [
            ("Rappel de cotisation 2026", f"envoyé le {today}"),
            ("Appel à cotisation 2026", f"envoyé le {today}"),
        ],
        "Demandes reçues": [("Demande d’adhésion", f"reçue le {today} par le formulaire public")],
    }
    page = response.content.decode()
    links = {
        "membership-certificate": (membership.pk, 2024),
        "payment-receipt": (kept.pk,),
        "application-detail": (received.pk,),
    }
    for name, args in links.items():
        assert reverse(f"members:{name}", args=[ours.pk, *args]) in page


def test_somebody_who_left_has_certificates_until_the_year_she_left_and_a_stranger_none(client, ours, coordinator):
    gone = make.member(ours, start=date(2020, 5, 1), end=date(2021, 3, 1))
    assert documents(card(client, gone.professional)) == {"Attestations d’adhésion": [("2021", ""), ("2020", "")]}
    response = card(client, make.professional(ours))
    assert documents(response) == {}
    assert "Aucun document" in response.content.decode()


def test_a_structure_has_its_documents_too(client, ours, coordinator):
    membership = make.member_structure(ours, start=date(2021, 1, 1), name="EHPAD")
    make.campaign(ours, 2021)
    with everything("test data"):
        payment = pay(membership, "20", date(2021, 2, 1))
    found = documents(card(client, membership.structure))
    assert [label for label, _hint in found["Reçus"]] == [payment.receipt_number]
    assert ("2021", "") in found["Attestations d’adhésion"]


@pytest.mark.parametrize("model", [Professional, Structure])
def test_another_app_adds_a_panel_to_the_card(client, ours, coordinator, model):
    person, structure = make.professional(ours, civil_last_name="Zola"), make.structure(ours)

    def meetings(record, actor):
        assert actor.user == coordinator
        if record not in (person, structure):
            return None
        return Panel("reunions", "Réunions", "ui/description.html", {"rows": [("Participations", "12 réunions")]})

    register(model, meetings)
    register(model, meetings)
    try:
        own = {Professional: person, Structure: structure}
        pages = {each: card(client, record).content.decode() for each, record in own.items()}
        other = card(client, make.professional(ours)).content.decode()
    finally:
        withdraw(model, meetings)
    assert {each: page.count("12 réunions") for each, page in pages.items()} == {
        each: int(each is model) for each in own
    }
    assert '<section class="card mb-3" id="reunions">' in pages[model]
    assert "12 réunions" not in other
    assert "12 réunions" not in card(client, person).content.decode()


def test_the_history_tells_dues_payments_and_the_life_of_the_record_merged_into_this_one(client, ours, coordinator):
    keep, drop = make.member(ours, rpps=""), make.member(ours, start=date(2023, 1, 1))
    make.campaign(ours, 2026)
    with everything("test data"):
        pay(drop, "20", date(2026, 2, 1))
        merge(
            keep.professional,
            drop.professional,
            take_from_dropped=[],
            keep_membership=keep.pk,
            on=date(2026, 6, 1),
            by=coordinator,
        )
        kept = Professional.objects.get(pk=keep.professional_id)
    events = card(client, kept).context["events"]
    said = [event.sentence for event in events]
    assert f"Repris de la fiche n° {drop.professional_id}" in {event.reason for event in events}
    assert "a retiré une adhésion" in said
    assert said.count("a enregistré une adhésion") == 2
    assert any("Cotisation 2026" in sentence for sentence in said)


def test_a_place_of_practice_is_told_by_its_name(client, ours, coordinator):
    person = make.professional(ours)
    with everything("test data"):
        Practice.objects.create(professional=person, place="Cabinet du Port")
    said = [event.sentence for event in card(client, person).context["events"]]
    assert "a ajouté le lieu d’exercice Cabinet du Port" in said
