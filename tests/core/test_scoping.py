"""A scope that cannot be forgotten."""

import pytest

from cpts_portal.core.scoping import ScopeMissing, everything, scope
from territories.models import Cpts, CptsCommune
from tests import factories

pytestmark = pytest.mark.django_db


def test_reading_without_a_scope_raises():
    with pytest.raises(ScopeMissing):
        list(Cpts.objects.all())


def test_a_scope_shows_its_cpts_only():
    ours, other = factories.cpts("A"), factories.cpts("B")
    with scope([ours.pk]):
        assert list(Cpts.objects.all()) == [ours]
    with everything("test"):
        assert list(Cpts.objects.all()) == [ours, other]
    with scope([]):
        assert list(Cpts.objects.all()) == []


def test_a_queryset_built_before_the_scope_is_filtered_when_it_runs():
    ours, _other = factories.cpts("A"), factories.cpts("B")
    built_early = Cpts.objects.order_by("name")
    with scope([ours.pk]):
        assert list(built_early) == [ours]


def test_reverse_relations_are_scoped_too():
    ours, other = factories.cpts("A"), factories.cpts("B")
    shared = factories.commune("35238")
    factories.in_territory(ours, shared, inhabitants=100)
    factories.in_territory(other, shared, inhabitants=200)
    with scope([ours.pk]):
        assert [link.cpts_id for link in shared.cpts_links.all()] == [ours.pk]
        assert CptsCommune.objects.count() == 1


def test_update_delete_and_aggregate_stay_inside_the_scope():
    ours, other = factories.cpts("A"), factories.cpts("B")
    with scope([ours.pk]):
        assert Cpts.objects.filter(name__in=["A", "B"]).update(phone="01") == 1
    other.refresh_from_db()
    assert other.phone == ""


def test_scope_ids_are_asked_once_and_only_when_needed():
    asked = []
    with scope(lambda: asked.append(1) or [1]):
        assert asked == []
        list(Cpts.objects.all())
        list(Cpts.objects.all())
    assert asked == [1]


def test_everything_wants_a_reason():
    with pytest.raises(ValueError, match="reason"):
        everything("  ")
