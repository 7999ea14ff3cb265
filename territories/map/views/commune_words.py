"""What the page of a commune says, in sentences."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpts_portal.core.text import NO_BREAK_SPACE, date_fr, number_fr, plural
from territories.map.directory import current_of
from territories.map.places import CommuneFile
from territories.map.views.cpts_links import cpts_name
from territories.map.views.place_tables import commune_link, link
from territories.models import Commune, CommuneChange, CommuneMovement, CptsCommune

# MOD codes of the INSEE movements file.
MOVEMENTS = {
    10: "changement de nom",
    20: "création",
    21: "rétablissement",
    30: "suppression",
    31: "fusion simple",
    32: "création d’une commune nouvelle",
    33: "fusion-association",
    34: "transformation de fusion-association en fusion simple",
    41: "changement de code dû à un changement de département",
    50: "changement de code dû à un transfert de chef-lieu",
}
FIELDS = {
    "name": "nom",
    "epci": "EPCI",
    "department": "département",
    "postal_codes": "codes postaux",
    "population": "population municipale",
    "ended_on": "date de disparition",
    "started_on": "date de création",
    "successor": "code de la commune qui l’a absorbée",
    "parent": "commune de rattachement",
    "kind": "type",
}


def kind_words(commune: Commune) -> str:
    """« commune », « commune disparue », « commune déléguée »…"""
    label = commune.get_kind_display()
    return f"{label} disparue" if commune.ended_on else label


def identity(commune: Commune) -> list[tuple[str, str | SafeString]]:
    """Rows of the description of a commune."""
    rows = [("Type", kind_words(commune)), ("Code INSEE", commune.code)]
    if commune.parent:
        rows.append(("Fait partie de", commune_link(commune.parent)))
    rows.append(("Codes postaux", commune.postal_codes.replace(" ", ", ")))
    department = commune.department
    rows.append(("Département", link("territories:department", department.code, str(department))))
    rows.append(("Région", link("territories:region", department.region.code, department.region.name)))
    if commune.kind == Commune.Kind.COMMUNE:
        epci = commune.epci
        rows.append(("EPCI", link("territories:epci", epci.siren, epci.name) if epci else "Aucun"))
    return rows


@dataclass(frozen=True)
class PopulationLine:
    vintage: int
    municipal: int
    change: str


def population_lines(file: CommuneFile) -> list[PopulationLine]:
    """One line per vintage, newest first, each compared with the one before."""
    lines = []
    older = [*file.populations[1:], None]
    for row, before in zip(file.populations, older, strict=True):
        change = "" if before is None else difference(row.municipal - before.municipal)
        lines.append(PopulationLine(row.vintage, row.municipal, change))
    return lines


def difference(value: int) -> str:
    """« +12 », « −3 », « = »."""
    if value == 0:
        return "="
    return f"+{number_fr(value)}" if value > 0 else number_fr(value)


def story(file: CommuneFile) -> list[SafeString]:
    """How this commune came to be and what it became, the latest first."""
    commune = file.commune
    sentences = []
    if commune.ended_on:
        sentences.append(_end_of(commune))
    sentences += [
        format_html("{} en fait partie depuis le {}.", commune_link(former), date_fr(former.ended_on))
        for former in file.predecessors
    ]
    if commune.started_on:
        sentences.append(format_html("Elle existe sous ce code depuis le {}.", date_fr(commune.started_on)))
    sentences += [_movement(movement, commune) for movement in file.movements]
    return sentences


def _end_of(commune: Commune) -> SafeString:
    since = date_fr(commune.ended_on)
    if commune.successor is None:
        return format_html("Elle n’existe plus depuis le {} ; la commune qui lui succède n’est pas connue.", since)
    today = current_of(commune)
    sentence = format_html("Elle fait partie de {} depuis le {}", commune_link(commune.successor), since)
    if today != commune.successor:
        return format_html("{}, qui est aujourd’hui dans {}.", sentence, commune_link(today))
    return format_html("{}.", sentence)


def _movement(movement: CommuneMovement, commune: Commune) -> SafeString:
    what = MOVEMENTS.get(movement.kind, "mouvement officiel")
    other = movement.after if movement.before == commune.code else movement.before
    codes = "" if other == commune.code else f" (code{NO_BREAK_SPACE}{movement.before} → {movement.after})"
    return format_html("{}{} : {}{}.", date_fr(movement.effective_on), NO_BREAK_SPACE, what, codes)


@dataclass(frozen=True)
class HeldLine:
    """One CPTS that holds, held or will hold the commune."""

    name: str | SafeString
    what: str
    period: str


def held_line(link: CptsCommune) -> HeldLine:
    what = "commune entière" if link.inhabitants is None else plural(link.inhabitants, "habitant")
    if link.origin == CptsCommune.Origin.CARRIED:
        what += " (reprise lors d’une évolution de communes)"
    until = f" au {date_fr(link.end - timedelta(days=1))}" if link.end else ""
    start = date_fr(link.start)
    period = f"du {start}{until}" if until else f"depuis le {start}"
    return HeldLine(cpts_name(link.cpts_id, link.cpts.full_name), what, period)


def parts_title(parts: list[Commune]) -> str:
    """« Communes déléguées », « Arrondissements »…: one word when all are of the same kind."""
    kinds = {part.kind for part in parts}
    titles = {
        Commune.Kind.DELEGATED: "Communes déléguées",
        Commune.Kind.ASSOCIATED: "Communes associées",
        Commune.Kind.DISTRICT: "Arrondissements",
    }
    return titles.get(Commune.Kind(kinds.pop()), "Parties") if len(kinds) == 1 else "Communes déléguées et associées"


def ended_text(commune: Commune) -> str:
    if not commune.ended_on:
        return ""
    today = current_of(commune)
    if today == commune:
        return "La commune qui lui succède n’est pas connue."
    return f"Depuis le {date_fr(commune.ended_on)}, son territoire est dans {today.name}."


@dataclass(frozen=True)
class ChangeLine:
    vintage: int
    filename: str
    sentence: str


def change_line(change: CommuneChange) -> ChangeLine:
    """« nom : « Lamballe » devient « Lamballe-Armor » »; what was empty before is only named."""
    label = FIELDS.get(change.field, change.field)
    before, after = readable(change.field, change.before), readable(change.field, change.after)
    sentence = f"{label} : « {before} » devient « {after or '–'} »" if before else f"{label} : {after}"
    return ChangeLine(change.imported.vintage, change.imported.filename, sentence)


def readable(field: str, value: str) -> str:
    """The value an import kept, as a reader writes it: dates in full, populations by thousands."""
    if field in ("ended_on", "started_on") and value:
        return date_fr(date.fromisoformat(value))
    return number_fr(int(value)) if field == "population" and value.isdigit() else value


@dataclass(frozen=True)
class FoundLine:
    """One result of a search: the commune found, and the one of today when it is another."""

    commune: Commune
    url: str
    kind: str
    today: Commune | None
    today_url: str


def found_line(commune: Commune) -> FoundLine:
    today = current_of(commune)
    other = today if today != commune else None
    return FoundLine(
        commune,
        reverse("territories:commune", args=[commune.pk]),
        "" if commune.kind == Commune.Kind.COMMUNE and not commune.ended_on else kind_words(commune),
        other,
        reverse("territories:commune", args=[other.pk]) if other else "",
    )
