"""Sentences about a territory: its size, its distance to a threshold, its difference with what was declared."""

from typing import Any

from cpts_portal.core.text import NO_BREAK_SPACE, date_fr, number_fr, plural
from territories.cpts.composing import Later
from territories.map.sizing import SizeGrid, SizePosition
from territories.perimeter import Difference, Perimeter, Simulation

NAMES_SHOWN = 30


def size_text(size: SizePosition) -> str:
    return "–" if size.size is None else str(size.size)


def distance_text(size: SizePosition) -> str:
    """« 11 158 habitants de moins que la taille 3, 28 842 de plus que le seuil de la taille 2. »"""
    parts = []
    if size.to_next is not None and size.size is not None:
        parts.append(f"encore {plural(size.to_next, 'habitant')} avant la taille {size.size + 1}")
    if size.to_lose is not None:
        parts.append(f"{number_fr(size.to_lose)} au-dessus du seuil de la taille {size.size}")
    return " ; ".join(parts)


def near_text(size: SizePosition, grid: SizeGrid) -> str:
    """The warning of a territory within 2 % of a threshold; empty elsewhere."""
    if size.near_threshold is None:
        return ""
    above = next(bound.size for bound in grid.bounds if bound.min_population == size.near_threshold)
    gap = abs(size.near_threshold - size.population)
    side = "au-dessus" if size.population >= size.near_threshold else "au-dessous"
    bound = grid.bound_of(above)
    doubt = " Cette borne reste à confirmer." if bound and bound.to_confirm else ""
    return (
        f"La population est {plural(gap, 'habitant')} {side} du seuil de la taille {above} "
        f"({number_fr(size.near_threshold)} habitants) : un nouveau recensement ou une seule commune peut changer "
        f"la taille, donc les montants.{doubt}"
    )


def difference_text(difference: Difference | None) -> str:
    """« calculé 68 842, soit −6 158 (−8,2 %) », « identique »; a dash when nothing was declared."""
    if difference is None:
        return "–"
    if difference.absolute == 0:
        return "identique"
    sign = "+" if difference.absolute > 0 else ""
    text = f"calculé {number_fr(difference.computed)}, soit {sign}{number_fr(difference.absolute)}"
    if difference.percent is None:
        return text
    return f"{text} ({sign}{number_fr(difference.percent, 1)}{NO_BREAK_SPACE}%)"


def card_words(perimeter: Perimeter, previous: Perimeter | None = None) -> dict[str, Any]:
    """The texts of the tiles and of the warnings of the card; `previous`: the figures of the vintage before."""
    size, shared = perimeter.size, len(perimeter.shared)
    return {
        "day_title": f"Territoire au {date_fr(perimeter.day)}",
        "later_text": f"Aucune population antérieure au {date_fr(perimeter.day)} n’est chargée : "
        f"les chiffres sont ceux du millésime {perimeter.vintage}.",
        "shared_hint": f"dont {plural(shared, 'partagée', 'partagées')} avec une autre CPTS" if shared else "",
        "vintage_hint": vintage_text(perimeter, previous),
        "size_value": size_text(size) if perimeter.rows else "–",
        "size_hint": distance_text(size) if perimeter.rows else "",
        "size_tone": "warning" if perimeter.rows and size.is_near else "",
        "size_warning": near_text(size, perimeter.grid) if perimeter.rows else "",
        **unknown_words(perimeter),
        **older_words(perimeter),
    }


def older_words(perimeter: Perimeter) -> dict[str, str]:
    """The warning of a territory of which some communes count with an older population."""
    older = perimeter.older
    names = ", ".join(f"{row.commune} {row.vintage}" for row in older[:NAMES_SHOWN])
    more = f", et {number_fr(len(older) - NAMES_SHOWN)} autres" if len(older) > NAMES_SHOWN else ""
    return {
        "older_title": f"Population d’un millésime plus ancien : {plural(len(older), 'commune')}",
        "older_text": f"Le millésime {perimeter.vintage} ne les donne pas, leur dernière population connue est "
        f"comptée : {names}{more}."
        if older
        else "",
    }


def vintage_text(perimeter: Perimeter, previous: Perimeter | None) -> str:
    """« population municipale, millésime 2026 ; 68 842 au millésime 2024 »."""
    if not perimeter.vintage:
        return ""
    before = f" ; {number_fr(previous.population)} au millésime {previous.vintage}" if previous else ""
    return f"population municipale, millésime {perimeter.vintage}{before}"


def later_title(later: Later) -> str:
    """« Changement prévu le 1er janvier 2027 : 28 communes entrent »."""
    moves = [
        plural(later.arrivals, "commune entre", "communes entrent") if later.arrivals else "",
        plural(later.departures, "commune sort", "communes sortent") if later.departures else "",
    ]
    return f"Changement prévu le {date_fr(later.first)} : {', '.join(filter(None, moves))}"


def then_text(then: Perimeter) -> str:
    return (
        f"Le territoire aura alors {plural(then.communes, 'commune')} et {plural(then.population, 'habitant')}, "
        f"taille {size_text(then.size)}."
    )


def unknown_words(perimeter: Perimeter) -> dict[str, str]:
    unknown = perimeter.unknown
    names = ", ".join(str(row.commune) for row in unknown[:NAMES_SHOWN])
    more = f", et {number_fr(len(unknown) - NAMES_SHOWN)} autres" if len(unknown) > NAMES_SHOWN else ""
    return {
        "unknown_title": f"Population inconnue : {plural(len(unknown), 'commune')}",
        "unknown_text": f"Sans habitant dans les totaux : {names}{more}." if unknown else "",
    }


def effect_words(simulation: Simulation) -> dict[str, str]:
    """What the composed territory changes, tile by tile: « avant : 42 (+3) »."""
    before, after = simulation.before, simulation.after
    places = f"{plural(len(after.by_epci), 'EPCI', 'EPCI')}, {plural(len(after.by_department), 'département')}"
    places_before = f"{plural(len(before.by_epci), 'EPCI', 'EPCI')}, {plural(len(before.by_department), 'département')}"
    is_empty = not after.rows
    return {
        "communes": _was(before.communes, after.communes),
        "population": _was(before.population, after.population) or f"millésime {after.vintage}",
        "size_value": "–" if is_empty else size_text(after.size),
        "size_hint": "" if is_empty else distance_text(after.size),
        "size_tone": "warning" if after.rows and (after.size.is_near or simulation.size_changes) else "",
        "size_change": f"De la taille {size_text(before.size)} ({plural(before.population, 'habitant')}) à la taille "
        f"{size_text(after.size)} ({plural(after.population, 'habitant')}).",
        "near": "" if is_empty else near_text(after.size, after.grid),
        "places_value": places,
        "places_hint": f"avant : {places_before}" if places != places_before else "",
        "unknown_title": unknown_words(after)["unknown_title"],
        "unknown": unknown_words(after)["unknown_text"],
        **older_words(after),
    }


def _was(before: int, after: int) -> str:
    if before == after:
        return ""
    sign = "+" if after > before else ""
    return f"avant : {number_fr(before)} ({sign}{number_fr(after - before)})"


def later_text(later: Later) -> str:
    """What stays planned after the effective date."""
    arrivals = plural(later.arrivals, "commune entre", "communes entrent")
    departures = plural(later.departures, "commune sort", "communes sortent")
    return f"À partir du {date_fr(later.first)} : {arrivals}, {departures}. Ces changements prévus sont conservés."
