"""The public application form, its review, the decisions of the board and the e-mails that follow."""

import uuid
from datetime import date

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from members.models import (
    Application,
    Contact,
    CustomField,
    Mandate,
    Membership,
    MembershipSettings,
    Professional,
)
from tests import factories
from tests import member_factories as make

pytestmark = pytest.mark.django_db
CHARTER = "Article 1. Je partage mes coordonnées.\n<script>alert(1)</script>"


def url(name: str, *args) -> str:
    return reverse(f"members:{name}", args=args)


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def cpts():
    made = factories.cpts("du Penthièvre", email="contact@cpts.example.org")
    factories.commune("22093", "Lamballe-Armor", postal_codes="22400")
    with everything("test data"):
        MembershipSettings.objects.create(cpts=made, form_is_open=True, form_token="jeton-secret", charter=CHARTER)
    return made


@pytest.fixture
def coordinator(client, cpts):
    person = factories.coordinator(cpts)
    client.force_login(person)
    return person


FORM = "/rejoindre/jeton-secret/"


def typed(**changes) -> dict:
    return {
        "submission": str(uuid.uuid4()),
        "civil_last_name": "Éloïse-Ducœur",
        "civil_first_name": "Zoé",
        "profession": make.profession().pk,
        "rpps": make.fictitious_rpps(4242),
        "commune": "22400",
        "email": "zoe@example.org",
        "email_consent": "on",
        "mobile": "06 00 00 00 00",
        "charter": "on",
        **changes,
    }


def received() -> Application:
    with everything("test"):
        return Application.objects.select_related("cpts", "commune", "profession").get()


# --- The form -----------------------------------------------------------------------------------------------------
def test_an_application_is_kept_apart_from_the_register_and_acknowledged(
    client, cpts, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(FORM, typed())
    assert response.url == f"{FORM}merci/"
    assert "accusé de réception" in client.get(response.url).content.decode()
    found = received()
    assert (found.cpts, found.civil_last_name, found.commune.code) == (cpts, "Éloïse-Ducœur", "22093")
    assert found.contacts == [
        {"channel": "email", "value": "zoe@example.org", "consent": True},
        {"channel": "mobile", "value": "06 00 00 00 00", "consent": False},
    ]
    assert found.charter_accepted_at is not None
    assert len(found.charter_sha256) == 64
    with everything("test"):
        assert (Professional.objects.count(), Membership.objects.count()) == (0, 0)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (
        ["zoe@example.org"],
        "[Portail CPTS] CPTS du Penthièvre : votre demande d’adhésion est reçue",
    )


def test_the_charter_is_shown_as_text_and_must_be_accepted(client, cpts):
    page = client.get(FORM).content.decode()
    assert "Article 1. Je partage mes coordonnées." in page
    assert "<script>alert(1)</script>" not in page
    response = client.post(FORM, typed(charter=""))
    assert response.status_code == 422
    assert "La charte doit être acceptée" in response.content.decode()
    assert 'value="Éloïse-Ducœur"' in response.content.decode()


def test_the_same_form_sent_twice_keeps_one_application(client, cpts, django_capture_on_commit_callbacks):
    data = typed()
    with django_capture_on_commit_callbacks(execute=True):
        answers = [client.post(FORM, data).url for _ in range(2)]
    assert answers == [f"{FORM}merci/"] * 2
    assert received().email == "zoe@example.org"
    assert len(mail.outbox) == 1


def test_a_robot_that_fills_the_decoy_is_thanked_and_forgotten(client, cpts):
    assert client.post(FORM, typed(website="https://example.org")).url == f"{FORM}merci/"
    with everything("test"):
        assert Application.objects.count() == 0


def test_too_many_applications_from_one_address_are_refused(client, cpts):
    for _ in range(20):
        assert client.post(FORM, typed()).status_code == 302
    response = client.post(FORM, typed())
    assert response.status_code == 422
    assert "réessayez dans une heure" in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("rpps", "123", "11 chiffres"),
        ("commune", "Nulle-Part", "Aucune commune"),
        ("email", "zoe", "valide"),
        ("mobile", "12", "10 chiffres"),
        ("civil_last_name", "x" * 81, "80"),
        ("submission", "abc", "valide"),
        ("profession", "999999", "choix"),
    ],
)
def test_a_wrong_answer_comes_back_with_the_form(client, cpts, field, value, said):
    response = client.post(FORM, typed(**{field: value}))
    assert response.status_code == 422
    assert said in response.content.decode()
    with everything("test"):
        assert Application.objects.count() == 0


