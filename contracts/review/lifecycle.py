"""The life cycle of what the three parties examine, as one table.

    draft -> submitted -> (returned -> submitted)* -> accepted | tacit | opposed        letter, project
    draft -> submitted -> (returned -> submitted)* -> agreed -> signed                  contract, amendment
    draft -> submitted -> (returned -> submitted)* -> agreed -> closed (-> submitted)   yearly review

The two agencies look at the same submission side by side, each with its own visa. Sending back clears the visa of the
sender only. A project that the ARS did not oppose within two months is deemed accepted (CSP, art. L1434-12): the
clock starts again with each submission, because nothing says that asking for corrections leaves it running. Nobody
makes that move: the portal does (`contracts/review/clock.py`), in a role that no user holds.
"""

from contracts.deal.signing import has_not_signed, print_when_last, record_signature, seal_when_signed
from contracts.models import AGENCIES, OPEN, Opinion, Party, Review, ReviewKind, ReviewStatus
from contracts.review.examining import (
    agree,
    before_the_term,
    date_from_the_term,
    decide_against,
    give_visa,
    has_visa,
    may_give_visa,
    missing_before_agreement,
    missing_before_submission,
    missing_before_visa,
    not_agreed_yet,
    past_the_term,
    returned_by,
    submit,
    take_back_visa,
    told_to_all,
)
from contracts.shared.visas import has_both_visas
from contracts.yearly.closing import close_year, missing_before_closing, reopen_year
from cpts_portal.accounts.roles import Role
from cpts_portal.core.workflow import LifeCycle, Move

S = ReviewStatus
COORDINATION = frozenset({Role.COORDINATOR})
BOARD = frozenset({Role.BOARD})
CPTS = COORDINATION | BOARD
ARS = frozenset({Role.ARS_AGENT})
AGENTS = frozenset({Role.ARS_AGENT, Role.FUND_AGENT})
PORTAL = frozenset({"portal"})  # the clock: no user holds it
PAPERS = (ReviewKind.LETTER, ReviewKind.PROJECT)
CONTRACTS = (ReviewKind.CONTRACT, ReviewKind.AMENDMENT)
AGREED_KINDS = (*CONTRACTS, ReviewKind.YEAR)


def after_a_visa(review: Review) -> str:
    """The last agreement decides: a paper is accepted by both agencies, a contract or a year agreed by the three.

    An unfavourable opinion never accepts; it waits for its author to send back or oppose.
    """
    unfavourable = any(review.visa(agency).opinion == Opinion.UNFAVOURABLE for agency in AGENCIES)
    if unfavourable or not has_both_visas(review):
        return review.status
    if review.kind in PAPERS:
        return S.ACCEPTED
    return S.AGREED if review.has_agreement_of(Party.CPTS) else review.status


def without_an_agreement(review: Review) -> str:
    """An agreement of the three is undone; corrections asked stay asked."""
    return S.SUBMITTED if review.status == S.AGREED else review.status


REVIEWS = LifeCycle(
    [
        Move(
            "submit", "Déposer", "a déposé", (S.DRAFT, S.RETURNED), COORDINATION | BOARD, S.SUBMITTED,
            blockers=missing_before_submission, effect=submit,
            told="Déposé : l’ARS et la caisse sont prévenues.",
        ),
        Move(
            "visa", "Donner son visa", "a donné son visa sur", (S.SUBMITTED, S.RETURNED), AGENTS, after_a_visa,
            when=may_give_visa, blockers=missing_before_visa, effect=give_visa,
            told="Visa donné : les autres parties sont prévenues.",
        ),
        Move(
            "agree", "Donner l’accord de la CPTS", "a donné l’accord de la CPTS sur", (S.SUBMITTED,), BOARD,
            after_a_visa, kinds=AGREED_KINDS, when=not_agreed_yet, blockers=missing_before_agreement, effect=agree,
            told="Accord donné : l’ARS et la caisse sont prévenues.",
        ),
        Move(
            "take_back", "Retirer son visa", "a retiré son visa sur", (S.SUBMITTED, S.RETURNED, S.AGREED), AGENTS,
            without_an_agreement, when=has_visa, needs_reason=True, blockers=past_the_term, effect=take_back_visa,
            danger=True, told="Visa retiré.",
        ),
        Move(
            "send_back", "Demander des corrections", "a demandé des corrections sur", (S.SUBMITTED, S.AGREED), AGENTS,
            S.RETURNED, needs_reason=True, blockers=past_the_term, effect=returned_by,
            told="Corrections demandées : la CPTS est prévenue.",
        ),
        Move(
            "oppose", "S’opposer", "a marqué son opposition sur", (S.SUBMITTED, S.RETURNED), ARS, S.OPPOSED,
            kinds=PAPERS, needs_reason=True, blockers=past_the_term, effect=decide_against, danger=True,
            told="Opposition enregistrée : la CPTS et la caisse sont prévenues.",
        ),
        Move(
            "deem_accepted", "Constater la validation tacite", "a constaté la validation tacite pour",
            (S.SUBMITTED,), PORTAL, S.TACIT, kinds=(ReviewKind.PROJECT,), blockers=before_the_term,
            effect=date_from_the_term,
        ),
        Move(
            "sign", "Enregistrer une signature", "a enregistré une signature sur", (S.AGREED,), CPTS | AGENTS,
            seal_when_signed, kinds=CONTRACTS, when=has_not_signed, prepare=print_when_last, effect=record_signature,
            told="Signature enregistrée.",
        ),
        Move(
            "close", "Clore l’année", "a clos", (S.AGREED,), AGENTS, S.CLOSED, kinds=(ReviewKind.YEAR,),
            blockers=missing_before_closing, effect=close_year,
            told="L’année est close.",
        ),
        Move(
            "reopen", "Rouvrir l’année", "a rouvert", (S.CLOSED,), AGENTS, S.SUBMITTED, kinds=(ReviewKind.YEAR,),
            needs_reason=True, effect=reopen_year, danger=True,
            told="L’année est rouverte ; ses anciens chiffres sont conservés.",
        ),
        Move(
            "abandon", "Abandonner", "a abandonné", OPEN, COORDINATION, S.ABANDONED,
            kinds=(*PAPERS, *CONTRACTS), needs_reason=True, blockers=past_the_term, effect=decide_against, danger=True,
            told="Dossier abandonné.",
        ),
    ],
    after=told_to_all,
)  # fmt: skip
