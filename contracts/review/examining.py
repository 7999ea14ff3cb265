"""What the moves of a review do: submitting, giving a visa, sending back, telling those concerned."""

from django.db.models import Exists, OuterRef

from contracts.deal.contracting import missing_from_terms
from contracts.deal.signing import drop_signatures
from contracts.models import AGENCIES, Comment, Opinion, Party, Review, ReviewKind, ReviewStatus, Submission
from contracts.papers.files import missing_documents
from contracts.papers.statements import missing_sections
from contracts.shared.journal import digest_of, write_journal
from contracts.shared.parties import author_if_any, party_of
from contracts.shared.standing import CLOCK, clock_ends, is_deemed_accepted
from contracts.shared.visas import clear_agreement, clear_visa, follow_stage, key_of, set_agreement, set_visa
from contracts.talk.messages import tell_parties
from contracts.yearly.deciding import missing_before_agreeing, undecided_lines
from contracts.yearly.submission import missing_from_the_year, present_year
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, plural
from cpts_portal.core.workflow import Act, Move

S, K = ReviewStatus, ReviewKind


# --- What is missing, told before the click -------------------------------------------------------------------------
def missing_before_submission(review: Review, act: Act) -> list[str]:
    documents = missing_documents(review)
    if review.kind in (K.LETTER, K.PROJECT):
        return [*missing_sections(review), *documents]
    if review.kind in (K.CONTRACT, K.AMENDMENT):
        return [*missing_from_terms(review), *documents]
    return [*missing_from_the_year(review, act.day), *documents]


def past_the_term(review: Review, act: Act) -> list[str]:
    """Two months passed without opposition: the project is deemed accepted, nothing else may happen to it."""
    if not is_deemed_accepted(review, act.day):
        return []
    return [f"Le délai de deux mois est passé : ce projet est réputé validé depuis le {date_fr(clock_ends(review))}."]


def before_the_term(review: Review, act: Act) -> list[str]:
    return [] if is_deemed_accepted(review, act.day) else ["Le délai de deux mois n’est pas passé."]


def missing_before_visa(review: Review, act: Act) -> list[str]:
    party = party_of(act.roles)
    blockers = past_the_term(review, act)
    if questions := open_questions(review, party):
        blockers.append(f"{plural(questions, 'question')} de votre agence sans réponse.")
    if review.kind == K.YEAR and (left := undecided_lines(review, party)):
        blockers.append(f"{plural(left, 'indicateur')} sans décision de votre agence.")
    return blockers


def missing_before_agreement(review: Review, _act: Act) -> list[str]:
    if review.kind == K.YEAR:
        return missing_before_agreeing(review)
    return missing_from_terms(review) if review.kind in (K.CONTRACT, K.AMENDMENT) else []


def may_give_visa(review: Review, act: Act) -> bool:
    """Once per submission; again when the text was submitted anew."""
    visa = review.visa(party_of(act.roles))
    return not (visa.is_given and visa.number == review.number)


def has_visa(review: Review, act: Act) -> bool:
    return review.has_agreement_of(party_of(act.roles))


def not_agreed_yet(review: Review, _act: Act) -> bool:
    return not review.has_agreement_of(Party.CPTS)


def open_questions(review: Review, party: str) -> int:
    """Questions of this agency, neither settled nor answered by another side: its own people adding a word is none."""
    if party not in AGENCIES:
        return 0
    agency = review.agency(party)
    read = Comment.objects.read_by(frozenset({agency.pk})).filter(review=review)
    asked = read.filter(kind=Comment.Kind.QUESTION, settled_at__isnull=True, agency=agency)
    others = read.filter(parent=OuterRef("pk")).exclude(agency=agency)
    return asked.filter(~Exists(others)).count()


# --- What the moves do ----------------------------------------------------------------------------------------------
def submit(review: Review, act: Act) -> None:
    """Keep what is submitted as it is: the visas are given on it."""
    if review.kind == K.YEAR:
        clear_agreement(review)
        for party in present_year(review, act):
            clear_visa(review, party)
    review.number += 1
    review.submitted_on, review.due_on = act.day, act.day + CLOCK
    Submission.objects.create(
        review=review,
        number=review.number,
        content=review.content,
        sha256=digest_of(review.content),
        at=act.moment,
        by_id=key_of(act),
    )


def give_visa(review: Review, act: Act) -> None:
    """On the submission shown, with an opinion; a reserve or a refusal takes its reasons."""
    party, opinion = party_of(act.roles), act.data.get("opinion") or Opinion.FAVOURABLE
    reasons = str(act.data.get("reasons", "")).strip()
    if opinion != Opinion.FAVOURABLE and not reasons:
        raise NotPossible("Indiquez les motifs de cet avis.")
    set_visa(review, party, act, opinion, reasons)


def date_from_the_term(review: Review, _act: Act) -> None:
    """Decided on the last day of the term, whichever night it is written down."""
    review.decided_on = clock_ends(review)


def agree(review: Review, act: Act) -> None:
    set_agreement(review, act)


def take_back_visa(review: Review, act: Act) -> None:
    clear_visa(review, party_of(act.roles))
    drop_signatures(review, act)


def returned_by(review: Review, act: Act) -> None:
    """The sender's visa only: the other agency keeps hers, given on a submission that the page names."""
    clear_visa(review, party_of(act.roles))
    review.due_on = None
    if review.kind == K.YEAR:  # it was given on decisions that may change
        clear_agreement(review)
    drop_signatures(review, act)


def decide_against(review: Review, act: Act) -> None:
    """Opposed, or abandoned: dated, with its reason."""
    review.decided_on, review.decision_reason = act.day, act.reason.strip()


def told_to_all(review: Review, move: Move, act: Act) -> None:
    """The stage of the CPTS follows, the journal keeps every move, the parties receive a message."""
    follow_stage(review, by=act.by)
    party = party_of(act.roles)
    who = review.holder(party) if party else "le portail"
    words = f"{who[:1].upper()}{who[1:]} {move.done} {review.named}, le {date_fr(act.day)}."
    write_journal(
        review.cpts,
        act=move.name,
        subject=review.title,
        words=words,
        moment=act.moment,
        by=author_if_any(act),
        facts={
            "review": review.pk,
            "status": review.status,
            "submission": review.number,
            "print": digest_of(review.content),
            "reason": act.reason.strip(),
            "opinion": review.visa(party).opinion if party else "",
        },
    )
    note_move(review, act)
    tell_parties(review, words, reason=act.reason.strip(), by=author_if_any(act))


def note_move(review: Review, act: Act) -> None:
    """When and by whom it last moved: what lists compare with the last visit of each reader."""
    review.moved_at, review.moved_by_id = act.moment, key_of(act)
    Review.objects.filter(pk=review.pk).update(moved_at=review.moved_at, moved_by=review.moved_by_id)
