"""The card of a person tells her groups and her meetings."""

import pytest
from django.urls import reverse

from tests import factories, member_factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db


def test_the_card_of_a_person_lists_her_meetings(client):
    cpts = factories.cpts()
    person = member_factories.professional(cpts)
    client.force_login(factories.coordinator(cpts))
    card = reverse("members:person-detail", args=[cpts.pk, person.pk])
    assert 'id="reunions"' not in client.get(card).content.decode()
    make.attendance(make.meeting(cpts, title="Bureau de mars"), person, presence="present")
    page = client.get(card).content.decode()
    assert "Bureau de mars" in page
    assert "Présent" in page
