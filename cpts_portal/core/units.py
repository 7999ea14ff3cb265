"""The unit beside a figure agrees with it: « 1 soirée », « 2 soirées », « 0 personne dépistée ».

Units are typed in the plural (« réunions pluriprofessionnelles tenues »). French takes the singular below two: every
plural word of the noun group loses its mark, up to the first preposition (« patients sans médecin traitant »), which
begins what does not change.
"""

import re
from decimal import Decimal

_PREPOSITIONS = frozenset(
    (
        *("à", "au", "aux", "avec", "chez", "contre", "dans", "de", "des", "du", "en", "entre", "hors"),
        *("par", "parmi", "pour", "sans", "selon", "sous", "sur", "vers"),
    )
)
_ELIDED = re.compile(r"d[’']", re.IGNORECASE)
_SAME_IN_SINGULAR = frozenset(
    (
        *("accès", "admis", "avis", "biais", "bras", "cas", "choix", "colis", "compris", "concours"),
        *("corps", "cours", "décès", "devis", "dos", "fois", "gris", "gros", "heureux", "inclus"),
        *("mois", "nombreux", "palais", "parcours", "permis", "poids", "précis", "pris", "prix"),
        *("procès", "progrès", "recours", "remis", "rendez-vous", "repas", "secours", "soumis"),
        *("succès", "temps", "tiers", "transmis", "vieux", "voix"),
    )
)


def unit_for(value: Decimal | int | None, unit: str) -> str:
    """The unit as it reads after this figure."""
    if value is None or not -2 < value < 2:
        return unit
    singulars, changes = [], True
    for word in unit.split(" "):
        changes = changes and word.lower() not in _PREPOSITIONS and not _ELIDED.match(word)
        singulars.append(_singular(word) if changes else word)
    return " ".join(singulars)


def _singular(word: str) -> str:
    """An acronym, a sign and a word that ends the same in the singular stay as they are."""
    low = word.lower()
    if word.isupper() or low in _SAME_IN_SINGULAR or len(word) < 3:
        return word
    if low.endswith("eaux"):
        return word[:-1]
    if low.endswith("aux"):
        return f"{word[:-3]}al"
    return word[:-1] if low.endswith(("s", "eux", "oux")) and not low.endswith("ss") else word
