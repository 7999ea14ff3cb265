"""The life cycle of what the three parties examine, as one table.

    draft -> submitted -> (returned -> submitted)* -> accepted | tacit | opposed        letter, project
    draft -> submitted -> (returned -> submitted)* -> agreed -> signed                  contract, amendment
    draft -> submitted -> (returned -> submitted)* -> agreed -> closed (-> submitted)   yearly review

The two agencies look at the same submission side by side, each with its own visa. Sending back clears the visa of the
sender only. A project that the ARS did not oppose within two months is deemed accepted (CSP, art. L1434-12): the
clock starts again with each submission, because nothing says that asking for corrections leaves it running.
"""

from datetime import date

from dateutil.relativedelta import relativedelta

from contracts.closing import close_year, missing_before_closing, reopen_year
from contracts.contracting import record_signature, seal_when_signed
from contracts.examining import (
    agree,
    give_visa,
    missing_before_agreement,
    missing_before_submission,
    missing_before_visa,
    returned_by,
    submit,
    take_back_visa,
    told_to_all,
)
from contracts.models import OPEN, Opinion, Review, ReviewKind, ReviewStatus
from cpts_portal.accounts.roles import Role
from cpts_portal.core.workflow import LifeCycle, Move

S = ReviewStatus
COORDINATION = frozenset({Role.COORDINATOR})
BOARD = frozenset({Role.BOARD})
CPTS = COORDINATION | BOARD
ARS = frozenset({Role.ARS_AGENT})
AGENTS = frozenset({Role.ARS_AGENT, Role.FUND_AGENT})
PAPERS = (ReviewKind.LETTER, ReviewKind.PROJECT)
CONTRACTS = (ReviewKind.CONTRACT, ReviewKind.AMENDMENT)
AGREED_KINDS = (*CONTRACTS, ReviewKind.YEAR)


def after_a_visa(review: Review) -> str:
    """The last agreement decides: a paper is accepted by both agencies, a contract or a year agreed by the three.

    An unfavourable opinion never accepts; it waits for its author to send back or oppose.
    """
    both = review.ars_agreed_at and review.fund_agreed_at
    if not both or Opinion.UNFAVOURABLE in (review.ars_opinion, review.fund_opinion):
        return S.SUBMITTED
    if review.kind in PAPERS:
        return S.ACCEPTED
    return S.AGREED if review.cpts_agreed_at else S.SUBMITTED


def tacit_on(submitted_on: date) -> date:
    """The day a project is deemed accepted: two months after it was submitted."""
    return submitted_on + relativedelta(months=2)


REVIEWS = LifeCycle(
    [
        Move(
            "submit", "Déposer", "a déposé", (S.DRAFT, S.RETURNED), COORDINATION | BOARD, S.SUBMITTED,
            blockers=missing_before_submission, effect=submit,
        ),
        Move(
            "visa", "Donner son visa", "a donné son visa sur", (S.SUBMITTED, S.RETURNED), AGENTS, after_a_visa,
            blockers=missing_before_visa, effect=give_visa,
        ),
        Move(
            "agree", "Donner l’accord de la CPTS", "a donné l’accord de la CPTS sur", (S.SUBMITTED,), BOARD,
            after_a_visa, kinds=AGREED_KINDS, blockers=missing_before_agreement, effect=agree,
        ),
        Move(
            "take_back", "Retirer son visa", "a retiré son visa sur", (S.SUBMITTED, S.RETURNED, S.AGREED), AGENTS,
            S.SUBMITTED, needs_reason=True, effect=take_back_visa, danger=True,
        ),
        Move(
            "send_back", "Demander des corrections", "a demandé des corrections sur", (S.SUBMITTED, S.AGREED), AGENTS,
            S.RETURNED, needs_reason=True, effect=returned_by,
        ),
        Move(
            "oppose", "S’opposer", "s’est opposée à", (S.SUBMITTED, S.RETURNED), ARS, S.OPPOSED, kinds=PAPERS,
            needs_reason=True, danger=True,
        ),
        Move(
            "sign", "Enregistrer une signature", "a enregistré une signature sur", (S.AGREED,), CPTS | AGENTS,
            seal_when_signed, kinds=CONTRACTS, effect=record_signature,
        ),
        Move(
            "close", "Clore l’année", "a clos", (S.AGREED,), AGENTS, S.CLOSED, kinds=(ReviewKind.YEAR,),
            blockers=missing_before_closing, effect=close_year,
        ),
        Move(
            "reopen", "Rouvrir l’année", "a rouvert", (S.CLOSED,), AGENTS, S.SUBMITTED, kinds=(ReviewKind.YEAR,),
            needs_reason=True, effect=reopen_year, danger=True,
        ),
        Move(
            "abandon", "Abandonner", "a abandonné", OPEN, COORDINATION, S.ABANDONED,
            kinds=(*PAPERS, *CONTRACTS), needs_reason=True, danger=True,
        ),
    ],
    after=told_to_all,
)  # fmt: skip
