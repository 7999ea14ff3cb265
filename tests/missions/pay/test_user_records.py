"""An account is linked to its record of the register: what is paid to the one is not approved by the other."""

import pytest
from django.urls import reverse

from cpts_portal.core.scoping import everything
from missions.models import UserRecord
from missions.pay.checks import is_paid_herself
from tests import factories, member_factories

pytestmark = pytest.mark.django_db


def url(cpts) -> str:
    return reverse("missions:payments-who", args=[cpts.pk])


def test_a_treasurer_is_linked_then_freed(client):
    cpts = factories.cpts("du Penthièvre")
    treasurer, person = factories.board_member(cpts), member_factories.professional(cpts)
    client.force_login(factories.coordinator(cpts))
    typed = f"{person} (n° {person.pk})"
    shown = client.post(url(cpts), {"user": treasurer.pk, "professional": typed}, follow=True)
    assert str(person) in shown.content.decode()
    with everything("reading back"):
        assert is_paid_herself(treasurer, person)
    client.post(url(cpts), {"user": treasurer.pk, "professional": ""})
    with everything("reading back"):
        assert not UserRecord.objects.exists()


def test_a_record_is_one_account_and_accounts_of_others_are_not_offered(client):
    cpts = factories.cpts("du Penthièvre")
    one, other, person = factories.board_member(cpts), factories.board_member(cpts), member_factories.professional(cpts)
    stranger = factories.board_member(factories.cpts("voisine"))
    client.force_login(factories.coordinator(cpts))
    typed = f"{person} (n° {person.pk})"
    client.post(url(cpts), {"user": one.pk, "professional": typed})
    refused = client.post(url(cpts), {"user": other.pk, "professional": typed})
    assert "déjà celle du compte" in refused.content.decode()
    assert client.post(url(cpts), {"user": stranger.pk, "professional": typed}).status_code == 422


def test_the_board_reads_and_another_cpts_sees_nothing(client):
    cpts = factories.cpts("du Penthièvre")
    client.force_login(factories.board_member(cpts))
    assert client.get(url(cpts)).status_code == 403
    client.force_login(factories.coordinator(factories.cpts("voisine")))
    assert client.get(url(cpts)).status_code == 404
