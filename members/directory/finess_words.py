"""Names, addresses and telephone numbers of FINESS (capitals, short forms), as a coordinator types them."""

import re

ACRONYMS = frozenset(
    [
        "EHPAD",
        "SSIAD",
        "MSP",
        "CH",
        "CHU",
        "CHRU",
        "CHS",
        "HAD",
        "CMP",
        "CMPP",
        "CSAPA",
        "CAMSP",
        "SAMSAH",
        "SAVS",
        "SPASAD",
        "ESAT",
        "IME",
        "ITEP",
        "MAS",
        "FAM",
        "USLD",
        "SSR",
        "SMR",
        "SA",
        "SARL",
        "SAS",
        "SELARL",
        "SELAS",
        "SELURL",
        "EURL",
        "SCM",
        "CCAS",
        "CIAS",
        "ADMR",
        "PMI",
        "PSY",
    ]
)
SMALL = frozenset("de du des d la le les l et en sur sous a à aux au lès ès".split())  # noqa: SIM905 (the same)
STREETS = {
    "r": "rue", "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "pl": "place", "imp": "impasse",
    "all": "allée", "che": "chemin", "chem": "chemin", "rte": "route", "qu": "quai", "sq": "square", "crs": "cours",
    "fg": "faubourg", "res": "résidence", "lot": "lotissement", "za": "ZA", "zi": "ZI", "zac": "ZAC", "bp": "BP",
    "lieu-dit": "lieu-dit", "pass": "passage", "ham": "hameau",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")


def place_words(name: str) -> str:
    """« EHPAD DES ÉRABLES » -> « EHPAD des Érables »; a name that is not in capitals is left alone."""
    return _WORD.sub(_word, name).replace("'", "’") if name.isupper() else name


def address_words(address: str) -> str:
    """« 4 R DU PORT » -> « 4 rue du Port »."""
    if not address.isupper():
        return address
    parts = address.split()
    return " ".join(STREETS.get(part.lower()) or _WORD.sub(_inner_word, part) for part in parts).replace("'", "’")


def phone_words(number: str) -> str:
    """« 0296000000 » -> « 02 96 00 00 00 »; anything else as it is."""
    digits = re.sub(r"\D", "", number)
    if len(digits) != 10 or not digits.startswith("0"):
        return number.strip()
    return " ".join(digits[i : i + 2] for i in range(0, 10, 2))


def _word(found: re.Match) -> str:
    return _inner_word(found) if found.start() or found.group() in ACRONYMS else found.group().capitalize()


def _inner_word(found: re.Match) -> str:
    word = found.group()
    if word in ACRONYMS:
        return word
    return word.lower() if word.lower() in SMALL else word.capitalize()
