"""The key of bank accounts is changed: the first of the list encrypts, all decrypt, a command rewrites what is kept."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from missions.models import BankAccount, PaySettings
from missions.pay.bank import decrypted, encrypted, save_account
from missions.pay.setup import save_settings
from tests import factories
from tests.missions.pay.steps import officer

pytestmark = pytest.mark.django_db
IBAN = "FR7630006000011234567890189"
OTHER = "DE89370400440532013000"


@pytest.fixture
def kept(settings):
    """One account of a person and that of her CPTS, encrypted with the old key."""
    settings.IBAN_KEY = "old"
    cpts = factories.cpts("du Penthièvre")
    person = officer(cpts)
    with everything("test data"):
        save_account(person, holder="Zoé Le Goff", number=IBAN, bic_code="", by=None)
        save_settings(cpts, requires_dues=False, debtor_name="CPTS", version="0", by=None, iban=OTHER)
        PaySettings.objects.create(cpts=factories.cpts("sans compte"))


def secrets() -> tuple[str, str]:
    with everything("reading back"):
        return BankAccount.objects.get().iban, PaySettings.objects.exclude(debtor_iban="").get().debtor_iban


def run(*options: str) -> str:
    said = StringIO()
    call_command("rotate_iban_key", *options, stdout=said)
    return said.getvalue().replace("\u00a0", " ")


def test_the_first_key_encrypts_and_all_decrypt(settings):
    settings.IBAN_KEY = "old"
    secret = encrypted(IBAN)
    settings.IBAN_KEY = "new, old"
    assert decrypted(secret) == IBAN
    secret = encrypted(IBAN)
    settings.IBAN_KEY = "new"
    assert decrypted(secret) == IBAN
    settings.IBAN_KEY = "old"
    with pytest.raises(NotPossible, match="enregistrez-le de nouveau"):
        decrypted(secret)


def test_a_rehearsal_says_the_figures_and_changes_nothing(kept, settings):
    settings.IBAN_KEY = "new,old"
    before = secrets()
    assert "2 IBAN à chiffrer de nouveau, 0 déjà avec la première clé" in run("--dry-run")
    assert secrets() == before


def test_once_rotated_the_old_key_may_go_and_no_history_is_written(kept, settings):
    settings.IBAN_KEY = "new,old"
    with everything("reading back"):
        steps = BankAccount.history.count()
    assert "2 IBAN chiffrés de nouveau" in run()
    settings.IBAN_KEY = "new"
    assert [decrypted(secret) for secret in secrets()] == [IBAN, OTHER]
    assert "0 IBAN chiffré de nouveau, 2 déjà avec la première clé" in run()
    with everything("reading back"):
        assert BankAccount.history.count() == steps


def test_what_no_key_reads_is_counted_kept_and_fails_aloud(kept, settings):
    settings.IBAN_KEY = "new"
    before = secrets()
    with pytest.raises(CommandError, match=r"2\sIBAN illisibles"):
        run()
    assert secrets() == before
