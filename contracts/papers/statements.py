"""The letter of intent and the health project: their sections, and who may write them when.

Sections as asked by the agencies (letter: territory, first diagnosis, actors, orientations, calendar; project: the
diagnosis in full, the missions and their actions, how the CPTS is run). The text belongs to the CPTS; the one that the
portal proposes (`contracts/papers/diagnosis.py`) is only a beginning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from contracts.models import Comment, Review, ReviewKind, ReviewStatus
from contracts.papers.corrections import corrections_open
from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import check_version, next_version
from territories.models import Cpts


@dataclass(frozen=True)
class Section:
    code: str
    title: str
    help_text: str


LETTER = (
    Section("territory", "Territoire", "Les communes, la population, ce qui fait l’unité de ce territoire."),
    Section(
        "diagnosis", "Premier diagnostic", "L’offre de soins, les besoins de la population, les points de tension."
    ),
    Section("actors", "Acteurs", "Qui porte le projet, qui s’y est associé, qui reste à rencontrer."),
    Section("orientations", "Orientations", "Ce que la CPTS veut faire pour chaque mission du socle."),
    Section("calendar", "Calendrier", "Les étapes jusqu’au dépôt du projet de santé."),
)
PROJECT = (
    Section("territory", "Territoire", "Les communes, leur population, les bassins de vie."),
    Section("diagnosis", "Diagnostic", "Population, professionnels, structures, accès aux soins."),
    Section(
        "missions", "Missions et actions", "Pour chaque mission : les actions retenues, leurs publics, leurs pilotes."
    ),
    Section("governance", "Gouvernance", "L’association, son bureau, la coordination, les groupes de travail."),
    Section("calendar", "Calendrier", "Le démarrage de chaque mission."),
    Section("evaluation", "Évaluation", "Comment la CPTS mesurera ce qu’elle fait."),
)
SECTIONS: dict[str, tuple[Section, ...]] = {ReviewKind.LETTER: LETTER, ReviewKind.PROJECT: PROJECT}


def sections_of(review: Review) -> tuple[Section, ...]:
    return SECTIONS.get(review.kind, ())


def text_of(review: Review, code: str) -> str:
    return review.content.get("sections", {}).get(code, "")


def tidy(text: str) -> str:
    """As kept: the line ends of a browser would show as differences between two submissions."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def missing_sections(review: Review) -> list[str]:
    return [
        f"Partie à rédiger : {each.title.lower()}." for each in sections_of(review) if not text_of(review, each.code)
    ]


def editable_sections(review: Review) -> set[str]:
    """Every section of a draft; in a correction, only those that an open request names."""
    if review.status == ReviewStatus.DRAFT:
        return {each.code for each in sections_of(review)}
    if review.status != ReviewStatus.RETURNED:
        return set()
    named = set(corrections_asked(review)) - {""}
    return named or {each.code for each in sections_of(review)}  # sent back as a whole: everything opens


def corrections_asked(review: Review) -> dict[str, list[Comment]]:
    """The open requests for correction that the CPTS reads, by section (those on the whole paper under no code)."""
    codes = {each.code for each in sections_of(review)}
    found: dict[str, list[Comment]] = {}
    for comment in corrections_open(review).select_related("agency", "by"):
        code = comment.anchor.removeprefix("section:")
        found.setdefault(code if code in codes else "", []).append(comment)
    return found


def why_closed(review: Review) -> str:
    """Why a section, or the whole paper, may not be written now; empty for a draft."""
    if review.status == ReviewStatus.DRAFT:
        return ""
    if review.status == ReviewStatus.RETURNED:
        return "Aucune correction n’est demandée sur cette partie : elle reste telle que déposée."
    if review.status == ReviewStatus.SUBMITTED:
        return "Ce dossier est à l’examen : il ne change plus, sauf si une agence demande des corrections."
    return "Ce dossier est décidé : il ne change plus."


@transaction.atomic
def open_statement(cpts: Cpts, kind: str, *, title: str, sections: Mapping[str, str], day: date, by: User) -> Review:
    """A new letter or project; one at a time."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    if Review.objects.open().filter(cpts=cpts, kind=kind).exists():
        raise NotPossible(f"Un dossier « {ReviewKind(kind).label.lower()} » est déjà ouvert.")
    review = Review(cpts=cpts, kind=kind, title=title, opened_on=day, content={"sections": dict(sections)})
    save_as(review, by=by)
    return review


@transaction.atomic
def write_sections(review: Review, texts: Mapping[str, str], *, version: str, by: User) -> Review:
    """Save the sections that may be written; raises `StaleEdit` when somebody else saved meanwhile."""
    found = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    check_version(found, version)
    allowed = editable_sections(found)
    if not allowed:
        raise NotPossible("Ce dossier n’est plus modifiable : il est à l’examen ou décidé.")
    kept = dict(found.content.get("sections", {}))
    for code, typed in texts.items():
        text = tidy(typed)
        if code in allowed:
            kept[code] = text
        elif text != kept.get(code, ""):
            raise NotPossible("Seules les parties visées par une demande de correction sont modifiables.")
    found.content = {**found.content, "sections": kept}
    save_as(found, by=by, reason="Rédaction")
    next_version(found)
    return found
