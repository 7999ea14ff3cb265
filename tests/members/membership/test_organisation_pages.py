"""Review of duplicates, mandates and elections, free fields and colleges: their pages."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from members.membership.adhesion import give_mandate
from members.models import College, Contact, CustomField, Mandate, Membership, Practice, Professional, Structure
from members.records.duplicates import pairs_to_review
from members.records.structure_duplicates import SAME_NAME, SAME_SIRET, merge_structures
from members.records.structure_duplicates import pairs_to_review as structure_pairs
from tests import factories
from tests import member_factories as make

pytestmark = pytest.mark.django_db
SIRET = "73282932000074"


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
def twins(ours):
    """The same person twice: the first is a member without RPPS, the second has a number and an address."""
    first = make.member(ours, civil_last_name="Martin", rpps="").professional
    second = make.professional(ours, civil_last_name="Martin", last_name="Martin-Durand", rpps=make.fictitious_rpps(9))
    with everything("test"):
        for person in (first, second):
            Contact.objects.create(professional=person, channel="email", value="m@example.org")
        Contact.objects.create(professional=second, channel="phone", value="02 96 00 00 00")
        give_mandate(second, office="treasurer", start=date(2025, 1, 1), by=None)
    return first, second


# --- Duplicates ---------------------------------------------------------------------------------------------------
def test_pairs_are_listed_compared_and_merged_after_a_confirmation(client, ours, coordinator, twins):
    first, second = twins
    compare = url("person-compare", ours.pk, first.pk, second.pk)
    assert compare in text(client.get(url("duplicates", ours.pk)))
    page = text(client.get(compare))
    assert "Martin-Durand" in page
    assert "02 96 00 00 00" in page
    answers = {"keep": "first", "rpps": "second", "last_name": "second", "versions": "0-0"}
    asked = client.post(compare, {**answers, "action": "review"})
    assert asked.status_code == 200
    assert "Repris de la fiche" in text(asked)
    with everything("test"):
        assert Professional.objects.filter(merged_into__isnull=False).count() == 0
    done = client.post(compare, {**answers, "action": "merge"})
    assert done.headers["Location"] == url("person-detail", ours.pk, first.pk)
    with everything("test"):
        kept = Professional.objects.get(pk=first.pk)
        assert (kept.rpps, kept.last_name) == (second.rpps, "Martin-Durand")
        assert sorted(kept.contacts.values_list("value", flat=True)) == ["02 96 00 00 00", "m@example.org"]
        assert [row.office for row in kept.mandates.all()] == ["treasurer"]
        assert pairs_to_review(ours) == []
    gone = client.get(url("person-detail", ours.pk, second.pk))
    assert "Cette fiche a été fusionnée" in text(gone)
    assert client.get(url("person-edit", ours.pk, second.pk)).status_code == 302


def test_a_pair_said_to_be_different_no_longer_shows(client, ours, coordinator, twins):
    first, second = twins
    compare = url("person-compare", ours.pk, first.pk, second.pk)
    assert client.post(compare, {"action": "apart"}).status_code == 302
    assert client.post(compare, {"action": "apart"}).status_code == 302
    assert "Aucun doublon à examiner" in text(client.get(url("duplicates", ours.pk)))
    assert compare not in text(client.get(url("person-detail", ours.pk, first.pk)))


def test_a_record_that_changed_meanwhile_is_read_again_before_merging(client, ours, coordinator, twins):
    first, second = twins
    compare = url("person-compare", ours.pk, first.pk, second.pk)
    assert client.post(compare, {"keep": "first", "versions": "0-7", "action": "merge"}).status_code == 409
    assert client.post(compare, {"action": "merge"}).status_code == 422
    with everything("test"):
        assert Professional.objects.filter(merged_into__isnull=False).count() == 0


def test_two_open_memberships_are_refused_in_words(client, ours, coordinator, twins):
    first, second = twins
    with everything("test"):
        Membership.objects.create(cpts=ours, professional=second, start=date(2025, 1, 1), accepted_on=date(2025, 1, 1))
    compare = url("person-compare", ours.pk, first.pk, second.pk)
    response = client.post(compare, {"keep": "first", "versions": "0-0", "action": "merge"})
    assert response.status_code == 422
    assert "adhésion en cours" in text(response)


def test_structures_are_reviewed_and_merged_likewise(client, ours, coordinator):
    commune = factories.commune()
    first = make.structure(ours, name="EHPAD du Lac", commune=commune, siret=SIRET)
    second = make.structure(ours, name="Ehpad du lac", commune=commune, siret=SIRET, finess="010780054")
    make.structure(ours, name="EHPAD du lac", commune=factories.commune())
    with everything("test"):
        person = make.professional(ours)
        Practice.objects.create(professional=person, structure=second)
        assert [pair.signs for pair in structure_pairs(ours)] == [(SAME_SIRET, SAME_NAME)]
    compare = url("structure-compare", ours.pk, first.pk, second.pk)
    assert compare in text(client.get(url("duplicates", ours.pk)))
    assert client.get(compare).status_code == 200
    answers = {"keep": "first", "finess": "second", "versions": "0-0", "action": "merge"}
    assert client.post(compare, answers).status_code == 302
    with everything("test"):
        kept = Structure.objects.get(pk=first.pk)
        assert kept.finess == "010780054"
        assert [row.professional for row in kept.practices.all()] == [person]
        assert structure_pairs(ours) == []
        with pytest.raises(NotPossible, match="déjà été fusionnée"):
            merge_structures(
                kept, Structure.objects.get(pk=second.pk), take_from_dropped=[], on=date(2026, 6, 1), by=None
            )


def test_the_review_takes_as_many_queries_for_one_pair_as_for_three(
    client, ours, coordinator, twins, django_assert_num_queries
):
    page = url("duplicates", ours.pk)
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for name in ("Abc", "Def"):
        for _ in range(2):
            make.professional(ours, civil_last_name=name, rpps="")
    with django_assert_num_queries(len(one)):
        assert client.get(page).context["people_total"] == 3


# --- Mandates -----------------------------------------------------------------------------------------------------
def test_mandates_are_read_today_and_at_a_date(client, ours, coordinator):
    before, now = make.professional(ours, civil_last_name="Avant"), make.professional(ours, civil_last_name="Depuis")
    with everything("test"):
        give_mandate(before, office="president", start=date(2020, 1, 1), end=date(2024, 1, 1), by=None)
        give_mandate(now, office="president", start=date(2024, 1, 1), by=None)
        give_mandate(now, office="mission_lead", subject="Soins non programmés", start=date(2024, 1, 1), by=None)

    def held(query: dict) -> list[str]:
        groups = client.get(url("mandates", ours.pk), query).context["groups"]
        return [str(row["mandate"]) for _title, rows in groups for row in rows]

    assert held({}) == ["Présidence – Dominique Depuis", "Référence de mission – Dominique Depuis"]
    assert held({"jour": "2023-12-31"}) == ["Présidence – Dominique Avant"]
    assert len(held({"jour": "jamais"})) == 2


def test_a_mandate_is_given_then_ended(client, ours, coordinator):
    person = make.professional(ours, civil_last_name="Martin")
    add = url("mandate-add", ours.pk)
    assert f"Dominique Martin (n° {person.pk})" in text(client.get(add, {"personne": person.pk}))
    data = {"professional": "martin dominique", "office": "president", "start": "2025-01-01"}
    assert client.post(add, data).status_code == 302
    refused = client.post(add, data)
    assert refused.status_code == 422
    assert "ce mandat est tenu par Dominique Martin" in text(refused)
    with everything("test"):
        mandate = Mandate.objects.get()
    end = url("mandate-end", ours.pk, mandate.pk)
    assert client.post(end, {"on": "2024-01-01"}).status_code == 422
    assert client.post(end, {"on": "2026-01-01"}).status_code == 302
    mandate.refresh_from_db()
    assert mandate.end == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"professional": "Inconnue"}, "Aucune personne du registre"),
        ({"professional": "Dominique Martin"}, "Plusieurs fiches portent ce nom"),
        ({"office": "mission_lead"}, "Indiquez la mission"),
        ({"end": "2020-01-01"}, "postérieure"),
    ],
)
def test_a_mandate_badly_filled_comes_back(client, ours, coordinator, changes, message):
    people = [make.professional(ours, civil_last_name="Martin") for _ in range(2)]
    data = {"professional": f"Dominique Martin (n° {people[0].pk})", "office": "director", "start": "2025-01-01"}
    response = client.post(url("mandate-add", ours.pk), {**data, **changes})
    assert response.status_code == 422
    assert message in text(response)


def test_an_election_lists_the_mandates_the_presidency_first(client, ours, coordinator):
    offices = ["mission_lead", "director", "director", "secretary", "president"]
    people = [
        make.professional(ours, civil_last_name=name) for name in ("Abgrall", "Éven", "Dréan", "Cadiou", "Le Bihan")
    ]
    with everything("test"):
        for person, office in zip(people, offices, strict=True):
            give_mandate(person, office=office, subject="prévention", start=date(2025, 1, 1), by=None)
    ended = client.get(url("mandates-election", ours.pk)).context["form"].fields["ended"].queryset
    with everything("test"):
        names = [row.professional.civil_last_name for row in ended]
    assert names == ["Le Bihan", "Cadiou", "Dréan", "Éven", "Abgrall"]


def test_an_election_ends_and_gives_offices_together_or_not_at_all(client, ours, coordinator):
    old, new = make.professional(ours, civil_last_name="Ancienne"), make.professional(ours, civil_last_name="Nouvelle")
    with everything("test"):
        president = give_mandate(old, office="president", start=date(2020, 1, 1), by=None)
    page = url("mandates-election", ours.pk)
    assert client.get(page).status_code == 200
    rows = {"elus-TOTAL_FORMS": "2", "elus-INITIAL_FORMS": "0", "elus-0-professional": f"(n° {new.pk})",
            "elus-0-office": "president", "elus-1-professional": "", "elus-1-office": ""}  # fmt: skip
    refused = client.post(page, {"on": "2026-01-01", **rows})
    assert refused.status_code == 422
    assert "Ancienne" in text(refused)
    assert client.post(page, {"on": "2026-01-01", "ended": [president.pk], **rows}).status_code == 302
    with everything("test"):
        assert list(Mandate.objects.order_by("start").values_list("professional", "end")) == [
            (old.pk, date(2026, 1, 1)),
            (new.pk, None),
        ]
    assert (
        client.post(page, {"on": "2026-02-01", **rows, "elus-0-professional": "", "elus-0-office": ""}).status_code
        == 422
    )


# --- Free fields and colleges -------------------------------------------------------------------------------------
def test_a_free_field_is_added_renamed_moved_and_retired(client, ours, coordinator):
    for label in ("Langues", "Casier"):
        data = {"label": label, "target": "person", "kind": "text"}
        assert client.post(url("custom-field-add", ours.pk), data).status_code == 302
    assert client.post(url("custom-field-add", ours.pk), data).status_code == 422
    with everything("test"):
        first, second = CustomField.objects.order_by("rank")
    client.post(url("custom-field-move", ours.pk, second.pk), {"sens": "haut"})
    client.post(url("custom-field-edit", ours.pk, first.pk), {"label": "Langues parlées"})
    client.post(url("custom-field-retire", ours.pk, second.pk))
    with everything("test"):
        assert list(CustomField.objects.order_by("rank").values_list("label", "key", "is_active")) == [
            ("Casier", "casier", False),
            ("Langues parlées", "langues", True),
        ]
    page = text(client.get(url("custom-fields", ours.pk)))
    assert "Remettre en service" in page
    client.post(url("custom-field-retire", ours.pk, second.pk))
    assert "Remettre en service" not in text(client.get(url("custom-fields", ours.pk)))
    assert client.get(url("custom-field-move", ours.pk, second.pk)).status_code == 405


def test_a_college_in_use_is_renamed_never_deleted(client, ours, coordinator):
    used, unused = make.college(ours, "Libéraux"), make.college(ours, "Essai")
    make.member(ours, college=used)
    assert client.post(url("college-add", ours.pk), {"name": "Libéraux"}).status_code == 422
    assert client.post(url("college-add", ours.pk), {"name": "Usagers"}).status_code == 302
    assert client.post(url("college-edit", ours.pk, used.pk), {"name": "Soins de ville"}).status_code == 302
    refused = client.post(url("college-delete", ours.pk, used.pk))
    assert refused.status_code == 422
    assert "des adhésions" in text(refused)
    assert client.post(url("college-delete", ours.pk, unused.pk)).status_code == 302
    client.post(url("college-move", ours.pk, used.pk), {"sens": "bas"})
    with everything("test"):
        assert list(College.objects.values_list("name", flat=True)) == ["Usagers", "Soins de ville"]
    assert "Soins de ville" in text(client.get(url("colleges", ours.pk)))


PAGES = ("duplicates", "mandates", "custom-fields", "colleges", "structures")
WRITING = ("person-add", "structure-add", "mandate-add", "mandates-election", "custom-field-add", "college-add")


def test_the_board_reads_these_pages_and_changes_nothing(client, ours):
    client.force_login(factories.board_member(ours))
    assert {name: client.get(url(name, ours.pk)).status_code for name in PAGES} == dict.fromkeys(PAGES, 200)
    assert {name: client.get(url(name, ours.pk)).status_code for name in WRITING} == dict.fromkeys(WRITING, 403)
    assert {name: client.post(url(name, ours.pk)).status_code for name in WRITING} == dict.fromkeys(WRITING, 403)


def test_agents_and_other_cpts_do_not_read_these_pages(client, ours):
    client.force_login(factories.fund_agent(ours.lead_fund))
    assert {client.get(url(name, ours.pk)).status_code for name in (*PAGES, *WRITING)} == {403}
    client.force_login(factories.coordinator(factories.cpts()))
    assert {client.get(url(name, ours.pk)).status_code for name in (*PAGES, *WRITING)} == {404}
    client.logout()
    assert {client.get(url(name, ours.pk)).status_code for name in (*PAGES, *WRITING)} == {302}
