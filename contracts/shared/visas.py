"""The visas of a review, given and taken back; the stage of a CPTS (« contrat signé »), which follows its reviews."""

from contracts.models import AGENCIES, Party, Review, ReviewKind, ReviewStatus, Visa
from cpts_portal.core.authors import Author
from cpts_portal.core.history import save_as
from cpts_portal.core.workflow import Act
from territories.models import Stage

S, K = ReviewStatus, ReviewKind


# --- Given and taken back -------------------------------------------------------------------------------------------
def set_visa(review: Review, party: str, act: Act, opinion: str, reasons: str) -> None:
    """The visa of an agency, on the submission as it stands."""
    review.write_visa(Visa(Party(party), act.moment, key_of(act), opinion, reasons, review.number))
    _date_decision(review, act)


def set_agreement(review: Review, act: Act) -> None:
    """The agreement of the CPTS."""
    review.write_visa(Visa(Party.CPTS, act.moment, key_of(act)))
    _date_decision(review, act)


def clear_visa(review: Review, party: str) -> None:
    review.write_visa(Visa(Party(party)))
    review.decided_on = None


def clear_agreement(review: Review) -> None:
    review.write_visa(Visa(Party.CPTS))


def has_both_visas(review: Review) -> bool:
    return all(review.has_agreement_of(agency) for agency in AGENCIES)


def key_of(act: Act) -> int | None:
    """The account of whoever moves; None for the portal."""
    return act.by.pk if act.by else None


def _date_decision(review: Review, act: Act) -> None:
    if has_both_visas(review):
        review.decided_on = act.day


# --- The stage of the CPTS ------------------------------------------------------------------------------------------
STAGES = {
    (K.LETTER, S.SUBMITTED): Stage.LETTER_SUBMITTED,
    (K.LETTER, S.ACCEPTED): Stage.LETTER_VALIDATED,
    (K.PROJECT, S.SUBMITTED): Stage.PROJECT_SUBMITTED,
    (K.PROJECT, S.ACCEPTED): Stage.PROJECT_VALIDATED,
    (K.PROJECT, S.TACIT): Stage.PROJECT_VALIDATED,
    (K.CONTRACT, S.SUBMITTED): Stage.NEGOTIATION,
    (K.CONTRACT, S.SIGNED): Stage.SIGNED,
    (K.CONTRACT, S.RECORDED): Stage.SIGNED,
}


def follow_stage(review: Review, *, by: Author | None) -> None:
    """The CPTS takes the stage that this move brings it to, if it is ahead of the present one."""
    stage = STAGES.get((K(review.kind), S(review.status)))
    cpts = review.cpts
    if stage and cpts.stage != stage and _is_ahead(cpts.stage, stage):
        cpts.stage = stage
        save_as(cpts, by=by, reason=review.title)


def _is_ahead(present: str, stage: str) -> bool:
    """A stage never goes back because an old paper moves."""
    order = list(Stage.values)
    return order.index(stage) > order.index(present)
