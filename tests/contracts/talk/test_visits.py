"""Visits, and what is new since the last one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from contracts.models import Document, Submission, Visit
from contracts.review.lifecycle import REVIEWS
from contracts.talk.visits import news_of, note_visit
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import ViewingAs
from cpts_portal.accounts.roles import Role
from cpts_portal.accounts.viewing import SESSION_KEY
from tests import contract_factories as make
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def letter():
    return make.review(factories.cpts(), "letter", "submitted")


@pytest.fixture
def agent(letter):
    return factories.ars_agent(letter.cpts.ars)


@pytest.fixture
def address(letter):
    return reverse("contracts:review-detail", args=[letter.cpts_id, letter.pk])


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_visit_lasts_half_an_hour(letter, agent):
    def look(minutes: int):
        return note_visit(letter, reader=agent, moment=NOON + timedelta(minutes=minutes))

    assert look(0) is None
    assert look(10) is None
    assert look(60) == NOON + timedelta(minutes=10)
    assert look(70) == NOON + timedelta(minutes=10)
    assert Visit.objects.get().at == NOON + timedelta(minutes=70)


def test_news_are_what_others_did_and_she_may_read(letter, agent):
    cpts, author = letter.cpts, factories.fund_agent(letter.cpts.lead_fund)
    since = datetime.now(UTC) - HOUR
    REVIEWS.make(letter, "visa", make.act(author, Role.FUND_AGENT, moment=datetime.now(UTC), version="0"))
    for text, fields in {
        "Pour tous": {},
        "Entre agences": {"audience": "agencies", "agency": cpts.lead_fund},
        "Caisse": {"audience": "own", "agency": cpts.lead_fund},
    }.items():
        make.comment(letter, text=text, by=author, **fields)
    make.comment(letter, text="De moi", by=agent)
    document = Document.objects.create(
        cpts=cpts, review=letter, slot="statutes", filename="statuts.pdf", file="x.pdf", content_type="application/pdf",
        size=1, sha256="0" * 64, added_by=author,
    )  # fmt: skip

    def read_by(person) -> set[str]:
        return {each.text for each in news_of(letter, Actor(person), since).comments}

    news = news_of(letter, Actor(agent), since)
    assert ([move.act for move in news.moves], news.documents) == (["visa"], [document])
    assert read_by(agent) == {"Pour tous", "Entre agences"}
    assert read_by(factories.coordinator(cpts)) == {"Pour tous", "De moi"}
    assert read_by(factories.fund_agent(cpts.lead_fund)) == {"Pour tous", "Entre agences", "Caisse", "De moi"}
    assert read_by(factories.observer()) == read_by(factories.administrator()) == set()
    assert news_of(letter, Actor(author), since).moves == []
    assert news_of(letter, Actor(agent), datetime.now(UTC) + HOUR).is_empty


def test_the_page_tells_what_came_since_and_stays_silent_at_the_first_visit(letter, agent, address):
    make.comment(letter, text="Un mot", by=factories.coordinator(letter.cpts))
    client = client_of(agent)
    assert "Depuis votre dernière visite" not in client.get(address).content.decode()
    Visit.objects.update(at=NOON)
    body = client.get(address).content.decode()
    assert "Depuis votre dernière visite" in body
    assert "2 mars 2026" in body
    assert "Depuis votre dernière visite" in client.get(address).content.decode(), "reading again is the same visit"


def test_a_new_submission_is_compared_with_the_one_she_read(letter, agent):
    for number, hours in ((1, -2), (2, 2)):
        Submission.objects.create(
            review=letter, number=number, content={}, sha256="0" * 64, at=NOON + timedelta(hours=hours)
        )
    reads = [news_of(letter, Actor(agent), NOON + timedelta(hours=hours)).read for hours in (-3, 0, 3)]
    assert reads == [0, 1, 2]


def test_opening_the_page_writes_the_visit_and_nothing_else(letter, agent, address, django_assert_max_num_queries):
    client = client_of(agent)
    with django_assert_max_num_queries(200) as seen:
        client.get(address)
    writes = [query["sql"] for query in seen if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert writes
    assert all('"contracts_visit"' in sql for sql in writes)


def test_an_administrator_who_lends_her_eyes_leaves_no_visit(letter, agent, address):
    administrator = factories.administrator()
    entry = ViewingAs.objects.create(administrator=administrator, user=agent, reason="aide")
    client = client_of(administrator)
    session = client.session
    session[SESSION_KEY] = entry.pk
    session.save()
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Vous voyez le portail comme" in answer.content.decode()
    assert not Visit.objects.exists()


def test_each_move_is_dated_for_the_lists(letter, agent):
    moved = REVIEWS.make(letter, "visa", make.act(agent, Role.ARS_AGENT, moment=NOON, version="0"))
    assert (moved.moved_at, moved.moved_by) == (NOON, agent)
    letter.refresh_from_db()
    assert (letter.moved_at, letter.moved_by_id) == (NOON, agent.pk)
