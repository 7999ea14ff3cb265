"""Next steps: what a home page proposes to do, worked out from what is there and what is missing."""

from dataclasses import dataclass

from django.urls import reverse

from cpts_portal.core.text import NO_BREAK_SPACE, date_fr, number_fr, plural
from territories.models import Cpts, DeclaredFigures
from territories.perimeter import Perimeter, differences


@dataclass(frozen=True)
class Step:
    """One line of a checklist. `url` leads where it is done; empty for who may only read."""

    label: str
    hint: str = ""
    url: str = ""
    done: bool = False
    tone: str = "info"


IDENTITY_FIELDS = ("rna", "siren", "finess", "address", "seat", "email", "phone")


def missing_identity(cpts: Cpts) -> list[str]:
    """Labels of the identity fields still empty (the parties of a contract are described by them)."""
    labels = {field.name: str(field.verbose_name) for field in Cpts._meta.fields}
    return [labels[name] for name in IDENTITY_FIELDS if not getattr(cpts, name)]


def cpts_steps(
    cpts: Cpts,
    perimeter: Perimeter,
    previous: Perimeter | None,
    declared: DeclaredFigures | None,
    *,
    may_change: bool,
) -> list[Step]:
    """What the coordination of a CPTS should look at, the most pressing first; nothing when all is in order."""
    card = reverse("territories:cpts-detail", args=[cpts.pk])
    compose = reverse("territories:cpts-compose", args=[cpts.pk]) if may_change else card
    if not perimeter.rows:
        return [
            Step("Composer le territoire", "Aucune commune n’y figure encore.", compose, tone="warning"),
            *identity_steps(cpts, card),
        ]
    return [
        *threshold_steps(perimeter, card),
        *vintage_steps(perimeter, previous, card),
        *identity_steps(cpts, card),
        *unknown_steps(perimeter, card),
        *declared_steps(perimeter, declared, card),
    ]


def threshold_steps(perimeter: Perimeter, url: str) -> list[Step]:
    size = perimeter.size
    if not size.is_near or size.near_threshold is None:
        return []
    gap = size.population - size.near_threshold
    where = "au-dessus" if gap >= 0 else "en dessous"
    hint = f"{plural(abs(gap), 'habitant')} {where} du seuil de {number_fr(size.near_threshold)}."
    return [Step("La population est à moins de 2 % d’un seuil de taille", hint, url, tone="warning")]


def vintage_steps(perimeter: Perimeter, previous: Perimeter | None, url: str) -> list[Step]:
    """A new vintage of population moved the total, and perhaps the size."""
    if previous is None or previous.population == perimeter.population:
        return []
    change = perimeter.population - previous.population
    sign = "+" if change > 0 else ""
    hint = (
        f"De {number_fr(previous.population)} habitants ({previous.vintage}) à "
        f"{number_fr(perimeter.population)} ({perimeter.vintage}), soit {sign}{number_fr(change)}."
    )
    if previous.size.size != perimeter.size.size:
        before, after = previous.size.size, perimeter.size.size
        label = f"Le millésime {perimeter.vintage} change la taille{NO_BREAK_SPACE}: de {before} à {after}"
        return [Step(label, hint, url, tone="warning")]
    return [Step(f"Le millésime {perimeter.vintage} change la population", hint, url)]


def identity_steps(cpts: Cpts, url: str) -> list[Step]:
    missing = missing_identity(cpts)
    if not missing:
        return []
    return [Step("Compléter l’identité de la CPTS", f"Il manque{NO_BREAK_SPACE}: {', '.join(missing)}.", url)]


def unknown_steps(perimeter: Perimeter, url: str) -> list[Step]:
    if not perimeter.unknown:
        return []
    names = ", ".join(row.commune.name for row in perimeter.unknown[:5])
    label = f"Population inconnue pour {plural(len(perimeter.unknown), 'commune')}"
    more = "…" if len(perimeter.unknown) > 5 else ""
    verb = "ne compte" if len(perimeter.unknown) == 1 else "ne comptent"
    return [Step(label, f"{names}{more} {verb} pas dans le total.", url)]


def declared_steps(perimeter: Perimeter, declared: DeclaredFigures | None, url: str) -> list[Step]:
    gaps = [each for each in differences(declared, perimeter).values() if each.absolute]
    if declared is None or not gaps:
        return []
    hint = f"Déclaration du {date_fr(declared.declared_on)} ({declared.source})."
    return [Step("Les chiffres déclarés diffèrent des chiffres calculés", hint, url)]


# done, label, hint, url, tone
StepDraft = tuple[bool, str, str, str, str]


def checklist(drafts: list[StepDraft]) -> list[Step]:
    """Steps from (done, label, hint, url, tone): undone ones first."""
    steps = [Step(label, hint, url, done, tone) for done, label, hint, url, tone in drafts]
    return sorted(steps, key=lambda step: step.done)