def test_a_doubtful_rpps_may_be_confirmed(client, cpts):
    wrong = make.fictitious_rpps(1)[:-1] + str((int(make.fictitious_rpps(1)[-1]) + 1) % 10)
    response = client.post(FORM, typed(rpps=wrong))
    assert "La clé de ce numéro RPPS ne correspond pas" in response.content.decode()
    assert client.post(FORM, typed(rpps=wrong, rpps_anyway="on")).status_code == 302
    assert received().rpps == wrong


def test_free_fields_of_the_cpts_are_asked(client, cpts):
    with everything("test data"):
        CustomField.objects.create(cpts=cpts, key="velo", label="Visites à vélo", kind="yes_no")
        CustomField.objects.create(cpts=cpts, key="secteur", label="Secteur", kind="choice", choices="Nord\nSud")
    assert client.post(FORM, typed(extra_velo="on", extra_secteur="Est")).status_code == 422
    client.post(FORM, typed(extra_velo="on", extra_secteur="Sud"))
    assert received().extra == {"velo": True, "secteur": "Sud"}


def test_a_structure_applies_too(client, cpts):
    data = typed(name="EHPAD des Tilleuls", structure_kind="care_home", representative_name="Dominique Exemple")
    assert client.post(f"{FORM}?pour=structure", data).status_code == 302
    assert (str(received()), received().kind) == ("EHPAD des Tilleuls", "structure")


def test_a_wrong_link_or_a_closed_form_does_not_exist(client, cpts):
    assert client.get("/rejoindre/autre-jeton/").status_code == 404
    with everything("test data"):
        found = MembershipSettings.objects.get()
        found.form_is_open = False
        found.save()
    assert (client.get(FORM).status_code, client.post(FORM, typed()).status_code) == (404, 404)


def test_a_logged_in_stranger_writes_to_the_cpts_of_the_link_only(client, cpts):
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.post(FORM, typed()).status_code == 302
    assert received().cpts == cpts


# --- Review and decision ------------------------------------------------------------------------------------------
def test_review_creates_the_person_then_the_board_accepts(
    client, cpts, coordinator, django_capture_on_commit_callbacks
):
    client.post(FORM, typed())
    application = received()
    assert str(application) in client.get(url("applications", cpts.pk)).content.decode()
    client.post(url("application-detail", cpts.pk, application.pk), {"record": "new"})
    with everything("test"):
        person = Professional.objects.get()
        membership = Membership.objects.get()
        assert {(c.channel, c.consent) for c in person.contacts.all()} == {("email", True), ("mobile", False)}
        assert person.practices.get().commune.code == "22093"
    assert (membership.professional, membership.start) == (person, None)
    assert membership.charter_accepted_on == timezone.localdate()
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            url("applications-accept", cpts.pk), {"membership": membership.pk, "on": timezone.localdate().isoformat()}
        )
    membership.refresh_from_db()
    assert membership.start == timezone.localdate()
    assert received().state == "Acceptée"
    (sent,) = mail.outbox
    assert sent.to == ["zoe@example.org"]
    assert "a accepté votre demande" in sent.body


def test_an_existing_record_is_proposed_and_completed_but_never_replaced(client, cpts, coordinator):
    known = make.professional(cpts, civil_last_name="Éloïse-Ducœur", civil_first_name="Zoé", rpps="")
    client.post(FORM, typed())
    application = received()
    here = url("application-detail", cpts.pk, application.pk)
    assert "même nom et même profession" in client.get(here).content.decode()
    client.post(here, {"record": known.pk})
    with everything("test"):
        assert Professional.objects.get().rpps == ""
        assert Contact.objects.filter(professional=known).count() == 2
        assert Membership.objects.get().professional == known
    again = client.post(here, {"record": known.pk})
    assert again.status_code == 422
    assert "déjà été traitée" in again.content.decode()


def test_somebody_who_is_already_a_member_cannot_be_entered_twice(client, cpts, coordinator):
    member = make.member(cpts, civil_last_name="Éloïse-Ducœur", civil_first_name="Zoé")
    client.post(FORM, typed())
    response = client.post(url("application-detail", cpts.pk, received().pk), {"record": member.professional_id})
    assert response.status_code == 422
    assert "a déjà une adhésion" in response.content.decode()
    assert received().membership_id is None


