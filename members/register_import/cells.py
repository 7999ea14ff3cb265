"""Reading one cell as its author meant it. Each reader returns the value and, when doubtful, what to tell about it;
`BadCell` carries the reason of a refusal, in French."""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cpts_portal.core.identifiers import (
    DoubtfulKey,
    check_finess_key,
    check_rpps_key,
    compact,
    strip_national_prefix,
    validate_finess_form,
    validate_siret,
)
from cpts_portal.core.sheets import EXPONENT, BadCell, is_exponent, tidy
from cpts_portal.core.text import fold
from members.models import Payment

LONGEST_NAME = 80
EARLIEST = date(1900, 1, 1)
MOST_EUROS = Decimal(100_000)
MONTHS = {
    name: number
    for number, names in enumerate(
        (("janvier", "janv", "jan"), ("fevrier", "fevr", "fev"), ("mars", "mar"), ("avril", "avr"), ("mai",),
         ("juin",), ("juillet", "juil"), ("aout",), ("septembre", "sept", "sep"), ("octobre", "oct"),
         ("novembre", "nov"), ("decembre", "dec")), start=1)
    for name in names
}  # fmt: skip
METHODS: dict[str, str] = {
    **dict.fromkeys(("virement", "vir", "virt", "virement bancaire"), Payment.Method.TRANSFER),
    **dict.fromkeys(("cheque", "chq", "ch", "chèque"), Payment.Method.CHEQUE),
    **dict.fromkeys(("cb", "carte", "carte bancaire", "en ligne", "paiement en ligne"), Payment.Method.CARD),
    **dict.fromkeys(("especes", "espece", "liquide", "esp"), Payment.Method.CASH),
    **dict.fromkeys(("helloasso", "hello asso"), Payment.Method.HELLOASSO),
}
NOTHING = {"", "-", "–", "/", "x", "non", "néant", "neant", "na", "n/a", "nc", "sans", "aucun", "aucune", "0"}
YES, NO = {"oui", "o", "x", "vrai", "yes", "1", "ok"}, {"non", "n", "faux", "no", "0"}
_DIGITS = re.compile(r"\d+")
_NUMERIC_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?:[ T].*)?")
_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
_WORDS_DATE = re.compile(r"(?:(\d{1,2})(?:er)? )?([a-z]+) (\d{4})")
_AMOUNT = re.compile(r"(-?\d+(?:[.,]\d+)?)(?:€|eur|euros?)?", re.IGNORECASE)
_SPLIT = re.compile(r"\s*(?:[;,/|]|\bou\b|\bet\b|\n)\s*")
# Addresses that Django's validator accepts, told ten times faster; it decides about the others.
_PLAIN_EMAIL = re.compile(r"[a-z0-9_]+(?:[.+-][a-z0-9_]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,20}")
_PHONE_SPLIT = re.compile(r"\s*(?:[;/|,]|\bou\b|\bet\b)\s*")


def read_name(text: str, what: str = "le nom") -> tuple[str, str]:
    """One line, accents joined; « DUPONT » and « dupont » are written « Dupont »; empty when there is nothing."""
    value = unicodedata.normalize("NFC", tidy(text))
    if len(value) > LONGEST_NAME:
        raise BadCell(f"{what} dépasse {LONGEST_NAME} caractères : une colonne est sans doute décalée")
    if value and not value.isprintable():
        raise BadCell(f"{what} contient des signes qui ne s’affichent pas")
    if "@" in value or (any(c.isdigit() for c in value) and not any(c.isalpha() for c in value)):
        raise BadCell(f"ce n’est pas {what} d’une personne : une colonne est sans doute décalée")
    return cased(value), ""


def cased(name: str) -> str:
    """Capital initials when everything is in the same case; otherwise as typed."""
    if name.isupper() or name.islower():
        return re.sub(r"[^\W\d_]+", lambda found: found[0].capitalize(), name)
    return name


def read_full_name(text: str) -> tuple[str, str, str]:
    """« DUPONT Marie », « Marie DUPONT », « Dupont, Marie »: last name, first name, what is doubtful.

    The words in capitals are the last name; without any, the first word is, and it is said.
    """
    value = unicodedata.normalize("NFC", tidy(text))
    value = re.sub(r"^(?:dr|docteur|m|mme|mlle|mr|monsieur|madame)\.?\s+", "", value, flags=re.IGNORECASE)
    if "," in value:
        last, _comma, first = value.partition(",")
        return *_both(last, first), ""
    words = value.split()
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if capitals and len(capitals) < len(words):
        others = [word for word in words if word not in capitals]
        return *_both(" ".join(capitals), " ".join(others)), ""
    if len(words) < 2:
        return *_both(value, ""), ""
    last, first = _both(words[0], " ".join(words[1:]))
    return last, first, f"lu : nom « {last} », prénom « {first} »"


