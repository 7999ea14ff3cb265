"""The search and order columns of the register, whoever writes the row."""

import pytest

from cpts_portal.core.history import create_many, save_as, update_many
from members.models import Professional, Structure
from tests import factories, member_factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]


@pytest.fixture
def written():
    return Professional(
        cpts=factories.cpts(),
        civil_first_name="Maëlle",
        civil_last_name="Le Goff",
        last_name="Élan",
        rpps="99000000018",
        profession=member_factories.profession(),
    )


def columns(person: Professional) -> tuple[str, str]:
    return Professional.objects.values_list("search", "sort_name").get(pk=person.pk)


def test_a_single_save_fills_them(written):
    save_as(written, by=None)
    assert columns(written) == ("maelle le goff elan 99000000018", "elan maelle")


def test_a_bulk_creation_fills_them(written):
    (made,) = create_many(Professional, [written], by=None)
    assert columns(made) == ("maelle le goff elan 99000000018", "elan maelle")


def test_a_bulk_update_fills_them_again(written):
    save_as(written, by=None)
    written.last_name = ""
    update_many(Professional, [written], ["last_name"], by=None)
    assert columns(written) == ("maelle le goff 99000000018", "le goff maelle")
    assert written.history.count() == 2


def test_structures_are_found_by_number_and_representative():
    found = member_factories.structure(
        factories.cpts(), name="EHPAD de l’Étang", finess="990000009", representative_name="Zoé Hervé"
    )
    assert Structure.objects.values_list("search", "sort_name").get(pk=found.pk) == (
        "ehpad de l etang 990000009 zoe herve",
        "ehpad de l etang",
    )
