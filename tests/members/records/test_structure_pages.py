"""Structures of the register: list, card, form; amounts of dues on the cards."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpts_portal.core.scoping import everything
from members.models import Practice, Structure
from members.records.duplicates import merge
from members.records.views.card_rows import represented_by
from tests import factories
from tests import member_factories as make

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"members:{name}", args=args)


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def ours():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordinator(client, ours):
    user = factories.coordinator(ours)
    client.force_login(user)
    return user


@pytest.fixture
def commune():
    return factories.commune("22093", "Lamballe-Armor")


def structure_data(**changes) -> dict:
    return {"kind": "care_home", "name": "EHPAD du Lac", "finess": "", "siret": "", "address": "", "commune": "",
            "email": "", "phone": "", "representative_name": "", "representative_title": "", "version": "0",
            "seen": "", **changes}  # fmt: skip


def test_a_structure_is_added_listed_and_corrected(client, ours, coordinator, commune):
    response = client.post(url("structure-add", ours.pk), structure_data(commune="22093", phone="0296000000"))
    with everything("test"):
        made = Structure.objects.get()
    assert response.headers["Location"] == url("structure-detail", ours.pk, made.pk)
    assert (made.commune, made.phone) == (commune, "02 96 00 00 00")
    page = client.get(url("structures", ours.pk), {"q": "ehpad"})
    assert page.context["total"] == 1
    assert made.name in text(page)
    edit = url("structure-edit", ours.pk, made.pk)
    assert client.post(edit, structure_data(name="EHPAD du Bois")).status_code == 302
    stale = client.post(edit, structure_data(name="EHPAD du Pré"))
    assert stale.status_code == 409
    assert ("Nom", "EHPAD du Bois", "EHPAD du Pré") in stale.context["comparison"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"siret": "12345678901234"}, "SIRET"),
        ({"finess": "12"}, "9 caractères"),
        ({"finess": "010780055"}, "Enregistrer ce numéro FINESS malgré tout"),
        ({"phone": "xx"}, "numéro de téléphone"),
        ({"name": ""}, "obligatoire"),
    ],
)
def test_a_structure_with_a_bad_number_comes_back(client, ours, coordinator, changes, message):
    response = client.post(url("structure-add", ours.pk), structure_data(**changes))
    assert response.status_code == 422
    assert message in text(response)


def test_a_structure_that_looks_like_another_is_shown_first(client, ours, coordinator, commune):
    known = make.structure(ours, name="Ehpad du LAC", commune=commune)
    data = structure_data(commune="22093")
    response = client.post(url("structure-add", ours.pk), data)
    assert response.status_code == 422
    assert url("structure-detail", ours.pk, known.pk) in text(response)
    assert client.post(
        url("structure-add", ours.pk), {**data, "another_structure": "on", "seen": known.pk}
    ).status_code == 302  # fmt: skip


def test_the_card_of_a_structure_names_who_practises_there_and_the_list_counts_its_queries(
    client, ours, coordinator, commune, django_assert_num_queries
):
    membership = make.member_structure(ours, name="EHPAD A", commune=commune)
    person = make.professional(ours)
    with everything("test"):
        Practice.objects.create(professional=person, structure=membership.structure)
    page = text(client.get(url("structure-detail", ours.pk, membership.structure_id)))
    assert str(person) in page
    assert "Adhérent" in page
    listed = url("structures", ours.pk)
    client.get(listed)
    with CaptureQueriesContext(connection) as one:
        client.get(listed)
    for _ in range(2):
        make.member_structure(ours, commune=factories.commune())
    with django_assert_num_queries(len(one)):
        assert client.get(listed).context["total"] == 3
    assert client.get(listed, {"member": "no"}).context["total"] == 0


def test_the_representative_may_be_a_person_of_the_register_and_both_cards_say_so(client, ours, coordinator):
    person = make.professional(ours, civil_first_name="Zoé", civil_last_name="Hervé")
    other = make.professional(ours, civil_last_name="Autre")
    house = make.structure(
        ours, name="EHPAD du Lac", representative_name="Mme Herve", representative_title="Directrice"
    )
    edit, card = url("structure-edit", ours.pk, house.pk), url("structure-detail", ours.pk, house.pk)
    typed = structure_data(
        representative_name="Mme Herve", representative_title="Directrice", representative="herve zoe"
    )
    assert client.post(edit, {**typed, "representative": "Personne d’inconnu"}).status_code == 422
    assert client.post(edit, typed).status_code == 302
    with everything("test"):
        house.refresh_from_db()
    assert (house.representative, house.representative_name) == (person, "Mme Herve")
    link = f'<a href="{url("person-detail", ours.pk, person.pk)}">Mme Herve</a>, Directrice'
    assert link in text(client.get(card))
    assert "EHPAD du Lac" in text(client.get(url("person-detail", ours.pk, person.pk)))
    assert "EHPAD du Lac" not in text(client.get(url("person-detail", ours.pk, other.pk)))
    assert f"Zoé Hervé (n° {person.pk})" in text(client.get(edit))
    again = client.post(edit, {**typed, "version": "1", "representative_name": ""})
    assert again.status_code == 302
    with everything("test"):
        assert Structure.objects.get().representative_name == "Zoé Hervé"


def test_somebody_of_another_register_represents_nobody_here(client, ours, coordinator):
    theirs = make.professional(factories.cpts(), civil_last_name="Voisine")
    house = make.structure(ours)
    sent = structure_data(representative=f"Dominique Voisine (n° {theirs.pk})")
    assert client.post(url("structure-edit", ours.pk, house.pk), sent).status_code == 422


def test_a_representative_recorded_twice_stays_the_representative(ours):
    with everything("test"):
        keep, drop = make.professional(ours, rpps=""), make.professional(ours)
        house = make.structure(ours, representative=drop)
        merge(keep, drop, take_from_dropped=[], on=date(2026, 6, 1), by=None)
        house.refresh_from_db()
        assert house.representative == keep
        assert list(represented_by(keep)) == [house]