def _both(last: str, first: str) -> tuple[str, str]:
    return read_name(last)[0], read_name(first, "le prénom")[0]


def read_rpps(text: str) -> tuple[str, str]:
    """Eleven digits. A wrong key is a remark: the official rule is not published for every number."""
    plain = tidy(text)
    if plain.lower() in NOTHING:
        return "", ""
    if is_exponent(plain):
        raise BadCell(EXPONENT)
    value = strip_national_prefix(re.sub(r"[.,]0$", "", plain))
    value = compact(re.sub(r"^RPPS\D*", "", value, flags=re.IGNORECASE))
    if len(value) == 9 and value.isdigit():
        raise BadCell("un numéro à 9 chiffres est un ancien numéro ADELI : le RPPS compte 11 chiffres")
    if len(value) != 11 or not value.isascii() or not value.isdigit():
        raise BadCell("le numéro RPPS compte 11 chiffres")
    try:
        check_rpps_key(value)
    except DoubtfulKey:
        return value, "la clé de ce numéro RPPS ne correspond pas : une erreur de frappe est probable"
    return value, ""


def read_emails(text: str) -> tuple[list[str], str]:
    """One address, or several separated by commas or semicolons."""
    plain = tidy(text).removeprefix("mailto:").strip("<>; ,")
    if plain.lower() in NOTHING:
        return [], ""
    found = [word.strip("<> ").lower() for word in _SPLIT.split(plain) if word.strip()]
    for each in found:
        _check_email(each)
    return list(dict.fromkeys(found)), "plusieurs adresses dans la même cellule : toutes sont gardées" * (
        len(found) > 1
    )


def _check_email(value: str) -> None:
    if _PLAIN_EMAIL.fullmatch(value) and len(value) < 100:
        return
    try:
        validate_email(value)
    except ValidationError:
        raise BadCell("cette adresse électronique n’est pas valable, par exemple prenom.nom@exemple.fr") from None


def read_phones(text: str) -> tuple[list[str], str]:
    """French numbers as « 02 96 00 00 00 », others with their country code; several may share a cell."""
    plain = tidy(text)
    if plain.lower() in NOTHING:
        return [], ""
    if is_exponent(plain):
        raise BadCell(EXPONENT)
    remarks, found = [], []
    for word in _PHONE_SPLIT.split(plain):
        if word:
            number, remark = _phone(word)
            found.append(number)
            remarks.append(remark)
    return list(dict.fromkeys(found)), next((remark for remark in remarks if remark), "")


def _phone(word: str) -> tuple[str, str]:
    signs = re.sub(r"[\s.\-_()]", "", re.sub(r"\(0\)", "", word))
    signs = re.sub(r"^(?:00|\+)33", "0", re.sub(r"\.0$", "", signs)) if len(signs) > 9 else signs
    signs = re.sub(r"^00", "0", signs) if len(signs) == 11 and signs.startswith("00") else signs
    if re.fullmatch(r"(?:\+|00)[1-9]\d{6,14}", signs):
        return f"+{signs.removeprefix('+').removeprefix('00')}", ""
    remark = ""
    if re.fullmatch(r"[1-9]\d{8}", signs):
        signs, remark = f"0{signs}", "le zéro de tête, perdu dans un tableur, est remis"
    if not re.fullmatch(r"0[1-9]\d{8}", signs):
        raise BadCell("un numéro de téléphone compte 10 chiffres, par exemple 02 96 00 00 00")
    return " ".join(signs[place : place + 2] for place in range(0, 10, 2)), remark


def is_mobile(number: str) -> bool:
    return number.startswith(("06", "07"))


@lru_cache(maxsize=8192)
def read_date(text: str) -> tuple[date | None, str]:
    """« 12/03/2024 », « 2024-03-12 », « 12 mars 2024 », « mars 2024 », « 2024 », a day number of Excel."""
    plain = tidy(text)
    if plain.lower() in NOTHING:
        return None, ""
    found, remark = _date_parts(plain)
    try:
        day = date(*found) if isinstance(found, tuple) else date(1899, 12, 30) + timedelta(days=found)
    except (ValueError, OverflowError):
        raise BadCell("cette date n’existe pas") from None
    if not EARLIEST <= day <= date(2200, 1, 1):
        raise BadCell("cette date n’est pas possible")
    return day, remark


