"""The demonstration spreadsheet: 300 messy lines of fictitious people, always the same.

    python -m tests.benchmarks.demo_register            writes members/data/registre_demo.xlsx

It holds twelve kinds of error, each on known lines (`ERRORS`), and twenty lines that repeat an earlier one. RPPS have
valid keys in a range nobody holds (99…), e-mails end in @demo.example, communes are those of Dinan Agglomération and
around. Read with today's date at the end of 2026 or later.
"""

import random
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from stdnum import luhn

TARGET = Path(__file__).resolve().parents[2] / "members" / "data" / "registre_demo.xlsx"
HEADERS = (
    "NOM", "Prénom", "Métier", "N° RPPS", "Mail", "Tél.", "Portable", "Structure / cabinet", "Adresse", "CP", "Ville",
    "Collège", "Adhérent depuis", "Parti le", "Cotisation 2026", "Réglé le", "Règlement", "Exercice", "Remarques",
)  # fmt: skip
GROUPS = {0: "Identité", 4: "Coordonnées", 7: "Lieu d’exercice", 11: "Association", 18: "Divers"}
LAST = ("Kerlann", "Brélivet", "Le Goarnic", "Tanguy-Morel", "Quéméner", "Salaün", "Riou", "Abgralla", "Corfmat",
        "Le Bihannic", "Guéguenou", "Morvanec", "Trégoat", "Penvenn", "Caradeuc", "Lozac", "Ménezo", "Daougabel",
        "Roparzh", "Hervéou")  # fmt: skip
FIRST = ("Anaïs", "Bénédicte", "Camille", "Dominique", "Éloïse", "François", "Gaëlle", "Hélène", "Ingrid", "Joël",
         "Katell", "Loïc", "Maëlle", "Noël", "Océane", "Pierrick")  # fmt: skip
PROFESSIONS = ("IDEL", "infirmière libérale", "kiné", "MG", "Médecin généraliste", "pharmacien", "sage-femme",
               "orthophoniste", "dentiste", "psychologue", "podologue", "Inf.", "Masseur-kinésithérapeute",
               "diététicienne", "secrétaire médicale", "assistante sociale")  # fmt: skip
PLACES = (("22100", "Dinan", "22050"), ("22100", "Lanvallay", "22118"), ("22130", "Plancoët", "22172"),
          ("22490", "Pleslin-Trigavou", "22190"), ("22630", "Évran", "22056"), ("22650", "Beaussais-sur-Mer", "22209"),
          ("22980", "Plélan-le-Petit", "22180"))  # fmt: skip
STRUCTURES = ("EHPAD Les Ajoncs", "SSIAD du Val de Rance", "CH de la Rance (fictif)", "Ambulances du Menhir",
              "Laboratoire Bio-Essai", "MSP des Deux Rives", "HAD de démonstration", "Pharmacie de l’Exemple",
              "Centre de santé du Port", "Association d’usagers Essai")  # fmt: skip
COLLEGES = ("Professionnels de santé", "Structures", "Usagers")
# Line of the file -> kind of the refusal expected there. Lines 1 to 4 are the titles and the header.
KINDS = ("name", "profession", "rpps", "rpps", "email", "phone", "commune", "homonym", "date", "future",
         "left_before_joined", "college", "amount", "mode")  # fmt: skip
FIRST_LINE, ROWS, STRUCTURE_ROWS, REPEATED = 5, 300, 10, 20
PEOPLE = ROWS - STRUCTURE_ROWS - REPEATED
SPOILED = {FIRST_LINE + 12 + 15 * place: kind for place, kind in enumerate(KINDS)}
REPEATED_PEOPLE = [number for number in range(1, PEOPLE, 12) if number + FIRST_LINE not in SPOILED][:REPEATED]
ERRORS = {**SPOILED, **{FIRST_LINE + PEOPLE + STRUCTURE_ROWS + place: "twice" for place in range(REPEATED)}}


def rpps(number: int) -> str:
    start = f"99{number:08d}"
    return start + str(luhn.calc_check_digit(start))


