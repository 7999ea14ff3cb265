"""Lines that are a structure, not a person: « EHPAD Les Tilleuls », « CH de Lannion », « Ambulances du Port »."""

import re
from functools import lru_cache

from cpts_portal.core.text import fold
from members.models import StructureKind as Kind

# The first pattern found wins, so the most precise come first.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"ehpad|maison de retraite|residence autonomie|foyer logement|usld", Kind.CARE_HOME),
    (r"ssiad|spasad|saad|sad|aide a domicile|soins infirmiers a domicile|admr", Kind.HOME_NURSING),
    (r"had|hospitalisation a domicile", Kind.HOME_HOSPITAL),
    (r"msp|maison de sante|pole de sante|maison medicale|sisa", Kind.MSP),
    (r"centre de sante|centre municipal de sante|cds", Kind.HEALTH_CENTRE),
    (r"laboratoires?|labo|biologie medicale", Kind.LABORATORY),
    (r"pharmacie|officine", Kind.PHARMACY),
    (r"ambulances?|transports? sanitaires?|taxis?", Kind.AMBULANCE),
    (r"association d usagers|usagers|france assos|patients|apf|unafam", Kind.PATIENTS),
    (r"centre hospitalier|hopital|hopitaux|clinique|polyclinique|chu|chru|ch|ght|epsm|ghbs|ssr|smr", Kind.HOSPITAL),
    (r"ccas|cias|mairie|communaute de communes|commune de|conseil departemental|departement", Kind.LOCAL_AUTHORITY),
    (r"esat|ime|sessad|savs|samsah|cmp|cmpp|camsp|clic|mdph|mds|dac|plateforme|service social|pmi", Kind.SOCIAL),
    (r"association|structure|sarl|sas|selarl|cabinet|cpts", Kind.OTHER),
)
_COMPILED = tuple((re.compile(rf"\b(?:{pattern})\b"), kind) for pattern, kind in _PATTERNS)


@lru_cache(maxsize=4096)
def structure_kind(text: str) -> str:
    """The kind a text announces, empty when it announces none."""
    plain = fold(text)
    return next((str(kind) for pattern, kind in _COMPILED if pattern.search(plain)), "")


KIND_NAMES = ", ".join(str(label) for label in Kind.labels)
_BY_LABEL = {fold(str(label)): str(value) for value, label in Kind.choices}


def kind_named(text: str) -> str:
    """The kind a column of types says: its name in the portal, its code, or the words people use."""
    plain = fold(text)
    if not plain:
        return ""
    return _BY_LABEL.get(plain) or (plain if plain in Kind.values else "") or structure_kind(text)
