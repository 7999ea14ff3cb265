"""Minutes written, published, taken back; decisions; tasks done or late."""

from datetime import date

import pytest
from django.urls import reverse

from cpts_portal.core.scoping import everything
from missions.models import Decision, Task
from tests import factories, member_factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def whole_portal():
    with everything("minutes"):
        yield


def test_the_minutes_of_a_meeting_from_draft_to_published_and_back(client):
    meeting = make.meeting(factories.cpts())
    client.force_login(factories.coordinator(meeting.cpts))

    def post(name: str, pk: int = meeting.pk, **form):
        return client.post(reverse(f"missions:{name}", args=[meeting.cpts_id, pk]), form)

    assert post("meeting-publish").status_code == 422
    assert post("meeting-minutes", minutes="Budget adopté", version="9").status_code == 422
    post("meeting-minutes", minutes="Budget adopté", version="0")
    post("meeting-decision", text="Le budget est adopté.", votes="à l’unanimité")
    post("meeting-publish")
    meeting.refresh_from_db()
    assert (meeting.minutes, bool(meeting.minutes_published_at)) == ("Budget adopté", True)
    assert post("meeting-decision", text="Trop tard").status_code == 422
    assert post("decision-remove", Decision.objects.get().pk).status_code == 422
    post("meeting-take-back", reason="Coquille")
    post("decision-remove", Decision.objects.get().pk)
    assert not Decision.objects.exists()


def test_a_task_is_late_until_it_is_done(client):
    meeting = make.meeting(factories.cpts())
    person = member_factories.professional(meeting.cpts)
    client.force_login(factories.coordinator(meeting.cpts))
    card = reverse("missions:meeting-detail", args=[meeting.cpts_id, meeting.pk])
    form = {"what": "Envoyer le plan", "professional": f"{person} (n° {person.pk})", "due_on": "2026-04-01"}
    client.post(reverse("missions:meeting-task", args=[meeting.cpts_id, meeting.pk]), form)
    task = Task.objects.get()
    assert task.professional == person
    assert "en retard" in client.get(card).content.decode()
    client.post(reverse("missions:task-done", args=[meeting.cpts_id, task.pk]), {"on": "2026-05-02"})
    task.refresh_from_db()
    assert task.done_on == date(2026, 5, 2)
    assert "en retard" not in client.get(card).content.decode()
