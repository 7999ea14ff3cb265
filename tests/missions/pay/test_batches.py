"""Payment batches: made once, exported as transfers that the schema accepts, paid or undone; accounts kept secret."""

from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from members.models import PersonalDataExport
from missions.models import BankAccount, PayBatch, PayLine, PaySettings
from missions.pay.bank import decrypted, encrypted, save_account
from missions.pay.setup import save_settings
from tests import factories
from tests import mission_factories as make
from tests.missions.pay.steps import approved, declared, officer

pytestmark = pytest.mark.django_db
IBAN = "FR7630006000011234567890189"
OTHER_IBAN = "FR1420041010050500013M02606"
NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"}


def url(name: str, *args) -> str:
    return reverse(f"missions:{name}", args=args)


@pytest.fixture
def cpts():
    made = factories.cpts("du Penthièvre")
    make.pay_rate(made, "60.00")
    return made


@pytest.fixture
def me(client, cpts):
    made = factories.coordinator(cpts)
    client.force_login(made)
    return made


@pytest.fixture
def person(cpts):
    return officer(cpts, civil_first_name="Zoé", civil_last_name="Le Goff")


def with_account(person, number: str = IBAN) -> None:
    with everything("test data"):
        save_account(person, holder="Mme Zoé Le Goff", number=number, bic_code="", by=None)


def debtor(cpts) -> None:
    with everything("test data"):
        save_settings(
            cpts, requires_dues=False, debtor_name="CPTS du Penthièvre", version="0", by=None, iban=OTHER_IBAN
        )


def batch_of(client, cpts, *lines: PayLine) -> PayBatch:
    sent = {"execute_on": timezone.localdate().isoformat(), "lines": [line.pk for line in lines]}
    answer = client.post(url("batch-add", cpts.pk), sent)
    assert answer.status_code == 302, answer.content.decode()
    with everything("reading back"):
        return PayBatch.objects.order_by("-number").first()


def states() -> list[str]:
    with everything("reading back"):
        return sorted(PayLine.objects.values_list("status", flat=True))


