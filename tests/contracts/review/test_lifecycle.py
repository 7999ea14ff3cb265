"""The life cycle of a review: every move by every role, two visas side by side, the journal and the messages."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from contracts.models import JournalEntry, Review, ReviewKind, ReviewStatus, Submission
from contracts.review.lifecycle import REVIEWS
from contracts.shared.journal import check_journal
from contracts.shared.standing import clock_ends
from contracts.terms.terms import print_of
from cpts_portal.accounts.roles import Role
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from territories.models import Cpts, Stage
from tests import contract_factories as make
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TEXTS = {"territory": "a", "diagnosis": "b", "actors": "c", "orientations": "d", "calendar": "e"}


@pytest.fixture
def cpts() -> Cpts:
    return factories.cpts()


@pytest.fixture
def letter(cpts) -> Review:
    return make.review(cpts, "letter", content={"sections": TEXTS})


def moved(review: Review, name: str, by, *roles: str, **fields) -> Review:
    review.refresh_from_db()
    return REVIEWS.make(review, name, make.act(by, *roles, version=str(review.version), **fields))


@pytest.fixture
def people(cpts):
    return {
        Role.COORDINATOR: factories.coordinator(cpts),
        Role.BOARD: factories.board_member(cpts),
        Role.ARS_AGENT: factories.ars_agent(cpts.ars),
        Role.FUND_AGENT: factories.fund_agent(cpts.lead_fund),
    }


def test_a_letter_is_accepted_by_the_second_visa_whichever_comes_first(cpts, letter, people):
    for order in ((Role.ARS_AGENT, Role.FUND_AGENT), (Role.FUND_AGENT, Role.ARS_AGENT)):
        review = make.review(factories.cpts(), "letter", "submitted")
        first = moved(review, "visa", people[order[0]], order[0])
        assert first.status == ReviewStatus.SUBMITTED
        assert moved(review, "visa", people[order[1]], order[1]).status == ReviewStatus.ACCEPTED


def test_submitting_keeps_the_text_as_it_is_and_the_stage_follows(cpts, letter, people):
    submitted = moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    assert (submitted.status, submitted.number, submitted.submitted_on) == ("submitted", 1, date(2026, 3, 2))
    assert Submission.objects.get(review=letter).content == {"sections": TEXTS}
    cpts.refresh_from_db()
    assert cpts.stage == Stage.LETTER_SUBMITTED


def test_what_is_missing_is_told_all_at_once(cpts, people):
    letter = make.review(cpts, "letter", content={"sections": {"territory": "a", "diagnosis": "b"}})
    with pytest.raises(NotPossible) as refusal:
        moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    assert str(refusal.value) == (
        "Partie à rédiger : acteurs. Partie à rédiger : orientations. Partie à rédiger : calendrier."
    )


def test_sending_back_clears_the_visa_of_the_sender_only(letter, people):
    moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    moved(letter, "visa", people[Role.FUND_AGENT], Role.FUND_AGENT)
    back = moved(letter, "send_back", people[Role.ARS_AGENT], Role.ARS_AGENT, reason="Calendrier à revoir")
    assert (back.status, back.ars_agreed_at, bool(back.fund_agreed_at)) == ("returned", None, True)
    again = moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    assert (again.number, again.fund_number) == (2, 1)
    assert moved(letter, "visa", people[Role.ARS_AGENT], Role.ARS_AGENT).status == ReviewStatus.ACCEPTED


def test_sending_back_takes_a_reason(letter, people):
    moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    with pytest.raises(NotPossible, match="motif"):
        moved(letter, "send_back", people[Role.ARS_AGENT], Role.ARS_AGENT)


def test_an_unfavourable_opinion_accepts_nothing_and_has_its_reasons(letter, people):
    moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    with pytest.raises(NotPossible, match="motifs"):
        moved(letter, "visa", people[Role.ARS_AGENT], Role.ARS_AGENT, data={"opinion": "unfavourable"})
    data = {"opinion": "unfavourable", "reasons": "Le territoire recouvre celui d’une autre CPTS."}
    moved(letter, "visa", people[Role.ARS_AGENT], Role.ARS_AGENT, data=data)
    assert moved(letter, "visa", people[Role.FUND_AGENT], Role.FUND_AGENT).status == ReviewStatus.SUBMITTED


def test_a_question_blocks_the_visa_of_the_agency_that_asked_until_it_is_answered(cpts, letter, people):
    moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    question = make.comment(letter, kind="question", agency=cpts.ars)
    with pytest.raises(NotPossible, match="question de votre agence sans réponse"):
        moved(letter, "visa", people[Role.ARS_AGENT], Role.ARS_AGENT)
    moved(letter, "visa", people[Role.FUND_AGENT], Role.FUND_AGENT)
    make.comment(letter, parent=question)
    assert moved(letter, "visa", people[Role.ARS_AGENT], Role.ARS_AGENT).status == ReviewStatus.ACCEPTED


def test_two_people_on_one_file_the_second_is_told(letter, people):
    moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    stale = make.act(people[Role.ARS_AGENT], Role.ARS_AGENT, version="0")
    with pytest.raises(StaleEdit):
        REVIEWS.make(letter, "visa", stale)


@pytest.mark.parametrize("name", list(REVIEWS.moves))
@pytest.mark.parametrize("role", list(Role))
def test_no_move_by_a_role_that_does_not_hold_it(cpts, role, name):
    move = REVIEWS.moves[name]
    if role in move.roles:
        assert role in {Role.COORDINATOR, Role.BOARD, Role.ARS_AGENT, Role.FUND_AGENT}
        return
    kind = (move.kinds or (ReviewKind.LETTER,))[0]
    status = next(iter(move.sources))
    review = make.review(cpts, kind, status)
    with pytest.raises(PermissionDenied):
        moved(review, name, factories.user(), role, reason="Essai")
    review.refresh_from_db()
    assert review.status == status


def test_no_move_from_a_state_it_does_not_start_from(cpts, people):
    for name, move in REVIEWS.moves.items():
        kind = (move.kinds or (ReviewKind.LETTER,))[0]
        role = next(iter(move.roles))
        for status in set(ReviewStatus) - set(move.sources) - {ReviewStatus.TACIT}:
            reason = {"decision_reason": "x"} if status == "opposed" else {}
            review = make.review(factories.cpts(), kind, status, **reason)
            with pytest.raises(NotPossible, match="changé entre-temps"):
                moved(review, name, people[Role.COORDINATOR], role, reason="Essai")


def test_the_database_refuses_a_decision_without_both_visas(cpts):
    for status in ("accepted", "agreed", "signed", "closed"):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.review(cpts, "contract", status, fund_agreed_at=None)


def test_the_database_refuses_a_contract_agreed_without_the_cpts(cpts):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.review(cpts, "contract", "agreed", cpts_agreed_at=None)


def test_every_move_stands_in_the_journal_which_holds(
    cpts, letter, people, django_capture_on_commit_callbacks, mailoutbox
):
    with django_capture_on_commit_callbacks(execute=True):
        moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    moved(letter, "visa", people[Role.ARS_AGENT], Role.ARS_AGENT)
    assert [entry.act for entry in JournalEntry.objects.filter(cpts=cpts)] == ["submit", "visa"]
    assert check_journal(cpts).holds
    told = {message.to[0] for message in mailoutbox}
    assert told == {people[role].email for role in (Role.BOARD, Role.ARS_AGENT, Role.FUND_AGENT)}


@pytest.mark.parametrize("field", ["words", "author", "digest", "previous"])
def test_a_line_of_the_journal_altered_afterwards_is_found(cpts, letter, people, field):
    moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    moved(letter, "visa", people[Role.ARS_AGENT], Role.ARS_AGENT)
    JournalEntry.objects.filter(cpts=cpts, rank=1).update(**{field: "f" * 64})
    state = check_journal(cpts)
    assert not state.holds
    assert state.broken.rank == 1


def test_a_line_of_the_journal_removed_is_found(cpts, letter, people):
    for name, role in (("submit", Role.COORDINATOR), ("visa", Role.ARS_AGENT), ("visa", Role.FUND_AGENT)):
        moved(letter, name, people[role], role)
    JournalEntry.objects.filter(cpts=cpts, rank=2).delete()
    assert check_journal(cpts).broken.rank == 3


def test_two_months_from_day_to_day_even_at_the_end_of_february():
    assert clock_ends(Review(kind="project", status="submitted", submitted_on=date(2022, 7, 15))) == date(2022, 9, 15)
    assert clock_ends(Review(kind="project", status="submitted", submitted_on=date(2025, 12, 31))) == date(2026, 2, 28)


def test_only_one_file_of_a_kind_is_open_at_a_time(cpts):
    make.review(cpts, "letter", "draft")
    second = Review(cpts=cpts, kind="letter", title="Autre", opened_on=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="déjà ouvert"):
        second.full_clean()


def test_the_other_agency_may_give_its_visa_while_corrections_are_asked(letter, people):
    moved(letter, "submit", people[Role.COORDINATOR], Role.COORDINATOR)
    moved(letter, "send_back", people[Role.ARS_AGENT], Role.ARS_AGENT, reason="Calendrier à revoir")
    assert moved(letter, "visa", people[Role.FUND_AGENT], Role.FUND_AGENT).status == ReviewStatus.RETURNED
    taken = moved(letter, "take_back", people[Role.FUND_AGENT], Role.FUND_AGENT, reason="Trop tôt")
    assert (taken.status, taken.fund_agreed_at) == (ReviewStatus.RETURNED, None)


def test_an_opposition_is_dated_and_keeps_its_reason(cpts, people):
    project = make.review(cpts, "project", "submitted")
    opposed = moved(project, "oppose", people[Role.ARS_AGENT], Role.ARS_AGENT, reason="Hors du schéma régional")
    assert (opposed.status, opposed.decision_reason, opposed.decided_on) == (
        ReviewStatus.OPPOSED,
        "Hors du schéma régional",
        date(2026, 3, 2),
    )


def test_a_contract_is_agreed_by_the_three_then_signed_by_the_three(cpts, people):
    contract = make.contract(cpts, None)
    review = make.version(contract).review
    moved_in = [("visa", Role.FUND_AGENT), ("agree", Role.BOARD), ("visa", Role.ARS_AGENT)]
    Review.objects.filter(pk=review.pk).update(status="submitted", submitted_on=date(2026, 3, 2), number=1)
    assert [moved(review, name, people[role], role).status for name, role in moved_in] == [
        "submitted",
        "submitted",
        "agreed",
    ]
    signed = [
        moved(review, "sign", people[role], role, data={"on": date(2026, 3, day), "signatory": f"Signataire {day}"})
        for day, role in ((1, Role.BOARD), (2, Role.FUND_AGENT), (2, Role.ARS_AGENT))
    ]
    assert [each.status for each in signed] == ["agreed", "agreed", "signed"]
    contract.refresh_from_db()
    assert (contract.starts_on, contract.ends_on) == (date(2026, 3, 2), date(2031, 3, 2))
    assert contract.years.count() == 5
    assert make.version(contract).terms_sha256 == print_of(make.terms())
