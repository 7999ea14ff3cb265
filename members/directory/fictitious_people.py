"""Fictitious extracts of the national directory, as large as the real one: persons who do not exist.

RPPS numbers start with 99 (not attributed) and bear a valid key. `write_extract` streams to a binary file:
about 470 bytes per line, several lines per person, some without commune code, some without any address, most of them
outside the territories that are followed. The demonstration, the tests, the benchmark and the command
`make_fictitious_directory` use it.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO

from members.directory.fictitious import fictitious_rpps

HEADERS = (  # noqa: SIM905 (one string reads better than 57)
    "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Code civilité d'exercice|"
    "Libellé civilité d'exercice|Code civilité|Libellé civilité|Nom d'exercice|Prénom d'exercice|Code profession|"
    "Libellé profession|Code catégorie professionnelle|Libellé catégorie professionnelle|Code type savoir-faire|"
    "Libellé type savoir-faire|Code savoir-faire|Libellé savoir-faire|Code mode exercice|Libellé mode exercice|"
    "Numéro SIRET site|Numéro SIREN site|Numéro FINESS site|Numéro FINESS établissement juridique|"
    "Identifiant technique de la structure|Raison sociale site|Enseigne commerciale site|"
    "Complément destinataire (coord. structure)|Complément point géographique (coord. structure)|"
    "Numéro Voie (coord. structure)|Indice répétition voie (coord. structure)|Code type de voie (coord. structure)|"
    "Libellé type de voie (coord. structure)|Libellé Voie (coord. structure)|Mention distribution (coord. structure)|"
    "Bureau cedex (coord. structure)|Code postal (coord. structure)|Code commune (coord. structure)|"
    "Libellé commune (coord. structure)|Code pays (coord. structure)|Libellé pays (coord. structure)|"
    "Téléphone (coord. structure)|Téléphone 2 (coord. structure)|Télécopie (coord. structure)|"
    "Adresse e-mail (coord. structure)|Code Département (structure)|Libellé Département (structure)|"
    "Ancien identifiant de la structure|Autorité d'enregistrement|Code secteur d'activité|Libellé secteur d'activité|"
    "Code section tableau pharmaciens|Libellé section tableau pharmaciens|Code rôle|Libellé rôle|"
    "Code genre activité|Libellé genre activité|Code région"
).split("|")
VARIANTS = (
    lambda title: title,
    lambda title: title.replace("(coord. structure)", "(coord. Structure)").replace("d'exercice", "exercice"),
    lambda title: title.replace("Libellé", "LIBELLE").replace("(coord. structure)", "(structure)"),
    lambda title: title.replace(" ", "_").replace("é", "e").replace("'", "’"),
)
PROFESSIONS = (
    ("60", "Infirmier", "", ""),
    ("60", "Infirmier", "", ""),
    ("60", "Infirmier", "", ""),
    ("10", "Médecin", "SM54", "Médecine générale"),
    ("10", "Médecin", "SM04", "Cardiologie et maladies vasculaires"),
    ("70", "Masseur-Kinésithérapeute", "", ""),
    ("21", "Pharmacien", "", ""),
    ("40", "Chirurgien-Dentiste", "", ""),
    ("50", "Sage-Femme", "", ""),
    ("91", "Orthophoniste", "", ""),
    ("93", "Psychologue", "", ""),
    ("71", "Ostéopathe", "", ""),
)
MODES = (("L", "Libéral, indépendant, artisan, commerçant"), ("S", "Salarié"), ("B", "Bénévole"))
NAMES = ("EXEMPLE", "SPECIMEN", "FICTIF", "MODELE", "ESSAI", "DEMO", "IMAGINAIRE", "INVENTE", "L'ESSAI", "LE FACTICE")
FIRST_NAMES = ("Camille", "Dominique", "Maxime", "Noëlle", "Stéphane", "Andréa", "Joëlle", "Anaïs", "Zoé")
SYLLABLES = ("Ker", "Plou", "Saint-", "Bel", "Mont", "Vil", "Cha", "Fon", "Gar", "Lan", "Mer", "Neu", "Ro", "Tré")
ENDS = ("goat", "ville", "bourg", "court", "ac", "ières", "mont", "val", "sur-Mer", "les-Bains", "oux", "ay")


@dataclass(frozen=True)
class FictitiousPlace:
    code: str
    name: str
    postal_code: str


def places(count: int, department: str = "") -> list[FictitiousPlace]:
    """Fictitious communes; without a department they are spread over 01 to 95, so that codes stay unique."""
    found = []
    for index in range(count):
        where = department or f"{index % 95 + 1:02d}"
        rank = index if department else index // 95
        name = f"{SYLLABLES[index % 14]}{ENDS[index // 14 % 12]} {index // 168}".removesuffix(" 0")
        found.append(FictitiousPlace(f"{where}{rank:03d}", name.replace("- ", "-"), f"{where}{rank % 90 * 10:03d}"))
    return found


def header(columns: int = 56, variant: int = 0, *, bom: bool = False) -> bytes:
    """The first line: 52 to 57 columns and a trailing bar, in one of the spellings met."""
    line = "|".join(VARIANTS[variant % len(VARIANTS)](title) for title in HEADERS[:columns]) + "|\n"
    return (b"\xef\xbb\xbf" if bom else b"") + line.encode()


def line(columns: int = 56, **values: str) -> bytes:
    """One line for tests: known columns by name, a nurse of nowhere by default."""
    found = {
        "type": "8",
        "rpps": fictitious_rpps(1),
        "last_name": "EXEMPLE",
        "first_name": "Camille",
        "profession": "60",
        "category": "C",
        "skill_type": "",
        "skill": "",
        "skill_name": "",
        "mode": "L",
        "siret": "",
        "finess": "",
        "place": "",
        "street_number": "",
        "street": "",
        "postal_code": "",
        "commune": "",
        "commune_name": "",
    } | values
    row = [""] * columns
    for name, value in found.items():
        row[POSITIONS[name]] = value
    row[2] = f"8{found['rpps']}"
    return ("|".join(row) + "|\n").encode()


POSITIONS = {
    "type": 0,
    "rpps": 1,
    "last_name": 7,
    "first_name": 8,
    "profession": 9,
    "category": 11,
    "skill_type": 13,
    "skill": 15,
    "skill_name": 16,
    "mode": 17,
    "siret": 19,
    "finess": 21,
    "place": 24,
    "street_number": 28,
    "street": 32,
    "postal_code": 35,
    "commune": 36,
    "commune_name": 37,
}


def write_extract(
    out: IO[bytes], rows: int, everywhere: Sequence[FictitiousPlace], *, columns: int = 56, seed: int = 1
) -> int:
    """Write a header and `rows` lines over these communes; returns the bytes written. 2.2 million lines: 1 GB."""
    chance = random.Random(seed)  # noqa: S311 (no secret: the same file each time)
    ends = _line_ends(everywhere, columns, chance)
    starts = _line_starts()
    written = out.write(header(columns))
    chunk: list[str] = []
    person, left, number, name = 0, 0, fictitious_rpps(0), _name(0)
    pick, one = chance.choice, chance.random
    for index in range(rows):
        if left == 0:
            person, left = person + 1, 1 if one() < 0.55 else 2 if one() < 0.7 else 3
            number, name, start = fictitious_rpps(person), _name(person), pick(starts)
        left -= 1
        chunk.append(f"8|{number}|8{number}|DR|Docteur|M|Monsieur|{name}|{start}{pick(ends)}")
        if len(chunk) == 20_000 or index == rows - 1:
            written += out.write("".join(chunk).encode())
            chunk.clear()
    return written


def _name(person: int) -> str:
    return f"{NAMES[person % len(NAMES)]} {person // 10 % 9973}|{FIRST_NAMES[person // 7 % len(FIRST_NAMES)]}"


def _line_starts() -> list[str]:
    """Profession, category, specialty and mode; three persons in a hundred are students."""
    found = []
    for index in range(400):
        code, name, skill, skill_name = PROFESSIONS[index % len(PROFESSIONS)]
        mode, mode_name = MODES[0 if index % 10 < 6 else 1 if index % 10 < 9 else 2]
        category = "E|Etudiant" if index % 33 == 0 else "C|Civil"
        skill_type = "S|Spécialité ordinale" if skill else "|"
        found.append(f"{code}|{name}|{category}|{skill_type}|{skill}|{skill_name}|{mode}|{mode_name}|")
    return found


def _line_ends(everywhere: Sequence[FictitiousPlace], columns: int, chance: random.Random) -> list[str]:
    """Three sites per commune, from the SIRET to the last bar; 8 % without commune code, 5 % without address."""
    found = []
    for index, place in enumerate(_thrice(everywhere)):
        number = f"{index % 10**8:08d}"
        post, code, town = place.postal_code, place.code, place.name.upper()
        fate = chance.random()
        if fate < 0.05:
            post = code = town = ""
        elif fate < 0.13:
            code = ""
            town = f"{town} CEDEX" if fate < 0.06 else town
        department = place.code[:2]
        row = [
            f"9{number}00017", f"9{number}", f"99{number[1:]}", f"98{number[1:]}", f"R1{number}9{number}00017",
            f"CABINET FICTIF DU {index % 997}", "CABINET DEMO", "", "",
            str(index % 90 + 1), "", "RUE", "Rue", f"DE L'EXEMPLE NUMERO {index % 211}", "", "", post, code, town,
            "99000", "France", "0199000000", "", "", "demo@example.org", department,
            f"Département {department}", "", "ARS/ARS/ARS", "SA07", "Cabinet individuel", "", "",
            "FON-AU", "Autre fonction", "GENR01", "Activité standard", "99",
        ]  # fmt: skip
        found.append("|".join(row[: columns - 19]) + "|\n")
    return found


def _thrice(everywhere: Iterable[FictitiousPlace]) -> Iterable[FictitiousPlace]:
    for place in everywhere:
        yield from (place, place, place)