def person(number: int, dice: random.Random) -> list[Any]:
    last, first = LAST[number % len(LAST)], FIRST[(number // len(LAST)) % len(FIRST)]
    if number >= len(LAST) * len(FIRST):
        raise ValueError("not enough names for so many people")
    postal, city, code = PLACES[number % len(PLACES)]
    mail = f"{'essai' if number % 3 else 'Essai'}.{number:03d}@demo.example"
    day = f"{1 + number % 28:02d}/{1 + number % 12:02d}/{2019 + number % 6}"
    return [
        last.upper() if number % 2 else last, first, PROFESSIONS[number % len(PROFESSIONS)],
        rpps(400_000 + number) if number % 4 else "", mail, f"02 96 00 {number // 100:02d} {number % 100:02d}",
        f"06.00.00.{number // 100:02d}.{number % 100:02d}" if number % 5 == 0 else "",
        "" if number % 3 else f"Cabinet d’essai {number % 9}", f"{number} rue de l’Exemple", postal,
        code if number % 11 == 0 else city.upper() if number % 4 == 0 else city, COLLEGES[0],
        messy_date(day, number), "", dice.choice(("20", "20,00 €", "20 €", "", "non")), "", "virement",
        "" if number % 3 else dice.choice(("libéral", "Salarié", "libérale")), "",
    ]  # fmt: skip


def messy_date(day: str, number: int) -> str:
    """The same day as people write it."""
    if number % 7 == 0:
        return day[-4:]
    if number % 9 == 0:
        return day.replace("/", ".")
    return f"{day[-4:]}-{day[3:5]}-{day[:2]}" if number % 10 == 0 else day


def structure(number: int) -> list[Any]:
    postal, city, _code = PLACES[number % len(PLACES)]
    name = STRUCTURES[number]
    return [
        name, "", "", "", f"accueil.{number}@demo.example", f"02 96 00 90 {number:02d}", "", "", "1 place de l’Essai",
        postal, city, COLLEGES[1], "01/01/2022", "", "", "", "", "", "convention",
    ]  # fmt: skip


def spoil(row: list[Any], kind: str, place: int) -> None:
    """Put one mistake of this kind in the row."""
    mistakes: dict[str, tuple[int, Any]] = {
        "name": (0, ""),
        "profession": (2, "Grand Schtroumpf"),
        "email": (4, "essai(at)demo.example"),
        "phone": (5, "02 96 00"),
        "commune": (10, "Trifouillis-les-Oies"),
        "homonym": (10, "Saint-Martin"),
        "date": (12, "31/02/2023"),
        "future": (12, "01/06/2199"),
        "left_before_joined": (13, "01/01/2001"),
        "college": (11, "Collège mystère"),
        "amount": (14, "vingt euros"),
        "mode": (17, "à la demande"),
    }
    if kind == "rpps":
        row[3] = "1,00011E+10" if place % 2 else "9940012"
        return
    column, value = mistakes[kind]
    row[column] = value
    if kind == "homonym":
        row[9] = ""


def repeated(row: list[Any], number: int) -> list[Any]:
    """The same person again, written otherwise."""
    again = list(row)
    again[0], again[1] = str(row[0]).swapcase(), str(row[1]).upper()
    again[3] = row[3] if number % 2 else ""
    again[18] = "saisi deux fois ?"
    return again


def rows() -> list[list[Any]]:
    """The 300 lines, in the order of the file."""
    dice = random.Random(2026)
    people = [person(number, dice) for number in range(PEOPLE)]
    made = [*people, *(structure(number) for number in range(STRUCTURE_ROWS))]
    # People repeated have the same profession and are not spoiled.
    sources = [people[number] for number in REPEATED_PEOPLE]
    made += [repeated(row, place) for place, row in enumerate(sources)]
    for place, (line, kind) in enumerate(SPOILED.items()):
        spoil(made[line - FIRST_LINE], kind, place)
    return made


def write(target: Path = TARGET) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Adhérents"
    sheet.append(["Registre des adhérents de la CPTS de démonstration (personnes fictives)"])
    sheet.append([])
    sheet.append([GROUPS.get(place) for place in range(len(HEADERS))])
    sheet.append(list(HEADERS))
    for row in rows():
        sheet.append([value or None for value in row])
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)


if __name__ == "__main__":
    write()
