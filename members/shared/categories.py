"""The categories in which a CPTS counts its members: professions (doctors and nurses by mode) and kinds of structure.

Source: the membership table of Accès Santé Nord Cantal on 31/12/2019 (press file of 21/02/2020), 17 categories that
mix persons and legal entities.
"""

from dataclasses import dataclass

from members.models import ExerciseMode, StructureKind
from members.shared.nomenclatures import HEALTH, PORTAL, TITLE


@dataclass(frozen=True, order=True)
class Category:
    """A line of the table; `rank` is its place, `singular` and `plural` its names."""

    rank: int
    singular: str
    plural: str


LIBERAL_DOCTORS = Category(1, "médecin libéral", "médecins libéraux")
HOSPITAL_DOCTORS = Category(2, "médecin hospitalier", "médecins hospitaliers")
LIBERAL_NURSES = Category(3, "IDEL", "IDEL")
SALARIED_NURSES = Category(4, "IDE salarié", "IDE salariés")
DENTISTS = Category(5, "dentiste", "dentistes")
PHARMACISTS = Category(6, "pharmacien", "pharmaciens")
LABORATORIES = Category(7, "laboratoire", "laboratoires")
MIDWIVES = Category(8, "sage-femme", "sages-femmes")
PHYSIOTHERAPISTS = Category(9, "masseur-kinésithérapeute", "masseurs-kinésithérapeutes")
ORTHOPTISTS = Category(10, "orthoptiste", "orthoptistes")
SPEECH_THERAPISTS = Category(11, "orthophoniste", "orthophonistes")
OPTICIANS = Category(12, "opticien", "opticiens")
AMBULANCES = Category(13, "transport sanitaire", "transports sanitaires")
HOSPITALS = Category(14, "CH", "CH")
CARE_HOMES = Category(15, "EHPAD", "EHPAD")
HOME_CARE = Category(16, "soins à domicile", "soins à domicile")
PODIATRISTS = Category(20, "pédicure-podologue", "pédicures-podologues")
PSYCHOLOGISTS = Category(21, "psychologue", "psychologues")
MULTIDISCIPLINARY = Category(22, "maison ou centre de santé", "maisons et centres de santé")
OTHERS = Category(99, "autre", "autres")

_BY_PROFESSION = {
    (HEALTH, "40"): DENTISTS,
    (HEALTH, "21"): PHARMACISTS,
    (HEALTH, "50"): MIDWIVES,
    (HEALTH, "70"): PHYSIOTHERAPISTS,
    (HEALTH, "92"): ORTHOPTISTS,
    (HEALTH, "91"): SPEECH_THERAPISTS,
    (HEALTH, "28"): OPTICIANS,
    (HEALTH, "80"): PODIATRISTS,
    (TITLE, "93"): PSYCHOLOGISTS,
    (PORTAL, "AMBU"): AMBULANCES,
}
_BY_MODE = {
    (HEALTH, "10"): (LIBERAL_DOCTORS, HOSPITAL_DOCTORS),
    (HEALTH, "60"): (LIBERAL_NURSES, SALARIED_NURSES),
}
_BY_STRUCTURE = {
    StructureKind.HOSPITAL: HOSPITALS,
    StructureKind.CARE_HOME: CARE_HOMES,
    StructureKind.HOME_NURSING: HOME_CARE,
    StructureKind.HOME_HOSPITAL: HOME_CARE,
    StructureKind.LABORATORY: LABORATORIES,
    StructureKind.AMBULANCE: AMBULANCES,
    StructureKind.PHARMACY: PHARMACISTS,
    StructureKind.MSP: MULTIDISCIPLINARY,
    StructureKind.HEALTH_CENTRE: MULTIDISCIPLINARY,
}


def category_of_person(nomenclature: str, code: str, modes: frozenset[str]) -> Category:
    """A doctor or nurse who is salaried and not liberal at all counts as salaried; nothing known counts as liberal."""
    key = (nomenclature, code)
    if key in _BY_MODE:
        liberal, salaried = _BY_MODE[key]
        only_salaried = ExerciseMode.SALARIED in modes and ExerciseMode.LIBERAL not in modes
        return salaried if only_salaried else liberal
    return _BY_PROFESSION.get(key, OTHERS)


def category_of_structure(kind: str) -> Category:
    return _BY_STRUCTURE.get(StructureKind(kind), OTHERS)
