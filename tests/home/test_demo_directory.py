"""The national directory of the demonstration: as many people as its territories hold, movements, links, proposals."""

from collections import Counter
from datetime import date

import pytest
from stdnum import luhn

from cpts_portal.home.demo_directory import LIBERALS, fill_directory
from cpts_portal.home.demo_registers import REGISTERS
from members.directory.imports import (
    as_text,
    counts_by_profession,
    practices_in,
    propose_links,
    sentences_for,
    structure_counts,
    structures_of,
)
from members.directory.structures import KnownStructure, differing, structure_state
from members.figures.statistics import count_members
from members.models import DirectoryEntry, DirectoryImport, DirectoryPractice, DirectoryStructure, Professional
from tests import factories
from tests.home.test_demo_members import fill_for_tests

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TODAY = date(2026, 11, 22)


@pytest.fixture
def cpts():
    return fill_for_tests()


@pytest.fixture
def made(cpts):
    counter = Counter()
    fill_directory(cpts, today=TODAY, by=factories.administrator(), made=counter)
    return counter


def test_each_territory_has_about_its_number_of_liberals_and_some_move(cpts, made):
    assert set(LIBERALS) == {wanted.key for wanted in REGISTERS}
    for key, wanted in LIBERALS.items():
        liberals = practices_in(cpts[key], TODAY).filter(mode="L").values("entry").distinct().count()
        assert abs(liberals - wanted) <= wanted * 0.06, (key, liberals)
        assert sum(counts_by_profession(cpts[key], TODAY).values()) > 2 * count_members(cpts[key], TODAY)
        first = sentences_for(cpts[key])[0]
        assert {piece.kind for piece in first} == {"arrivals", "departures"}, as_text(first)
        assert {kind for kind, _ in structure_counts(cpts[key])} == {"arrivals", "departures"}


def test_people_and_structures_are_made_up_and_imported_without_a_doubt(made):
    numbers = [*DirectoryEntry.objects.values_list("rpps", flat=True)]
    numbers += DirectoryStructure.objects.values_list("finess", flat=True)
    assert [number for number in numbers if not (number.startswith("99") and luhn.is_valid(number))] == []
    for done in DirectoryImport.objects.all():
        assert (done.counts["refused"], done.counts["doubtful_keys"]) == (0, 0)
    assert made["entries"] == DirectoryEntry.objects.count()
    assert made["finess"] == DirectoryStructure.objects.count()


def test_most_records_are_linked_and_some_are_only_proposed(cpts, made):
    for key, each in cpts.items():
        linked = Professional.objects.filter(cpts=each, directory_entry__isnull=False).count()
        proposed = propose_links(each, day=TODAY)
        assert linked > len(proposed) > 2, key
        assert {proposal.certainty for proposal in proposed} == {"certain", "probable"}
    nord = cpts["nord-cantal"]
    known = structures_of(nord, TODAY).annotate(state=structure_state(nord, TODAY)).values_list("state", flat=True)
    states = Counter(known)
    assert min(states[KnownStructure.MEMBER], states[KnownStructure.LOOK_ALIKE], states[KnownStructure.UNKNOWN]) > 2
    assert differing(nord, TODAY)


def test_it_is_loaded_once_and_never_over_another_import(cpts, made):
    tables = (DirectoryEntry, DirectoryPractice, DirectoryStructure, DirectoryImport)
    before, again = [table.objects.count() for table in tables], Counter()
    fill_directory(cpts, today=date(2026, 12, 25), by=None, made=again)
    assert ([table.objects.count() for table in tables], sum(again.values())) == (before, 0)


def test_without_any_territory_nothing_is_loaded():
    bare = {wanted.key: factories.cpts(wanted.key) for wanted in REGISTERS}
    fill_directory(bare, today=TODAY, by=None, made=Counter())
    assert DirectoryImport.objects.count() == 0
