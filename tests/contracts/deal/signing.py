"""The three parties agree on a version and sign it, through the life cycle."""

from datetime import date

from contracts.models import ContractVersion, Review
from contracts.review.lifecycle import REVIEWS
from cpts_portal.accounts.roles import Role
from tests import contract_factories as make

DAY = date(2026, 3, 2)


def agreed(version: ContractVersion) -> ContractVersion:
    """The three agreed: what is left is to sign."""
    Review.objects.filter(pk=version.review_id).update(
        status="agreed", submitted_on=DAY, number=1,
        ars_agreed_at=make.NOON, fund_agreed_at=make.NOON, cpts_agreed_at=make.NOON,
    )  # fmt: skip
    return version


def signed(version, *, name="Dominique Exemple, présidente", on=DAY):
    """The three signatures of a version that the three parties agreed on."""
    agreed(version)
    for role in (Role.BOARD, Role.ARS_AGENT, Role.FUND_AGENT):
        sign(version, role, name=name, on=on)
    version.refresh_from_db()
    return version


def sign(version, role, *, name="Dominique Exemple", on=DAY):
    review = Review.objects.get(pk=version.review_id)
    act = make.act(None, role, version=str(review.version), data={"signatory": name, "on": on})
    return REVIEWS.make(review, "sign", act)
