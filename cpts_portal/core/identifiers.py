"""Identifiers of associations, structures and professionals (evidence: docs/decisions/0007-failing-keys.md).

A wrong *form* is always an error. A wrong *key* is an error for SIREN and SIRET, whose rule is fully published; for
FINESS and RPPS, where official test identities fail the key, it is a `DoubtfulKey`: forms show it as a warning that
the user may override, and it never blocks an import line by itself.
"""

import re

from django.core.exceptions import ValidationError
from stdnum import luhn
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

_FINESS = re.compile(r"\d[\dAB]\d{7}")
_RNA = re.compile(r"W\d[\dAB]\d{7}")
_RPPS = re.compile(r"\d{11}")


class DoubtfulKey(ValidationError):
    """The form is right but the check digit is not: shown as a warning, may be overridden."""


def compact(value: str) -> str:
    """Drop the spaces, dots and dashes people type inside identifiers; letters in upper case."""
    return re.sub(r"[\s.\-\u00a0\u202f]", "", value).upper()


def validate_siren(value: str) -> None:
    """Nine digits whose Luhn key holds."""
    try:
        stdnum_siren.validate(value)
    except StdnumError as error:
        raise ValidationError(
            "Le SIREN compte 9 chiffres et celui-ci n’est pas valide : vérifiez la saisie.", code="siren"
        ) from error


def validate_siret(value: str) -> None:
    """Fourteen digits: Luhn, or a sum multiple of five for the branches of La Poste (python-stdnum knows both)."""
    try:
        stdnum_siret.validate(value)
    except StdnumError as error:
        raise ValidationError(
            "Le SIRET compte 14 chiffres et celui-ci n’est pas valide : vérifiez la saisie.", code="siret"
        ) from error


def validate_rna(value: str) -> None:
    """`W` and nine signs (W2A… and W2B… in Corsica), without key. Associations under local law may have none."""
    if not _RNA.fullmatch(value):
        raise ValidationError("Le numéro RNA s’écrit W suivi de 9 chiffres, par exemple W452017552.", code="rna")


def validate_finess_form(value: str) -> None:
    if not _FINESS.fullmatch(value):
        raise ValidationError("Le numéro FINESS compte 9 caractères, par exemple 010780054.", code="finess")


def validate_rpps_form(value: str) -> None:
    if not _RPPS.fullmatch(value):
        raise ValidationError("Le numéro RPPS compte 11 chiffres.", code="rpps")


def check_finess_key(value: str) -> None:
    """Luhn over the nine digits; the rule of Corsican numbers (2A, 2B) is not published, they are not checked."""
    if value.isdigit() and not luhn.is_valid(value):
        raise DoubtfulKey(
            "La clé de ce numéro FINESS ne correspond pas : une erreur de frappe est probable.",
            code="finess_key",
        )


def check_rpps_key(value: str) -> None:
    """Luhn over the eleven digits (without the leading type digit 8 of the national identifier)."""
    if not luhn.is_valid(value):
        raise DoubtfulKey(
            "La clé de ce numéro RPPS ne correspond pas : une erreur de frappe est probable.", code="rpps_key"
        )


def strip_national_prefix(value: str) -> str:
    """« 810001234567 », the national identifier of a professional, holds the RPPS after its type digit 8."""
    found = compact(value)
    return found[1:] if len(found) == 12 and found.startswith("8") else found
