"""The yearly statement: what was paid in the year, natures apart, nothing of another person or CPTS."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from cpts_portal.core.scoping import everything
from members.models import PersonalDataExport
from missions.models import PayBatch
from missions.pay.statement import pay_statement
from tests import factories
from tests import mission_factories as make
from tests.missions.pay.steps import NOW, approved, officer

pytestmark = pytest.mark.django_db


def paid(person, amount: str, on: date, **fields) -> None:
    with everything("test data"):
        batch, _made = PayBatch.objects.get_or_create(
            cpts=person.cpts, number=on.year * 100 + on.month, execute_on=on, paid_on=on
        )
    given = {"checked_at": NOW, "approved_at": NOW, "approved_by": factories.user()}
    make.pay_line(person, amount, status="paid", paid_on=on, batch=batch, **given, **fields)


def test_the_year_of_payment_counts_and_natures_are_apart():
    person = officer(factories.cpts())
    paid(person, "100.00", date(2026, 4, 1))
    paid(person, "50.00", date(2026, 5, 1), nature="remuneration", activity="Atelier")
    paid(person, "999.00", date(2027, 1, 15))
    paid(officer(person.cpts), "777.00", date(2026, 4, 1))
    paid(officer(factories.cpts(), rpps=person.rpps), "555.00", date(2026, 4, 1))
    waiting = approved(person, "30.00")
    with everything("test reads"):
        sheet = pay_statement(person, 2026, day=date(2027, 1, 31))
    assert [(each.title, each.total) for each in sheet["sections"]] == [
        ("Indemnités", Decimal("100.00")),
        ("Rémunérations", Decimal("50.00")),
    ]
    assert sheet["total"] == Decimal("150.00")
    assert sheet["waiting"] == [waiting]


def test_the_statement_is_a_pdf_for_the_people_of_the_cpts_and_its_export_is_logged(client):
    person = officer(factories.cpts())
    address = reverse("missions:payments-statement", args=[person.cpts_id, person.pk, 2026])
    client.force_login(factories.coordinator(person.cpts))
    answer = client.get(address)
    assert answer.content.startswith(b"%PDF")
    with everything("test reads"):
        assert PersonalDataExport.objects.get().what == f"Relevé 2026 de la fiche n° {person.pk}"
    client.force_login(factories.ars_agent(person.cpts.ars))
    assert client.get(address).status_code == 403
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.get(address).status_code == 404
