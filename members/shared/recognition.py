"""Professions and modes recognised in the words people type: « IDEL », « kiné », « MG », « infirmière libérale ».

A text is folded, its words put in a common form (no plural, no feminine ending), and compared with the names of the
nomenclature and the list of usual abbreviations below. What is not recognised stays unrecognised: the import asks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cpts_portal.core.text import fold
from members.models import ExerciseMode
from members.shared.nomenclatures import HEALTH, PORTAL, PROFESSIONS, SOCIAL, TITLE

Key = tuple[str, str]  # nomenclature, code

DOCTOR, NURSE, PHARMACIST, PHYSIO, DENTIST, MIDWIFE = ((HEALTH, code) for code in ("10", "60", "21", "70", "40", "50"))

# Usual names in registers of CPTS. Longest match wins, so « médecin » does not swallow « médecin généraliste ».
USUAL_NAMES: dict[str, Key] = {
    "mg": DOCTOR,
    "dr": DOCTOR,
    "medecin": DOCTOR,
    "medecin generaliste": DOCTOR,
    "generaliste": DOCTOR,
    "medecine generale": DOCTOR,
    "omnipraticien": DOCTOR,
    "medecin specialiste": DOCTOR,
    "cardiologue": DOCTOR,
    "pediatre": DOCTOR,
    "psychiatre": DOCTOR,
    "dermatologue": DOCTOR,
    "gynecologue": DOCTOR,
    "geriatre": DOCTOR,
    "ophtalmologue": DOCTOR,
    "radiologue": DOCTOR,
    "pneumologue": DOCTOR,
    "ide": NURSE,
    "idel": NURSE,
    "idec": NURSE,
    "ipa": NURSE,
    "infirmier": NURSE,
    "inf": NURSE,
    "infirmier diplome etat": NURSE,
    "infirmier pratique avancee": NURSE,
    "puericultrice": NURSE,
    "pharmacien": PHARMACIST,
    "pharma": PHARMACIST,
    "pharmacie": PHARMACIST,
    "pharmacien titulaire": PHARMACIST,
    "biologiste": PHARMACIST,
    "pharmacien biologiste": PHARMACIST,
    "mk": PHYSIO,
    "mkde": PHYSIO,
    "kine": PHYSIO,
    "kinesitherapeute": PHYSIO,
    "masseur kine": PHYSIO,
    "masseur kinesitherapeute": PHYSIO,
    "dentiste": DENTIST,
    "chirurgien dentiste": DENTIST,
    "sf": MIDWIFE,
    "sage femme": MIDWIFE,
    "maieuticien": MIDWIFE,
    "orthophoniste": (HEALTH, "91"),
    "ortho": (HEALTH, "91"),
    "orthoptiste": (HEALTH, "92"),
    "podologue": (HEALTH, "80"),
    "pedicure": (HEALTH, "80"),
    "opticien": (HEALTH, "28"),
    "audio": (HEALTH, "26"),
    "audioprothesiste": (HEALTH, "26"),
    "ergo": (HEALTH, "94"),
    "diet": (HEALTH, "95"),
    "dieteticien": (HEALTH, "95"),
    "dieteticien nutritionniste": (HEALTH, "95"),
    "psychomot": (HEALTH, "96"),
    "manip radio": (HEALTH, "98"),
    "psy": (TITLE, "93"),
    "psychologue": (TITLE, "93"),
    "neuropsychologue": (TITLE, "93"),
    "osteo": (TITLE, "71"),
    "assistant social": (SOCIAL, "41"),
    "assistant service social": (SOCIAL, "41"),
    "as": (PORTAL, "AS"),
    "aide soignant": (PORTAL, "AS"),
    "secretaire": (PORTAL, "SECR"),
    "secretaire medical": (PORTAL, "SECR"),
    "assistant medical": (PORTAL, "AMED"),
    "ambulancier": (PORTAL, "AMBU"),
    "apa": (PORTAL, "APA"),
    "eapa": (PORTAL, "APA"),
    "enseignant apa": (PORTAL, "APA"),
    "coordinateur": (PORTAL, "COORD"),
    "coordo": (PORTAL, "COORD"),
    "autre": (PORTAL, "AUTRE"),
}

# The name of a doctor of a specialty -> its code (TRE_R38). « Médecin », « MG » say a profession and no specialty.
SPECIALISTS: dict[str, str] = {
    "cardiologue": "SM04",
    "cardiologie": "SM04",
    "pediatre": "SM40",
    "psychiatre": "SM42",
    "dermatologue": "SM15",
    "dermatologie": "SM15",
    "gynecologue": "SM20",
    "ophtalmologue": "SM38",
    "ophtalmologiste": "SM38",
    "ophtalmo": "SM38",
}

MODES: dict[str, ExerciseMode] = {
    "liberal": ExerciseMode.LIBERAL,
    "lib": ExerciseMode.LIBERAL,
    "independant": ExerciseMode.LIBERAL,
    "idel": ExerciseMode.LIBERAL,
    "cabinet": ExerciseMode.LIBERAL,
    "salarie": ExerciseMode.SALARIED,
    "hospitalier": ExerciseMode.SALARIED,
    "hopital": ExerciseMode.SALARIED,
    "ch": ExerciseMode.SALARIED,
    "benevole": ExerciseMode.VOLUNTEER,
}

_FILLERS = frozenset(
    {"de", "d", "du", "des", "la", "le", "l", "en", "et", "a", "au", "e", "s", "es", "trice", "ne", "iere"}
)
_ENDINGS = (
    (re.compile(r"(?<=.)euses?$"), "eur"),
    (re.compile(r"(?<=.)trices?$"), "teur"),
    (re.compile(r"(?<=.)(ieres?|iers)$"), "ier"),
    (re.compile(r"(?<=.)(iennes?|iens)$"), "ien"),
    (re.compile(r"(?<=.)(antes?|ants)$"), "ant"),
    (re.compile(r"(?<=.)ales?$|(?<=.)aux$"), "al"),
    (re.compile(r"(?<=li)(berale?s?|beraux)$"), "beral"),
    (re.compile(r"(?<=salari)e+s?$"), "e"),
    (re.compile(r"(?<=...)s$"), ""),
)
_KEPT = frozenset({"puericultrice", "sf", "as", "ms", "generale", "medecine"})


@dataclass(frozen=True)
class Recognised:
    """What a text says: the profession (nomenclature, code) and the mode, when it says them."""

    profession: Key | None = None
    mode: ExerciseMode | None = None


def recognise(text: str) -> Recognised:
    """« Infirmière libérale » -> nurse, liberal. Unknown words are ignored as long as a known name remains."""
    words = _words(text)
    return Recognised(profession=_profession(words), mode=_mode(words))


def specialty_code(text: str) -> str:
    """« Cardiologue », « médecin cardiologue libéral » -> SM04; empty when the text names no specialty."""
    words, names = _words(text), _specialists()
    for length in range(len(words), 0, -1):
        found = next((names[part] for part in _runs(words, length) if part in names), "")
        if found:
            return found
    return ""


@lru_cache(maxsize=1)
def _specialists() -> dict[tuple[str, ...], str]:
    return {_words(name): code for name, code in SPECIALISTS.items()}


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_common_form(word) for word in fold(text).split() if word not in _FILLERS)


def _common_form(word: str) -> str:
    if word in _KEPT:
        return word
    for ending, common in _ENDINGS:
        changed, count = ending.subn(common, word)
        if count:
            return changed
    return word


@lru_cache(maxsize=1)
def _names() -> dict[tuple[str, ...], Key]:
    known = {_words(name): (nomenclature, code) for nomenclature, code, name, _plural, _active in PROFESSIONS}
    known.update({_words(name): key for name, key in USUAL_NAMES.items()})
    return known


def _profession(words: tuple[str, ...]) -> Key | None:
    """The longest known name found as consecutive words; the earliest when two are as long."""
    names = _names()
    for length in range(len(words), 0, -1):
        for part in _runs(words, length):
            if part in names:
                return names[part]
    return None


def _runs(words: tuple[str, ...], length: int) -> Iterable[tuple[str, ...]]:
    return (words[start : start + length] for start in range(len(words) - length + 1))


def _mode(words: tuple[str, ...]) -> ExerciseMode | None:
    return next((MODES[word] for word in words if word in MODES), None)
