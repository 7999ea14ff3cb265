"""Settings of memberships: charter, public form and its link, receipt numbers."""

import pytest
from django.urls import reverse

from cpts_portal.core.scoping import everything
from members.models import MembershipSettings
from tests import factories

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"members:{name}", args=args)


@pytest.fixture
def cpts():
    made = factories.cpts()
    with everything("test data"):
        MembershipSettings.objects.create(cpts=made, form_is_open=True, form_token="jeton-secret", charter="Charte")
    return made


@pytest.fixture
def coordinator(client, cpts):
    person = factories.coordinator(cpts)
    client.force_login(person)
    return person


def settings_data(page, **changes):
    form = page.context["form"]
    return {"state": form.initial["state"], "charter": "Charte", "receipt_prefix": "R", "introduction": "", **changes}


def test_settings_open_the_form_and_draw_its_link(client):
    cpts = factories.cpts()
    client.force_login(factories.coordinator(cpts))
    here = url("settings", cpts.pk)
    assert client.post(here, settings_data(client.get(here), form_is_open="on", charter="")).status_code == 422
    client.post(here, settings_data(client.get(here), form_is_open="on"))
    with everything("test"):
        token = MembershipSettings.objects.get(cpts=cpts).form_token
    assert client.get(f"/rejoindre/{token}/").status_code == 200
    poster = client.get(url("form-poster", cpts.pk)).content.decode()
    assert "<svg" in poster
    assert f"/rejoindre/{token}/" in poster
    client.post(url("form-link", cpts.pk))
    assert client.get(f"/rejoindre/{token}/").status_code == 404


def test_settings_saved_by_somebody_else_meanwhile_are_not_lost(client, cpts, coordinator):
    here = url("settings", cpts.pk)
    mine = settings_data(client.get(here), charter="La mienne")
    client.post(here, settings_data(client.get(here), charter="La sienne"))
    response = client.post(here, mine)
    assert response.status_code == 422
    assert "quelqu’un d’autre" in response.content.decode()
    assert "La mienne" in response.content.decode()


def test_a_receipt_prefix_is_made_of_letters(client, cpts, coordinator):
    here = url("settings", cpts.pk)
    assert client.post(here, settings_data(client.get(here), receipt_prefix="R1")).status_code == 422
