"""The document of the third signature: laid out before the transaction, sealed only when it says what is signed."""

import hashlib
from collections.abc import Callable

import pytest
import weasyprint
from django.db import connection
from django.urls import reverse

from contracts.deal.contracting import open_contract
from contracts.models import ContractVersion, ContractYear, Review
from contracts.review.lifecycle import REVIEWS
from cpts_portal.accounts.roles import Role
from cpts_portal.core import pdf
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from cpts_portal.core.workflow import ATTEMPTS, STILL_MOVING
from territories.models import Cpts
from tests import contract_factories as make
from tests import factories
from tests.contracts.deal.signing import DAY, agreed, sign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def version() -> ContractVersion:
    """Two signatures are recorded; that of the fund is left."""
    cpts = factories.cpts()
    factories.in_territory(cpts, factories.commune(name="Andel", population=90_000))
    made = agreed(open_contract(cpts, day=DAY, by=None))
    for role in (Role.BOARD, Role.ARS_AGENT):
        sign(made, role)
    return made


@pytest.fixture
def layouts(monkeypatch) -> "Layouts":
    return Layouts(monkeypatch)


class Layouts:
    """How many transactions were open each time WeasyPrint laid a document out; `then` happens meanwhile."""

    def __init__(self, monkeypatch) -> None:
        self.depths: list[int] = []
        self.then: Callable[[], None] = lambda: None
        lay_out = weasyprint.HTML.write_pdf

        def watched(html, *args, **kwargs):
            self.depths.append(len(connection.savepoint_ids))
            self.then()
            return lay_out(html, *args, **kwargs)

        monkeypatch.setattr(weasyprint.HTML, "write_pdf", watched)


def test_the_page_of_the_third_signature_lays_the_document_out_outside_of_its_transaction(client, version, layouts):
    cpts = version.contract.cpts
    client.force_login(factories.fund_agent(cpts.lead_fund))
    review = Review.objects.get(pk=version.review_id)
    page = reverse("contracts:review-move", args=[cpts.pk, review.pk, "sign"])
    outside = len(connection.savepoint_ids)
    client.post(page, {"version": review.version, "on": f"{DAY:%Y-%m-%d}", "signatory": "Dominique Exemple"})
    version.refresh_from_db()
    assert version.sealed_at
    assert layouts.depths == [outside]


def test_the_sealed_document_is_the_one_laid_out_before(version, layouts):
    sign(version, Role.FUND_AGENT)
    version.refresh_from_db()
    with version.sealed_file.open("rb") as sealed:
        assert hashlib.sha256(sealed.read()).hexdigest() == version.file_sha256
    assert len(layouts.depths) == 1


def test_nothing_is_laid_out_for_somebody_late(version, layouts):
    review = Review.objects.get(pk=version.review_id)
    Review.objects.filter(pk=review.pk).update(version=review.version + 1)
    with pytest.raises(StaleEdit):
        sign_as_seen(version, review)
    assert layouts.depths == []


def sign_as_seen(version: ContractVersion, review: Review) -> None:
    """The signature of the fund, on the review as it was read."""
    data = {"signatory": "Dominique Exemple", "on": DAY}
    REVIEWS.make(review, "sign", make.act(None, Role.FUND_AGENT, version=str(review.version), data=data))


def test_what_changed_meanwhile_is_laid_out_again(version, layouts):
    cpts = version.contract.cpts

    def renamed() -> None:
        Cpts.objects.filter(pk=cpts.pk).update(name="du Goëlo")

    layouts.then = renamed
    sign(version, Role.FUND_AGENT)
    version.refresh_from_db()
    assert version.sealed_at
    assert len(layouts.depths) == 2


def test_a_file_that_never_rests_is_refused_and_nothing_is_written(version, layouts):
    cpts = version.contract.cpts

    def renamed() -> None:
        Cpts.objects.filter(pk=cpts.pk).update(name=f"du Goëlo {len(layouts.depths)}")

    layouts.then = renamed
    with pytest.raises(NotPossible, match=STILL_MOVING):
        sign(version, Role.FUND_AGENT)
    assert len(layouts.depths) == ATTEMPTS
    assert_unsigned(version)


def test_without_the_library_nothing_is_written(version, monkeypatch):
    def missing() -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "import_weasyprint", missing)
    with pytest.raises(NotPossible, match="Le contrat signé ne peut pas être établi"):
        sign(version, Role.FUND_AGENT)
    assert_unsigned(version)


def assert_unsigned(version: ContractVersion) -> None:
    version.refresh_from_db()
    assert (version.fund_signed_on, version.fund_signatory, version.sealed_at) == (None, "", None)
    assert version.contract.starts_on is None
    assert not ContractYear.objects.filter(contract=version.contract).exists()
