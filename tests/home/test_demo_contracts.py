"""The contracts of the demonstration: real dates, the money of the founding documents, nothing sent to anybody."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from contracts.deal.contracting import terms_of_version
from contracts.models import Closing, Contract, ContractState, ContractVersion, FundPayment, Review
from contracts.shared.journal import check_journal
from territories.models import Cpts
from territories.reference import load_reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration(settings, see_everything, django_capture_on_commit_callbacks) -> None:
    settings.DEBUG = True
    load_reference(until=2024)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("load_demo", stdout=StringIO())


def steps_of(name: str) -> list[tuple[str, str, date | None]]:
    found = Review.objects.filter(cpts__name__contains=name).order_by("opened_on", "pk")
    return [(each.kind, each.status, each.decided_on) for each in found if each.kind != "contract"]


def contracts_of(name: str) -> list[tuple[date | None, str]]:
    today = timezone.localdate()
    found = Contract.objects.filter(cpts__name__contains=name).order_by("pk")
    return [(each.starts_on, each.state_on(today)) for each in found]


def versions_of(name: str) -> list[ContractVersion]:
    found = ContractVersion.objects.filter(contract__cpts__name__contains=name).select_related("review")
    return list(found.order_by("contract_id", "number"))


def test_the_five_contracts_live_through_their_real_dates(demonstration, mailoutbox):
    assert steps_of("Penthièvre") == [("project", "accepted", date(2022, 9, 15))]
    assert contracts_of("Penthièvre")[0][0] == date(2022, 9, 28)
    assert steps_of("Ploërmel")[:2] == [
        ("letter", "accepted", date(2023, 9, 25)),
        ("project", "accepted", date(2024, 9, 6)),
    ]
    assert contracts_of("Ploërmel")[0][0] == date(2024, 10, 9)
    assert contracts_of("Nord Cantal") == [
        (date(2020, 2, 21), ContractState.EXPIRED),
        (None, ContractState.NEGOTIATED),
    ]
    assert contracts_of("Haute-Saintonge") == [(date(2024, 1, 1), ContractState.IN_FORCE)]
    cantal = terms_of_version(versions_of("Nord Cantal")[0])
    assert (cantal.size, cantal.yearly_most) == (1, Decimal(175_000))  # « jusqu'à 175 000 € », part of the missions
    ploermel = terms_of_version(versions_of("Ploërmel")[0])
    assert (ploermel.size, ploermel.yearly_most) == (3, Decimal(397_500))
    before, amended = (terms_of_version(each) for each in versions_of("Marches")[1:])
    assert (before.size, amended.size) == (1, 2)
    assert steps_of("Marches") == [("amendment", "submitted", None)]
    first, *others = [each for each in steps_of("Ploërmel") if each[0] == "year"]
    assert first[1] == "closed"
    assert [each[1] for each in others] == ["submitted"]
    paid = FundPayment.objects.filter(year__in=Closing.objects.values("year"), status="paid")
    assert sum(each.amount for each in paid) == Closing.objects.get().total
    assert all(check_journal(cpts).holds for cpts in Cpts.objects.all())
    assert not mailoutbox
