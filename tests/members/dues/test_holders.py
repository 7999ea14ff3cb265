"""Somebody who leaves and comes back within a year owes once, and everything about that due follows her."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from members.dues.documents.certificates import certificate, certificates
from members.dues.documents.letterhead import letterhead
from members.dues.dues import PaymentOrder, cancel_payment, exempt, record_payments
from members.listing import Criteria, DuesState, RegisterRows
from members.membership.adhesion import enrol, leave
from members.models import Due, Payment
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TODAY = date(2026, 11, 25)


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture(params=["person", "structure"])
def came_back(request, cpts):
    """(the membership her due was asked on, ended in April; the one she has today)."""
    first = make.member(cpts) if request.param == "person" else make.member_structure(cpts)
    make.campaign(cpts, 2026)
    leave(first, on=date(2026, 4, 1), reason="Remplacement", by=None)
    again = enrol(first.holder, start=date(2026, 9, 1), by=None)
    return first, again


def pay(due: Due, amount: str = "20.00") -> Payment:
    return record_payments([PaymentOrder(due, Decimal(amount), date(2026, 9, 2), "transfer")], by=None)[0]


def test_the_list_shows_her_due_beside_the_filter_that_finds_her(cpts, came_back):
    wanted = Criteria(cpts=cpts, day=TODAY, year=2026, dues=DuesState.LATE)
    assert [(row.detail.dues, row.detail.owed) for row in RegisterRows(wanted)] == [(DuesState.LATE, 20)]
    pay(Due.objects.get())
    assert list(RegisterRows(wanted)) == []
    paid = RegisterRows(Criteria(cpts=cpts, day=TODAY, year=2026))
    assert [row.detail.dues for row in paid] == [DuesState.PAID]


def test_the_certificate_of_her_present_membership_says_that_she_paid(cpts, came_back):
    _first, again = came_back
    pay(Due.objects.get())
    found = certificate(again, year=2026, printed_on=TODAY, head=letterhead(cpts, day=TODAY))
    assert (found["paid"], found["from_day"], found["to_day"]) == (20, date(2026, 9, 1), date(2026, 12, 31))


def test_the_series_prints_one_certificate_for_her_present_membership(cpts, came_back):
    pay(Due.objects.get())
    found = certificates(cpts, year=2026, printed_on=TODAY)
    assert [(each["paid"], each["from_day"], each["to_day"]) for each in found] == [
        (20, date(2026, 9, 1), date(2026, 12, 31))
    ]


def test_a_due_of_a_year_without_membership_gives_no_certificate(cpts):
    membership = make.member(cpts)
    campaign = make.campaign(cpts, 2025)
    pay(Due.objects.get())
    membership.start = date(2026, 1, 1)
    membership.save()
    assert certificates(cpts, year=campaign.year, printed_on=TODAY) == []


def test_the_page_of_the_due_offers_the_certificate_of_her_present_membership(client, cpts, came_back):
    _first, again = came_back
    client.force_login(factories.coordinator(cpts))
    page = client.get(reverse("members:due-detail", args=[cpts.pk, Due.objects.get().pk]))
    assert page.context["certificate_url"] == reverse("members:membership-certificate", args=[cpts.pk, again.pk, 2026])


def card(client, membership) -> str:
    kind = "person" if membership.professional_id else "structure"
    page = client.get(reverse(f"members:{kind}-detail", args=[membership.cpts_id, membership.holder.pk]))
    return page.content.decode().replace("\u00a0", " ")


def test_the_card_says_late_then_paid_and_tells_it(client, cpts, came_back):
    first, _again = came_back
    client.force_login(factories.coordinator(cpts))
    assert "En retard : reste 20,00 €" in card(client, first)
    payment = pay(Due.objects.get())
    assert "a enregistré un paiement de 20,00 € reçu le 2 septembre 2026" in card(client, first)
    assert "Réglée" in card(client, first)
    cancel_payment(payment, reason="Chèque sans provision", on=TODAY, by=None)
    assert f"a annulé le paiement {payment.receipt_number}" in card(client, first)
    exempt(Due.objects.get(), reason="Congé", by=None)
    page = card(client, first)
    assert "Exonérée : Congé" in page
    assert "a remis 20,00 € de la « Cotisation 2026 »" in page


def test_a_due_that_is_not_late_yet_only_remains(client, cpts):
    membership = make.member(cpts)
    make.campaign(cpts, 2026, due_on=date(2099, 1, 1))
    client.force_login(factories.coordinator(cpts))
    assert "Reste 20,00 €" in card(client, membership)
