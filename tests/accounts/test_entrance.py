"""Logging in and out, passwords, second factor, accounts that may not enter."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.urls import NoReverseMatch, reverse

from cpts_portal.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
LOGIN = "/compte/connexion/"


def log_in(client, email: str, password: str = factories.PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def test_log_in_by_email_whatever_the_case_then_log_out_by_post(client):
    person = factories.administrator(email="alix@example.org")
    response = log_in(client, "Alix@Example.org")
    assert response.headers["Location"] == reverse("home:dashboard")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.post(reverse("account_logout")).headers["Location"] == reverse("home:public")
    assert "_auth_user_id" not in client.session


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client):
    factories.administrator(email="alix@example.org")
    answers = [
        log_in(client, email, "mauvais").context["form"].errors for email in ("alix@example.org", "x@example.org")
    ]
    assert answers[0] == answers[1] != {}


def test_login_comes_back_to_the_page_asked_for(client):
    factories.administrator(email="alix@example.org")
    asked = client.get(reverse("accounts:user-list"))
    assert asked.headers["Location"] == f"{LOGIN}?next={reverse('accounts:user-list')}"
    response = log_in(client, "alix@example.org", next=reverse("accounts:user-list"))
    assert response.headers["Location"] == reverse("accounts:user-list")


def test_login_never_leads_to_another_site(client):
    factories.administrator(email="alix@example.org")
    response = log_in(client, "alix@example.org", next="https://ailleurs.example.org/")
    assert response.headers["Location"] == reverse("home:dashboard")


def test_too_many_attempts_are_slowed_down(client):
    factories.administrator(email="alix@example.org")
    for _ in range(10):
        log_in(client, "alix@example.org", "mauvais")
    response = log_in(client, "alix@example.org")
    assert "_auth_user_id" not in client.session
    assert response.status_code in (200, 429)


def test_a_deactivated_account_is_told_so(client):
    factories.administrator(email="alix@example.org", is_active=False)
    response = log_in(client, "alix@example.org")
    assert response.headers["Location"] == reverse("account_inactive")
    assert client.get(response.headers["Location"]).status_code == 200
    assert "_auth_user_id" not in client.session


def test_an_account_deactivated_while_logged_in_stops_at_the_next_page(client):
    person = factories.administrator()
    client.force_login(person)
    person.is_active = False
    person.save()
    response = client.get(reverse("home:dashboard"))
    assert response.headers["Location"].startswith(LOGIN)


@pytest.mark.parametrize("name", ["home:dashboard", "accounts:profile", "admin:index"])
def test_without_any_access_the_page_says_what_to_do(client, name):
    client.force_login(factories.user())
    response = client.get(reverse(name), follow=True)
    assert response.status_code == 403
    assert response.templates[0].name == "accounts/no_access.html"
    assert "demandez une invitation" in response.content.decode()


def test_password_reset_by_email_in_french(client):
    person = factories.administrator(email="alix@example.org", first_name="Alix")
    response = client.post(reverse("account_reset_password"), {"email": "ALIX@example.org"})
    assert response.headers["Location"] == reverse("account_reset_password_done")
    (message,) = mail.outbox
    assert message.subject == "[Portail CPTS] Choisir un nouveau mot de passe"
    assert message.to == ["alix@example.org"]
    assert message.alternatives[0].mimetype == "text/html"
    link = re.search(r"http://testserver(\S+)", message.body)[1]
    assert link in message.alternatives[0].content
    form_page = client.get(link).headers["Location"]
    new = "une-phrase-bien-longue"
    done = client.post(form_page, {"password1": new, "password2": new})
    assert done.headers["Location"] == reverse("account_reset_password_from_key_done")
    person.refresh_from_db()
    assert person.check_password(new)
    assert client.get(link, follow=True).context["token_fail"] is True


def test_password_reset_says_nothing_about_unknown_addresses(client):
    response = client.post(reverse("account_reset_password"), {"email": "inconnu@example.org"})
    assert response.headers["Location"] == reverse("account_reset_password_done")
    assert mail.outbox == []


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_email", "account_set_password", "socialaccount_connections", "account_confirm_email"],
)
def test_what_makes_no_sense_here_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["signup/", "email/", "confirm-email/", "3rdparty/", "password/set/"])
def test_the_usual_addresses_of_allauth_are_not_exposed(client, path):
    assert client.get(f"/compte/{path}").status_code == 404


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "account_change_password"])
def test_second_factor_pages_are_within_reach_of_every_role(client, name):
    factories.user_with(Role.OBSERVER, email="alix@example.org")
    log_in(client, "alix@example.org")
    assert client.get(reverse(name), follow=True).status_code == 200


def test_a_second_factor_is_asked_after_the_password(client):
    person = factories.administrator(email="alix@example.org")
    TOTP.activate(person, generate_totp_secret())
    assert log_in(client, "alix@example.org").headers["Location"].startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session


def test_my_account_changes_my_names_only(client):
    person = factories.administrator(email="alix@example.org", first_name="Alix")
    client.force_login(person)
    assert client.get(reverse("accounts:profile")).status_code == 200
    response = client.post(
        reverse("accounts:profile"), {"first_name": "Alexis", "last_name": "Modèle", "email": "autre@example.org"}
    )
    assert response.status_code == 302
    person.refresh_from_db()
    assert (person.first_name, person.last_name, person.email) == ("Alexis", "Modèle", "alix@example.org")
    assert client.post(reverse("accounts:profile"), {"first_name": "", "last_name": ""}).status_code == 422


class TestTheAdminsDoor:
    def test_login_is_the_portals(self, client):
        response = client.get("/gestion/", follow=True)
        assert response.redirect_chain[-1][0].startswith(LOGIN)

    def test_logged_in_it_leads_inside(self, client):
        client.force_login(factories.administrator())
        assert client.get(reverse("admin:login")).headers["Location"] == reverse("admin:index")

    def test_logout_by_post_only(self, client):
        client.force_login(factories.administrator())
        assert client.get(reverse("admin:logout")).headers["Location"] == reverse("account_logout")
        assert client.post(reverse("admin:logout")).headers["Location"] == reverse("home:public")
        assert "_auth_user_id" not in client.session

    def test_the_password_is_changed_in_the_portal(self, client):
        client.force_login(factories.administrator())
        assert client.get(reverse("admin:password_change")).headers["Location"] == reverse("account_change_password")
