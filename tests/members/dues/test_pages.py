"""Pages of the dues: campaigns, one due, payments, letters; who may come, what they refuse."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from members.dues.dues import PaymentOrder, create_missing_dues, record_payments
from members.models import Contact, Due, LetterBatch, Payment, PersonalDataExport
from tests import factories
from tests import member_factories as make

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"members:{name}", args=args)


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre", email="contact@cpts.example.org")


@pytest.fixture
def coordinator(client, cpts):
    person = factories.coordinator(cpts)
    client.force_login(person)
    return person


def year() -> int:
    return timezone.localdate().year


def a_campaign(cpts, **fields):
    fields.setdefault("due_on", timezone.localdate() - timedelta(days=1))
    return make.campaign(cpts, year(), **fields)


def due_of(membership) -> Due:
    with everything("test"):
        return Due.objects.select_related("campaign", "membership").get(membership=membership)


def pay(membership, amount="20.00"):
    with everything("test data"):
        order = PaymentOrder(due_of(membership), Decimal(amount), date(year(), 1, 15), Payment.Method.TRANSFER)
        return record_payments([order], by=None)[0]


def test_late_comers_get_their_due(client, cpts, coordinator):
    make.member(cpts)
    campaign = a_campaign(cpts)
    make.member(cpts, start=date(year(), 1, 2))
    page = client.get(url("campaign-complete", cpts.pk, campaign.pk)).content.decode()
    assert "1\u00a0adhérent à 20,00\u00a0€" in page
    client.post(url("campaign-complete", cpts.pk, campaign.pk))
    with everything("test"):
        assert campaign.dues.count() == 2


def names(client, campaign, query="") -> set[str]:
    response = client.get(f"{url('campaign-detail', campaign.cpts_id, campaign.pk)}?{query}&export=csv")
    return {row[0] for row in list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))[1:]}


def test_filters_and_totals(client, cpts, coordinator):
    care = make.college(cpts, "Structures")
    paid, late = make.member(cpts, civil_last_name="Éluard"), make.member(cpts)
    home = make.member_structure(cpts, name="EHPAD des Tilleuls", college=care)
    campaign = a_campaign(cpts)
    pay(paid)
    with everything("test data"):
        Due.objects.get(membership=home).delete()
        Due.objects.create(campaign=campaign, membership=home, amount=0, exemption_reason="Convention")
    shown = {
        "state=paid": {str(paid.holder)},
        "state=late": {str(late.holder)},
        "state=exempt": {"EHPAD des Tilleuls"},
        "state=not_renewed": set(),
        "kind=structure": {"EHPAD des Tilleuls"},
        f"college={care.pk}": {"EHPAD des Tilleuls"},
        "q=eluard": {str(paid.holder)},
        "called=yes": set(),
        "sort=-owed": {str(paid.holder), str(late.holder), "EHPAD des Tilleuls"},
    }
    assert {query: names(client, campaign, query) for query in shown} == shown
    found = client.get(url("campaign-detail", cpts.pk, campaign.pk)).context["totals"]
    assert (found.called, found.received, found.remaining) == (40, 20, 20)
    assert (found.dues, found.paid, found.exempt, found.owing) == (3, 1, 1, 1)


def test_the_export_is_logged_with_its_filters(client, cpts, coordinator):
    make.member(cpts)
    campaign = a_campaign(cpts)
    names(client, campaign, "state=late")
    with everything("test"):
        log = PersonalDataExport.objects.get()
    assert (log.author, log.persons, log.file_format) == (coordinator, 1, "csv")
    assert "state=late" in log.filters


def test_as_many_queries_for_one_due_as_for_many(client, cpts, coordinator, django_assert_max_num_queries):
    make.member(cpts)
    campaign = a_campaign(cpts)
    here = url("campaign-detail", cpts.pk, campaign.pk)
    client.get(here)

    def count() -> int:
        with django_assert_max_num_queries(30) as captured:
            client.get(here)
        return len(captured)

    for_one = count()
    for _ in range(4):
        make.member(cpts)
    with everything("test data"):
        create_missing_dues(campaign, by=None)
    assert count() == for_one


def payment_of(due: Due) -> dict:
    return {"due": due.pk, "paid_on": f"{year()}-01-10", "method": "cheque", f"due-{due.pk}-amount": "20"}


def test_many_payments_with_the_same_date_and_their_own_amounts(client, cpts, coordinator):
    first, second, left_out = make.member(cpts), make.member(cpts), make.member(cpts)
    campaign = a_campaign(cpts)
    dues = [due_of(m) for m in (first, second, left_out)]
    here = url("payments-record", cpts.pk, campaign.pk)
    page = client.get(here, {"due": [due.pk for due in dues]}).content.decode()
    assert page.count('value="20,00"') == 3
    data = {"due": [due.pk for due in dues], "paid_on": f"{year()}-01-10", "method": "cheque"}
    data |= {f"due-{dues[0].pk}-amount": "20,00", f"due-{dues[1].pk}-amount": "7,5", f"due-{dues[2].pk}-amount": ""}
    client.post(here, data)
    assert [due_of(m).owed for m in (first, second, left_out)] == [0, Decimal("12.50"), 20]
    with everything("test"):
        assert {p.recorded_by for p in Payment.objects.all()} == {coordinator}


def test_the_same_payments_sent_twice_are_recorded_once(client, cpts, coordinator):
    membership = make.member(cpts)
    campaign = a_campaign(cpts)
    due = due_of(membership)
    data, here = payment_of(due), url("payments-record", cpts.pk, campaign.pk)
    assert client.post(here, data).status_code == 302
    again = client.post(here, data)
    assert again.status_code == 422
    assert "viennent peut-être d’être réglées" in again.content.decode()
    with everything("test"):
        assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("amount", "20,01", "dépasse ce qui reste dû"),
        ("amount", "-5", "supérieur"),
        ("paid_on", "2099-01-01", "peu plausible"),
        ("method", "", "obligatoire"),
    ],
)
def test_a_wrong_payment_comes_back_filled(client, cpts, coordinator, field, value, said):
    membership = make.member(cpts)
    campaign = a_campaign(cpts)
    due = due_of(membership)
    data = payment_of(due)
    data[f"due-{due.pk}-amount" if field == "amount" else field] = value
    response = client.post(url("payments-record", cpts.pk, campaign.pk), data)
    assert response.status_code == 422
    assert said in response.content.decode()
    with everything("test"):
        assert Payment.objects.count() == 0


def test_a_due_of_another_cpts_cannot_be_paid_from_here(client, cpts, coordinator):
    other = make.member(factories.cpts())
    a_campaign(other.cpts)
    campaign = a_campaign(cpts)
    page = client.get(url("payments-record", cpts.pk, campaign.pk), {"due": due_of(other).pk})
    assert page.context["rows"] == []


def test_cancelling_and_exempting_want_a_reason(client, cpts, coordinator):
    membership = make.member(cpts)
    a_campaign(cpts)
    payment = pay(membership, "5.00")
    assert client.post(url("payment-cancel", cpts.pk, payment.pk), {"reason": " "}).status_code == 422
    client.post(url("payment-cancel", cpts.pk, payment.pk), {"reason": "Chèque sans provision"})
    assert due_of(membership).owed == 20
    again = client.post(url("payment-cancel", cpts.pk, payment.pk), {"reason": "encore"})
    assert "déjà annulé" in again.content.decode()
    client.post(url("due-exempt", cpts.pk, due_of(membership).pk), {"reason": "Congé de maternité"})
    assert (due_of(membership).owed, due_of(membership).exemption_reason) == (0, "Congé de maternité")
    page = client.get(url("due-detail", cpts.pk, due_of(membership).pk)).content.decode()
    assert "Chèque sans provision" in page


def test_the_call_is_previewed_then_sent(client, cpts, coordinator, django_capture_on_commit_callbacks):
    membership, silent = make.member(cpts), make.member(cpts)
    with everything("test data"):
        Contact.objects.create(professional=membership.professional, channel="email", value="a@example.org")
    campaign = a_campaign(cpts)
    here = url("campaign-call", cpts.pk, campaign.pk)
    page = client.post(here, {"message": "Par virement.", "action": "preview"}).content.decode()
    assert "Par virement." in page
    assert str(silent.holder) in page
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(here, {"message": "Par virement.", "action": "send"})
    assert [sent.to for sent in mail.outbox] == [["a@example.org"]]
    report = client.get(response.url).content.decode()
    assert "1\u00a0message envoyé" in report
    assert f"{silent.holder} : sans adresse" in report


def test_all_certificates_are_made_in_the_background_and_kept_private(
    client, cpts, coordinator, django_capture_on_commit_callbacks
):
    for _ in range(2):
        pay_later = make.member(cpts)
    campaign = a_campaign(cpts)
    pay(pay_later)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url("certificates", cpts.pk, campaign.pk))
    with everything("test"):
        batch = LetterBatch.objects.get()
    assert (batch.status, batch.letters, batch.failure) == ("done", 1, "")
    assert response.url == url("letters-detail", cpts.pk, batch.pk)
    file = client.get(url("letters-file", cpts.pk, batch.pk))
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    with everything("test"):
        assert PersonalDataExport.objects.get().what == f"Attestations d’adhésion {year()}"
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.get(url("letters-file", cpts.pk, batch.pk)).status_code == 404
    client.force_login(factories.ars_agent(cpts.ars))
    assert client.get(url("letters-file", cpts.pk, batch.pk)).status_code == 403


def test_documents_open(client, cpts, coordinator):
    membership = make.member(cpts)
    campaign = a_campaign(cpts)
    payment = pay(membership)
    found = [
        client.get(url("payment-receipt", cpts.pk, payment.pk)),
        client.get(url("membership-certificate", cpts.pk, membership.pk, year())),
        client.get(url("not-renewed", cpts.pk, campaign.pk)),
        client.post(url("attendance-list", cpts.pk), {"day": f"{year()}-06-01", "title": "AG"}),
    ]
    assert [answer["Content-Type"] for answer in found] == ["application/pdf"] * 4
    assert client.get(url("membership-certificate", cpts.pk, membership.pk, 2019)).status_code == 404


@pytest.mark.parametrize("name", ["campaign-detail", "campaign-call", "campaign-edit", "payments-record"])
def test_another_cpts_and_the_wrong_role(client, cpts, name):
    campaign = a_campaign(cpts)
    here = url(name, cpts.pk, campaign.pk)
    assert client.get(here).status_code == 302
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.get(here).status_code == 404
    client.force_login(factories.ars_agent(cpts.ars))
    assert client.get(here).status_code == 403
    client.force_login(factories.board_member(cpts))
    assert client.get(here).status_code == (200 if name == "campaign-detail" else 403)
    client.force_login(factories.coordinator(cpts))
    assert (client.get(here).status_code, client.put(here).status_code) == (200, 405)
