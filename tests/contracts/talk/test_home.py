"""What the home pages say of the files."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import contract_factories as make
from tests import factories

pytestmark = pytest.mark.django_db


def home(person) -> str:
    client = Client()
    client.force_login(person)
    return client.get(reverse("home:dashboard")).content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_an_agent_reads_how_much_waits_for_her_agency():
    cpts, today = factories.cpts(), timezone.localdate()
    agent = factories.fund_agent(cpts.lead_fund)
    assert "Aucun dossier de contrat n’attend votre agence" in home(agent)
    make.review(cpts, "letter", "submitted", due_on=today - timedelta(days=2))
    make.review(cpts, "project", "submitted", due_on=today + timedelta(days=2))
    make.review(factories.cpts(), "letter", "submitted", due_on=today)
    body = home(agent)
    assert "2 dossiers de contrat attendent votre agence" in body
    assert "1 échéance dépassée" in body
    assert "1 à rendre dans les 7 jours" in body


def test_a_coordinator_reads_whose_turn_it_is_in_her_file():
    cpts = factories.cpts()
    coordinator = factories.coordinator(cpts)
    assert "le dossier commence par la lettre d’intention" in home(coordinator)
    make.review(cpts, "letter", "returned")
    make.review(factories.cpts(), "letter", "returned", title="Lettre d’une autre CPTS")
    body = home(coordinator)
    assert "Des corrections sont demandées" in body
    assert "à vous" in body
    assert "Lettre d’une autre CPTS" not in body


def test_the_menu_leads_the_parties_to_what_waits_for_them():
    cpts = factories.cpts()
    for person in (factories.board_member(cpts), factories.ars_agent(cpts.ars)):
        assert reverse("contracts:inbox") in home(person)
    assert reverse("contracts:inbox") not in home(factories.observer())
