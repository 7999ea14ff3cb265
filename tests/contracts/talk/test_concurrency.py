"""Two people at the same instant on a real PostgreSQL: one agent in charge, one visit, one summary."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from contracts.models import Assignment, MailChoice, Visit
from contracts.shared.journal import check_journal, write_journal
from contracts.talk.assignments import assign
from contracts.talk.comments import settle_comment
from contracts.talk.digests import send_digest
from contracts.talk.visits import note_visit
from cpts_portal.core.scoping import everything
from tests import contract_factories as make
from tests import factories
from tests.races import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MORNING = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


@pytest.mark.parametrize("attempt", range(3))
def test_two_agents_who_take_a_file_at_once_leave_one_in_charge(attempt):
    letter = make.review(factories.cpts(), "letter", "submitted")
    agents = [factories.ars_agent(letter.cpts.ars) for _ in range(2)]
    day = timezone.localdate()
    calls = [lambda agent=agent: assign(letter, agent, party="ars", day=day, by=agent) for agent in agents]
    assert race(*calls) == ["ok", "ok"]
    with everything("test"):
        held = Assignment.objects.get(review=letter)
    assert held.agent in agents
    assert Assignment.history.filter(review_id=letter.pk).count() == 2


@pytest.mark.parametrize("attempt", range(3))
def test_two_tabs_opened_at_once_are_one_visit(attempt):
    letter = make.review(factories.cpts(), "letter", "submitted")
    agent = factories.ars_agent(letter.cpts.ars)
    assert race(*[lambda: note_visit(letter, reader=agent, moment=MORNING)] * 2) == ["ok", "ok"]
    with everything("test"):
        assert Visit.objects.filter(review=letter).count() == 1


def test_a_comment_is_settled_once():
    letter = make.review(factories.cpts(), "letter", "submitted")
    agent = factories.ars_agent(letter.cpts.ars)
    remark = make.comment(letter, agency=letter.cpts.ars, by=agent)
    assert race(*[lambda: settle_comment(remark, party="ars", by=agent)] * 2) == ["NotPossible", "ok"]


def test_two_runs_at_once_write_one_summary():
    cpts = factories.cpts()
    agent = factories.ars_agent(cpts.ars)
    choice = MailChoice.objects.create(user=agent, rhythm="daily", digest_at=MORNING - timedelta(days=1))
    with everything("test data"):
        write_journal(
            cpts, act="submit", subject="Lettre", words="…", moment=MORNING - timedelta(hours=1), by=None, facts={}
        )
        assert check_journal(cpts).holds
    assert race(*[lambda: send_digest(choice, MORNING)] * 2) == ["ok", "ok"]
    assert len(mail.outbox) == 1
