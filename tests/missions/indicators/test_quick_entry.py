"""« Saisir les résultats »: one page, one button, all or nothing, nothing typed is lost."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from missions.models import Result, Target
from tests import factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db
START = date(2024, 1, 1)  # a year that is over, whatever the day of the test


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordination(client, cpts):
    client.force_login(factories.coordinator(cpts))
    return client


def target(cpts, **fields) -> Target:
    make.exercise(cpts, 1, start=START)
    return make.target(make.indicator(cpts, **fields))


def page(of: Target) -> str:
    return reverse("missions:results-entry", args=[of.exercise.cpts_id, of.exercise_id])


def row(of: Target, value: str, *, comment: str = "", version: str = "0") -> dict[str, str]:
    prefix = f"{of.pk}-{START.isoformat()}"
    return {f"{prefix}-value": value, f"{prefix}-comment": comment, f"{prefix}-version": version}


def saved() -> list[tuple[str, str, str]]:
    with everything("reading back"):
        rows = Result.objects.order_by("target_id", "start")
        return [(each.target.indicator.name, f"{each.value:.0f}", each.comment) for each in rows]


def words(answer) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def test_several_values_are_saved_with_one_button_and_blank_rows_are_left(coordination, cpts):
    one, two, three = (target(cpts, name=name) for name in ("Un", "Deux", "Trois"))
    answer = coordination.post(page(one), {**row(one, "12"), **row(two, ""), **row(three, "1 300", comment="SNIIRAM")})
    assert answer.url.endswith("?annee=1")
    assert saved() == [("Un", "12", ""), ("Trois", "1300", "SNIIRAM")]
    shown = words(coordination.get(page(one)))
    assert ("Deux" in shown, "Trois" in shown) == (True, False)


def test_a_bad_value_says_so_on_its_row_and_nothing_is_saved_nor_lost(coordination, cpts):
    one, two, blank = target(cpts), target(cpts), target(cpts)
    sent = {**row(one, "12"), **row(two, "beaucoup", comment="à vérifier"), **row(blank, "")}
    answer = coordination.post(page(one), sent)
    assert answer.status_code == 422
    shown = words(answer)
    assert "1 ligne à revoir" in shown
    assert shown.count("Écrivez un nombre") == shown.count('class="field-error"') == 1
    assert f'href="#id_{two.pk}-{START.isoformat()}-value"' in shown  # the summary leads to the mistake
    assert all(f'value="{typed}"' in shown for typed in ("12", "beaucoup", "à vérifier"))
    assert saved() == []


def test_a_comment_without_a_value_is_asked_its_value(coordination, cpts):
    one = target(cpts)
    assert coordination.post(page(one), row(one, "", comment="à venir")).status_code == 422


def test_a_row_entered_meanwhile_stays_on_the_page_and_is_sent_again_as_a_choice(coordination, cpts):
    one, two = target(cpts, name="Un"), target(cpts, name="Deux")
    coordination.post(page(one), row(one, "12"))
    late = coordination.post(page(one), {**row(one, "15"), **row(two, "7")})
    assert late.status_code == 422
    assert "vient de saisir 12" in words(late)
    assert saved() == [("Un", "12", "")]
    coordination.post(page(one), {**row(one, "15", version="1"), **row(two, "7")})
    assert saved() == [("Un", "15", ""), ("Deux", "7", "")]
    assert f'name="{one.pk}-{START.isoformat()}-version" value="1"' in words(late)


def test_a_blank_row_never_undoes_what_was_entered_meanwhile(coordination, cpts):
    one = target(cpts, name="Un")
    coordination.post(page(one), row(one, "12"))
    coordination.post(page(one), row(one, ""))
    assert saved() == [("Un", "12", "")]


def test_what_the_portal_counts_is_shown_and_not_typed(coordination, cpts):
    counted = target(cpts, counted="meetings")
    shown = words(coordination.get(page(counted)))
    assert "à ce jour : 0" in shown
    assert "Tout est saisi" in shown
    coordination.post(page(counted), row(counted, "9"))
    assert saved() == []


def test_periods_under_way_are_offered_on_demand(coordination, cpts):
    make.exercise(cpts, 1, start=timezone.localdate().replace(day=1))
    under_way = make.target(make.indicator(cpts, name="En cours"))
    assert "En cours" not in words(coordination.get(page(under_way))).split("<main")[1]
    assert "En cours" in words(coordination.get(page(under_way) + "?tout=oui")).split("<main")[1]


def test_another_cpts_finds_nothing_and_agencies_do_not_enter_results(client, cpts):
    one = target(cpts)
    client.force_login(factories.ars_agent(cpts.ars))
    assert client.get(page(one)).status_code == 403
    client.force_login(factories.coordinator(factories.cpts("voisine")))
    assert client.get(page(one)).status_code == 404
    assert client.post(page(one), row(one, "12")).status_code == 404
    assert saved() == []


def test_the_page_takes_as_many_queries_for_one_row_as_for_three(coordination, cpts):
    one = target(cpts)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            coordination.get(page(one))
        counts.append(len(seen))
        target(cpts)
        target(cpts)
    assert counts[0] == counts[1]


def test_the_year_and_the_overview_lead_to_it(coordination, cpts):
    make.exercise(cpts, 1, start=timezone.localdate().replace(month=1, day=1))
    one = make.target(make.indicator(cpts))
    for name in ("indicators", "missions"):
        assert page(one) in words(coordination.get(reverse(f"missions:{name}", args=[cpts.pk])))
