"""The screens of a contract: negotiated, read on a day, compared, amended, ended, entered, exchanged about."""

import hashlib
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.deal.contracting import open_contract, terms_of_version
from contracts.deal.exchanges import ExchangeSheet, add_exchange
from contracts.models import Contract, ContractVersion, Exchange
from cpts_portal.core.scoping import everything
from tests import contract_factories as make
from tests import factories, mission_factories
from tests.contracts.deal.signing import agreed

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"contracts:{name}", args=args)


def logged(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def cpts():
    made = factories.cpts()
    factories.in_territory(made, factories.commune(name="Andel", population=50_000))
    return made


@pytest.fixture
def coordination(cpts):
    return logged(factories.coordinator(cpts))


@pytest.fixture
def draft(cpts) -> ContractVersion:
    with everything("test data"):
        return open_contract(cpts, day=timezone.localdate(), by=None)


@pytest.fixture
def contract(cpts) -> Contract:
    """In force since the first of last January."""
    return make.contract(cpts, start=timezone.localdate().replace(month=1, day=1))


def typed(version: ContractVersion, **fields) -> dict[str, str]:
    """The form of the terms as a browser sends it back."""
    with everything("test data"):
        version.review.refresh_from_db()
    base = {"version": str(version.review.version), "text": "ACI", "calendar": "", "mission-acces": "on"}
    return {**base, "start-acces": "2026-06-01", **fields}


# --- Terms ----------------------------------------------------------------------------------------------------------
def test_terms_are_saved_as_typed(coordination, cpts, draft):
    fields = {"calendar": "Au printemps", "clause-title-0": "Locaux", "clause-text-0": "Prêtés", "clause-title-1": ""}
    answer = coordination.post(url("version-terms", cpts.pk, draft.pk), typed(draft, **fields))
    assert answer.status_code == 302
    with everything("test data"):
        draft.review.refresh_from_db()
    terms = terms_of_version(draft)
    assert [(each.code, each.start) for each in terms.missions] == [("acces", date(2026, 6, 1))]
    assert (terms.calendar, terms.clauses) == ("Au printemps", {"Locaux": "Prêtés"})
    assert {each.mission for each in terms.amounts} == {"", "acces"}


def test_an_amount_without_its_source_comes_back_as_typed(coordination, cpts, draft):
    sent = typed(draft, **{"amount-cpts-functioning": "65 000"})
    answer = coordination.post(url("version-terms", cpts.pk, draft.pk), sent)
    assert answer.status_code == 422
    assert "Indiquez la source du montant" in answer.content.decode()
    assert 'value="65 000"' in answer.content.decode()


def test_somebody_else_saved_meanwhile_nothing_typed_is_lost(coordination, cpts, draft):
    sent = typed(draft, calendar="Mon calendrier")
    coordination.post(url("version-terms", cpts.pk, draft.pk), typed(draft, calendar="L’autre"))
    answer = coordination.post(url("version-terms", cpts.pk, draft.pk), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Quelqu’un d’autre a enregistré ces termes" in page
    assert "Mon calendrier" in page
    with everything("test data"):
        draft.review.refresh_from_db()
    again = coordination.post(url("version-terms", cpts.pk, draft.pk), {**sent, "version": draft.review.version})
    assert again.status_code == 302


def test_taking_up_the_territory_keeps_what_was_typed_and_stays_on_the_page(coordination, cpts, draft):
    factories.in_territory(cpts, factories.commune(name="Bréhand", population=60_000))
    page = coordination.get(url("version-terms", cpts.pk, draft.pk)).content.decode()
    assert "Le territoire d’aujourd’hui est différent" in page
    assert "Bréhand" in page
    sent = typed(draft, calendar="Mon calendrier", reprise="territory")
    answer = coordination.post(url("version-terms", cpts.pk, draft.pk), sent)
    assert answer.url == url("version-terms", cpts.pk, draft.pk)
    with everything("test data"):
        draft.review.refresh_from_db()
    terms = terms_of_version(draft)
    assert (terms.size, len(terms.territory), terms.calendar) == (3, 2, "Mon calendrier")


def test_taking_up_the_indicators_of_the_missions(coordination, cpts, draft):
    mission_factories.target(mission_factories.indicator(cpts, name="Soirées de prévention"))
    coordination.post(url("version-terms", cpts.pk, draft.pk), typed(draft, reprise="indicators"))
    with everything("test data"):
        draft.review.refresh_from_db()
    assert [each.name for each in terms_of_version(draft).indicators] == ["Soirées de prévention"]


def test_agents_read_the_terms_and_do_not_write_them(cpts, draft):
    agent = logged(factories.ars_agent(cpts.ars))
    page = agent.get(url("review-detail", cpts.pk, draft.review_id)).content.decode()
    assert "à confirmer" in page
    assert "Aucun montant connu au barème pour" in page
    assert "Négocier les termes" not in page
    assert agent.get(url("version-terms", cpts.pk, draft.pk)).status_code == 403


def test_signed_terms_have_no_form(coordination, cpts, contract):
    version = make.version(contract)
    assert coordination.get(url("version-terms", cpts.pk, version.pk)).status_code == 404


def test_a_draft_prints_with_its_mark_and_another_cpts_has_no_access(coordination, cpts, draft):
    answer = coordination.get(url("version-pdf", cpts.pk, draft.pk))
    assert answer.content.startswith(b"%PDF-")
    assert "projet-de-contrat" in answer["Content-Disposition"]
    stranger = logged(factories.coordinator(factories.cpts()))
    assert stranger.get(url("version-pdf", cpts.pk, draft.pk)).status_code == 404


# --- The page of a contract -----------------------------------------------------------------------------------------
def test_the_terms_are_read_on_any_day(coordination, cpts, contract):
    early = contract.starts_on - timedelta(days=1)
    page = coordination.get(url("contract-detail", cpts.pk, contract.pk), {"au": early.isoformat()}).content.decode()
    assert "Aucun texte n’était en vigueur" in page
    page = coordination.get(url("contract-detail", cpts.pk, contract.pk), {"au": "pas une date"}).content.decode()
    assert "Termes en vigueur" in page


def test_what_changed_since_the_signature_proposes_an_amendment(coordination, cpts, contract):
    page = coordination.get(url("contract-detail", cpts.pk, contract.pk)).content.decode()
    assert "La CPTS est passée de la taille 3 à la taille 2" in page
    assert f"{url('contract-amend', cpts.pk, contract.pk)}?objet=territory" in page
    agent = logged(factories.fund_agent(cpts.lead_fund))
    assert (
        "Proposer un avenant de territoire" in agent.get(url("contract-detail", cpts.pk, contract.pk)).content.decode()
    )


def test_an_amendment_opened_by_an_agent_is_compared_with_the_contract(cpts, contract):
    agent = logged(factories.ars_agent(cpts.ars))
    sent = {"subjects": ["territory"], "reason": "Recensement", "asked_by": "ars", "effective_on": timezone.localdate()}
    answer = agent.post(url("contract-amend", cpts.pk, contract.pk), sent)
    assert answer.status_code == 302
    page = agent.get(url("contract-compare", cpts.pk, contract.pk)).content.decode()
    assert "Recensement" in page
    assert str(cpts.ars) in page
    assert "Andel" in page
    assert "taille 3" in page
    same = make.version(contract).pk
    page = agent.get(url("contract-compare", cpts.pk, contract.pk), {"de": same, "vers": same}).content.decode()
    assert "Une seule version est choisie" in page


def test_an_observer_reads_and_is_offered_nothing(cpts, contract):
    page = logged(factories.observer()).get(url("contract-detail", cpts.pk, contract.pk)).content.decode()
    assert "Proposer un avenant" not in page
    assert "Résilier" not in page


def test_a_termination_says_its_consequences_and_asks_that_they_be_read(coordination, cpts, contract):
    page = coordination.get(url("contract-end", cpts.pk, contract.pk)).content.decode()
    assert "Le contrat cesse de s’appliquer à la date d’effet" in page
    day = timezone.localdate() + timedelta(days=30)
    sent = {"version": 0, "end_initiator": "cpts", "end_reason": "Dissolution", "ended_on": day}
    assert coordination.post(url("contract-end", cpts.pk, contract.pk), sent).status_code == 422
    answer = coordination.post(url("contract-end", cpts.pk, contract.pk), {**sent, "confirmed": "on"})
    assert answer.status_code == 302
    assert "Dissolution" in coordination.get(url("contract-detail", cpts.pk, contract.pk)).content.decode()


def test_a_contract_signed_before_the_portal_is_entered_on_one_page(coordination, cpts):
    sent = {
        "starts_on": "2024-04-15",
        **{f"{party}_signed_on": "2024-04-10" for party in ("cpts", "ars", "fund")},
        "cpts_signatory": "Dominique Exemple",
        "text": "ACI",
        "territory": "portal",
        "mission-acces": "on",
        "amount-acces-fixed": "70 000,00",
    }
    answer = coordination.post(url("record", cpts.pk), sent)
    with everything("test data"):
        made = Contract.objects.get(cpts=cpts)
    assert answer.url == url("contract-detail", cpts.pk, made.pk)
    page = coordination.get(answer.url).content.decode()
    assert "signé avant le portail" in page
    assert "70\u202f000,00" in page
    assert coordination.post(url("record", cpts.pk), {**sent, "territory": "typed"}).status_code == 422


def test_the_file_leads_to_the_contract_and_its_next_exchange(coordination, cpts, contract):
    page = coordination.get(url("file", cpts.pk)).content.decode()
    assert "Aucun échange trimestriel n’est prévu" in page
    assert url("contract-amend", cpts.pk, contract.pk) in page
    assert url("record", cpts.pk) not in page
    coordination.post(url("contract-plan", cpts.pk, contract.pk))
    page = coordination.get(url("file", cpts.pk)).content.decode()
    assert "Prochain échange trimestriel" in page
    assert url("contract-detail", cpts.pk, contract.pk) in page


# --- Exchanges ------------------------------------------------------------------------------------------------------
def test_two_people_on_one_exchange_nothing_typed_is_lost(coordination, cpts, contract):
    day = timezone.localdate()
    with everything("test data"):
        exchange = add_exchange(contract, ExchangeSheet(day + timedelta(days=9)), day=day, by=None)
    sent = {"version": 0, "planned_on": exchange.planned_on, "agenda": "Soins non programmés"}
    assert coordination.post(url("exchange-edit", cpts.pk, exchange.pk), sent).status_code == 302
    answer = coordination.post(url("exchange-edit", cpts.pk, exchange.pk), {**sent, "agenda": "Prévention"})
    assert answer.status_code == 422
    assert "Prévention" in answer.content.decode()
    with everything("test data"):
        assert Exchange.objects.get().agenda == "Soins non programmés"


@pytest.mark.parametrize("name", ["contract-exchanges", "contract-detail"])
def test_as_many_queries_for_one_row_and_for_three(coordination, cpts, contract, name, django_assert_max_num_queries):
    day = timezone.localdate()
    where = url(name, cpts.pk, contract.pk)

    def count() -> int:
        with django_assert_max_num_queries(200) as seen:
            coordination.get(where)
        return len(seen)

    with everything("test data"):
        add_exchange(contract, ExchangeSheet(day + timedelta(days=1)), day=day, by=None)
        factories.in_territory(cpts, factories.commune())
    count()
    before = count()
    with everything("test data"):
        for rank in range(2, 5):
            add_exchange(contract, ExchangeSheet(day + timedelta(days=rank)), day=day, by=None)
            factories.in_territory(cpts, factories.commune())
    assert count() == before


# --- Signed on its page ---------------------------------------------------------------------------------------------
def test_the_third_signature_is_recorded_on_its_page_and_the_signed_document_is_served(cpts, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with everything("test data"):
        agreed(draft)
    day = timezone.localdate()
    signatories = (factories.board_member(cpts), factories.ars_agent(cpts.ars), factories.fund_agent(cpts.lead_fund))
    for person in signatories:
        where = url("review-move", cpts.pk, draft.review_id, "sign")
        with everything("test data"):
            draft.review.refresh_from_db()
        assert "Signé le" in logged(person).get(where).content.decode()
        sent = {"version": draft.review.version, "on": day, "signatory": "Dominique Exemple"}
        assert logged(person).post(where, sent).status_code == 302
    with everything("test data"):
        draft.refresh_from_db()
    page = logged(signatories[1]).get(url("contract-detail", cpts.pk, draft.contract_id)).content.decode()
    assert "Document signé (PDF)" in page
    answer = logged(factories.observer()).get(url("version-pdf", cpts.pk, draft.pk))
    assert hashlib.sha256(answer.content).hexdigest() == draft.file_sha256
    assert logged(factories.coordinator(factories.cpts())).get(answer.request["PATH_INFO"]).status_code == 404
