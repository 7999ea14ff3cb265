"""What is said around a review: who writes what to whom, on which part, and what each side settles.

Every read of comments goes through `CommentQuerySet.read_by`: a guard test refuses any other way. A comment stays as
it was written; its author adds to it by an answer.
"""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from contracts.models import AGENCIES, OPEN, Audience, Comment, Party, Review, ReviewKind, YearLine
from contracts.papers.files import documents_for
from contracts.papers.statements import sections_of
from contracts.shared.parties import PARTY_ROLES, agencies_of, own_agency
from contracts.talk.messages import tell_readers
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible

Kind = Comment.Kind
WHOLE = "L’ensemble du dossier"
TERMS = {
    "terms:territory": "Territoire et population",
    "terms:missions": "Missions",
    "terms:amounts": "Montants",
    "terms:indicators": "Indicateurs",
    "terms:advance": "Avance et mode de calcul",
    "terms:clauses": "Clauses",
}
LONGEST = 5000


# --- Reading --------------------------------------------------------------------------------------------------------
def comments_on(review: Review, actor: Actor) -> QuerySet[Comment]:
    """What this person may read about this review: nothing for who is no party to it."""
    if actor.roles_on(review.cpts).isdisjoint(PARTY_ROLES):
        return Comment.objects.read_by(frozenset()).none()
    return Comment.objects.read_by(agencies_of(actor, review.cpts)).filter(review=review)


def comments_anywhere(actor: Actor) -> QuerySet[Comment]:
    """What she may read of the reviews of her own CPTS and agencies, for lists that already show no other."""
    if not actor.has_any(PARTY_ROLES):
        return Comment.objects.read_by(frozenset()).none()
    return Comment.objects.read_by(frozenset(each.agency_id for each in actor.accesses if each.agency_id))


def parts_of(review: Review) -> dict[str, str]:
    """What a comment may be about, by its anchor: the whole, a section, the terms, a document, an indicator."""
    sections = {f"section:{each.code}": each.title for each in sections_of(review)}
    terms = TERMS if review.kind in (ReviewKind.CONTRACT, ReviewKind.AMENDMENT) else {}
    documents = {f"document:{each.pk}": f"{each} ({each.filename})" for each in documents_for(review)}
    found = YearLine.objects.filter(year__review=review) if review.kind == ReviewKind.YEAR else YearLine.objects.none()
    lines = {f"line:{line.pk}": f"Indicateur : {line.name}" for line in found}
    return {"": WHOLE, **sections, **terms, **documents, **lines}


# --- What each side may write ---------------------------------------------------------------------------------------
def audiences_of(party: str) -> list[Audience]:
    """The CPTS writes to everybody only."""
    return list(Audience) if party in AGENCIES else [Audience.EVERYBODY]


def kinds_of(party: str, review: Review) -> list[Kind]:
    """A decided file only takes remarks; corrections are asked by the agencies."""
    if review.status not in OPEN:
        return [Kind.REMARK]
    return list(Kind) if party in AGENCIES else [Kind.REMARK, Kind.QUESTION]


@transaction.atomic
def write_comment(
    review: Review, *, text: str, kind: str, audience: str, party: str, by: User, anchor: str = ""
) -> Comment:
    """A remark, a question or a request for a correction; those who may read it are told."""
    parts = parts_of(review)
    refuse_outsiders(party)
    for wrong, reason in (
        (audience not in audiences_of(party), "Vous ne pouvez pas réserver ce commentaire à ces lecteurs."),
        (kind not in kinds_of(party, review), "Ce commentaire n’est pas possible à cette étape."),
        (anchor not in parts, "La partie commentée n’existe pas, ou plus."),
        (
            kind == Kind.CORRECTION and audience != Audience.EVERYBODY,
            "Une correction se demande aux trois parties : la CPTS doit pouvoir la lire.",
        ),
        (
            kind == Kind.QUESTION and audience == Audience.OWN,
            "Une question s’adresse à une autre partie : choisissez qui la lit.",
        ),
    ):
        if wrong:
            raise NotPossible(reason)
    comment = Comment(
        review=review,
        kind=kind,
        audience=audience,
        agency_id=own_agency(review, party),
        anchor=anchor,
        anchor_label=parts[anchor][:160] if anchor else "",
        text=checked(text),
        by=by,
    )
    save_as(comment, by=by)
    tell_readers(comment, by=by)
    return comment


@transaction.atomic
def answer_comment(comment: Comment, *, text: str, party: str, by: User) -> Comment:
    """An answer is read by those who read what it answers to."""
    refuse_outsiders(party)
    review, agency = comment.review, own_agency(comment.review, party)
    hidden = {
        Audience.EVERYBODY: False,
        Audience.AGENCIES: party not in AGENCIES,
        Audience.OWN: comment.agency_id != agency,
    }[Audience(comment.audience)]
    if hidden:
        raise PermissionDenied("Ce commentaire ne vous est pas adressé.")
    if comment.parent_id:
        raise NotPossible("On répond au premier commentaire d’un échange.")
    answer = Comment(
        review=review,
        parent=comment,
        audience=comment.audience,
        agency_id=agency,
        anchor=comment.anchor,
        anchor_label=comment.anchor_label,
        text=checked(text),
        by=by,
    )
    save_as(answer, by=by)
    tell_readers(answer, by=by)
    return answer


def settle_comment(comment: Comment, *, party: str, by: User) -> Comment:
    """Dealt with, in the eyes of the side that wrote it."""

    def settle(found: Comment) -> None:
        if found.settled_at:
            raise NotPossible("Cet échange est déjà réglé.")
        found.settled_at, found.settled_by = timezone.now(), by

    return _change(comment, settle, party=party, by=by)


def reopen_comment(comment: Comment, *, party: str, by: User) -> Comment:
    def reopen(found: Comment) -> None:
        if not found.settled_at:
            raise NotPossible("Cet échange est déjà ouvert.")
        found.settled_at = found.settled_by = None

    return _change(comment, reopen, party=party, by=by)


@transaction.atomic
def _change(comment: Comment, change: Callable[[Comment], None], *, party: str, by: User) -> Comment:
    own = own_agency(comment.review, party)
    if not is_of_side(comment, party, own):
        raise PermissionDenied("Seule la partie qui a écrit ce commentaire le règle ou le rouvre.")
    read = Comment.objects.read_by(frozenset({own} if own else ()))
    found = read.select_for_update(of=("self",)).get(pk=comment.pk)
    change(found)
    save_as(found, by=by)
    return found


def is_of_side(comment: Comment, party: str, agency: int | None) -> bool:
    """Was it written by this side? A comment without agency comes from the CPTS."""
    return bool(party) and comment.agency_id == agency and not comment.parent_id


def refuse_outsiders(party: str) -> None:
    if party not in Party.values:
        raise PermissionDenied("Seules les parties au contrat écrivent un commentaire.")


def checked(text: str) -> str:
    kept = text.strip()
    if not kept:
        raise NotPossible("Écrivez votre commentaire.")
    if len(kept) > LONGEST:
        raise NotPossible(f"Ce commentaire est trop long : {LONGEST} caractères au plus.")
    return kept
