"""What a CPTS may open next in its file: a letter, a project, a contract, as its stage allows."""

from dataclasses import dataclass
from datetime import date

from contracts.deal.contracting import open_contract
from contracts.models import Review, ReviewKind, ReviewStatus
from contracts.papers.diagnosis import portal_texts
from contracts.papers.statements import open_statement
from contracts.review.file_state import FileState
from contracts.yearly.opening import due_year, open_year_review
from cpts_portal.accounts.models import User
from cpts_portal.core.refusals import NotPossible
from territories.models import Cpts

DONE = (ReviewStatus.ACCEPTED, ReviewStatus.TACIT, ReviewStatus.RECORDED)


@dataclass(frozen=True)
class Opening:
    """A button, with the name of its address and why it comes now."""

    kind: str
    label: str
    hint: str


def openings(state: FileState) -> list[Opening]:
    """The next step first. A contract signed before the portal may be entered as it stands at any time."""
    opened = {review.kind for review in state.open_reviews}
    done = {review.kind for review in state.past_reviews if review.status in DONE}
    found = []
    if not state.contracts:
        if ReviewKind.LETTER not in opened | done:
            found.append(Opening("letter", "Commencer la lettre d’intention", "La première étape."))
        if ReviewKind.PROJECT not in opened | done:
            found.append(Opening("project", "Commencer le projet de santé", "Prérempli avec ce que le portail sait."))
        if ReviewKind.PROJECT in done:
            found.append(Opening("contract", "Ouvrir la négociation du contrat", "Le projet de santé est validé."))
    if state.due_year:
        number = state.due_year.exercise.number
        found.append(
            Opening(
                "year",
                f"Ouvrir le dialogue de gestion de l’année {number}",
                "Le bilan de l’année : ses résultats, ce que les trois parties en retiennent.",
            )
        )
    return found


def open_review(cpts: Cpts, kind: str, *, day: date, by: User) -> Review:
    """The review opened, prefilled with what the portal knows."""
    if kind == ReviewKind.CONTRACT:
        return open_contract(cpts, day=day, by=by).review
    if kind == ReviewKind.YEAR:
        return open_due_year(cpts, day=day, by=by)
    title = ReviewKind(kind).label
    return open_statement(cpts, kind, title=title, sections=portal_texts(cpts, kind, day), day=day, by=by)


def open_due_year(cpts: Cpts, *, day: date, by: User) -> Review:
    year = due_year(cpts.pk, day)
    if year is None:
        raise NotPossible("Aucune année n’attend son dialogue de gestion.")
    return open_year_review(year, day=day, by=by)
