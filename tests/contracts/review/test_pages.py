"""The pages of a file and of a review, for each side."""

import pytest
from django.urls import reverse

from contracts.models import Review
from tests import contract_factories as make
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cpts():
    return factories.cpts()


def page(client, person, name: str, *args):
    client.force_login(person)
    return client.get(reverse(f"contracts:{name}", args=args))


def test_each_side_is_told_whose_turn_it_is(client, cpts):
    review = make.review(cpts, "letter", "submitted")
    agent = page(client, factories.ars_agent(cpts.ars), "review-detail", cpts.pk, review.pk)
    assert "À vous d’agir" in agent.content.decode()
    own = page(client, factories.coordinator(cpts), "review-detail", cpts.pk, review.pk).content.decode()
    assert "Où en est ce dossier" in own
    assert f"En attente : l’{cpts.ars}, la {cpts.lead_fund}." in own


@pytest.mark.parametrize(("status", "told"), [("draft", "pas encore"), ("submitted", "en attente"), ("recorded", "–")])
def test_a_visa_is_awaited_once_the_file_is_submitted_only(client, cpts, status, told):
    review = make.review(cpts, "letter", status)
    shown = page(client, factories.coordinator(cpts), "review-detail", cpts.pk, review.pk).content.decode()
    assert shown.count(f'<span class="text-body-secondary">{told}</span>') == 2


def test_a_signed_contract_leads_to_its_page(client, cpts):
    contract = make.contract(cpts)
    review = make.version(contract).review
    shown = page(client, factories.coordinator(cpts), "review-detail", cpts.pk, review.pk).content.decode()
    assert reverse("contracts:contract-detail", args=[cpts.pk, contract.pk]) in shown


def test_what_blocks_a_move_stands_beside_its_button(client, cpts):
    review = make.review(cpts, "letter", content={"sections": {}})
    shown = page(client, factories.coordinator(cpts), "review-detail", cpts.pk, review.pk).content.decode()
    assert "Partie à rédiger : premier diagnostic." in shown
    assert reverse("contracts:review-move", args=[cpts.pk, review.pk, "submit"]) not in shown


def test_a_visa_is_given_in_two_clicks(client, cpts):
    review = make.review(cpts, "letter", "submitted")
    client.force_login(factories.fund_agent(cpts.lead_fund))
    url = reverse("contracts:review-move", args=[cpts.pk, review.pk, "visa"])
    assert client.get(url).status_code == 200
    answer = client.post(url, {"version": "0", "opinion": "favourable"}, follow=True)
    assert "Visa donné" in answer.content.decode()


def test_a_visa_on_a_file_that_changed_comes_back_filled(client, cpts):
    review = make.review(cpts, "letter", "submitted", version=3)
    client.force_login(factories.fund_agent(cpts.lead_fund))
    url = reverse("contracts:review-move", args=[cpts.pk, review.pk, "visa"])
    answer = client.post(url, {"version": "0", "opinion": "reserved", "reasons": "Le calendrier est serré."})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "a changé depuis que vous l’avez ouvert" in shown
    assert "Le calendrier est serré." in shown
    again = client.post(url, {"version": "3", "opinion": "reserved", "reasons": "Le calendrier est serré."})
    assert again.status_code == 302


def test_a_move_of_another_side_is_refused(client, cpts):
    review = make.review(cpts, "letter", "submitted")
    client.force_login(factories.coordinator(cpts))
    url = reverse("contracts:review-move", args=[cpts.pk, review.pk, "visa"])
    assert client.post(url, {"version": "0", "opinion": "favourable"}).status_code == 403


def test_an_unknown_move_does_not_exist(client, cpts):
    review = make.review(cpts, "letter", "submitted")
    assert page(client, factories.coordinator(cpts), "review-move", cpts.pk, review.pk, "inventee").status_code == 404


def test_a_letter_is_opened_from_the_file_once(client, cpts, see_everything):
    factories.in_territory(cpts, factories.commune("22300", "Exempleville", 1200))
    client.force_login(factories.coordinator(cpts))
    url = reverse("contracts:open", args=[cpts.pk, "letter"])
    assert client.post(url, follow=True).status_code == 200
    assert "1\xa0200 habitants" in Review.objects.get(cpts=cpts).content["sections"]["territory"].replace(
        "\u202f", "\xa0"
    )
    assert client.get(url).status_code == 404


def test_the_file_takes_the_same_queries_for_one_and_three_reviews(client, cpts, django_assert_max_num_queries):
    client.force_login(factories.coordinator(cpts))
    url = reverse("contracts:file", args=[cpts.pk])
    make.review(cpts, "letter", "accepted")
    client.get(url)
    with django_assert_max_num_queries(100) as one:
        client.get(url)
    for _ in range(2):
        make.review(cpts, "project", "opposed", decision_reason="Territoire")
    with django_assert_max_num_queries(len(one)):
        client.get(url)
