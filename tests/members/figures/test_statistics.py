"""Figures of a register."""

from datetime import date

import pytest

from members.figures.statistics import (
    Rate,
    count_members,
    evolution,
    members_by_category,
    members_by_college,
    members_by_commune,
    members_by_profession,
    rates,
)
from members.membership.adhesion import leave
from members.models import Practice
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
DAY = date(2026, 6, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


def test_persons_and_structures_are_counted_together_by_category(cpts):
    town = factories.commune()
    doctor = make.profession("10")
    make.member(cpts, profession=doctor, commune=town)
    make.member(cpts, profession=doctor, commune=town, mode="S")
    both = make.member(cpts, profession=doctor, commune=town, mode="S")
    Practice.objects.create(professional=both.professional, mode="L", start=date(2020, 1, 1))
    make.member(cpts, commune=town)
    make.member_structure(cpts, kind="care_home")
    make.member_structure(cpts, kind="care_home")
    make.member_structure(cpts, kind="patients")
    found = [(line.count, line.label) for line in members_by_category(cpts, DAY)]
    assert found == [
        (2, "médecins libéraux"),
        (1, "médecin hospitalier"),
        (1, "IDEL"),
        (2, "EHPAD"),
        (1, "autre"),
    ]


def test_the_table_of_a_past_day_does_not_change_when_somebody_leaves(cpts):
    membership = make.member(cpts)
    before = members_by_category(cpts, date(2025, 12, 31))
    leave(membership, on=date(2026, 2, 1), reason="Retraite", by=None)
    assert members_by_category(cpts, date(2025, 12, 31)) == before
    assert members_by_category(cpts, DAY) == []


def test_evolution_year_by_year(cpts):
    make.member(cpts, start=date(2023, 5, 1))
    make.member(cpts, start=date(2024, 12, 31))
    make.member(cpts, start=date(2024, 2, 1), end=date(2025, 12, 31))
    assert evolution(cpts, until=DAY) == [
        (date(2023, 12, 31), 1),
        (date(2024, 12, 31), 3),
        (date(2025, 12, 31), 2),
        (DAY, 2),
    ]
    assert evolution(factories.cpts(), until=DAY) == []


def test_by_college_profession_and_commune(cpts):
    town = factories.commune()
    care = make.college(cpts, "Soignants")
    make.member(cpts, college=care, commune=town)
    make.member(cpts, profession=make.profession("10"), commune=town)
    assert members_by_college(cpts, DAY) == {"Soignants": 1, "Sans collège": 1}
    assert members_by_profession(cpts, DAY) == {"Infirmier": 1, "Médecin": 1}
    assert members_by_commune(cpts, DAY) == {town.pk: 2}
    assert count_members(cpts, DAY) == 2


def test_a_rate_says_when_it_cannot_be_computed_or_is_doubtful():
    found = rates({"Médecin": 3, "Psychologue": 1}, {"Médecin": 12, "Infirmier": 20})
    assert [(r.label, r.percent) for r in found] == [("Infirmier", 0.0), ("Médecin", 25.0), ("Psychologue", None)]
    assert Rate("Opticien", 3, 2).is_doubtful


def test_two_queries_whatever_the_size(cpts, django_assert_num_queries):
    for count in (1, 3):
        for _ in range(count):
            make.member(cpts, commune=factories.commune())
        with django_assert_num_queries(2):
            members_by_category(cpts, DAY)
