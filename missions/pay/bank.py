"""Bank accounts: an IBAN is checked by its key, and encrypted before it reaches the database.

The keys are `IBAN_KEY` of the settings, apart by commas: the first encrypts, all decrypt (`iban_rotation.py` moves to
the first). Whoever reads a copy of the database alone reads no account.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from stdnum import bic, iban
from stdnum.exceptions import ValidationError as WrongNumber

from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible
from members.models import Professional
from missions.models import BankAccount


def checked_iban(text: str) -> str:
    """« fr76 3000 6… » -> « FR7630006… », or a refusal."""
    try:
        return iban.validate(text)
    except WrongNumber as error:
        raise NotPossible("Cet IBAN n’est pas valable : vérifiez-le sur le relevé d’identité bancaire.") from error


def checked_bic(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return bic.validate(text)
    except WrongNumber as error:
        raise ValidationError("Ce BIC n’est pas valable : 8 ou 11 caractères, par exemple AGRIFRPP.") from error


def _boxes() -> list[Fernet]:
    keys = [key.strip() for key in settings.IBAN_KEY.split(",")]
    return [Fernet(urlsafe_b64encode(sha256(key.encode()).digest())) for key in keys if key]


def _box() -> MultiFernet:
    return MultiFernet(_boxes())


def encrypted(number: str) -> str:
    return _box().encrypt(checked_iban(number).encode()).decode()


def decrypted(secret: str) -> str:
    try:
        return _box().decrypt(secret.encode()).decode()
    except InvalidToken as error:
        raise NotPossible(
            "Un IBAN enregistré ne peut pas être lu avec la clé actuelle du portail : enregistrez-le de nouveau."
        ) from error


def is_readable(secret: str) -> bool:
    return _opens(_box(), secret)


def reads_with_first_key(secret: str) -> bool:
    return _opens(_boxes()[0], secret)


def _opens(box: Fernet | MultiFernet, secret: str) -> bool:
    try:
        box.decrypt(secret.encode())
    except InvalidToken:
        return False
    return True


def rotated(secret: str) -> str:
    """The same number encrypted with the first key, whichever key reads it now."""
    return _box().rotate(secret.encode()).decode()


@transaction.atomic
def save_account(person: Professional, *, holder: str, number: str, bic_code: str, by: User) -> BankAccount:
    Professional.objects.select_for_update(of=("self",)).get(pk=person.pk)
    found = BankAccount.objects.filter(professional=person).first() or BankAccount(professional=person)
    found.holder, found.bic = holder.strip(), bic_code
    found.iban, found.iban_end = encrypted(number), checked_iban(number)[-4:]
    save_as(found, by=by)
    return found