def text(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


# --- Accounts -------------------------------------------------------------------------------------------------------
def test_an_iban_is_checked_encrypted_and_never_written_in_clear(client, cpts, person, me):
    address = url("payments-account", cpts.pk, person.pk)
    wrong = client.post(address, {"holder": "Zoé Le Goff", "iban": "FR76 3000 6000 0112 3456 7890 188"})
    assert wrong.status_code == 422
    assert "n’est pas valable" in text(wrong)
    client.post(address, {"holder": "Zoé Le Goff", "iban": "fr76 3000 6000 0112 3456 7890 189"})
    with everything("reading back"):
        account = BankAccount.objects.get()
    assert IBAN not in account.iban
    assert (decrypted(account.iban), account.iban_end) == (IBAN, "0189")
    assert IBAN not in text(client.get(address))


def test_the_same_iban_encrypted_twice_looks_different_and_another_key_reads_nothing(settings):
    secret = encrypted(IBAN)
    assert secret != encrypted(IBAN)
    settings.IBAN_KEY = "another key"
    with pytest.raises(NotPossible, match="enregistrez-le de nouveau"):
        decrypted(secret)


def test_the_iban_of_the_cpts_stays_when_the_box_is_left_empty(client, cpts, me):
    debtor(cpts)
    client.post(url("payments-settings-edit", cpts.pk), {"debtor_name": "CPTS", "iban": "", "version": "1"})
    with everything("reading back"):
        kept = PaySettings.objects.get()
    assert (kept.debtor_name, decrypted(kept.debtor_iban)) == ("CPTS", OTHER_IBAN)


# --- Batches --------------------------------------------------------------------------------------------------------
def test_only_approved_sums_are_proposed_and_each_enters_one_batch(client, cpts, person, me):
    line, waiting = approved(person), declared(person)
    page = client.get(url("batch-add", cpts.pk))
    with everything("reading back"):
        proposed = list(page.context["form"].fields["lines"].queryset.all())
    assert proposed == [line]
    batch = batch_of(client, cpts, line)
    assert batch.number == 1
    assert states() == ["batch", "declared"]
    again = client.post(url("batch-add", cpts.pk), {"execute_on": "2999-01-01", "lines": [line.pk, waiting.pk]})
    assert again.status_code == 422


def test_a_transfer_of_the_past_is_refused(client, cpts, person, me):
    line = approved(person)
    answer = client.post(url("batch-add", cpts.pk), {"execute_on": "2026-01-01", "lines": [line.pk]})
    assert answer.status_code == 422
    assert states() == ["approved"]


def test_the_file_of_transfers_adds_up_the_sums_of_each_person_and_is_logged(client, cpts, person, me):
    debtor(cpts)
    with_account(person)
    batch = batch_of(client, cpts, approved(person, "100.10"), approved(person, "20.05"))
    answer = client.post(url("batch-transfers", cpts.pk, batch.pk))
    assert answer["Content-Disposition"] == 'attachment; filename="virements-lot-1.xml"'
    root = ElementTree.fromstring(answer.content)  # noqa: S314 (our own file)
    found = {name: root.find(f".//p:{name}", NAMES).text for name in ("CtrlSum", "NbOfTxs", "InstdAmt", "ReqdExctnDt")}
    assert found == {
        "CtrlSum": "120.15",
        "NbOfTxs": "1",
        "InstdAmt": "120.15",
        "ReqdExctnDt": batch.execute_on.isoformat(),
    }
    assert [each.text for each in root.iterfind(".//p:IBAN", NAMES)] == [OTHER_IBAN, IBAN]
    with everything("reading back"):
        assert [(row.what, row.persons, row.author) for row in PersonalDataExport.objects.all()] == [
            ("Virements du lot n° 1", 1, me)
        ]


def test_what_is_missing_is_said_before_and_blocks_the_file(client, cpts, person, me):
    batch = batch_of(client, cpts, approved(person))
    page = text(client.get(url("batch-detail", cpts.pk, batch.pk)))
    assert f"L’IBAN de {person} n’est pas enregistré." in page
    assert "manquent dans les réglages" in page
    assert client.post(url("batch-transfers", cpts.pk, batch.pk)).status_code == 422


def test_a_batch_is_undone_until_its_file_is_produced(client, cpts, person, me):
    debtor(cpts)
    with_account(person)
    line = approved(person)
    batch = batch_of(client, cpts, line)
    client.post(url("batch-undo", cpts.pk, batch.pk))
    assert states() == ["approved"]
    batch = batch_of(client, cpts, line)
    client.post(url("batch-transfers", cpts.pk, batch.pk))
    assert client.post(url("batch-undo", cpts.pk, batch.pk)).status_code == 422
    assert states() == ["batch"]


def test_a_payment_is_noted_once_it_is_made_and_never_twice(client, cpts, person, me):
    batch = batch_of(client, cpts, approved(person))
    address = url("batch-paid", cpts.pk, batch.pk)
    assert client.post(address, {"on": "2999-01-01"}).status_code == 422
    client.post(address, {"on": timezone.localdate().isoformat()})
    assert states() == ["paid"]
    assert client.post(address, {"on": timezone.localdate().isoformat()}).status_code == 422


def test_the_table_of_a_batch_bears_the_accounts_and_is_logged(client, cpts, person, me):
    with_account(person)
    batch = batch_of(client, cpts, approved(person))
    sheet = client.get(url("batch-table", cpts.pk, batch.pk), {"format": "csv"}).content.decode("utf-8-sig")
    assert IBAN in sheet
    with everything("reading back"):
        assert PersonalDataExport.objects.get().what == "Tableau du lot n° 1"


@pytest.mark.parametrize("page", ["batches", "batch-add"])
def test_agencies_and_other_cpts_see_no_batch(client, cpts, page):
    client.force_login(factories.fund_agent(cpts.lead_fund))
    assert client.get(url(page, cpts.pk)).status_code == 403
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.get(url(page, cpts.pk)).status_code == 404


def test_batches_ask_as_many_questions_for_one_row_as_for_three(client, cpts, me):
    def questions(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    one = batch_of(client, cpts, approved(officer(cpts)))
    alone = questions(url("batch-detail", cpts.pk, one.pk)), questions(url("batches", cpts.pk))
    three = batch_of(client, cpts, *(approved(officer(cpts)) for _ in range(3)))
    assert (questions(url("batch-detail", cpts.pk, three.pk)), questions(url("batches", cpts.pk))) == alone
