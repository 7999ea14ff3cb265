"""Access to one's data, and anonymisation that changes no past count."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from members.dues.dues import PaymentOrder, record_payments
from members.figures.statistics import evolution, members_by_category, members_by_commune
from members.membership.adhesion import leave
from members.models import Application, Contact, CustomField, Due, Membership, Payment, Practice, Professional
from members.privacy.person_file import person_file
from members.privacy.privacy import anonymise, anonymise_payments
from members.privacy.retention import payments_to_anonymise, to_anonymise
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TODAY = date(2030, 1, 15)
LEFT = date(2026, 6, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


@pytest.fixture
def gone(cpts):
    membership = make.member(
        cpts, civil_last_name="Reconnaissable", civil_first_name="Zoé", commune=factories.commune()
    )
    Contact.objects.create(professional=membership.professional, channel="email", value="zoe@example.org")
    make.campaign(cpts, 2025)
    due = Due.objects.get(membership=membership)
    record_payments([PaymentOrder(due, Decimal("20.00"), date(2025, 2, 1), "transfer")], by=None)
    Due.objects.filter(pk=due.pk).update(called_at=datetime(2025, 2, 1, 12, tzinfo=UTC))
    leave(membership, on=LEFT, reason="Départ en retraite de Zoé", by=None)
    return Professional.objects.get(pk=membership.professional_id)


def everything_stored():
    """All text columns of the tables that know a person, history included."""
    models = [Professional, Contact, Practice, Membership]
    tables = models + [model.history.model for model in models]
    return " ".join(str(row) for table in tables for row in table._base_manager.values())


def test_only_those_who_left_long_ago_are_proposed(cpts, gone):
    make.member(cpts)
    recent = make.member(cpts)
    leave(recent, on=date(2029, 1, 1), reason="Déménagement", by=None)
    assert list(to_anonymise(cpts, today=TODAY)) == [gone]
    assert list(to_anonymise(cpts, today=date(2029, 6, 1))) == [gone]
    assert list(to_anonymise(cpts, today=date(2029, 5, 31))) == []


def test_somebody_who_came_back_is_not_proposed(cpts, gone):
    from members.membership.adhesion import enrol  # noqa: PLC0415 (this test only)

    enrol(gone, start=date(2028, 1, 1), by=None)
    assert list(to_anonymise(cpts, today=TODAY)) == []


def test_nothing_that_tells_who_she_was_remains(gone):
    assert "Reconnaissable" in everything_stored()
    assert anonymise([gone], today=TODAY, by=None) == 1
    stored = everything_stored()
    for trace in ("Reconnaissable", "reconnaissable", "Zoé", "zoe", gone.rpps or "no-rpps"):
        assert trace not in stored


def test_the_counts_of_past_years_do_not_change(cpts, gone):
    day = date(2025, 12, 31)

    def figures():
        return (members_by_category(cpts, day), members_by_commune(cpts, day), evolution(cpts, until=TODAY))

    before = figures()
    anonymise(to_anonymise(cpts, today=TODAY), today=TODAY, by=None)
    assert figures() == before
    assert list(to_anonymise(cpts, today=TODAY)) == []


def test_payment_vouchers_keep_their_payer_longer(cpts, gone):
    anonymise([gone], today=TODAY, by=None)
    assert Payment.objects.get().payer == "Zoé Reconnaissable"
    assert payments_to_anonymise(cpts, today=TODAY).count() == 0
    old = payments_to_anonymise(cpts, today=date(2035, 2, 2))
    assert anonymise_payments(old, by=None) == 1
    assert Payment.objects.get().payer == ""


def test_a_person_gets_her_whole_file(gone):
    found = person_file(gone)
    assert found["identité"]["nom d’état civil"] == "Reconnaissable"
    assert found["coordonnées"][0]["coordonnée"] == "zoe@example.org"
    assert found["adhésions"][0]["jusqu’au (exclu)"] == "01/06/2026"
    paid = "20,00\N{NO-BREAK SPACE}€"
    assert found["cotisations"] == [{"année": 2025, "montant appelé": paid, "appel envoyé le": "01/02/2025"}]
    assert found["paiements"][0]["montant"] == paid
    assert found["paiements"][0]["année"] == 2025


def test_her_file_says_which_structures_she_represents(cpts, gone):
    make.structure(cpts, name="EHPAD Les Genêts", representative=gone, representative_title="Directrice")
    assert person_file(gone)["structures représentées"] == [{"nom": "EHPAD Les Genêts", "fonction": "Directrice"}]


def test_her_free_fields_have_their_titles_and_not_their_keys(cpts, gone):
    CustomField.objects.create(cpts=cpts, key="maitre-de-stage", label="Maître de stage", kind="yes_no")
    gone.extra = {"maitre-de-stage": True, "ancien": "gardé"}
    gone.save()
    membership = Membership.objects.get(professional=gone)
    Application.objects.create(cpts=cpts, membership=membership, email="z@example.org", extra={"maitre-de-stage": True})
    found = person_file(gone)
    assert found["identité"]["champs libres"] == {"Maître de stage": "oui", "ancien": "gardé"}
    assert found["demandes par le formulaire"][0]["champs libres"] == {"Maître de stage": "oui"}
