"""Pages on memberships and mandates with dates ahead: what the card offers, what the forms take and refuse."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from members.joining.applications import charter_print
from members.membership.adhesion import apply_for_membership, give_mandate, leave
from members.models import Application, Mandate, Membership, MembershipSettings
from tests import factories
from tests import member_factories as make

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"members:{name}", args=args)


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def ours():
    return factories.cpts()


@pytest.fixture(autouse=True)
def coordinator(client, ours):
    user = factories.coordinator(ours)
    client.force_login(user)
    return user


def offered(client, membership: Membership) -> dict[str, str]:
    """The label and the address of what the card offers for her only membership."""
    card = client.get(url("person-detail", membership.cpts_id, membership.professional_id))
    [row] = card.context["memberships"]
    return dict(row.actions)


def steps(client, membership: Membership) -> list[str]:
    card = client.get(url("person-detail", membership.cpts_id, membership.professional_id))
    return [words for row in card.context["memberships"] for _day, words in row.steps]


def test_a_departure_recorded_ahead_may_be_changed_or_given_up(client, ours, today):
    membership = make.member(ours)
    assert "Enregistrer un départ" in offered(client, membership)
    page = url("membership-leave", ours.pk, membership.pk)
    day = today + timedelta(days=40)
    assert client.post(page, {"on": day, "reason": "Retraite"}).status_code == 302
    assert steps(client, membership)[-1] == "Départ prévu : Retraite"
    card = client.get(url("person-detail", ours.pk, membership.professional_id))
    assert card.context["enrol_url"] == ""
    found = offered(client, membership)
    assert {label for label in found if "départ" in label} == {"Changer le départ prévu", "Annuler le départ prévu"}

    form = client.get(found["Changer le départ prévu"]).context["form"]
    assert form.initial == {"on": day, "reason": "Retraite", "recorded": day}
    later = {"on": day + timedelta(days=9), "reason": "Retraite", "recorded": day}
    assert client.post(page, later).status_code == 302
    assert "rouvrez la fiche" in text(client.post(page, later))

    assert "L’adhésion continue." in text(client.get(found["Annuler le départ prévu"]))
    assert client.post(found["Annuler le départ prévu"]).status_code == 302
    assert "Enregistrer un départ" in offered(client, membership)


def test_the_pages_of_a_departure_tell_what_becomes_of_the_mandates(client, ours, today):
    membership, other = make.member(ours), make.member(ours, civil_last_name="Masson").professional
    term, day = date(2100, 1, 1), today + timedelta(days=40)
    with everything("test"):
        for office, end in (("president", term), ("director", None)):
            give_mandate(membership.professional, office=office, start=date(2025, 1, 1), end=end, by=None)
    told = text(client.get(url("membership-leave", ours.pk, membership.pk)))
    assert "prévu jusqu’au 1er janvier 2100, prend fin le même jour s’il court encore." in told
    with everything("test"):
        leave(membership, on=day, reason="Retraite", by=None)
        give_mandate(other, office="president", start=day, by=None)
    told = text(client.get(url("membership-back", ours.pk, membership.pk)))
    assert "Le mandat « Présidence » ne reprend pas. Présidence : ce mandat est tenu par Dominique Masson" in told
    assert "Le mandat « Conseil d’administration », arrêté par ce départ, reprend." in told


def test_the_card_claims_a_decision_of_the_board_only_when_its_date_is_known(client, ours, today):
    undated, dated = make.professional(ours), make.professional(ours)
    for person, decided in ((undated, ""), (dated, "2024-02-10")):
        data = {"decided": "yes", "on": "2024-03-01", "decided_on": decided}
        assert client.post(url("membership-enrol", ours.pk, "personnes", person.pk), data).status_code == 302
    with everything("test"):
        first, second = Membership.objects.order_by("pk")
    assert steps(client, first) == ["Début de l’adhésion"]
    assert steps(client, second) == ["Acceptée par le bureau", "Début de l’adhésion"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"decided": "no", "decided_on": "2024-02-10"}, "Videz cette date"),
        ({"decided": "yes", "decided_on": "2099-02-10"}, "s’enregistre une fois prise"),
        ({"decided": "no", "on": "2099-02-10"}, "une demande s’enregistre une fois reçue"),
    ],
)
def test_an_enrolment_that_contradicts_itself_comes_back(client, ours, typed, message):
    page = url("membership-enrol", ours.pk, "personnes", make.professional(ours).pk)
    response = client.post(page, {"on": "2024-03-01", **typed})
    assert response.status_code == 422
    assert message in text(response)


def test_a_mandate_with_a_planned_end_is_ended_from_the_card_and_from_the_list(client, ours, today):
    person = make.member(ours).professional
    with everything("test"):
        held = give_mandate(person, office="president", start=date(2026, 1, 1), end=date(2099, 1, 1), by=None)
    end = url("mandate-end", ours.pk, held.pk)
    for page in (url("mandates", ours.pk), url("person-detail", ours.pk, person.pk)):
        assert f'<a href="{end}">Changer la fin<' in text(client.get(page))
    assert "prévu jusqu’au 1er janvier 2099" in text(client.get(url("mandates-election", ours.pk)))
    assert client.post(end, {"on": today}).status_code == 302
    with everything("test"):
        assert Mandate.objects.get().end == today
    assert "terminé" in text(client.get(url("person-detail", ours.pk, person.pk)))
    assert f'<a href="{end}">Corriger la fin<' in text(client.get(url("mandates", ours.pk)))


def test_a_mandate_to_come_is_not_said_to_be_over(client, ours, today):
    person = make.member(ours).professional
    with everything("test"):
        give_mandate(person, office="president", start=today + timedelta(days=9), by=None)
    card = client.get(url("person-detail", ours.pk, person.pk))
    assert [row["state"] for row in card.context["mandates"]] == ["à venir"]


def test_a_refusal_is_recorded_once_taken(client, ours, today):
    with everything("test"):
        asked = apply_for_membership(make.professional(ours), on=date(2026, 1, 1), by=None)
    page = url("membership-refuse", ours.pk, asked.pk)
    assert "une fois prise" in text(client.post(page, {"on": today + timedelta(days=1), "reason": "Non"}))


def test_a_college_counts_its_members_of_today(client, ours, today):
    college = make.college(ours)
    leaving = make.member(ours, college=college)
    make.member(ours, college=college, start=today + timedelta(days=9))
    make.member(ours, college=college, end=today)
    with everything("test"):
        leave(leaving, on=today + timedelta(days=9), reason="Retraite", by=None)
    assert [row.members for row in client.get(url("colleges", ours.pk)).context["colleges"]] == [1]


# --- Who decides, who is told --------------------------------------------------------------------------------------
def received(ours, **fields) -> Application:
    """An application that the form received."""
    with everything("test data"):
        return Application.objects.create(
            cpts=ours, civil_last_name="Riou", civil_first_name="Maëlle", email="maelle@example.org", **fields
        )


def test_the_pages_of_a_decision_say_who_is_told(client, ours):
    with everything("test"):
        asked, by_hand = (
            apply_for_membership(make.professional(ours, civil_last_name=name), on=date(2026, 1, 1), by=None)
            for name in ("Riou", "Masson")
        )
    received(ours, membership=asked)
    told, silent = "La décision est envoyée par courriel à maelle@example.org", "aucun courriel ne part"
    for form_page in ("membership-refuse", "applications-accept"):
        for membership, expected in ((asked, told), (by_hand, silent)):
            args = [ours.pk, membership.pk] if form_page == "membership-refuse" else [ours.pk]
            page = text(client.get(url(form_page, *args), {"membership": membership.pk}))
            assert (told in page, silent in page) == (expected == told, expected == silent)
    unread = received(ours)
    assert told in text(client.get(url("application-refuse", ours.pk, unread.pk)))


def test_the_lists_and_the_review_say_who_decides(client, ours):
    application = received(ours)
    assert "le bureau décide" in text(client.get(url("applications", ours.pk)))
    client.force_login(factories.board_member(ours))
    assert "le bureau décide" in text(client.get(url("application-detail", ours.pk, application.pk)))


def test_an_application_of_today_waits_since_today(client, ours, today):
    with everything("test"):
        apply_for_membership(make.professional(ours), on=today, by=None)
    assert "aujourd’hui" in text(client.get(url("applications", ours.pk)))
    assert "0 jour" not in text(client.get(url("applications", ours.pk)))


def test_the_code_of_the_poster_scales_with_the_paper(client, ours):
    with everything("test data"):
        MembershipSettings.objects.create(cpts=ours, form_is_open=True, form_token="jeton", charter="Un")
    drawing = text(client.get(url("form-poster", ours.pk))).split('class="poster-code"')[1].split("</svg>")[0]
    assert 'viewBox="' in drawing


def test_a_charter_changed_meanwhile_is_read_again(client, ours):
    with everything("test data"):
        saved = MembershipSettings.objects.create(cpts=ours, form_is_open=True, form_token="jeton", charter="Un")
    factories.commune("22093", "Lamballe-Armor")
    form = client.get("/rejoindre/jeton/").context["form"]
    typed = {"submission": str(form["submission"].initial), "civil_last_name": "Riou", "civil_first_name": "Maëlle",
             "profession": make.profession().pk, "commune": "22093", "email": "m@example.org", "charter": "on",
             "charter_read": form["charter_read"].initial}  # fmt: skip
    with everything("test data"):
        saved.charter = "Deux"
        saved.save()
    again = client.post("/rejoindre/jeton/", typed)
    assert again.status_code == 422
    assert "La charte a changé" in text(again)
    shown = again.context["form"]
    assert not shown["charter"].value()
    retyped = typed | {"charter_read": shown["charter_read"].value()}
    assert client.post("/rejoindre/jeton/", retyped).status_code == 302
    with everything("test"):
        assert Application.objects.get().charter_sha256 == charter_print("Deux")


def test_every_consent_of_the_form_has_its_own_name(client, ours):
    with everything("test data"):
        MembershipSettings.objects.create(cpts=ours, form_is_open=True, form_token="jeton", charter="Un")
    form = client.get("/rejoindre/jeton/").context["form"]
    labels = [field.label for name, field in form.fields.items() if name.endswith("_consent")]
    assert len(set(labels)) == len(labels) == 4
