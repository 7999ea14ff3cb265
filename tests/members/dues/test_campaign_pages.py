"""Opening a campaign: amounts, preview, refusals; then who did not renew."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from members.dues.dues import PaymentOrder, record_payments
from members.membership.adhesion import leave
from members.models import DuesCampaign, PersonalDataExport
from tests import factories
from tests import member_factories as make

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"members:{name}", args=args)


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordinator(client, cpts):
    person = factories.coordinator(cpts)
    client.force_login(person)
    return person


def year() -> int:
    return timezone.localdate().year


def a_campaign(cpts):
    return make.campaign(cpts, year(), due_on=timezone.localdate() - timedelta(days=1))


def rates(*rows, **fields):
    data = {"rates-TOTAL_FORMS": len(rows), "rates-INITIAL_FORMS": 0}
    for place, row in enumerate(rows):
        data |= {f"rates-{place}-{name}": value for name, value in row.items()}
    return {"year": year(), "due_on": f"{year()}-03-31", **data, **fields}


def test_opening_shows_who_owes_what_before_anything_is_created(client, cpts, coordinator):
    make.member(cpts), make.member(cpts, profession=make.profession("10")), make.member_structure(cpts)
    rows = [
        {"amount": "20,50"},
        {"amount": "50", "profession": make.profession("10").pk},
        {"amount": "0", "kind": "structure", "reason": "Sous convention"},
        {"amount": ""},
    ]
    response = client.post(url("campaign-open", cpts.pk), rates(*rows, action="preview"))
    preview = response.context["preview"]
    assert [(share.rate.amount, share.members) for share in preview.shares] == [
        (Decimal("20.50"), 1),
        (Decimal(50), 1),
        (Decimal(0), 1),
    ]
    assert (preview.total, preview.exempt) == (Decimal("70.50"), 1)
    with everything("test"):
        assert DuesCampaign.objects.count() == 0
    seen = response.context["seen"]
    response = client.post(url("campaign-open", cpts.pk), rates(*rows, action="open", seen=seen))
    with everything("test"):
        campaign = DuesCampaign.objects.get()
        assert sorted(campaign.dues.values_list("amount", flat=True)) == [0, Decimal("20.50"), 50]
    assert response.url == url("campaign-detail", cpts.pk, campaign.pk)


def test_an_amount_changed_after_the_preview_shows_the_preview_again(client, cpts, coordinator):
    make.member(cpts)
    response = client.post(url("campaign-open", cpts.pk), rates({"amount": "20"}, action="preview"))
    seen = response.context["seen"]
    response = client.post(url("campaign-open", cpts.pk), rates({"amount": "200"}, action="open", seen=seen))
    assert response.context["preview"].total == 200
    with everything("test"):
        assert DuesCampaign.objects.count() == 0


def test_amounts_are_those_of_last_year(client, cpts, coordinator):
    make.campaign(cpts, year() - 1, amount="35.00", message="Par virement")
    page = client.get(url("campaign-open", cpts.pk))
    assert page.context["form"].initial["year"] == year()
    assert page.context["form"].initial["message"] == "Par virement"
    assert 'value="35,00"' in page.content.decode()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"amount": "abc"}], "Écrivez un montant"),
        ([{"amount": "0"}], "indiquez son motif"),
        ([{"amount": ""}], "au moins un montant"),
        ([{"amount": "10"}, {"amount": "20"}], "les mêmes adhérents"),
        ([{"amount": "10", "kind": "person", "structure_kind": "care_home"}], "n’a pas de type de structure"),
    ],
)
def test_amounts_that_make_no_sense_come_back_with_the_form(client, cpts, coordinator, rows, said):
    response = client.post(url("campaign-open", cpts.pk), rates(*rows, action="preview"))
    assert response.status_code == 422
    assert said in response.content.decode()


def test_a_year_already_open_is_refused(client, cpts, coordinator):
    make.member(cpts)
    a_campaign(cpts)
    seen = client.post(url("campaign-open", cpts.pk), rates({"amount": "5"}, action="preview")).context["seen"]
    response = client.post(url("campaign-open", cpts.pk), rates({"amount": "5"}, action="open", seen=seen))
    assert response.status_code == 422
    assert "déjà ouverte" in response.content.decode()


def test_an_amount_for_one_type_of_structure(client, cpts, coordinator):
    make.member_structure(cpts, kind="care_home"), make.member_structure(cpts, kind="pharmacy"), make.member(cpts)
    rows = [{"amount": "20"}, {"amount": "100", "structure_kind": "care_home"}]
    response = client.post(url("campaign-open", cpts.pk), rates(*rows, action="preview"))
    shares = response.context["preview"].shares
    assert [(share.rate.audience, share.members) for share in shares] == [
        ("Tous les adhérents", 2),
        ("Structures, EHPAD", 1),
    ]
    client.post(url("campaign-open", cpts.pk), rates(*rows, action="open", seen=response.context["seen"]))
    with everything("test"):
        campaign = DuesCampaign.objects.get()
        assert sorted(campaign.dues.values_list("amount", flat=True)) == [20, 20, 100]
        campaign.year -= 1
        campaign.save()
    again = client.get(url("campaign-open", cpts.pk)).context["rates"]
    assert [form.initial.get("structure_kind") for form in again.forms[:2]] == ["", "care_home"]


def test_who_did_not_renew_on_screen_and_in_a_file(client, cpts, coordinator):
    gone, forgetful = make.member(cpts, civil_last_name="Partie"), make.member(cpts, civil_last_name="Oublieuse")
    last = make.campaign(cpts, year() - 1)
    with everything("test data"):
        orders = [PaymentOrder(due, Decimal(20), date(year() - 1, 2, 1), "transfer") for due in last.dues.all()]
        record_payments(orders, by=None)
        leave(gone, on=date(year() - 1, 12, 1), reason="Retraite", by=None)
    now = a_campaign(cpts)
    here = url("not-renewed-list", cpts.pk, now.pk)
    page = client.get(here).content.decode().replace("\u00a0", " ")
    assert "dont 1 parti" in page
    for order in ("left_on", "-left_on", "name"):
        assert client.get(here, {"sort": order}).status_code == 200
    assert f"1er décembre {year() - 1}" in page
    rows = list(csv.reader(io.StringIO(client.get(f"{here}?export=csv").content.decode("utf-8-sig")), delimiter=";"))
    assert [(row[0], row[3], row[4] and float(row[4].replace(",", "."))) for row in rows[1:]] == [
        ("OUBLIEUSE Dominique", "", 20),
        ("PARTIE Dominique", f"{year() - 1}-12-01", ""),
    ]
    listed = client.get(url("campaign-detail", cpts.pk, now.pk), {"state": "not_renewed"}).context["table"].data
    with everything("test"):
        assert [due.membership_id for due in listed] == [forgetful.pk]
        assert PersonalDataExport.objects.filter(what__contains="non renouvelées").count() == 1
