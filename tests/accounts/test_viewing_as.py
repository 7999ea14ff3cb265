"""Seeing the portal as somebody else: read only, logged, never as an administrator."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cpts_portal.accounts import viewing
from cpts_portal.accounts.models import Access, User, ViewingAs
from territories.models import Cpts
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client) -> User:
    found = factories.administrator(first_name="Camille", last_name="Essai")
    client.force_login(found)
    return found


@pytest.fixture
def coordinator() -> User:
    return factories.coordinator(factories.cpts("du Penthièvre"), first_name="Alix", last_name="Modèle")


def start(client, person: User, reason: str = "ne retrouve pas sa CPTS"):
    return client.post(reverse("accounts:viewing-start", args=[person.pk]), {"reason": reason})


def test_the_portal_is_seen_with_her_eyes_under_a_banner(client, admin, coordinator):
    factories.cpts("Autre")
    assert start(client, coordinator).headers["Location"] == reverse("home:dashboard")
    response = client.get(reverse("accounts:profile"))
    request = response.wsgi_request
    assert request.user == coordinator
    assert request.viewing_as.administrator == admin
    assert [access.user_id for access in request.actor.accesses] == [coordinator.pk]
    assert "Vous voyez le portail comme" in response.content.decode()
    assert client.get(reverse("accounts:user-list")).status_code == 403


def test_it_is_logged_from_start_to_end(client, admin, coordinator):
    start(client, coordinator)
    (entry,) = ViewingAs.objects.all()
    assert (entry.administrator, entry.user, entry.reason, entry.ended_at) == (
        admin,
        coordinator,
        "ne retrouve pas sa CPTS",
        None,
    )
    response = client.post(reverse("accounts:viewing-stop"))
    assert response.headers["Location"] == coordinator.get_absolute_url()
    entry.refresh_from_db()
    assert entry.ended_at is not None
    response = client.get(reverse("accounts:viewing-list"))
    assert response.wsgi_request.user == admin
    assert [row.record for row in response.context["table"].rows] == [entry]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, admin, coordinator, method):
    start(client, coordinator)
    response = getattr(client, method)(reverse("accounts:profile"), {"first_name": "X", "last_name": "Y"})
    assert response.status_code == 403
    assert "en lecture seule" in response.content.decode()
    coordinator.refresh_from_db()
    assert coordinator.first_name == "Alix"


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_view_recovery_codes", "account_change_password", "account_reauthenticate"]
)
def test_her_secrets_stay_hers(client, admin, coordinator, name):
    start(client, coordinator)
    assert client.get(reverse(name)).status_code == 403


def test_a_reason_is_compulsory(client, admin, coordinator):
    for reason in ("", "  ", "abc"):
        assert start(client, coordinator, reason).status_code == 422
    assert not ViewingAs.objects.exists()


def test_not_as_another_administrator_nor_oneself_nor_a_closed_account(client, admin):
    for person, word in [
        (factories.administrator(), "administre elle aussi"),
        (admin, "propre compte"),
        (factories.user(is_active=False), "désactivé"),
    ]:
        page = client.get(reverse("accounts:viewing-start", args=[person.pk]))
        assert word in page.content.decode()
        response = start(client, person)
        assert response.status_code == 422
    assert not ViewingAs.objects.exists()


def test_only_administrators(client, coordinator):
    client.force_login(factories.observer())
    assert start(client, coordinator).status_code == 403
    assert client.get(reverse("accounts:viewing-list")).status_code == 403


def test_logging_out_ends_it(client, admin, coordinator):
    start(client, coordinator)
    assert client.post(reverse("account_logout")).status_code == 302
    assert ViewingAs.objects.get().ended_at is not None
    assert "_auth_user_id" not in client.session


def test_it_stops_by_itself_after_an_hour(client, admin, coordinator):
    start(client, coordinator)
    ViewingAs.objects.update(started_at=timezone.now() - viewing.LONGEST - timedelta(minutes=1))
    assert client.get(reverse("accounts:profile")).wsgi_request.user == admin
    assert ViewingAs.objects.get().ended_at is not None


def test_it_stops_when_the_right_to_look_is_lost(client, admin, coordinator):
    start(client, coordinator)
    Access.objects.create(user=coordinator, role="administrator")
    assert client.get(reverse("accounts:profile")).wsgi_request.user == admin


def test_another_persons_viewing_cannot_be_borrowed(client, admin, coordinator):
    entry = viewing.start_viewing(user=coordinator, reason="essai", by=factories.administrator())
    session = client.session
    session[viewing.SESSION_KEY] = entry.pk
    session.save()
    assert client.get(reverse("accounts:profile")).wsgi_request.user == admin


def test_starting_again_closes_the_one_left_open(admin, coordinator):
    first = viewing.start_viewing(user=coordinator, reason="essai", by=admin)
    viewing.start_viewing(user=coordinator, reason="encore", by=admin)
    first.refresh_from_db()
    assert first.ended_at is not None
    assert ViewingAs.objects.filter(ended_at=None).count() == 1


def test_stopping_without_a_viewing_is_harmless(client, admin):
    assert client.post(reverse("accounts:viewing-stop")).headers["Location"] == reverse("home:dashboard")
    assert client.get(reverse("accounts:viewing-stop")).status_code == 405


def test_history_never_names_the_person_viewed(admin, coordinator, see_everything, rf):
    request = rf.get("/")
    request.user, request.viewing_as = coordinator, viewing.start_viewing(user=coordinator, reason="essai", by=admin)
    HistoricalRecords.context.request = request
    try:
        cpts = Cpts.objects.get()
        cpts.phone = "02"
        cpts.save()
    finally:
        del HistoricalRecords.context.request
    assert cpts.history.first().history_user == admin
