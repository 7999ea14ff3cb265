"""The missions of a CPTS on screen: taken on, started, deployed, stopped; who may."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from missions.models import CptsMission, Exercise
from tests import factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"missions:{name}", args=args)


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


def fresh(mission: CptsMission) -> CptsMission:
    with everything("reading back"):
        return CptsMission.objects.get(pk=mission.pk)


def test_the_core_missions_are_proposed_and_taken_on_together(client, cpts):
    client.force_login(factories.coordinator(cpts))
    empty = client.get(url("missions", cpts.pk)).content.decode()
    assert "Aucune mission retenue" in empty
    form = client.get(url("missions-take-on", cpts.pk)).context["form"]
    assert len(form.initial["missions"]) == 4
    sent = {"missions": [make.official(code).pk for code in ("acces", "qualite")], "agreed_on": "2026-01-15"}
    answer = client.post(url("missions-take-on", cpts.pk), sent, follow=True)
    assert "2\u00a0missions retenues" in answer.content.decode()
    with everything("reading back"):
        assert {each.mission.code for each in CptsMission.objects.filter(cpts=cpts)} == {"acces", "qualite"}
    again = client.post(url("missions-take-on", cpts.pk), {**sent, "missions": [make.official("acces").pk]})
    assert again.status_code == 422


def test_the_life_of_a_mission(client, cpts):
    mission = make.mission(cpts)
    client.force_login(factories.coordinator(cpts))
    early = client.post(url("mission-deploy", cpts.pk, mission.pk), {"on": "2026-03-01"})
    assert early.status_code == 422
    assert "Indiquez d’abord la date de démarrage." in early.content.decode()
    client.post(url("mission-start", cpts.pk, mission.pk), {"on": "2026-03-01"})
    client.post(url("mission-deploy", cpts.pk, mission.pk), {"on": "2026-06-01"})
    assert (fresh(mission).started_on, fresh(mission).deployed_on) == (date(2026, 3, 1), date(2026, 6, 1))
    client.post(url("mission-stop", cpts.pk, mission.pk), {"on": "2026-09-01", "reason": "Faute de médecins"})
    page = client.get(url("mission-detail", cpts.pk, mission.pk)).content.decode()
    assert "Arrêtée" in page
    assert "Faute de médecins" in page
    assert "a indiqué le démarrage de la mission" in page


def test_a_date_to_come_is_refused_and_the_form_comes_back_filled(client, cpts):
    mission = make.mission(cpts)
    client.force_login(factories.coordinator(cpts))
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = client.post(url("mission-start", cpts.pk, mission.pk), {"on": tomorrow.isoformat()})
    assert answer.status_code == 422
    assert f'value="{tomorrow.isoformat()}"' in answer.content.decode()
    assert fresh(mission).started_on is None


def test_somebody_else_saved_the_mission_meanwhile(client, cpts):
    mission = make.mission(cpts)
    client.force_login(factories.coordinator(cpts))
    sent = {"orientations": "Les miennes", "version": "0", "agreed_on": "2026-01-01"}
    client.post(url("mission-edit", cpts.pk, mission.pk), sent)
    late = client.post(url("mission-edit", cpts.pk, mission.pk), {**sent, "orientations": "Les autres"})
    assert late.status_code == 422
    assert "Les autres" in late.content.decode()
    assert fresh(mission).orientations == "Les miennes"
    sent_again = {**sent, "orientations": "Les autres", "version": late.context["form"]["version"].value()}
    client.post(url("mission-edit", cpts.pk, mission.pk), sent_again)
    assert fresh(mission).orientations == "Les autres"


def test_a_mistake_in_the_dates_is_put_right_with_a_reason(client, cpts):
    mission = make.mission(cpts, started_on=date(2026, 2, 1))
    client.force_login(factories.coordinator(cpts))
    sent = {"started_on": "2026-02-10", "reason": ""}
    assert client.post(url("mission-correct", cpts.pk, mission.pk), sent).status_code == 422
    client.post(url("mission-correct", cpts.pk, mission.pk), {**sent, "reason": "Erreur de saisie"})
    assert fresh(mission).started_on == date(2026, 2, 10)


def test_the_five_years_run_from_one_anniversary_to_the_next(client, cpts):
    make.mission(cpts, agreed_on=date(2024, 2, 29))
    client.force_login(factories.coordinator(cpts))
    client.post(url("exercises-open", cpts.pk), {"first_day": "2024-02-29"})
    with everything("reading back"):
        years = list(Exercise.objects.filter(cpts=cpts).values_list("number", "start", "end"))
    assert years[0] == (1, date(2024, 2, 29), date(2025, 2, 28))
    assert years[4] == (5, date(2028, 2, 29), date(2029, 2, 28))
    assert all(one[2] == following[1] for one, following in pairwise(years))
    assert client.post(url("exercises-open", cpts.pk), {"first_day": "2024-02-29"}).status_code == 422


def test_the_overview_warns_of_a_late_mission(client, cpts):
    make.mission(cpts, agreed_on=date(2024, 1, 1))
    client.force_login(factories.coordinator(cpts))
    page = client.get(url("missions", cpts.pk)).content.decode()
    assert "échéance dépassée de" in page


def test_agencies_read_and_the_board_does_not_write(client, cpts):
    mission = make.mission(cpts)
    for person in (factories.ars_agent(cpts.ars), factories.fund_agent(cpts.lead_fund), factories.board_member(cpts)):
        client.force_login(person)
        assert client.get(url("mission-detail", cpts.pk, mission.pk)).status_code == 200
        assert client.post(url("mission-start", cpts.pk, mission.pk), {"on": "2026-03-01"}).status_code == 403


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_the_overview_takes_as_many_queries_for_one_mission_as_for_three(client, cpts):
    make.mission(cpts)
    client.force_login(factories.coordinator(cpts))
    client.get(url("missions", cpts.pk))
    one = queries_of(client, url("missions", cpts.pk))
    make.mission(cpts, "parcours")
    make.action(cpts, "prevention")
    assert queries_of(client, url("missions", cpts.pk)) == one
