"""The two months of a health project: told to both sides, warned about once, then written down as tacit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import StringIO
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from contracts.models import JournalEntry, Review, ReviewStatus
from contracts.review.clock import carry_out, due_on
from contracts.review.lifecycle import REVIEWS
from contracts.shared.journal import check_journal
from contracts.shared.standing import standing_of
from cpts_portal.accounts.roles import Role
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from territories.models import Cpts, Stage
from tests import contract_factories as make
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
PARIS = ZoneInfo("Europe/Paris")


def night(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, 0, tzinfo=PARIS)


@pytest.fixture
def cpts() -> Cpts:
    return factories.cpts(stage=Stage.PROJECT_SUBMITTED)


@pytest.fixture
def project(cpts) -> Review:
    """Submitted on 2 March 2026: its last day is 2 May."""
    return make.review(cpts, "project", "submitted", submitted_on=date(2026, 3, 2))


@pytest.fixture
def people(cpts):
    return [
        factories.coordinator(cpts),
        factories.board_member(cpts),
        factories.ars_agent(cpts.ars),
        factories.fund_agent(cpts.lead_fund),
    ]


def run(day: date) -> list[bool]:
    return [carry_out(due, moment=night(day)) for due in list(due_on(night(day)))]


def told(cpts: Cpts) -> list[int]:
    return [entry.facts["warning"] for entry in JournalEntry.objects.filter(cpts=cpts, act="clock_warning")]


def test_each_warning_goes_once_to_the_three_parties(
    cpts, project, people, django_capture_on_commit_callbacks, mailoutbox
):
    april = [date(2026, 4, day) for day in (1, 2, 3, 17, 27)]
    with django_capture_on_commit_callbacks(execute=True):
        done = [run(day) for day in [*april, date(2026, 5, 2)]]
    assert done == [[], [True], [], [True], [True], []]
    assert told(cpts) == [30, 15, 5]
    assert sorted(message.to[0] for message in mailoutbox) == sorted(3 * [person.email for person in people])
    assert "réputé validé le 2 mai 2026. Il reste 30\xa0jours." in mailoutbox[0].body


def test_a_missed_night_sends_the_warning_of_the_day_and_no_older_one(cpts, project):
    run(date(2026, 4, 20))
    run(date(2026, 4, 21))
    assert told(cpts) == [15]


def test_a_new_submission_starts_another_clock(cpts, project):
    run(date(2026, 4, 27))
    Review.objects.filter(pk=project.pk).update(number=2, submitted_on=date(2026, 4, 28))
    assert run(date(2026, 5, 3)) == []
    assert run(date(2026, 5, 29)) == [True]
    assert told(cpts) == [5, 30]


def test_the_day_after_the_term_the_portal_writes_it_down(
    cpts, project, people, django_capture_on_commit_callbacks, mailoutbox
):
    run(date(2026, 4, 30))
    with django_capture_on_commit_callbacks(execute=True):
        assert run(date(2026, 5, 2)) == []
        assert run(date(2026, 5, 4)) == [True]
    project.refresh_from_db()
    cpts.refresh_from_db()
    assert (project.status, project.decided_on, cpts.stage) == ("tacit", date(2026, 5, 2), Stage.PROJECT_VALIDATED)
    entry = JournalEntry.objects.filter(cpts=cpts).last()
    assert (entry.act, entry.author, entry.by) == ("deem_accepted", "Le portail", None)
    assert entry.facts["reason"].startswith("Réputé validé le 2 mai 2026")
    assert check_journal(cpts).holds
    assert len(mailoutbox) == len(people)
    assert run(date(2026, 5, 5)) == []


@pytest.mark.parametrize("party", ["cpts", "ars", "fund", ""])
def test_a_page_read_before_the_job_ran_says_the_truth(project, party):
    before, last, after = (standing_of(project, party, date(2026, 5, day)) for day in (1, 2, 3))
    assert before.due == "Réputé validé le 2 mai 2026 sans opposition de l’ARS : dans 1\xa0jour."
    assert last.due == "Réputé validé le 2 mai 2026 sans opposition de l’ARS : c’est le dernier jour."
    assert (after.label, after.due, after.is_my_turn, after.waits_for) == ("Réputé validé", "", False, ())
    assert after.sentence.startswith("Réputé validé depuis le 2 mai 2026")


def test_once_the_term_has_passed_nobody_may_oppose_any_more(cpts, project):
    agent = factories.ars_agent(cpts.ars)
    late = make.act(agent, Role.ARS_AGENT, moment=night(date(2026, 5, 3)), version="0", reason="Trop tard")
    for name in ("oppose", "visa", "send_back"):
        with pytest.raises(NotPossible, match="réputé validé depuis le 2 mai 2026"):
            REVIEWS.make(project, name, late)
    assert all(offer.blockers for offer in REVIEWS.offers(project, late))
    in_time = make.act(agent, Role.ARS_AGENT, moment=night(date(2026, 5, 2)), version="0", reason="Hors du PRS")
    opposed = REVIEWS.make(project, "oppose", in_time)
    assert (opposed.status, opposed.decided_on, opposed.decision_reason) == (
        ReviewStatus.OPPOSED,
        date(2026, 5, 2),
        "Hors du PRS",
    )


def test_no_user_makes_the_move_of_the_portal_and_never_before_the_term(project):
    for role in Role:
        with pytest.raises(PermissionDenied):
            REVIEWS.make(project, "deem_accepted", make.act(None, role, moment=night(date(2026, 6, 1)), version="0"))
    early = make.act(None, "portal", moment=night(date(2026, 5, 2)), version="0")
    with pytest.raises(NotPossible, match="n’est pas passé"):
        REVIEWS.make(project, "deem_accepted", early)


@pytest.mark.parametrize(("kind", "status"), [("letter", "submitted"), ("project", "returned"), ("project", "draft")])
def test_the_clock_runs_for_a_submitted_project_only(cpts, kind, status):
    make.review(cpts, kind, status, submitted_on=date(2025, 1, 1))
    assert run(date(2026, 5, 4)) == []


def test_a_move_made_meanwhile_is_left_alone(project):
    waiting = list(due_on(night(date(2026, 5, 4))))
    Review.objects.filter(pk=project.pk).update(status="returned", version=4)
    assert [carry_out(due, moment=night(date(2026, 5, 4))) for due in waiting] == [False]


def test_the_command_says_what_it_would_do_then_does_it(project):
    first, second = StringIO(), StringIO()
    call_command("watch_contract_clocks", "--dry-run", stdout=first)
    project.refresh_from_db()
    assert (project.status, JournalEntry.objects.count()) == ("submitted", 0)
    assert "À faire : 0 rappels, 1 validations tacites." in first.getvalue()
    call_command("watch_contract_clocks", stdout=second)
    project.refresh_from_db()
    assert project.status == "tacit"
    assert "Fait : 0 rappels, 1 validations tacites." in second.getvalue()


def test_the_page_opened_after_the_term_offers_nothing_and_writes_nothing(client, cpts, project):
    client.force_login(factories.ars_agent(cpts.ars))
    address = reverse("contracts:review-detail", args=[cpts.pk, project.pk])
    Review.objects.filter(pk=project.pk).update(submitted_on=timezone.localdate() - timedelta(days=40))
    waiting = client.get(address).content.decode()
    assert "S’opposer" in waiting
    assert "Réputé validé depuis" not in waiting
    Review.objects.filter(pk=project.pk).update(submitted_on=timezone.localdate() - timedelta(days=100))
    late = client.get(address).content.decode()
    assert "Réputé validé depuis le" in late
    assert "S’opposer" not in late
    project.refresh_from_db()
    assert (project.status, JournalEntry.objects.count()) == ("submitted", 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("day", [date(2026, 4, 17), date(2026, 5, 4)])
def test_two_runs_at_once_do_it_once(day):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    cpts = factories.cpts(stage=Stage.PROJECT_SUBMITTED)
    make.review(cpts, "project", "submitted", submitted_on=date(2026, 3, 2))
    due, start = list(due_on(night(day))), Barrier(2)

    def once() -> bool:
        start.wait()
        try:
            with everything("two runs at once"):
                return carry_out(due[0], moment=night(day))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(lambda _run: once(), range(2))) == [False, True]
    assert JournalEntry.objects.filter(cpts=cpts).count() == 1
