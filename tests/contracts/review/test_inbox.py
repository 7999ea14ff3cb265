"""The inbox: what waits for whom, told by the database as by the rule; filters, marks, one list for all uses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as property_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contracts.models import Assignment, Contract, ContractVersion, Party, Review, ReviewKind, ReviewStatus, Visit
from contracts.review.inbox import files_of, to_do, waiting_parties
from contracts.shared.standing import waits_for
from contracts.talk.assignments import assign
from cpts_portal.accounts.actor import Actor
from cpts_portal.core.scoping import everything
from tests import contract_factories as make
from tests import factories

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
INBOX = reverse("contracts:inbox")
moments = st.sampled_from([None, NOON])
days = st.sampled_from([None, TODAY])


class TestTheRuleInSql(TestCase):
    """Any state that the constraints allow, or not: the list says what the page of the file says."""

    @property_settings(max_examples=150)
    @given(
        kind=st.sampled_from(list(ReviewKind)),
        status=st.sampled_from(list(ReviewStatus)),
        agreed=st.tuples(moments, moments, moments),
        has_version=st.booleans(),
        signed=st.tuples(days, days, days),
    )
    def test_the_database_and_python_agree(self, kind, status, agreed, has_version, signed):
        visas = dict(zip(("cpts_agreed_at", "ars_agreed_at", "fund_agreed_at"), agreed, strict=True))
        if status in ("accepted", "agreed", "signed", "closed"):
            visas["ars_agreed_at"] = visas["fund_agreed_at"] = NOON
        if status in ("agreed", "signed", "closed"):
            visas["cpts_agreed_at"] = NOON
        if status == "tacit" and kind != "project":
            return
        if status == "tacit":
            visas["decided_on"] = TODAY
        cpts = factories.cpts()
        coordinator = Actor(factories.coordinator(cpts))
        with everything("a property"):
            review = make.review(cpts, kind, status, decision_reason="Motif", **visas)
            version = None
            if has_version and kind in ("contract", "amendment"):
                contract = Contract.objects.create(cpts=cpts)
                dates = dict(zip(("cpts_signed_on", "ars_signed_on", "fund_signed_on"), signed, strict=True))
                version = ContractVersion.objects.create(contract=contract, review=review, **dates)
            row = files_of(coordinator).get(pk=review.pk)
            expected = waits_for(review, version)
            assert tuple(waiting_parties(row)) == tuple(party for party in Party if party in expected)
            assert row.is_mine == (Party.CPTS in expected)


pytestmark = pytest.mark.django_db


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rows(client: Client, **filters) -> list[str]:
    answer = client.get(INBOX, filters)
    assert answer.status_code == 200
    page = answer.context["table"].page
    return [row.record.title for row in page.object_list] if answer.context["total"] else []


@pytest.fixture
def place():
    """An ARS and a fund, two CPTS in two departments."""
    ars, fund = factories.agency("ars"), factories.agency("cpam")
    first, second = factories.cpts("A", ars, fund), factories.cpts("B", ars, fund)
    with everything("test data"):
        second.departments.set([factories.department("35")])
    return first, second


@pytest.fixture
def agent(place):
    return factories.ars_agent(place[0].ars)


def test_each_party_sees_what_waits_for_it(place, agent):
    first, second = place
    make.review(first, "letter", "submitted", title="À viser")
    make.review(second, "letter", "submitted", title="Déjà visée par l’ARS", ars_agreed_at=NOON)
    make.review(second, "project", "draft", title="En préparation")
    make.review(factories.cpts(), "letter", "submitted", title="Ailleurs")
    assert rows(client_of(agent)) == ["À viser"]
    assert set(rows(client_of(factories.fund_agent(first.lead_fund)))) == {"À viser", "Déjà visée par l’ARS"}
    assert rows(client_of(factories.coordinator(second))) == ["En préparation"]
    assert rows(client_of(factories.coordinator(first))) == []
    assert rows(client_of(agent), attente="ouverts") == ["En préparation", "À viser", "Déjà visée par l’ARS"]
    assert rows(client_of(agent), attente="autres") == ["En préparation", "Déjà visée par l’ARS"]


def test_the_most_pressing_first_and_those_without_a_term_last(place, agent):
    first, second = place
    make.review(first, "letter", "submitted", title="Sans")
    make.review(first, "project", "submitted", title="Loin", due_on=date(2026, 9, 1))
    make.review(second, "letter", "submitted", title="Tôt", due_on=date(2026, 4, 1))
    assert rows(client_of(agent)) == ["Tôt", "Loin", "Sans"]
    assert rows(client_of(agent), sort="-due_on") == ["Loin", "Tôt", "Sans"]


def test_filters(place, agent):
    first, second = place
    today = timezone.localdate()
    for commune in range(3):
        factories.in_territory(second, factories.commune(population=30_000 + commune))
    late = make.review(first, "letter", "submitted", title="Lettre", due_on=today - timedelta(days=1))
    make.review(second, "project", "submitted", title="Projet", due_on=today + timedelta(days=3))
    make.review(second, "letter", "accepted", title="Décidée")
    client = client_of(agent)
    assert rows(client, echeance="depassee") == ["Lettre"]
    assert rows(client, echeance="semaine") == ["Projet"]
    assert rows(client, nature="project") == ["Projet"]
    assert rows(client, etat="accepted", attente="decides") == ["Décidée"]
    assert rows(client, department=factories.department("35").pk) == ["Projet"]
    assert rows(client, taille="3") == ["Projet"]
    assert rows(client, q=first.name) == ["Lettre"]
    with everything("test data"):
        Assignment.objects.create(review=late, agency=first.ars, agent=agent)
        fund_agent = factories.fund_agent(first.lead_fund)
        Assignment.objects.create(review=Review.objects.get(title="Projet"), agency=first.lead_fund, agent=fund_agent)
    assert rows(client, suivi="moi") == ["Lettre"]
    assert rows(client, suivi="personne") == ["Projet"]
    assert rows(client, suivi="collegue") == []
    colleague = client_of(factories.ars_agent(first.ars))
    assert rows(colleague, suivi="collegue") == ["Lettre"]


def test_the_figures_of_the_home_page_are_those_of_the_list(place, agent):
    first, second = place
    today = timezone.localdate()
    make.review(first, "letter", "submitted", due_on=today - timedelta(days=1))
    make.review(first, "project", "submitted", due_on=today)
    make.review(second, "letter", "submitted", due_on=today + timedelta(days=7))
    make.review(second, "project", "returned")
    with everything("figures"):
        found = to_do(Actor(agent), today)
    assert (found.total, found.late, found.soon) == (3, 1, 1)
    assert len(rows(client_of(agent), echeance="semaine")) == 1


class TestNews:
    """The mark « nouveau »."""

    def is_new(self, review, person) -> bool:
        with everything("test"):
            return files_of(Actor(person)).get(pk=review.pk).is_new

    @pytest.fixture
    def review(self, place):
        return make.review(place[0], "letter", "submitted")

    @pytest.fixture
    def seen(self, review, agent):
        with everything("test data"):
            return Visit.objects.create(review=review, reader=agent, at=NOON)

    @pytest.mark.parametrize(("hours", "expected"), [(-1, False), (1, True)])
    def test_a_move_after_the_last_visit(self, review, agent, seen, hours, expected):
        with everything("test data"):
            Review.objects.filter(pk=review.pk).update(moved_at=NOON + timedelta(hours=hours))
        assert self.is_new(review, agent) is expected

    def test_nothing_of_what_one_did_oneself(self, review, agent, seen):
        with everything("test data"):
            Review.objects.filter(pk=review.pk).update(moved_at=NOON + timedelta(hours=1), moved_by=agent)
        make.comment(review, by=agent)
        assert not self.is_new(review, agent)

    def test_a_comment_marks_the_file_for_its_readers_only(self, review, agent, seen):
        fund_agent = factories.fund_agent(review.cpts.lead_fund)
        coordinator = factories.coordinator(review.cpts)
        with everything("test data"):
            for person in (fund_agent, coordinator):
                Visit.objects.create(review=review, reader=person, at=NOON)
        make.comment(review, audience="own", agency=review.cpts.lead_fund, by=factories.user())
        assert [self.is_new(review, each) for each in (fund_agent, agent, coordinator)] == [True, False, False]
        make.comment(review, audience="agencies", agency=review.cpts.lead_fund, by=factories.user())
        assert [self.is_new(review, each) for each in (agent, coordinator)] == [True, False]
        make.comment(review, by=factories.user())
        assert self.is_new(review, coordinator)


def test_the_export_gives_the_rows_and_the_order_of_the_screen(place, agent):
    first, second = place
    make.review(first, "letter", "submitted", title="Loin", due_on=date(2026, 9, 1))
    make.review(second, "letter", "submitted", title="Tôt", due_on=date(2026, 4, 1))
    make.review(second, "project", "draft", title="Brouillon")
    text = client_of(agent).get(INBOX, {"export": "csv"}).content.decode("utf-8-sig")
    lines = [line.split(";") for line in text.splitlines()]
    assert lines[0][:6] == ["CPTS", "Dossier", "État", "En attente de", "Depuis le", "À rendre avant le"]
    assert [line[1] for line in lines[1:]] == ["Tôt", "Loin"]
    assert lines[1][3] == f"l’{first.ars}, la {first.lead_fund}"


def test_the_same_number_of_queries_for_one_and_three_rows(place, agent, django_assert_max_num_queries):
    client = client_of(agent)
    first = make.review(place[0], "letter", "submitted", due_on=TODAY)
    with everything("test data"):
        assign(first, agent, party="ars", day=timezone.localdate(), by=agent)
    client.get(INBOX)
    with django_assert_max_num_queries(60) as one:
        client.get(INBOX)
    for cpts in (place[1], factories.cpts("C", place[0].ars, place[0].lead_fund)):
        more = make.review(cpts, "letter", "submitted", due_on=TODAY)
        with everything("test data"):
            assign(more, agent, party="ars", day=timezone.localdate(), by=agent)
    with django_assert_max_num_queries(60) as three:
        assert len(rows(client)) == 3
    assert len(three) == len(one)


def fill_inbox(place, files: int, commented: int) -> None:
    with everything("test data"):
        Review.objects.bulk_create(
            Review(
                cpts=place[number % 2], kind="year", status="submitted", title=f"Dossier {number}", opened_on=TODAY,
                submitted_on=TODAY, due_on=TODAY + timedelta(days=number % 90), number=1, moved_at=NOON,
            )
            for number in range(files)
        )  # fmt: skip
        for review in Review.objects.all()[:commented]:
            make.comment(review)


def test_many_files_take_as_many_queries_as_one_page_of_them(place, agent, django_assert_max_num_queries):
    """How long two thousand take: tests/benchmarks/bench_inbox.py."""
    client = client_of(agent)
    fill_inbox(place, 51, 10)
    client.get(INBOX)
    with django_assert_max_num_queries(60) as two_pages:
        assert len(rows(client)) == 50
    fill_inbox(place, 400, 60)
    with django_assert_max_num_queries(60) as many_pages:
        assert len(rows(client)) == 50
    assert len(many_pages) == len(two_pages)


class TestAssignment:
    """Handing a file to a colleague."""

    @pytest.fixture
    def review(self, place):
        return make.review(place[0], "letter", "submitted")

    @pytest.fixture
    def address(self, review):
        return reverse("contracts:review-assign", args=[review.cpts_id, review.pk])

    def held(self, review) -> dict[int, int]:
        with everything("test"):
            return dict(Assignment.objects.filter(review=review).values_list("agency_id", "agent_id"))

    def test_an_agent_takes_a_file_and_hands_it_on_and_each_change_is_kept(self, review, agent, address):
        colleague = factories.ars_agent(review.cpts.ars)
        client = client_of(agent)
        client.post(address, {"agent": agent.pk})
        assert self.held(review) == {review.cpts.ars_id: agent.pk}
        client.post(address, {"agent": colleague.pk})
        assert self.held(review) == {review.cpts.ars_id: colleague.pk}
        client.post(address, {"agent": ""})
        assert self.held(review) == {}
        assert Assignment.history.filter(review_id=review.pk).count() == 3
        told = " ".join(event.sentence for event in client.get(address).context["events"])
        assert str(colleague) in told

    def test_one_agent_for_each_agency(self, review, agent, address):
        fund_agent = factories.fund_agent(review.cpts.lead_fund)
        client_of(agent).post(address, {"agent": agent.pk})
        client_of(fund_agent).post(address, {"agent": fund_agent.pk})
        assert self.held(review) == {review.cpts.ars_id: agent.pk, review.cpts.lead_fund_id: fund_agent.pk}

    def test_only_an_active_agent_of_the_same_agency(self, review, agent, address):
        gone = factories.ars_agent(review.cpts.ars)
        gone.accesses.update(end=date(2025, 1, 1))
        closed = factories.ars_agent(review.cpts.ars, is_active=False)
        for other in (gone, closed, factories.fund_agent(review.cpts.lead_fund), factories.coordinator(review.cpts)):
            assert client_of(agent).post(address, {"agent": other.pk}).status_code == 422
        assert self.held(review) == {}

    def test_the_cpts_hands_nothing(self, review, address):
        assert client_of(factories.coordinator(review.cpts)).post(address, {}).status_code == 403


def test_a_fund_is_told_that_payments_wait_for_its_decision_and_the_ars_is_not(place):
    cpts, _other = place
    make.payment(make.year(make.contract(cpts)))
    sentence = "aussi votre décision"
    assert sentence in client_of(factories.fund_agent(cpts.lead_fund)).get(INBOX).content.decode()
    assert sentence not in client_of(factories.ars_agent(cpts.ars)).get(INBOX).content.decode()
