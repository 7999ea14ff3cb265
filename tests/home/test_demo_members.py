"""The registers of the demonstration: the printed figures, made-up people, nothing overwritten."""

from collections import Counter
from datetime import date

import pytest
from stdnum import luhn

from cpts_portal.core.history import save_as
from cpts_portal.core.scoping import everything
from cpts_portal.home import demo
from cpts_portal.home.demo_members import fill_registers
from cpts_portal.home.demo_registers import REGISTERS
from members.figures.statistics import count_members, members_by_category, members_by_college
from members.models import Contact, Due, Mandate, Membership, Payment, Practice, Professional, Structure
from members.privacy.retention import to_anonymise
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TABLES = (Professional, Structure, Membership, Mandate, Practice, Contact, Due, Payment)
PRINTED_IN_2019 = [
    ("médecins libéraux", 7),
    ("médecins hospitaliers", 3),
    ("IDEL", 9),
    ("IDE salarié", 1),
    ("dentistes", 3),
    ("pharmaciens", 6),
    ("laboratoire", 1),
    ("sage-femme", 1),
    ("masseurs-kinésithérapeutes", 3),
    ("orthoptiste", 1),
    ("orthophoniste", 1),
    ("opticiens", 5),
    ("transports sanitaires", 2),
    ("CH", 2),
    ("EHPAD", 3),
    ("soins à domicile", 5),
    ("autres", 3),
]


def empty_cpts():
    """One CPTS for each register, with two communes."""
    found = {wanted.key: factories.cpts(wanted.key) for wanted in demo.CPTS}
    for each in found.values():
        for _ in range(2):
            factories.in_territory(each, factories.commune())
    return found


def fill_for_tests():
    found = empty_cpts()
    with everything("test data"):
        fill_registers(found, by=factories.administrator(), made=Counter())
    return found


@pytest.fixture
def cpts():
    return empty_cpts()


@pytest.fixture
def made(cpts):
    counter = Counter()
    fill_registers(cpts, by=factories.administrator(), made=counter)
    return counter


def counts():
    return {model.__name__: model.objects.count() for model in TABLES}


def test_north_cantal_has_the_members_of_its_printed_table(cpts, made):
    found = members_by_category(cpts["nord-cantal"], date(2019, 12, 31))
    assert [(row.label, row.count) for row in found] == PRINTED_IN_2019
    assert sum(row.count for row in found) == 56
    assert sum(members_by_college(cpts["nord-cantal"], date(2019, 12, 31)).values()) == 56


def test_ploermel_has_its_members_of_may_2024_and_more_people_who_take_part(cpts, made):
    ploermel = cpts["ploermel"]
    assert count_members(ploermel, date(2024, 5, 31)) == 59
    without = Professional.objects.filter(cpts=ploermel, memberships__isnull=True)
    assert without.count() == 18
    assert 59 + without.count() == 77


def test_each_register_has_a_board_of_six_whose_members_hold_one_office_each(cpts, made):
    six = list(Mandate.Office.values[:6])
    for each in cpts.values():
        board = Mandate.objects.filter(cpts=each, office__in=six)
        assert sorted(board.values_list("office", flat=True)) == sorted(six)
        assert board.values("professional").distinct().count() == 6
        holders = Membership.objects.filter(cpts=each, professional__in=board.values("professional"))
        assert holders.members_on(date(2026, 11, 22)).count() == 6


def test_people_numbers_and_addresses_are_made_up(cpts, made):
    numbers = list(Professional.objects.exclude(rpps="").values_list("rpps", flat=True))
    assert len(numbers) == len(set(numbers)) > 200
    assert [number for number in numbers if not (number.startswith("99") and luhn.is_valid(number))] == []
    addresses = Contact.objects.filter(channel__in=["email", "mss"]).values_list("value", flat=True)
    assert [address for address in addresses if not address.endswith("demo.example")] == []
    mobiles = Contact.objects.filter(channel="mobile").values_list("value", flat=True)
    assert [number for number in mobiles if not number.startswith("06 39 98 ")] == []
    for each in cpts.values():
        people = Professional.objects.filter(cpts=each)
        assert people.values("civil_first_name", "civil_last_name").distinct().count() == people.count()


def test_it_can_be_searched_has_a_history_and_something_to_anonymise(cpts, made):
    assert Professional.objects.filter(search="").count() == 0
    assert Professional.history.count() == Professional.objects.count()
    assert Membership.history.filter(history_change_reason="Données de démonstration").count() > 0
    assert to_anonymise(cpts["nord-cantal"], today=date(2026, 11, 22)).count() == 2


def test_a_second_call_writes_nothing_and_a_register_in_use_is_left_alone(cpts):
    own = make.professional(cpts["ploermel"], civil_last_name="Saisie-Avant")
    made = Counter()
    fill_registers(cpts, by=factories.administrator(), made=made)
    assert list(Professional.objects.filter(cpts=cpts["ploermel"])) == [own]
    assert made["people"] == Professional.objects.count() - 1
    assert made["payments"] == Payment.objects.count()

    someone = Professional.objects.filter(cpts=cpts["nord-cantal"]).first()
    someone.civil_last_name = "Corrigé-Depuis"
    save_as(someone, by=None)
    before, again = counts(), Counter()
    fill_registers(cpts, by=None, made=again)
    assert (counts(), sum(again.values())) == (before, 0)
    assert Professional.objects.get(pk=someone.pk).civil_last_name == "Corrigé-Depuis"


def test_every_demonstration_cpts_has_its_register():
    assert {wanted.key for wanted in REGISTERS} == {wanted.key for wanted in demo.CPTS}
