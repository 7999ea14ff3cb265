"""What an agency says of a submission, and the stage of the CPTS that follows a review."""

from contracts.models import Review, ReviewKind, ReviewStatus
from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.workflow import Act
from territories.models import Stage

S, K = ReviewStatus, ReviewKind


def set_visa(review: Review, party: str, act: Act, opinion: str, reasons: str) -> None:
    setattr(review, f"{party}_agreed_at", act.moment)
    setattr(review, f"{party}_agreed_by", act.by)
    setattr(review, f"{party}_opinion", opinion)
    setattr(review, f"{party}_reasons", reasons)
    setattr(review, f"{party}_number", review.number)


def clear_visa(review: Review, party: str) -> None:
    setattr(review, f"{party}_agreed_at", None)
    setattr(review, f"{party}_agreed_by", None)
    setattr(review, f"{party}_number", 0)
    setattr(review, f"{party}_opinion", "")
    setattr(review, f"{party}_reasons", "")
    review.decided_on = None


# --- Those who must know --------------------------------------------------------------------------------------------
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


def follow_stage(review: Review, *, by: User | None) -> None:
    stage = STAGES.get((K(review.kind), S(review.status)))
    cpts = review.cpts
    if stage and cpts.stage != stage and _is_ahead(cpts.stage, stage):
        cpts.stage = stage
        save_as(cpts, by=by, reason=review.title)


def _is_ahead(present: str, stage: str) -> bool:
    """A stage never goes back because an old paper moves."""
    order = list(Stage.values)
    return order.index(stage) > order.index(present)
