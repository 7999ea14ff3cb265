"""What the portal already knows of a CPTS, told as plain texts: a beginning for the letter and the health project.

One text per section code, only where there is something to tell; the same number of queries whatever the size. The
texts name no member but those who hold an office or lead an action: both papers are made to be read outside.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from contracts.models import ReviewKind
from cpts_portal.core.text import date_fr, number_fr, plural
from members.directory.imports import structures_of
from members.figures.figures import Figures, Row, figures_on, percent_text
from members.models import Mandate, Membership, StructureKind
from missions.models import Action, CptsMission, Group, Indicator
from territories.models import Cpts
from territories.perimeter import Perimeter, Slice, perimeter_of

LETTER_CODES = ("territory", "diagnosis", "actors", "orientations", "calendar")
PROJECT_CODES = ("territory", "diagnosis", "missions", "governance", "calendar", "evaluation")


def portal_texts(cpts: Cpts, kind: str, day: date) -> dict[str, str]:
    """The texts of a letter or of a project on a day, by section."""
    perimeter, figures = perimeter_of(cpts, day=day), figures_on(cpts, day)
    missions = list(CptsMission.objects.filter(cpts=cpts, stopped_on__isnull=True).select_related("mission"))
    told = {
        "territory": territory_text(perimeter),
        "diagnosis": diagnosis_text(cpts, perimeter, figures, day),
        "calendar": calendar_text(missions),
    }
    if kind == ReviewKind.LETTER:
        told |= {"actors": actors_text(cpts, figures, day), "orientations": orientations_text(missions)}
    else:
        told |= {
            "missions": missions_text(cpts, missions),
            "governance": governance_text(cpts, day),
            "evaluation": evaluation_text(cpts, missions),
        }
    codes = LETTER_CODES if kind == ReviewKind.LETTER else PROJECT_CODES
    return {code: told[code] for code in codes if told[code]}


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _listed(title: str, lines: Iterable[str]) -> str:
    """A title and its lines with dashes; nothing when there is no line."""
    rows = [f"– {line}" for line in lines]
    return "\n".join([f"{title}\xa0:", *rows]) if rows else ""


# --- Territory and diagnosis ----------------------------------------------------------------------------------------
def territory_text(perimeter: Perimeter) -> str:
    if not perimeter.rows:
        return ""
    size = f" Taille {perimeter.size.size} au sens de l’accord." if perimeter.size.size else ""
    names = ", ".join(f"{row.commune.name}{' (en partie)' if row.is_shared else ''}" for row in perimeter.rows)
    return _paragraphs(
        f"{plural(perimeter.communes, 'commune')}, {number_fr(perimeter.population)} habitants "
        f"(population municipale {perimeter.vintage}).{size}",
        _listed("Intercommunalités", (_slice(each, perimeter) for each in perimeter.by_epci)),
        f"Communes : {names}.",
    )


def _slice(part: Slice, perimeter: Perimeter) -> str:
    name = part.place or "Communes hors intercommunalité"
    share = percent_text(part.percent_of(perimeter.population))
    return f"{name} : {plural(part.communes, 'commune')}, {number_fr(part.population)} habitants ({share})"


def diagnosis_text(cpts: Cpts, perimeter: Perimeter, figures: Figures, day: date) -> str:
    return _paragraphs(
        f"Population : {number_fr(perimeter.population)} habitants." if perimeter.rows else "",
        professionals_text(figures),
        structures_text(cpts, day),
    )


def professionals_text(figures: Figures) -> str:
    """Professionals of the territory by profession, with how many of them joined; members alone without directory."""
    rows = next((section.rows for section in figures.sections if section.key == "professions"), ())
    if figures.overall is None:
        return _listed(
            f"Adhérents par profession au {date_fr(figures.day)}", (f"{row.label} : {row.members}" for row in rows)
        )
    known = [row for row in rows if row.professionals]
    whole = figures.overall
    title = (
        f"Professionnels de santé du territoire (annuaire national) au {date_fr(figures.day)} : "
        f"{number_fr(whole.professionals)}, dont {plural(whole.members, 'adhérent')} ({figures.rate_text}). "
        "Par profession"
    )
    return _listed(title, (_profession(row) for row in known))


def _profession(row: Row) -> str:
    return f"{row.label} : {number_fr(row.professionals)}, dont {plural(row.members, 'adhérent')} ({row.percent_text})"


def structures_text(cpts: Cpts, day: date) -> str:
    kinds = Counter(structures_of(cpts, day).order_by().values_list("kind", flat=True))
    return _listed(
        f"Structures du territoire (FINESS) au {date_fr(day)}",
        (f"{StructureKind(kind).label} : {count}" for kind, count in sorted(kinds.items(), key=_largest_first)),
    )


def _largest_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


# --- Who --------------------------------------------------------------------------------------------------------------
def actors_text(cpts: Cpts, figures: Figures, day: date) -> str:
    rows = next((section.rows for section in figures.sections if section.key == "categories"), ())
    held = Membership.objects.filter(cpts=cpts, structure__isnull=False).members_on(day)
    names = held.order_by("structure__name").values_list("structure__name", flat=True)
    return _paragraphs(
        offices_text(cpts, day),
        _listed(
            f"{plural(figures.members, 'adhérent')} au {date_fr(day)}", (f"{row.members} {row.label}" for row in rows)
        )
        if figures.members
        else "",
        _listed("Structures adhérentes", names),
    )


def offices_text(cpts: Cpts, day: date) -> str:
    held = Mandate.objects.filter(cpts=cpts, start__lte=day).not_over_on(day).by_office()
    return _listed(
        "Bureau et responsabilités",
        (
            f"{mandate.get_office_display()}{f' ({mandate.subject})' if mandate.subject else ''} : "
            f"{mandate.professional}"
            for mandate in held.select_related("professional")
        ),
    )


def governance_text(cpts: Cpts, day: date) -> str:
    groups = Group.objects.filter(cpts=cpts, closed_on__isnull=True).order_by("kind", "name")
    return _paragraphs(
        offices_text(cpts, day),
        _listed("Instances et groupes de travail", (f"{each.get_kind_display()} : {each.name}" for each in groups)),
    )


# --- What -------------------------------------------------------------------------------------------------------------
def orientations_text(missions: list[CptsMission]) -> str:
    return _paragraphs(
        *(f"{each.mission.name}\n{each.orientations or 'Orientations à préciser.'}" for each in missions)
    )


def missions_text(cpts: Cpts, missions: list[CptsMission]) -> str:
    """Mission by mission, its orientations and its action sheets; an action that serves two stands in both."""
    actions: defaultdict[int, list[Action]] = defaultdict(list)
    going = Action.objects.filter(cpts=cpts, dropped_on__isnull=True).prefetch_related("missions", "leads")
    for action in going:
        for mission in action.missions.all():
            actions[mission.pk].append(action)
    return _paragraphs(*(_mission(each, actions[each.pk]) for each in missions))


def _mission(mission: CptsMission, actions: list[Action]) -> str:
    head = "\n".join(part for part in (mission.mission.name, mission.orientations) if part)
    sheets = _listed("Actions", (_action(each) for each in actions)) or "Actions à définir."
    return f"{head}\n{sheets}"


def _action(action: Action) -> str:
    leads = ", ".join(str(lead) for lead in action.leads.all())
    details = [
        action.objective and f"objectif : {_one_line(action.objective)}",
        action.audience and f"public : {action.audience}",
        leads and f"référents : {leads}",
        action.start and f"début prévu le {date_fr(action.start)}",
    ]
    told = " ; ".join(part for part in details if part)
    return f"{action.title} ({told})" if told else action.title


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def calendar_text(missions: list[CptsMission]) -> str:
    def when(mission: CptsMission) -> str:
        if mission.started_on:
            return f"démarrée le {date_fr(mission.started_on)}"
        return f"démarrage prévu le {date_fr(mission.planned_start)}" if mission.planned_start else "date à fixer"

    return _listed("Démarrage des missions", (f"{each.mission.name} : {when(each)}" for each in missions))


def evaluation_text(cpts: Cpts, missions: list[CptsMission]) -> str:
    followed = Indicator.objects.filter(mission__cpts=cpts, is_active=True).order_by("rank", "name")
    by_mission: defaultdict[int, list[Indicator]] = defaultdict(list)
    for indicator in followed:
        by_mission[indicator.mission_id].append(indicator)
    return _paragraphs(
        *(
            _listed(f"{each.mission.name}, indicateurs", (f"{one.name} ({one.unit})" for one in by_mission[each.pk]))
            for each in missions
        )
    )
