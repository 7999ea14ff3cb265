"""Hints under the figures of the home pages, in French."""

from collections.abc import Mapping
from typing import Any

from cpts_portal.core.text import number_fr, plural
from cpts_portal.home.administration import AdministrationHome
from territories.map.words import population_text
from territories.perimeter import Difference, Perimeter

DECLARED = {"population": "Habitants", "communes": "Communes"}


def signed(count: int) -> str:
    return f"{plural(count, 'contrat signé', 'contrats signés')}" if count else "aucun contrat signé"


def signed_gap(value: int) -> str:
    return f"+{number_fr(value)}" if value > 0 else number_fr(value)


def declared_rows(gaps: Mapping[str, Difference]) -> list[tuple[str, str, str, str]]:
    """(what, declared, computed, computed minus declared)."""
    return [
        (DECLARED[name], number_fr(each.declared), number_fr(each.computed), signed_gap(each.absolute))
        for name, each in gaps.items()
    ]


def size_tiles(perimeter: Perimeter) -> dict[str, Any]:
    """The class of size, and the distance to the next threshold (or above the last one)."""
    size = perimeter.size
    epcis = len([part for part in perimeter.by_epci if part.place])
    return {
        "communes_hint": f"sur {plural(epcis, 'intercommunalité')}" if epcis else "hors intercommunalité",
        "vintage_hint": population_text(perimeter.vintage, len(perimeter.older))
        if perimeter.vintage
        else "population inconnue",
        "size_value": f"Taille {size.size}" if size.size else "–",
        "size_hint": "" if size.previous_threshold is None else f"dès {plural(size.previous_threshold, 'habitant')}",
        "threshold_value": "–" if size.next_threshold is None else number_fr(size.next_threshold),
        "threshold_hint": "taille la plus grande"
        if size.to_next is None
        else f"il manque {plural(size.to_next, 'habitant')}",
        "threshold_tone": "warning" if size.is_near else "",
    }


def administration_hints(home: AdministrationHome) -> dict[str, str]:
    people, reference = home.people, home.reference
    empty, expired = home.without_territory, people.expired_invitations
    return {
        "vintage_hint": f"millésime {reference.vintage}" if reference.vintage else "aucune population importée",
        "cpts_hint": f"dont {number_fr(empty)} sans territoire" if empty else "toutes ont un territoire",
        "accesses_hint": plural(people.accesses, "accès en cours", "accès en cours"),
        "expired_hint": plural(expired, "expirée", "expirées") if expired else "aucune expirée",
    }
