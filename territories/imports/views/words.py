"""Words of the import pages: what counts and kinds of change are called in French."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst, slugify

from cpts_portal.core.text import number_fr, plural
from territories.commune_import import Change
from territories.models import Commune

# Key of a count -> label of its tile, tone when it is not zero, key and words of the count told below it.
TILES: dict[str, tuple[str, str, tuple[str, str]]] = {
    "created": ("Créées", "success", ("recoded", "dont {} changement de code,dont {} changements de code")),
    "restored": ("Rétablies", "success", ("restored", "parmi les créées,parmi les créées")),
    "changed": ("Modifiées", "info", ("renamed", "dont {} changement de nom,dont {} changements de nom")),
    "ended": ("Disparues", "warning", ("", "")),
    "unchanged": ("Inchangées", "", ("", "")),
    "refused": ("Lignes refusées", "danger", ("", "")),
}
SUMMARY = {
    "created": "créée,créées",
    "changed": "modifiée,modifiées",
    "ended": "disparue,disparues",
    "populations_added": "population ajoutée,populations ajoutées",
    "populations_corrected": "population corrigée,populations corrigées",
    "movements_added": "mouvement ajouté,mouvements ajoutés",
    "refused": "ligne refusée,lignes refusées",
}
OTHERS = {
    "populations_added": "population ajoutée,populations ajoutées",
    "populations_corrected": "population corrigée,populations corrigées",
    "parts_created": "commune déléguée ou associée créée,communes déléguées ou associées créées",
    "parts_changed": "commune déléguée ou associée modifiée,communes déléguées ou associées modifiées",
    "parts_ended": "commune déléguée ou associée disparue,communes déléguées ou associées disparues",
    "epci_created": "EPCI créé,EPCI créés",
    "movements_added": "mouvement ajouté,mouvements ajoutés",
    "territory_rows": "commune reprise dans un territoire,communes reprises dans des territoires",
}
ACTIONS = {
    "created": "Création",
    "ended": "Disparition",
    "restored": "Rétablissement",
    "recoded": "Changement de code",
}
READING_ORDER = ("ended", "created", "restored", "recoded")
# Names of the data as kept with an import.
KEPT_FIELDS = {
    "name": "nom",
    "department": "département",
    "epci": "EPCI",
    "parent": "commune de rattachement",
    "postal_codes": "codes postaux",
    "population": "population",
    "ended_on": "disparition",
    "successor": "commune qui la reprend",
}
PARTS = {str(label) for value, label in Commune.Kind.choices if value != Commune.Kind.COMMUNE}


def summary(counts: Mapping[str, int], *, nothing: str = "rien ne change") -> str:
    """« 8 créées, 63 modifiées, 68 disparues »; « rien ne change » when nothing does."""
    said = [plural(counts[key], *words.split(",")) for key, words in SUMMARY.items() if counts.get(key)]
    return ", ".join(said) or nothing


def tiles(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The main figures; each says below it what part of it deserves a word."""
    return [
        {
            "label": label,
            "value": number_fr(counts.get(key, 0)),
            "tone": tone if counts.get(key) else "",
            "hint": _hint(counts.get(part, 0), words),
        }
        for key, (label, tone, (part, words)) in TILES.items()
    ]


def other_counts(counts: Mapping[str, int]) -> str:
    """The secondary figures that are not zero: « 34 969 populations ajoutées, 3 EPCI créés »."""
    return ", ".join(plural(counts[key], *words.split(",")) for key, words in OTHERS.items() if counts.get(key))


def _hint(count: int, words: str) -> str:
    if not count or not words:
        return ""
    one, many = words.split(",")
    return (one if count == 1 else many).format(number_fr(count))


def nature_of(change: Change) -> str:
    """What a change is filtered by: its action, or the data that changes on a commune that stays."""
    return change.action if change.action in ACTIONS else slugify(change.field)


def nature_label(action: str, field: str) -> str:
    """Label of a filter; `field` is a French label (preview) or the name kept with the import (report)."""
    return ACTIONS.get(action) or capfirst(KEPT_FIELDS.get(field, field))


def change_label(change: Change) -> str:
    """« Nom », « Disparition », « Création (commune déléguée) »."""
    label = nature_label(change.action, change.field)
    return f"{label} ({change.field})" if is_part(change) and change.action in ACTIONS else label


def is_part(change: Change) -> bool:
    """A delegated or associated commune, or a district, rather than a commune."""
    return change.field in PARTS


def order(change: Change) -> tuple[bool, int]:
    """What deserves to be read first: communes before their parts, endings before the rest."""
    place = READING_ORDER.index(change.action) if change.action in READING_ORDER else len(READING_ORDER)
    return is_part(change), place
