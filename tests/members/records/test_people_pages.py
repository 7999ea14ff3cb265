"""Card and form of a person: what each role sees, what a coordinator types, what comes back."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpts_portal.accounts.models import Access
from cpts_portal.core.scoping import everything
from members.membership.adhesion import enrol, give_mandate, leave
from members.membership.custom_fields import add_field
from members.models import Contact, Practice, Professional, Specialty
from members.records.duplicates import known_apart
from members.records.registration import PersonFields, update_person
from tests import factories
from tests import member_factories as make

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"members:{name}", args=args)


def card(person: Professional) -> str:
    return url("person-detail", person.cpts_id, person.pk)


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def ours():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordinator(client, ours):
    user = factories.coordinator(ours, first_name="Camille", last_name="Coordination")
    client.force_login(user)
    return user


@pytest.fixture
def commune():
    return factories.commune("22093", "Lamballe-Armor")


def typed(*, contacts=(), practices=(), initial=(0, 0), **changes) -> dict:
    """The form as a browser sends it."""
    data = {"civil_last_name": "Essai", "civil_first_name": "Dominique", "last_name": "", "rpps": "",
            "profession": make.profession().pk, "version": "0", "seen": "",
            "contacts-TOTAL_FORMS": len(contacts), "contacts-INITIAL_FORMS": initial[0],
            "practices-TOTAL_FORMS": len(practices), "practices-INITIAL_FORMS": initial[1], **changes}  # fmt: skip
    for prefix, rows in (("contacts", contacts), ("practices", practices)):
        for index, row in enumerate(rows):
            data.update({f"{prefix}-{index}-{name}": value for name, value in row.items()})
    return data


def only_person() -> Professional:
    with everything("test"):
        return Professional.objects.get()


# --- Card ---------------------------------------------------------------------------------------------------------
def test_the_card_tells_everything_about_a_person(client, ours, coordinator, commune):
    membership = make.member(ours, commune=commune, civil_last_name="Martin", college=make.college(ours, "Libéraux"))
    person = membership.professional
    with everything("test"):
        Contact.objects.create(professional=person, channel="email", value="m@example.org", consent=True)
        give_mandate(person, office="president", start=date(2025, 1, 1), by=coordinator)
        make.structure(ours, name="MSP du Port", representative_name="Dominique Martin")
        add_field(ours, label="Langues", target="person", kind="text", by=coordinator)
        update_person(
            person, fields=PersonFields(values={}, extra={"langues": "breton"}), on=date(2026, 1, 1), by=coordinator
        )
        make.campaign(ours, 2026, "20.00")
    page = text(client.get(card(person)))
    for expected in ("Dominique Martin", "Adhérent", "Libéraux", "m@example.org", "Lamballe-Armor", "Présidence",
                     "MSP du Port", "breton", "20,00\u00a0€", "Camille Coordination", "a donné le mandat"):  # fmt: skip
        assert expected in page, expected


def test_a_person_who_left_and_came_back_shows_both_periods(client, ours, coordinator):
    membership = make.member(ours, start=date(2020, 1, 1))
    with everything("test"):
        leave(membership, on=date(2022, 1, 1), reason="Déménagement", by=coordinator)
        enrol(membership.professional, start=date(2024, 1, 1), by=coordinator)
    response = client.get(card(membership.professional))
    assert [row.status for row in response.context["memberships"]] == ["member", "left"]
    assert "Déménagement" in text(response)
    assert response.context["state"].status == "member"
    assert "Annuler le départ" not in text(response)
    assert response.context["enrol_url"] == ""


def test_an_empty_card_says_what_is_missing(client, ours, coordinator):
    page = text(client.get(card(make.professional(ours, rpps=""))))
    for expected in ("Aucune coordonnée", "Aucun lieu d’exercice", "Aucun mandat", "Aucune adhésion"):
        assert expected in page


def test_the_board_reads_and_agents_do_not(client, ours):
    person = make.professional(ours)
    client.force_login(factories.board_member(ours))
    page = client.get(card(person))
    assert page.status_code == 200
    assert url("person-edit", ours.pk, person.pk) not in text(page)
    assert client.get(url("person-edit", ours.pk, person.pk)).status_code == 403
    assert client.get(url("person-add", ours.pk)).status_code == 403
    for agent in (factories.ars_agent(ours.ars), factories.observer(), factories.administrator()):
        client.force_login(agent)
        assert client.get(card(person)).status_code == 403


def test_an_agent_who_coordinates_another_cpts_does_not_read_this_one(client, ours):
    other = factories.cpts("du Voisin", ars=ours.ars)
    user = factories.coordinator(other)
    Access.objects.create(user=user, role="ars_agent", agency=ours.ars)
    client.force_login(user)
    assert client.get(card(make.professional(ours))).status_code == 403


def test_another_cpts_s_person_does_not_exist_here(client, ours, coordinator):
    theirs = make.professional(factories.cpts("du Voisin"))
    assert client.get(card(theirs)).status_code == 404
    assert client.get(url("person-detail", ours.pk, theirs.pk)).status_code == 404
    assert client.post(url("person-edit", ours.pk, theirs.pk), typed()).status_code == 404
    assert client.put(card(make.professional(ours))).status_code == 405


def test_the_card_takes_as_many_queries_for_a_full_life_as_for_a_short_one(
    client, ours, coordinator, django_assert_num_queries
):
    def life(rows: int) -> Professional:
        membership = make.member(ours)
        person = membership.professional
        with everything("test"):
            for number in range(rows):
                commune = factories.commune()
                Contact.objects.create(professional=person, channel="email", value=f"{person.pk}-{number}@example.org")
                Practice.objects.create(professional=person, commune=commune, structure=make.structure(ours))
                give_mandate(person, office="director", start=date(2025, 1, 1 + number), by=coordinator)
        return person

    with everything("test"):
        short, full = life(1), life(4)
        for year in (2024, 2025):
            make.campaign(ours, year)
    client.get(card(short))
    with CaptureQueriesContext(connection) as first:
        client.get(card(short))
    with django_assert_num_queries(len(first)):
        client.get(card(full))
    assert len(first) <= 45


# --- Adding -------------------------------------------------------------------------------------------------------
def test_a_person_is_added_with_contacts_and_practices(client, ours, coordinator, commune):
    home = make.structure(ours, name="EHPAD Les Ajoncs")
    response = client.post(
        url("person-add", ours.pk),
        typed(
            rpps=f"8 {make.fictitious_rpps(77)}",
            contacts=[
                {"channel": "email", "value": "Dominique@Example.org", "consent": "on"},
                {"channel": "mobile", "value": "0692000000"},
                {"channel": "", "value": ""},
            ],
            practices=[
                {"mode": "L", "commune": "22093", "start": "2020-01-01"},
                {"mode": "S", "structure": "ehpad les ajoncs"},
            ],
        ),
    )
    person = only_person()
    assert response.headers["Location"] == card(person)
    with everything("test"):
        assert person.rpps == make.fictitious_rpps(77)
        assert list(person.contacts.values_list("channel", "value", "consent")) == [
            ("email", "dominique@example.org", True),
            ("mobile", "06 92 00 00 00", False),
        ]
        assert {(row.mode, row.structure, row.commune) for row in person.practices.all()} == {
            ("L", None, commune),
            ("S", home, None),
        }
        assert person.history.get().history_user == coordinator


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"civil_last_name": ""}, "obligatoire"),
        ({"rpps": "123"}, "11 chiffres"),
        ({"contacts": [{"channel": "email", "value": "pas une adresse"}]}, "ligne 1 des coordonnées"),
        ({"contacts": [{"channel": "phone", "value": "12"}]}, "numéro de téléphone"),
        ({"contacts": [{"channel": "email", "value": "a@b.fr"}] * 2}, "figure deux fois"),
        ({"practices": [{"mode": "L"}]}, "au moins la commune"),
        ({"practices": [{"commune": "Nulle-Part"}]}, "Aucune commune actuelle"),
        ({"practices": [{"structure": "Inconnue"}]}, "Aucune structure du registre"),
        ({"practices": [{"place": "x", "start": "2020-01-02", "end": "2020-01-01"}]}, "postérieure"),
    ],
)
def test_bad_input_comes_back_filled_with_what_to_do(client, ours, coordinator, commune, changes, message):
    response = client.post(url("person-add", ours.pk), typed(**{"civil_first_name": "Gardée", **changes}))
    assert response.status_code == 422
    assert message in text(response)
    assert "Gardée" in text(response)
    with everything("test"):
        assert Professional.objects.count() == 0


def test_a_doubtful_rpps_is_kept_only_when_said_to_be_right(client, ours, coordinator):
    response = client.post(url("person-add", ours.pk), typed(rpps="99000000000"))
    assert response.status_code == 422
    assert "Enregistrer ce numéro RPPS malgré tout" in text(response)
    assert client.post(url("person-add", ours.pk), typed(rpps="99000000000", rpps_anyway="on")).status_code == 302
    person = only_person()
    data = typed(rpps="99000000000", civil_last_name="Corrigé")
    assert client.post(url("person-edit", ours.pk, person.pk), data).status_code == 302


def test_a_look_alike_is_shown_before_writing_and_may_be_somebody_else(client, ours, coordinator):
    known = make.professional(ours, civil_last_name="Essai", civil_first_name="Dominique")
    response = client.post(url("person-add", ours.pk), typed())
    assert response.status_code == 422
    assert card(known) in text(response)
    assert "C’est bien une autre personne" in text(response)
    blind = client.post(url("person-add", ours.pk), typed(another_person="on"))
    assert blind.status_code == 422  # she has to have seen them
    assert client.post(url("person-add", ours.pk), typed(another_person="on", seen=known.pk)).status_code == 302
    with everything("test"):
        assert len(known_apart(ours, "person")) == 1


def test_the_rpps_of_somebody_else_is_refused_by_name(client, ours, coordinator):
    known = make.professional(ours, civil_last_name="Tenante")
    data = typed(rpps=known.rpps, another_person="on", seen=known.pk)
    response = client.post(url("person-add", ours.pk), data)
    assert response.status_code == 422
    assert "Dominique Tenante porte déjà ce numéro RPPS" in text(response)


@pytest.mark.parametrize("prefix", ["contacts", "practices"])
def test_a_line_is_added_without_losing_or_judging_what_is_typed(client, ours, coordinator, prefix):
    response = client.post(url("person-add", ours.pk), typed(civil_first_name="", civil_last_name="Tapé", add=prefix))
    assert response.status_code == 200
    assert len(getattr(response.context["form"], prefix).forms) == 1
    assert "Tapé" in text(response)
    assert "obligatoire.</p>" not in text(response)
    assert "erreur" not in text(response)


def test_specialties_are_those_of_the_profession(client, ours, coordinator):
    doctor, general = make.profession("10"), Specialty.objects.get(code="SM54")
    response = client.post(url("person-add", ours.pk), typed(profession=doctor.pk, redraw="1"))
    assert set(response.context["form"].fields["specialties"].queryset) == set(doctor.specialties.all())
    assert client.post(url("person-add", ours.pk), typed(specialties=[general.pk])).status_code == 422
    client.post(url("person-add", ours.pk), typed(profession=doctor.pk, specialties=[general.pk]))
    assert [each.code for each in only_person().specialties.all()] == ["SM54"]


# --- Editing ------------------------------------------------------------------------------------------------------
def test_the_form_opens_with_what_is_saved_and_sends_it_back_unchanged(client, ours, coordinator, commune):
    person = make.professional(ours, commune=commune, civil_last_name="Martin")
    with everything("test"):
        contact = Contact.objects.create(professional=person, channel="email", value="a@example.org")
        practice = person.practices.get()
    page = text(client.get(url("person-edit", ours.pk, person.pk)))
    assert "Lamballe-Armor (22093)" in page
    response = client.post(
        url("person-edit", ours.pk, person.pk),
        typed(
            civil_last_name="Martin",
            rpps=person.rpps,
            initial=(1, 1),
            contacts=[{"pk": contact.pk, "channel": "email", "value": "a@example.org"}],
            practices=[{"pk": practice.pk, "mode": "L", "commune": "Lamballe-Armor (22093)", "start": "2020-01-01"}],
        ),
    )
    assert response.status_code == 302
    with everything("test"):
        assert (only_person().version, Contact.objects.get().pk, Practice.objects.get().pk) == (
            0,
            contact.pk,
            practice.pk,
        )


def test_a_line_marked_to_be_removed_goes_away(client, ours, coordinator):
    person = make.professional(ours)
    with everything("test"):
        contact = Contact.objects.create(professional=person, channel="email", value="a@example.org")
    row = {"pk": contact.pk, "channel": "email", "value": "", "DELETE": "on"}
    data = typed(rpps=person.rpps, contacts=[row], initial=(1, 0))
    assert client.post(url("person-edit", ours.pk, person.pk), data).status_code == 302
    with everything("test"):
        assert Contact.objects.count() == 0
    assert "a retiré la coordonnée a@example.org" in text(client.get(card(person)))


def test_two_coordinators_at_once_are_compared_then_the_second_may_choose(client, ours, coordinator, commune):
    person = make.professional(ours, civil_last_name="Avant")
    with everything("test"):
        update_person(person, fields=PersonFields(values={"last_name": "Premier"}), on=date(2026, 1, 1), by=None)
    data = typed(civil_last_name="Avant", last_name="Second", rpps=person.rpps)
    response = client.post(url("person-edit", ours.pk, person.pk), data)
    assert response.status_code == 409
    assert response.context["comparison"] == [("Nom d’exercice", "Premier", "Second")]
    assert 'name="version" value="1"' in text(response)
    assert client.post(url("person-edit", ours.pk, person.pk), {**data, "version": "1"}).status_code == 302
    assert only_person().last_name == "Second"


def test_free_fields_are_asked_kept_and_erased(client, ours, coordinator):
    person = make.professional(ours)
    with everything("test"):
        for label, kind, choices in (("Tuteur", "yes_no", ""), ("Rang", "number", ""), ("Entrée", "date", ""),
                                     ("Langue", "choice", "breton\ngallo")):  # fmt: skip
            add_field(ours, label=label, target="person", kind=kind, choices=choices, by=None)
    free = {"libre-tuteur": "non", "libre-rang": "3", "libre-entree": "2024-05-01", "libre-langue": "gallo"}
    edit = url("person-edit", ours.pk, person.pk)
    assert client.post(edit, typed(rpps=person.rpps, **free)).status_code == 302
    assert only_person().extra == {"tuteur": False, "rang": 3, "entree": "2024-05-01", "langue": "gallo"}
    assert 'value="non" selected' in text(client.get(edit))
    client.post(edit, typed(rpps=person.rpps, version="1", **{"libre-rang": "3"}))
    assert only_person().extra == {"rang": 3}
    assert client.post(edit, typed(rpps=person.rpps, version="2", **{"libre-langue": "latin"})).status_code == 422


@pytest.mark.parametrize(
    ("kind", "typed_text", "label"),
    [("communes", "lambal", "Lamballe-Armor (22093)"), ("personnes", "essai dom", "Dominique Essai (n° "),
     ("structures", "ajonc", "EHPAD Les Ajoncs (n° "), ("communes", "l", None)],
)  # fmt: skip
def test_what_is_typed_is_proposed(client, ours, coordinator, commune, kind, typed_text, label):
    make.professional(ours, civil_last_name="Essai")
    make.structure(ours, name="EHPAD Les Ajoncs")
    page = text(client.get(url("suggestions", ours.pk, kind), {"practices-0-commune": typed_text}))
    assert page.count("<option") == (1 if label else 0)
    assert (label or "") in page