def test_the_board_may_refuse_without_the_register_being_written(
    client, cpts, coordinator, django_capture_on_commit_callbacks
):
    client.post(FORM, typed())
    here = url("application-refuse", cpts.pk, received().pk)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(here, {"on": timezone.localdate().isoformat(), "reason": "Hors du territoire"})
    assert received().state == "Refusée"
    assert "Motif : Hors du territoire." in mail.outbox[0].body
    with everything("test"):
        assert Professional.objects.count() == 0


def test_an_application_set_aside_sends_nothing(client, cpts, coordinator, django_capture_on_commit_callbacks):
    client.post(FORM, typed())
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("application-set-aside", cpts.pk, received().pk), {"reason": "Essai"})
    assert (received().state, mail.outbox) == ("Écartée", [])


def waiting(cpts, **fields) -> Membership:
    from members.membership.adhesion import apply_for_membership  # noqa: PLC0415 (only here)

    with everything("test data"):
        return apply_for_membership(make.professional(cpts, **fields), on=date(2026, 1, 10), by=None)


def test_several_are_accepted_at_once_or_none(client, cpts, coordinator):
    first, second = waiting(cpts), waiting(cpts)
    here = url("applications-accept", cpts.pk)
    early = client.post(here, {"membership": [first.pk, second.pk], "on": "2026-01-01"})
    assert early.status_code == 422
    assert "ne peut pas précéder" in early.content.decode()
    client.post(here, {"membership": [first.pk, second.pk], "on": "2026-02-01", "start": "2026-03-01"})
    with everything("test"):
        found = Membership.objects.values_list("accepted_on", "start")
        assert list(found) == [(date(2026, 2, 1), date(2026, 3, 1))] * 2


def test_refusing_leaving_and_coming_back(client, cpts, coordinator):
    asked, member = waiting(cpts), make.member(cpts)
    with everything("test data"):
        Mandate.objects.create(cpts=cpts, professional=member.professional, office="treasurer", start=date(2025, 1, 1))
    client.post(url("membership-refuse", cpts.pk, asked.pk), {"on": "2026-02-01", "reason": "Hors du territoire"})
    page = client.get(url("membership-leave", cpts.pk, member.pk)).content.decode()
    assert "Le mandat « Trésorerie » prend fin le même jour." in page
    client.post(url("membership-leave", cpts.pk, member.pk), {"on": "2026-06-01", "reason": "Retraite"})
    with everything("test"):
        assert Membership.objects.get(pk=asked.pk).refusal_reason == "Hors du territoire"
        assert Membership.objects.get(pk=member.pk).end == date(2026, 6, 1)
        assert Mandate.objects.get().end == date(2026, 6, 1)
    client.post(url("membership-back", cpts.pk, member.pk))
    again = client.post(url("membership-back", cpts.pk, member.pk))
    assert "est en cours" in again.content.decode()
    with everything("test"):
        assert Membership.objects.get(pk=member.pk).end is None


def test_enrolling_directly_or_asking_the_board(client, cpts, coordinator):
    person, home = make.professional(cpts), make.structure(cpts)
    today = timezone.localdate().isoformat()
    client.post(url("membership-enrol", cpts.pk, "personnes", person.pk), {"decided": "yes", "on": today})
    client.post(url("membership-enrol", cpts.pk, "structures", home.pk), {"decided": "no", "on": today})
    with everything("test"):
        assert Membership.objects.get(professional=person).start == timezone.localdate()
        assert Membership.objects.get(structure=home).start is None
    again = client.post(url("membership-enrol", cpts.pk, "personnes", person.pk), {"decided": "yes", "on": today})
    assert again.status_code == 422


# --- Who may come ---
@pytest.mark.parametrize("name", ["applications", "settings", "application-detail", "application-refuse"])
def test_another_cpts_and_the_wrong_role(client, cpts, name):
    client.post(FORM, typed())
    args = [cpts.pk, received().pk] if name.startswith("application-") else [cpts.pk]
    here = url(name, *args)
    assert client.get(here).status_code == 302
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.get(here).status_code == 404
    client.force_login(factories.ars_agent(cpts.ars))
    assert client.get(here).status_code == 403
    client.force_login(factories.board_member(cpts))
    assert client.get(here).status_code == (403 if name == "application-refuse" else 200)
    if name == "settings":
        assert client.post(here, {}).status_code == 403
    client.force_login(factories.coordinator(cpts))
    assert client.get(here).status_code == 200
