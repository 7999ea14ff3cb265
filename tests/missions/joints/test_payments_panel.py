"""The money of a person on her card: for those who may read payments only, at a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.accounts.permissions import actor_of
from cpts_portal.core.scoping import everything
from missions.joints.person_panel import payments_panel
from missions.models import CeilingValue
from tests import factories
from tests import mission_factories as make
from tests.missions.pay.steps import approved, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def person(cpts):
    return officer(cpts)


def card(client, user, person) -> str:
    client.force_login(user)
    page = client.get(reverse("members:person-detail", args=[person.cpts_id, person.pk]))
    return page.content.decode().replace("\u00a0", " ")


def test_the_card_says_what_is_granted_and_what_waits_and_the_room_left(client, cpts, person):
    today = timezone.localdate()
    with everything("test data"):
        CeilingValue.objects.update_or_create(year=today.year, defaults={"amount": "1000.00"})
    approved(person, "100.00", day=today)
    make.pay_line(person, "40.00", day=today, nature="remuneration", activity="Soirée")
    make.pay_line(person, "7.00", day=today.replace(year=today.year - 1), activity="Ancienne")
    make.pay_line(
        person,
        "9.00",
        day=today,
        activity="Refusée",
        status="refused",
        refused_at=timezone.now(),
        refusal_reason="Doublon",
    )
    page = card(client, factories.coordinator(cpts), person)
    panel = page[page.index('id="indemnites"') :]
    assert "100,00 €" in panel
    assert "0,00 €, et 40,00 € à approuver" in panel
    assert "900,00 €, toutes CPTS confondues" in panel
    assert "Ancienne" in panel
    assert "Refusée" not in panel
    assert reverse("missions:payments-statement", args=[cpts.pk, person.pk, today.year]) in panel


def test_the_panel_is_for_those_who_read_payments(cpts, person):
    make.pay_line(person)
    with everything("reading the panel"):
        for user in (factories.coordinator(cpts), factories.board_member(cpts)):
            assert payments_panel(person, actor_of(user)) is not None
        for user in (factories.administrator(), factories.coordinator(factories.cpts("d’ailleurs"))):
            assert payments_panel(person, actor_of(user)) is None


def test_nothing_is_shown_of_who_was_never_paid(cpts, person):
    with everything("reading the panel"):
        assert payments_panel(person, actor_of(factories.coordinator(cpts))) is None


def test_the_panel_asks_as_many_questions_for_one_row_as_for_three(cpts, person):
    def count() -> int:
        with everything("reading the panel"), CaptureQueriesContext(connection) as found:
            payments_panel(person, actor)
        return len(found)

    actor = actor_of(factories.coordinator(cpts))
    make.pay_line(person)
    count()
    one = count()
    make.pay_line(person)
    make.pay_line(person)
    assert count() == one
