"""What a person did and was paid follows her when two records of hers become one."""

from datetime import date
from decimal import Decimal

import pytest

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from members.models import Professional
from members.records.duplicates import merge
from missions.models import BankAccount, CeilingAccount, GroupMember
from missions.pay.bank import save_account
from missions.pay.ceiling import room_of
from tests import factories, member_factories
from tests import mission_factories as make
from tests.missions.pay.steps import approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def cpts():
    with everything("test"):
        yield factories.cpts("du Penthièvre")


@pytest.fixture
def two(cpts) -> tuple[Professional, Professional]:
    """The record that stays has an RPPS number, the other none."""
    return member_factories.professional(cpts), member_factories.professional(cpts, rpps="")


def merged(keep: Professional, drop: Professional) -> Professional:
    by = factories.coordinator(keep.cpts)
    return merge(keep, drop, take_from_dropped=[], on=date(2026, 6, 1), by=by)


def test_attendances_groups_actions_and_account_follow(cpts, two):
    keep, drop = two
    group, action = make.group(cpts), make.action(cpts)
    attendance = make.attendance(make.meeting(cpts), drop)
    for person in two:
        GroupMember.objects.create(group=group, professional=person, start=date(2026, 1, 1))
    action.leads.add(drop)
    save_account(drop, holder="Essai", number="FR7630006000011234567890189", bic_code="", by=None)
    merged(keep, drop)
    attendance.refresh_from_db()
    assert attendance.professional == keep
    assert [row.professional for row in GroupMember.objects.all()] == [keep]
    assert list(action.leads.all()) == [keep]
    assert BankAccount.objects.get().professional == keep


def test_what_was_granted_to_both_counts_under_one_ceiling(cpts, two):
    keep, drop = two
    approved(keep, "1000.00")
    approved(drop, "500.00")
    merged(keep, drop)
    assert room_of(keep, 2026).granted == Decimal("1500.00")
    assert CeilingAccount.objects.get(person_key=keep.rpps, year=2026).granted == Decimal("1500.00")


def test_two_records_on_one_list_are_not_merged_and_nothing_moves(cpts, two):
    keep, drop = two
    meeting = make.meeting(cpts, title="Soirée")
    rows = [make.attendance(meeting, person) for person in two]
    with pytest.raises(NotPossible, match="Soirée"):
        merged(keep, drop)
    for row, person in zip(rows, two, strict=True):
        row.refresh_from_db()
        assert row.professional == person
    drop.refresh_from_db()
    assert drop.merged_into is None
