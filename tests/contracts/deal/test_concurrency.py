"""Two people signing or amending one contract at the same instant, on a real PostgreSQL."""

import hashlib
from datetime import date

import pytest
from django.db import connection

from contracts.deal.amending import open_amendment
from contracts.deal.contracting import open_contract
from contracts.models import ContractVersion, ContractYear, JournalEntry, Party, Review
from contracts.review.lifecycle import REVIEWS
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from tests import contract_factories as make
from tests import factories
from tests.races import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_postgres(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


def agreed():
    """A contract that the three parties agreed on and the CPTS signed: two signatures are left."""
    cpts = factories.cpts()
    factories.in_territory(cpts, factories.commune(population=90_000))
    with everything("test data"):
        version = open_contract(cpts, day=DAY, by=None)
        Review.objects.filter(pk=version.review_id).update(
            status="agreed", submitted_on=DAY, number=1,
            ars_agreed_at=make.NOON, fund_agreed_at=make.NOON, cpts_agreed_at=make.NOON,
        )  # fmt: skip
        ContractVersion.objects.filter(pk=version.pk).update(cpts_signed_on=DAY, cpts_signatory="Présidente")
        return version, Review.objects.select_related("cpts__ars", "cpts__lead_fund").get(pk=version.review_id)


@pytest.mark.parametrize("attempt", range(3))
def test_two_agencies_sign_at_once_the_second_is_told(attempt):
    version, review = agreed()
    calls = [
        lambda role=role: REVIEWS.make(
            review, "sign", make.act(None, role, version=str(review.version), data={"signatory": "Direction"})
        )
        for role in (Role.ARS_AGENT, Role.FUND_AGENT)
    ]
    assert race(*calls) == ["StaleEdit", "ok"]
    with everything("test data"):
        version.refresh_from_db()
        assert sum(bool(version.signed_on(party)) for party in Party) == 2
        assert version.sealed_at is None


@pytest.mark.parametrize("attempt", range(3))
def test_two_agents_of_the_fund_give_the_third_signature_at_once_one_seal_is_made(attempt):
    version, review = agreed()
    with everything("test data"):
        ContractVersion.objects.filter(pk=version.pk).update(ars_signed_on=DAY, ars_signatory="Direction")
    act = make.act(None, Role.FUND_AGENT, version=str(review.version), data={"signatory": "Direction", "on": DAY})
    assert race(*[lambda: REVIEWS.make(review, "sign", act) for _ in range(2)]) == ["StaleEdit", "ok"]
    with everything("test data"):
        version.refresh_from_db()
        with version.sealed_file.open("rb") as sealed:
            assert hashlib.sha256(sealed.read()).hexdigest() == version.file_sha256
        assert ContractYear.objects.filter(contract=version.contract).count() == 5
        assert JournalEntry.objects.filter(cpts=review.cpts, act="sign").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_two_agents_open_an_amendment_at_once_one_wins(attempt):
    contract = make.contract(factories.cpts())
    calls = [
        lambda party=party: open_amendment(
            contract, reason="Extension", asked_by=party, effective_on=date(2026, 9, 1), day=DAY, by=None
        )
        for party in (Party.ARS, Party.FUND)
    ]
    assert race(*calls) == ["NotPossible", "ok"]
    with everything("test data"):
        assert ContractVersion.objects.filter(contract=contract).count() == 2


def test_two_coordinators_open_a_contract_at_once_one_wins():
    cpts = factories.cpts()
    calls = [lambda: open_contract(cpts, day=DAY, by=None) for _ in range(2)]
    assert race(*calls) == ["NotPossible", "ok"]
