"""Where a review stands, told to each side: the label, who must act, until when, and one sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from contracts.models import (
    AGENCIES,
    ContractVersion,
    Party,
    Review,
    ReviewKind,
    ReviewStatus,
)
from cpts_portal.core.text import date_fr, plural

S, K = ReviewStatus, ReviewKind
CONTRACTS = (K.CONTRACT, K.AMENDMENT)
TONES = {
    S.SUBMITTED: "info",
    S.RETURNED: "warning",
    S.ACCEPTED: "success",
    S.TACIT: "success",
    S.OPPOSED: "danger",
    S.AGREED: "info",
    S.SIGNED: "success",
    S.CLOSED: "success",
}
CLOCK = relativedelta(months=2)  # CSP, art. L1434-12, for the health project; the same term is proposed for the others
WARNED_DAYS = (30, 15, 5)  # before a project is deemed accepted


@dataclass(frozen=True)
class Standing:
    """What the box at the top of a file says to one side."""

    label: str
    tone: str
    sentence: str
    waits_for: tuple[str, ...]  # parties
    is_my_turn: bool
    due: str = ""
    due_tone: str = ""
    is_open: bool = True  # False: nothing more is offered, the portal will write the end down


def waits_for(review: Review, version: ContractVersion | None = None) -> tuple[str, ...]:
    """The parties whose act the review waits for; several at once, they work side by side."""
    if review.status in (S.DRAFT, S.RETURNED):
        return (Party.CPTS,)
    if review.status == S.SUBMITTED:
        return tuple(party for party in agreeing(review) if not review.has_agreement_of(party))
    if review.status == S.AGREED and review.kind in CONTRACTS and version:
        return tuple(party for party in Party if not version.signed_on(party))
    return (Party.FUND,) if review.status == S.AGREED else ()


def agreeing(review: Review) -> tuple[str, ...]:
    """Whose agreement decides: the two agencies on a paper, the three parties on a contract or a year."""
    return AGENCIES if review.kind in (K.LETTER, K.PROJECT) else tuple(Party)


def clock_ends(review: Review) -> date | None:
    """When a submitted project is deemed accepted: two months after its submission (CSP, art. L1434-12)."""
    if review.kind != K.PROJECT or review.status != S.SUBMITTED or review.submitted_on is None:
        return None
    return review.submitted_on + CLOCK


def is_deemed_accepted(review: Review, day: date) -> bool:
    """The term has passed and nothing wrote it down yet: true in law, whether the nightly job ran or not.

    The ARS may oppose until the evening of the last day.
    """
    ends = clock_ends(review)
    return ends is not None and day > ends


def standing_of(review: Review, party: str, day: date, version: ContractVersion | None = None) -> Standing:
    if is_deemed_accepted(review, day):
        return _deemed(review)
    waiting = waits_for(review, version)
    due, tone = _due(review, day)
    return Standing(
        label=status_label(review),
        tone=TONES.get(S(review.status), ""),
        sentence=_sentence(review, party, waiting),
        waits_for=waiting,
        is_my_turn=party in waiting,
        due=due,
        due_tone=tone,
    )


def _deemed(review: Review) -> Standing:
    since = date_fr(clock_ends(review))
    return Standing(
        label=S.TACIT.label,
        tone=TONES[S.TACIT],
        sentence=f"Réputé validé depuis le {since} : deux mois ont passé sans opposition de l’ARS. Le portail "
        "l’inscrit au journal la nuit suivante.",
        waits_for=(),
        is_my_turn=False,
        is_open=False,
    )


FEMININE = (K.LETTER,)


def status_label(review: Review) -> str:
    """« Validée » for a letter, « Validé » for a project."""
    label = S(review.status).label
    if review.kind in FEMININE and review.status in (S.ACCEPTED, S.ABANDONED, S.RECORDED):
        return {S.ACCEPTED: "Validée", S.ABANDONED: "Abandonnée", S.RECORDED: "Reprise telle quelle"}[S(review.status)]
    return label


def _sentence(review: Review, party: str, waiting: tuple[str, ...]) -> str:
    simple = {
        S.ACCEPTED: "L’ARS et la caisse ont donné leur visa.",
        S.OPPOSED: "L’ARS s’est opposée à ce dossier, avec ses motifs.",
        S.TACIT: "Le délai de deux mois a passé sans opposition de l’ARS : le projet de santé est réputé validé.",
        S.SIGNED: "Les trois parties ont signé : les termes sont figés.",
        S.CLOSED: "Les trois parties sont d’accord : l’année est close.",
        S.RECORDED: "Repris tel qu’il a été signé avant le portail.",
        S.ABANDONED: "Ce dossier a été abandonné.",
    }
    if review.status in simple:
        return simple[S(review.status)]
    if party in waiting:
        return _my_turn(review, party)
    if review.status == S.DRAFT:
        return "La CPTS le prépare ; il se lit déjà."
    return f"En attente : {_named(review, waiting)}."


def _my_turn(review: Review, party: str) -> str:
    if review.status == S.DRAFT:
        return "Complétez-le, puis déposez-le : l’ARS et la caisse l’examineront ensemble."
    if review.status == S.RETURNED:
        return "Des corrections sont demandées : répondez aux remarques, puis déposez de nouveau."
    if review.status == S.AGREED:
        return "Enregistrez votre signature." if review.kind in CONTRACTS else "Prononcez la clôture de l’année."
    if party == Party.CPTS:
        return "L’accord de la CPTS est attendu, par son bureau."
    return "Votre visa est attendu : examinez ce dépôt, commentez-le, donnez votre avis."


def _named(review: Review, waiting: Iterable[str]) -> str:
    return ", ".join(review.holder(party) for party in waiting) or "personne"


def _due(review: Review, day: date) -> tuple[str, str]:
    """« Réputé validé le 15 septembre 2022, dans 12 jours », « à rendre avant le … »."""
    ends = clock_ends(review) or (review.due_on if review.status == S.SUBMITTED else None)
    if ends is None:
        return "", ""
    left = (ends - day).days
    when = _in_days(left)
    tone = "danger" if left <= WARNED_DAYS[-1] else "warning" if left <= WARNED_DAYS[0] else ""
    if clock_ends(review):
        return f"Réputé validé le {date_fr(ends)} sans opposition de l’ARS : {when}.", tone
    return f"À examiner avant le {date_fr(ends)} : {when}.", tone


def _in_days(left: int) -> str:
    if left == 0:
        return "c’est le dernier jour"
    return f"dans {plural(left, 'jour')}" if left > 0 else f"dépassé de {plural(-left, 'jour')}"
