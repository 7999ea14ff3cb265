"""Reading one cell as its author meant it. Each reader returns the value and, when doubtful, what to tell about it."""

import re
import unicodedata

from cpts_portal.core.sheets import EXPONENT, BadCell, is_exponent, tidy

_CODE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")
_GROUPED = re.compile(r"[0-9]{1,3}( [0-9]{3})+")
_ZERO_DECIMALS = re.compile(r"([0-9 ]+)[.,]0+")
_DIGITS = re.compile(r"[0-9]+")
_POSTAL_SEPARATORS = re.compile(r"[\s,;/|+-]+")
MOST_INHABITANTS = 10_000_000
LONGEST_NAME = 80


def read_code(text: str) -> tuple[str, str]:
    """An INSEE code: five characters, upper case, with the zero a spreadsheet may have eaten put back."""
    plain = tidy(text).replace(" ", "").upper()
    if not plain:
        raise BadCell("le code INSEE manque")
    if is_exponent(plain):
        raise BadCell(EXPONENT)
    decimals = _ZERO_DECIMALS.fullmatch(plain)
    plain = decimals[1] if decimals else plain
    if len(plain) == 4 and _DIGITS.fullmatch(plain):
        return f"0{plain}", "le zéro de tête, perdu dans un tableur, est remis"
    if not _CODE.fullmatch(plain):
        raise BadCell("un code INSEE compte 5 caractères, par exemple 22093, 2A004 ou 97411")
    return plain, "" if plain == text.strip() else "écriture normalisée"


def read_number(text: str) -> tuple[int | None, str]:
    """A number of inhabitants; « 14 854 », with any kind of space, and « 14854,0 » are 14854. Empty: None."""
    plain = tidy(text)
    if not plain:
        return None, ""
    if is_exponent(plain):
        raise BadCell(EXPONENT)
    decimals = _ZERO_DECIMALS.fullmatch(plain)
    plain = decimals[1].strip() if decimals else plain
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(" ", "")
    if not _DIGITS.fullmatch(plain):
        raise BadCell("ce n’est pas un nombre entier d’habitants, écrit par exemple 14854")
    if len(plain) > 8 or int(plain) > MOST_INHABITANTS:
        raise BadCell("aucune commune n’a autant d’habitants")
    value = int(plain)
    return value, "" if str(value) == text.strip() else f"lu {value}"


def read_postal_codes(text: str) -> tuple[str, str]:
    """Postal codes separated by one space, in the order of the file, each once."""
    found: list[str] = []
    remark = ""
    for word in _POSTAL_SEPARATORS.split(tidy(text)):
        if not word:
            continue
        if is_exponent(word):
            raise BadCell(EXPONENT)
        code = word
        if len(word) == 4 and _DIGITS.fullmatch(word):
            code, remark = f"0{word}", "le zéro de tête, perdu dans un tableur, est remis"
        if len(code) != 5 or not _DIGITS.fullmatch(code):
            raise BadCell("un code postal compte 5 chiffres, par exemple 22400")
        if code not in found:
            found.append(code)
    value = " ".join(found)
    if len(value) > 250:
        raise BadCell("la liste des codes postaux est trop longue")
    return value, remark or ("" if value == text.strip() else "écriture normalisée")


def read_name(text: str) -> tuple[str, str]:
    """A name on one line; accents written in two signs (macOS) are joined."""
    value = unicodedata.normalize("NFC", tidy(text))
    if not value:
        raise BadCell("le nom de la commune manque")
    if len(value) > LONGEST_NAME:
        raise BadCell(f"le nom dépasse {LONGEST_NAME} caractères : une colonne est sans doute décalée")
    if not value.isprintable():
        raise BadCell("le nom contient des signes qui ne s’affichent pas")
    return value, "" if value == text.strip() else "écriture normalisée"


def read_department(text: str) -> tuple[str, str]:
    """A department code: « 1 » is 01, « 2a » is 2A. Empty: the caller takes it from the commune's code."""
    plain = tidy(text).replace(" ", "").upper()
    decimals = _ZERO_DECIMALS.fullmatch(plain)
    plain = decimals[1] if decimals else plain
    if len(plain) == 1 and plain.isdigit():
        return f"0{plain}", "le zéro de tête, perdu dans un tableur, est remis"
    return plain, "" if plain == text.strip() else "écriture normalisée"


def department_of(code: str) -> str:
    """The department a commune's code begins with: three characters overseas (97, 98), two elsewhere."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def read_siren(text: str) -> tuple[str, str]:
    """The SIREN of an EPCI; empty, or the INSEE's ZZZZZZZZZ, when the commune has none."""
    plain = tidy(text).replace(" ", "").upper()
    if not plain.strip("Z"):
        return "", ""
    if is_exponent(plain):
        raise BadCell(EXPONENT)
    decimals = _ZERO_DECIMALS.fullmatch(plain)
    plain = decimals[1] if decimals else plain
    if len(plain) != 9 or not _DIGITS.fullmatch(plain):
        raise BadCell("le SIREN d’un EPCI compte 9 chiffres ; laissez vide si la commune n’en a pas")
    return plain, "" if plain == text.strip() else "écriture normalisée"