def _date_parts(plain: str) -> tuple[tuple[int, int, int] | int, str]:
    if found := _ISO_DATE.fullmatch(plain):
        return (int(found[1]), int(found[2]), int(found[3])), ""
    if found := _NUMERIC_DATE.fullmatch(plain):
        year = int(found[3])
        short = len(found[3]) == 2
        year += (2000 if year < 70 else 1900) if short else 0
        return (year, int(found[2]), int(found[1])), f"année sur deux chiffres, lue {year}" * short
    if re.fullmatch(r"(?:19|20)\d\d", plain):
        return (int(plain), 1, 1), "année seule : le 1er janvier est retenu"
    if re.fullmatch(r"[1-9]\d{4}(?:[.,]\d+)?", plain):
        return int(re.split("[.,]", plain)[0]), "nombre de jours d’Excel, lu comme une date"
    return _date_in_words(plain)


def _date_in_words(plain: str) -> tuple[tuple[int, int, int], str]:
    words = re.sub(r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) ", "", fold(plain))
    found = _WORDS_DATE.fullmatch(words)
    if not found or found[2] not in MONTHS:
        raise BadCell("ce n’est pas une date, écrite par exemple 12/03/2024")
    month, year = MONTHS[found[2]], int(found[3])
    return (year, month, int(found[1] or 1)), "" if found[1] else "mois sans jour : le 1er est retenu"


@lru_cache(maxsize=1024)
def read_amount(text: str) -> tuple[Decimal | None, str]:
    """« 20 », « 1 234,50 € »; empty or « non » when nothing was paid."""
    plain = tidy(text)
    if plain.lower() in NOTHING:
        return None, ""
    if is_exponent(plain):
        raise BadCell(EXPONENT)
    found = _AMOUNT.fullmatch(plain.replace(" ", ""))
    if not found:
        raise BadCell("ce n’est pas un montant en euros, écrit par exemple 20 ou 20,50")
    try:
        value = Decimal(found[1].replace(",", ".")).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise BadCell("ce montant n’est pas possible") from None
    if value < 0 or value > MOST_EUROS:
        raise BadCell("ce montant n’est pas possible")
    return value or None, ""


def read_method(text: str) -> str:
    """A means of payment, empty when the cell is."""
    plain = fold(text)
    if text.strip().lower() in NOTHING:
        return ""
    found = METHODS.get(plain) or next((value for word, value in METHODS.items() if plain.startswith(f"{word} ")), "")
    if not found:
        raise BadCell("moyen de paiement inconnu : écrivez virement, chèque, carte, espèces ou HelloAsso")
    return found


def read_finess(text: str) -> tuple[str, str]:
    """Nine signs. As for the RPPS, a wrong key is a remark."""
    value = _number_of(text)
    if not value:
        return "", ""
    value = value.zfill(9) if value.isdigit() and len(value) == 8 else value
    try:
        validate_finess_form(value)
        check_finess_key(value)
    except DoubtfulKey:
        return value, "la clé de ce numéro FINESS ne correspond pas : une erreur de frappe est probable"
    except ValidationError as problem:
        raise BadCell(" ".join(problem.messages).rstrip(".")) from None
    return value, ""


def read_siret(text: str) -> tuple[str, str]:
    value = _number_of(text)
    if value:
        try:
            validate_siret(value)
        except ValidationError as problem:
            raise BadCell(" ".join(problem.messages).rstrip(".")) from None
    return value, ""


def _number_of(text: str) -> str:
    plain = tidy(text)
    if plain.lower() in NOTHING:
        return ""
    if is_exponent(plain):
        raise BadCell(EXPONENT)
    return compact(re.sub(r"[.,]0$", "", plain))


def read_yes_no(text: str) -> bool:
    plain = fold(text)
    if plain in YES or plain in NO:
        return plain in YES
    raise BadCell("écrivez oui ou non")


def read_year(text: str) -> int | None:
    plain = re.sub(r"[.,]0$", "", tidy(text))
    if not plain:
        return None
    if not re.fullmatch(r"(?:19|20)\d\d", plain):
        raise BadCell("ce n’est pas une année, écrite par exemple 2026")
    return int(plain)


def read_postal_code(text: str) -> tuple[str, str]:
    """Five digits, with the zero a spreadsheet may have eaten; « 22400 CEDEX » is 22400."""
    plain = re.sub(r"[.,]0$", "", tidy(text).replace(" ", ""))
    plain = re.sub(r"(?i)cedex.*$", "", plain)
    if not plain:
        return "", ""
    if is_exponent(plain):
        raise BadCell(EXPONENT)
    if len(plain) == 4 and _DIGITS.fullmatch(plain):
        return f"0{plain}", "le zéro de tête, perdu dans un tableur, est remis"
    if len(plain) != 5 or not _DIGITS.fullmatch(plain):
        raise BadCell("un code postal compte 5 chiffres, par exemple 22400")
    return plain, ""
