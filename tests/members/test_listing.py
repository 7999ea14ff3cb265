"""The register as lists read it: who matches each question, on both databases, in each order."""

from datetime import date

import pytest

from members.adhesion import apply_for_membership, give_mandate, refuse
from members.listing import OUTSIDE, Criteria, DuesFilter, Kind, RegisterRows, Situation
from members.models import Contact, Due, Practice, Professional
from members.dues import PaymentOrder, exempt, record_payments
from tests import factories, member_factories
from tests.member_factories import member, member_structure, professional, structure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TODAY = date(2026, 6, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


def wanted(cpts, **asked) -> Criteria:
    return Criteria(cpts=cpts, **{"day": TODAY, "year": 2026, **asked})


def names(cpts, order="name", **asked) -> list[str]:
    return [str(entry) for entry in RegisterRows(wanted(cpts, **asked)).order_by(order)]


def test_x(cpts):
    member(cpts, civil_last_name="Zola")
    member_structure(cpts, name="EHPAD")
    assert names(cpts) == ["EHPAD", "Dominique Zola"]
    for order in ("name","profession","commune","college","since"):
        assert len(names(cpts, order)) == 2
        assert len(names(cpts, "-"+order, situation="all")) == 2
    rows = RegisterRows(wanted(cpts))
    assert rows.count() == 2
    assert [str(r) for r in rows[0:1]] == ["EHPAD"]
