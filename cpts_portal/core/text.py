"""Text as French readers write it: folding for search, reading of numbers typed or exported by a spreadsheet."""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

from django.utils.formats import date_format

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": "'", "ʼ": "'"})
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"


def fold(text: str) -> str:
    """« Saint-Étienne-d’Œuf » -> « saint etienne d oeuf »: lower case, no accent, words apart by one space.

    Used on both sides of every search, so that it needs no database extension.
    """
    plain = text.translate(_LIGATURES)
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    if not plain.isascii():  # signs that combine outside of the Latin block
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain.lower()).strip()


def number_fr(value: int | float | Decimal | None, decimals: int = 0) -> str:
    """14854 -> « 14 854 » with a narrow no-break space; None -> « – »."""
    if value is None:
        return "–"
    text = f"{value:,.{decimals}f}".replace(",", NARROW_SPACE).replace(".", ",")
    return text.replace("-", "−")


def short_number_fr(value: Decimal) -> str:
    """« 66 811 », « 72,4 »: no more decimals than needed."""
    return number_fr(value, max(-int(value.normalize().as_tuple().exponent), 0))


def euros_fr(amount: Decimal | None) -> str:
    """1234.5 -> « 1 234,50 € », spaces that do not break; None -> « – »."""
    return "–" if amount is None else f"{number_fr(amount, 2)}{NO_BREAK_SPACE}€"


def size_fr(octets: int) -> str:
    """419430400 -> « 400 Mo », 1572864 -> « 1,5 Mo »: what a file may weigh, a tenth when it says something."""
    value, unit = float(octets), "octets"
    for larger in ("Ko", "Mo", "Go"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{number_fr(round(value, 1), 0 if round(value, 1).is_integer() else 1)}{NO_BREAK_SPACE}{unit}"


def plural(count: int, singular: str, many: str = "") -> str:
    """« 0 commune », « 1 commune », « 2 communes »: French takes the plural from two on."""
    word = singular if abs(count) < 2 else (many or f"{singular}s")
    return f"{number_fr(count)}{NO_BREAK_SPACE}{word}"


def date_fr(day: date | None) -> str:
    """« 22 novembre 2026 », « 1er janvier 2026 »: the ordinal that French wants on the first of the month only."""
    if day is None:
        return ""
    text = date_format(day, "j F Y")
    return f"1er{text[1:]}" if day.day == 1 else text


def clock_fr(at: time | datetime) -> str:
    """« 9 h 05 », spaces that do not break."""
    return f"{at.hour}{NARROW_SPACE}h{NARROW_SPACE}{at:%M}"


def moment_fr(at: datetime) -> str:
    """« 22 novembre 2026 à 9 h 05 »."""
    return f"{date_fr(at)} à {clock_fr(at)}"


_ELIDED = re.compile(r"[aeiou]|y(?![aeiou])|h(?!a|ou)")


def de(name: object) -> str:
    """« d’Estelle », « de Zoé »: before what follows « de ».

    By the first letter: « d’Yves » and « de Yann », « d’Hélène » and « de Hassan » (an h is taken for silent, but in
    « ha » and « hou »). Articles are not contracted: a family name keeps its own (« de Le Goff »).
    """
    return f"d’{name}" if _ELIDED.match(fold(str(name))) else f"de {name}"


_FEMININE = ("CPAM", "CGSS", "CPTS", "Caisse", "caisse", "France")


def place_with_article(name: str) -> str:
    """« ARS Bretagne » -> « l’ARS Bretagne », « CPTS du Penthièvre » -> « la CPTS du Penthièvre »; else as it is."""
    if name.startswith("ARS"):
        return f"l’{name}"
    return f"la {name}" if name.startswith(_FEMININE) else name
