"""Invitations: who may send them, what the link does, and every way it can be too late."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.accounts import invitations
from cpts_portal.accounts.models import Access, Invitation, User
from cpts_portal.accounts.roles import Role
from cpts_portal.core.refusals import NotPossible
from territories.models import Cpts
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
NEW = "/compte/invitations/nouvelle/"
LIST = "/compte/invitations/"
PASSWORD = "une-phrase-bien-longue"


@pytest.fixture
def cpts() -> Cpts:
    return factories.cpts("du Penthièvre")


@pytest.fixture
def admin() -> User:
    return factories.administrator(first_name="Camille", last_name="Essai")


@pytest.fixture
def invitation(cpts, admin) -> Invitation:
    return invitations.invite(
        invitation=Invitation(email="Alix@example.org", first_name="Alix", role=Role.BOARD, cpts=cpts), by=admin
    )


def link(found: Invitation) -> str:
    return reverse("accounts:invitation-accept", args=[found.token])


def account(**more) -> dict:
    return {"first_name": "Alix", "last_name": "Modèle", "password": PASSWORD, "confirmation": PASSWORD, **more}


class TestSending:
    def test_the_mail_leaves_once_the_invitation_is_kept(self, client, admin, cpts, django_capture_on_commit_callbacks):
        client.force_login(admin)
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(NEW, {"email": "Alix@example.org", "role": Role.BOARD, "cpts": cpts.pk})
        assert response.headers["Location"] == LIST
        found = Invitation.objects.get()
        assert (found.email, found.invited_by, found.state) == ("alix@example.org", admin, Invitation.State.WAITING)
        (message,) = mail.outbox
        assert message.subject == "[Portail CPTS] Votre invitation : CPTS du Penthièvre"
        assert message.to == ["alix@example.org"]
        assert re.search(r"http\S+", message.body)[0].endswith(link(found))
        assert link(found) in message.alternatives[0].content

    def test_nothing_leaves_when_it_is_refused(self, client, admin, cpts, django_capture_on_commit_callbacks):
        client.force_login(admin)
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(NEW, {"email": "pas une adresse", "role": Role.BOARD, "cpts": cpts.pk})
        assert response.status_code == 422
        assert response.context["form"]["email"].value() == "pas une adresse"
        assert (mail.outbox, Invitation.objects.count()) == ([], 0)

    def test_the_same_twice_is_told_to_be_sent_again(self, client, admin, cpts, invitation):
        client.force_login(admin)
        response = client.post(NEW, {"email": "ALIX@example.org", "role": Role.BOARD, "cpts": cpts.pk})
        assert response.context["form"].non_field_errors() == [invitations.ALREADY_WAITING]
        assert Invitation.objects.count() == 1

    def test_the_database_holds_it_too(self, admin, cpts, invitation):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.by_link.create(email="alix@example.org", role=Role.BOARD, cpts=cpts, invited_by=admin)

    def test_somebody_who_already_has_the_access(self, admin, cpts):
        person = factories.board_member(cpts, email="alix@example.org")
        with pytest.raises(NotPossible, match=f"{person} a déjà cet accès"):
            invitations.invite(invitation=Invitation(email="alix@example.org", role=Role.BOARD, cpts=cpts), by=admin)


class TestWhoMaySend:
    def test_a_coordinator_invites_to_her_own_cpts_only(self, client, cpts):
        other = factories.cpts("Autre")
        client.force_login(factories.coordinator(cpts))
        form = client.get(NEW).context["form"]
        assert list(form.fields["cpts"].queryset) == [cpts]
        assert {value for value, _ in form.fields["role"].choices} == {Role.BOARD, Role.COORDINATOR}
        assert "agency" not in form.fields
        data = {"email": "alix@example.org", "role": Role.COORDINATOR}
        assert client.post(NEW, {**data, "cpts": other.pk}).status_code == 422
        assert client.post(NEW, {**data, "role": Role.ADMINISTRATOR, "cpts": cpts.pk}).status_code == 422
        assert client.post(NEW, {**data, "cpts": cpts.pk}).status_code == 302
        assert Invitation.objects.get().cpts == cpts

    def test_the_rule_holds_without_the_form(self, cpts):
        coordinator = factories.coordinator(cpts)
        for wanted in (
            Invitation(email="x@example.org", role=Role.BOARD, cpts=factories.cpts("Autre")),
            Invitation(email="x@example.org", role=Role.ADMINISTRATOR),
            Invitation(email="x@example.org", role=Role.ARS_AGENT, agency=cpts.ars),
        ):
            with pytest.raises(NotPossible, match="CPTS que vous coordonnez"):
                invitations.invite(invitation=wanted, by=coordinator)

    def test_neither_agencies_nor_the_board(self, client, cpts):
        for person in (factories.ars_agent(cpts.ars), factories.board_member(cpts), factories.observer()):
            client.force_login(person)
            assert client.get(NEW).status_code == 403
            assert client.get(LIST).status_code == 403

    def test_a_board_seat_elsewhere_gives_no_hand_on_its_invitations(self, client, cpts, invitation):
        person = factories.coordinator(factories.cpts("Autre"))
        Access.objects.create(user=person, role=Role.BOARD, cpts=cpts)
        client.force_login(person)
        assert [row.record for row in client.get(LIST).context["table"].rows] == []
        assert client.post(reverse("accounts:invitation-cancel", args=[invitation.pk])).status_code == 403

    def test_those_of_another_cpts_do_not_exist(self, client, invitation):
        client.force_login(factories.coordinator(factories.cpts("Autre")))
        for name in ("invitation-cancel", "invitation-resend"):
            assert client.get(reverse(f"accounts:{name}", args=[invitation.pk])).status_code == 404


class TestList:
    def test_states_and_search(self, client, admin, cpts, invitation):
        def shown(**query) -> list[str]:
            return [row.record.email for row in client.get(LIST, query).context["table"].rows]

        client.force_login(admin)
        old = Invitation.by_link.create(
            email="hier@example.org", role=Role.BOARD, cpts=cpts, invited_by=admin, expires_at=timezone.now()
        )
        assert shown(state="waiting") == [invitation.email]
        assert shown(state="expired") == [old.email]
        invitations.cancel(invitation=old, by=admin)
        assert shown(state="cancelled") == [old.email]
        assert shown(state="accepted") == []
        assert shown(q="ALIX") == [invitation.email]

    def test_same_queries_for_one_and_three_rows(self, client, admin, invitation):
        def queries(q: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(LIST, {"q": q}).context["total"] > 0
            return len(captured)

        client.force_login(admin)
        one = queries("alix")
        for n in range(3):
            Invitation.by_link.create(
                email=f"trois{n}@example.org", role=Role.BOARD, cpts=factories.cpts(), invited_by=factories.user()
            )
        assert queries("trois") == one


class TestResendingAndCancelling:
    def test_resending_changes_the_link_and_starts_the_delay_again(
        self, client, admin, invitation, django_capture_on_commit_callbacks
    ):
        client.force_login(admin)
        Invitation.by_link.update(expires_at=timezone.now() - timedelta(days=1))
        before = link(invitation)
        page = reverse("accounts:invitation-resend", args=[invitation.pk])
        assert client.get(page).status_code == 200
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(page).headers["Location"] == LIST
        invitation.refresh_from_db()
        assert invitation.state == Invitation.State.WAITING
        assert link(invitation) != before
        assert link(invitation) in mail.outbox[-1].body
        client.logout()
        assert client.get(before).status_code == 404
        assert client.get(link(invitation)).status_code == 200

    def test_cancelling_closes_the_link(self, client, admin, invitation):
        client.force_login(admin)
        page = reverse("accounts:invitation-cancel", args=[invitation.pk])
        assert client.get(page).status_code == 200
        assert client.post(page).headers["Location"] == LIST
        client.logout()
        response = client.get(link(invitation))
        assert response.status_code == 410
        assert response.context["explanation"] == (
            "Cette invitation a été annulée : pour en savoir plus, adressez-vous à Camille Essai."
        )
        assert client.post(link(invitation), account()).status_code == 409

    def test_an_accepted_one_can_be_neither(self, client, admin, invitation):
        invitations.accept(invitation=invitation, account=invitations.NewAccount("A", "B", PASSWORD))
        client.force_login(admin)
        for name in ("invitation-cancel", "invitation-resend"):
            assert client.post(reverse(f"accounts:{name}", args=[invitation.pk])).status_code == 422


class TestTheLink:
    def test_a_newcomer_creates_her_account_and_comes_in(self, client, cpts, invitation):
        page = client.get(link(invitation))
        assert page.context["situation"] == "new"
        assert page.context["form"]["first_name"].value() == "Alix"
        response = client.post(link(invitation), account())
        assert response.headers["Location"] == reverse("home:dashboard")
        person = User.objects.get(email="alix@example.org")
        assert client.session["_auth_user_id"] == str(person.pk)
        access = person.accesses.get()
        assert (access.role, access.cpts, access.start) == (Role.BOARD, cpts, timezone.localdate())
        assert access.history.get().history_change_reason == "Invitation envoyée par Camille Essai"
        invitation.refresh_from_db()
        assert (invitation.accepted_by, invitation.state) == (person, Invitation.State.ACCEPTED)

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"confirmation": "autre chose de long"}, "confirmation"),
            ({"password": "court", "confirmation": "court"}, "password"),
            ({"password": "motdepasse123", "confirmation": "motdepasse123", "first_name": ""}, "first_name"),
            ({"last_name": ""}, "last_name"),
        ],
    )
    def test_what_is_typed_wrong_comes_back(self, client, invitation, typed, field):
        response = client.post(link(invitation), account(**typed))
        assert response.status_code == 422
        assert field in response.context["form"].errors
        assert not User.objects.filter(email=invitation.email).exists()

    def test_an_existing_account_logs_in_then_accepts(self, client, cpts, invitation):
        person = factories.user(email="alix@example.org")
        page = client.get(link(invitation))
        assert page.context["situation"] == "login"
        assert f"{reverse('account_login')}?next={link(invitation)}" in page.content.decode()
        assert client.post(link(invitation), account()).status_code == 409
        client.force_login(person)
        assert client.get(link(invitation)).context["situation"] == "confirm"
        assert client.post(link(invitation)).headers["Location"] == reverse("home:dashboard")
        assert person.accesses.get().cpts == cpts
        assert User.objects.filter(email__iexact="alix@example.org").count() == 1

    def test_logged_in_as_somebody_else(self, client, invitation):
        other = factories.coordinator(factories.cpts())
        client.force_login(other)
        page = client.get(link(invitation))
        assert page.context["situation"] == "somebody_else"
        assert client.post(link(invitation), account()).status_code == 409
        assert other.accesses.count() == 1
        back = client.post(reverse("account_logout"), {"next": link(invitation)})
        assert back.headers["Location"] == link(invitation)

    def test_a_deactivated_account_is_told_whom_to_ask(self, client, invitation):
        factories.user(email="alix@example.org", is_active=False)
        assert client.get(link(invitation)).context["situation"] == "inactive"

    def test_expired_used_and_unknown_links_say_what_to_do(self, client, invitation):
        Invitation.by_link.update(expires_at=timezone.now())
        response = client.get(link(invitation))
        assert (response.status_code, response.context["explanation"]) == (
            410,
            "Cette invitation a expiré : demandez à Camille Essai de la renvoyer.",
        )
        Invitation.by_link.update(expires_at=timezone.now() + timedelta(days=1))
        client.post(link(invitation), account())
        client.logout()
        response = client.get(link(invitation))
        assert (response.status_code, response.context["explanation"]) == (
            410,
            "Cette invitation a déjà servi : connectez-vous avec l’adresse alix@example.org.",
        )
        assert client.get(reverse("accounts:invitation-accept", args=["inconnu"])).status_code == 404

    def test_a_second_tab_comes_too_late(self, invitation):
        new = invitations.NewAccount("Alix", "Modèle", PASSWORD)
        stale = Invitation.by_link.get(pk=invitation.pk)
        person = invitations.accept(invitation=invitation, account=new)
        with pytest.raises(NotPossible, match="déjà servi"):
            invitations.accept(invitation=stale, account=new)
        assert person.accesses.count() == 1

    def test_two_invitations_of_the_same_person_give_two_accesses(self, admin, cpts, invitation):
        second = invitations.invite(
            invitation=Invitation(email="alix@example.org", role=Role.COORDINATOR, cpts=cpts), by=admin
        )
        person = invitations.accept(invitation=invitation, account=invitations.NewAccount("A", "B", PASSWORD))
        invitations.accept(invitation=second, by=person)
        assert set(person.accesses.values_list("role", flat=True)) == {Role.BOARD, Role.COORDINATOR}
