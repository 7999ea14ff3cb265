"""Figures declared by a CPTS, beside the computed ones."""

from datetime import date

import pytest
from django.urls import reverse

from cpts_portal.core.scoping import everything
from territories.models import DeclaredFigures
from tests import factories

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"territories:{name}", args=args)


@pytest.fixture
def ours():
    cpts = factories.cpts("du Penthièvre", siren="732829320")
    lamballe = factories.commune("22093", "Lamballe-Armor", population=39_500, epci=factories.epci(name="CA Lamballe"))
    factories.in_territory(cpts, lamballe)
    return cpts


# --- List ---------------------------------------------------------------------------------------------------------
def declare(client, cpts, **changes):
    fields = {"declared_on": "2022-09-28", "population": "75000", "communes": "43", "source": "Communiqué"}
    return client.post(url("cpts-declared", cpts.pk), {**fields, **changes})


def test_declared_figures_are_added_compared_corrected_and_withdrawn(client, ours):
    client.force_login(factories.coordinator(ours))
    assert declare(client, ours).status_code == 302
    page = client.get(url("cpts-detail", ours.pk)).content.decode()
    assert "calculé 39\u202f500, soit −35\u202f500 (−47,3\u00a0%)" in page
    with everything("reading the row just added"):
        figures = DeclaredFigures.objects.get()
    fields = {"declared_on": "2022-09-28", "population": "39500", "communes": "", "source": "Communiqué"}
    assert client.post(url("cpts-declared-edit", ours.pk, figures.pk), fields).status_code == 302
    assert "identique" in client.get(url("cpts-detail", ours.pk)).content.decode()
    assert client.get(url("cpts-declared-delete", ours.pk, figures.pk)).status_code == 200
    assert client.post(url("cpts-declared-delete", ours.pk, figures.pk)).status_code == 302
    kinds = DeclaredFigures.history.order_by("history_id").values_list("history_type", flat=True)
    assert list(kinds) == ["+", "~", "-"]


@pytest.mark.parametrize(
    "wrong", [{"population": "", "communes": ""}, {"source": ""}, {"declared_on": "demain"}, {"population": "-3"}]
)
def test_meaningless_declared_figures_come_back(client, ours, wrong):
    client.force_login(factories.coordinator(ours))
    assert declare(client, ours, **wrong).status_code == 422
    with everything("nothing was written"):
        assert DeclaredFigures.objects.count() == 0


def test_agents_and_other_cpts_cannot_touch_declared_figures(client, ours):
    with everything("test data"):
        figures = DeclaredFigures.objects.create(
            cpts=ours, declared_on=date(2022, 1, 1), population=1, source="Communiqué"
        )
    client.force_login(factories.ars_agent(ours.ars))
    for name in ("cpts-declared-edit", "cpts-declared-delete"):
        assert client.post(url(name, ours.pk, figures.pk)).status_code == 403
    other = factories.cpts()
    client.force_login(factories.coordinator(other))
    for name in ("cpts-declared-edit", "cpts-declared-delete"):
        assert client.post(url(name, other.pk, figures.pk)).status_code == 404
        assert client.post(url(name, ours.pk, figures.pk)).status_code == 404
