"""Actions on screen: the sheet typed and kept, its life, lists, board, calendar, printed sheet."""

import csv
import io
from datetime import date
from decimal import Decimal

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpts_portal.core.scoping import everything
from missions.models import Action, ActionTemplate, BudgetLine
from missions.plan.action_sheet import action_sheet, actual_dates, planned_dates
from missions.plan.portfolio import calendar
from tests import factories, member_factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"missions:{name}", args=args)


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordination(client, cpts):
    client.force_login(factories.coordinator(cpts))
    return client


def sheet(*missions, **fields) -> dict:
    """The form of an action as a browser sends it, with one line of budget and one deliverable."""
    return {
        "title": "Dépistage du diabète",
        "missions": [mission.pk for mission in missions],
        "progress": "0",
        "version": "0",
        "budget-TOTAL_FORMS": "2",
        "budget-INITIAL_FORMS": "0",
        "budget-0-label": "Impression",
        "budget-0-envelope": "own",
        "budget-0-planned": "1 234,50",
        "livrables-TOTAL_FORMS": "1",
        "livrables-INITIAL_FORMS": "0",
        "livrables-0-name": "Plaquette",
        "livrables-0-due_on": "2026-09-01",
        **fields,
    }


def only_action() -> Action:
    with everything("reading back"):
        return Action.objects.get()


def test_an_action_that_serves_two_missions_with_its_budget_and_deliverable(coordination, cpts):
    one, two = make.mission(cpts, "parcours"), make.mission(cpts, "prevention")
    lead = member_factories.professional(cpts)
    answer = coordination.post(
        url("action-add", cpts.pk), sheet(one, two, lead_0=f"{lead} (n° {lead.pk})"), follow=True
    )
    page = answer.content.decode()
    assert "est ajoutée" in page
    assert "1\u202f234,50\u00a0€" in page
    assert "Plaquette" in page
    with everything("reading back"):
        made = Action.objects.get()
        assert set(made.missions.all()) == {one, two}
        assert list(made.leads.all()) == [lead]


def test_what_is_wrong_comes_back_filled_and_nothing_is_kept(coordination, cpts):
    mission = make.mission(cpts)
    sent = sheet(mission, **{"budget-0-envelope": "mission", "end": "2026-01-01", "start": "2026-02-01"})
    answer = coordination.post(url("action-add", cpts.pk), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Indiquez la mission dont l’enveloppe paie cette dépense." in page
    assert "La fin prévue doit suivre le début prévu." in page
    assert 'value="Impression"' in page
    with everything("reading back"):
        assert Action.objects.count() == BudgetLine.objects.count() == 0


def test_a_second_person_on_the_same_sheet_is_told_and_may_save_all_the_same(coordination, cpts):
    coordination.post(url("action-add", cpts.pk), sheet(make.mission(cpts)))
    made = only_action()
    form = {"budget-TOTAL_FORMS": "0", "livrables-TOTAL_FORMS": "0"}
    opened = sheet(make.mission(cpts), version=str(made.version), **form)
    coordination.post(url("action-edit", cpts.pk, made.pk), {**opened, "title": "Premier"})
    late = coordination.post(url("action-edit", cpts.pk, made.pk), {**opened, "title": "Second"})
    assert late.status_code == 422
    assert 'value="Second"' in late.content.decode()
    assert only_action().title == "Premier"
    again = {**opened, "title": "Second", "version": late.context["form"]["version"].value()}
    assert coordination.post(url("action-edit", cpts.pk, made.pk), again).status_code == 302
    assert only_action().title == "Second"


def test_a_line_of_the_budget_is_changed_then_taken_away(coordination, cpts):
    mission = make.mission(cpts)
    coordination.post(url("action-add", cpts.pk), sheet(mission))
    made = only_action()
    with everything("reading back"):
        line = BudgetLine.objects.get()
    own = {"budget-INITIAL_FORMS": "1", "budget-0-pk": str(line.pk), "livrables-TOTAL_FORMS": "0"}
    change = sheet(mission, version=str(made.version), **own, **{"budget-0-spent": "12"})
    coordination.post(url("action-edit", cpts.pk, made.pk), change)
    with everything("reading back"):
        assert BudgetLine.objects.get().spent == Decimal("12.00")
    gone = {**change, "version": str(only_action().version), "budget-0-DELETE": "on"}
    coordination.post(url("action-edit", cpts.pk, made.pk), gone)
    with everything("reading back"):
        assert BudgetLine.objects.count() == 0
        assert BudgetLine.history.count() == 3


def test_the_life_of_an_action(coordination, cpts):
    action = make.action(cpts)
    assert coordination.post(url("action-finish", cpts.pk, action.pk), {"on": "2026-03-01"}).status_code == 422
    coordination.post(url("action-start", cpts.pk, action.pk), {"on": "2026-03-01"})
    coordination.post(url("action-progress", cpts.pk, action.pk), {"progress": "40", "note": "Groupe réuni"})
    coordination.post(url("action-finish", cpts.pk, action.pk), {"on": "2026-06-01"})
    found = only_action()
    assert (found.started_on, found.done_on, found.progress) == (date(2026, 3, 1), date(2026, 6, 1), 100)
    coordination.post(url("action-resume", cpts.pk, action.pk))
    coordination.post(url("action-drop", cpts.pk, action.pk), {"on": "2026-07-01", "reason": "Plus de référent"})
    page = coordination.get(url("action-detail", cpts.pk, action.pk)).content.decode()
    assert "Plus de référent" in page
    assert "Abandon de l’action" in page


def test_the_library_fills_the_sheet(coordination, cpts):
    make.mission(cpts, "acces")
    template = ActionTemplate.objects.get(title__startswith="Repérer et orienter les patients")
    page = coordination.get(url("actions-library", cpts.pk)).content.decode()
    assert template.title in page
    form = coordination.get(url("action-add", cpts.pk), {"modele": template.pk}).context["form"]
    assert form["title"].value() == template.title
    assert form["missions"].value() == [make.mission(cpts, "acces").pk]


def listed(client, cpts, **query) -> list[str]:
    answer = client.get(url("actions", cpts.pk), {**query, "export": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    return [row[0] for row in rows[1:]]


def test_the_list_filters_by_mission_state_words_and_lateness(coordination, cpts):
    make.action(cpts, "acces", title="Éducation", started_on=date(2025, 1, 1), end=date(2025, 6, 1))
    make.action(cpts, "prevention", title="Vaccination")
    assert listed(coordination, cpts, q="education") == ["Éducation"]
    assert listed(coordination, cpts, mission=make.official("prevention").pk) == ["Vaccination"]
    assert listed(coordination, cpts, etat="running") == ["Éducation"]
    assert listed(coordination, cpts, etat="late") == ["Éducation"]
    assert listed(coordination, cpts, etat="done") == []


def test_an_action_of_two_missions_appears_once(coordination, cpts):
    make.action(cpts, "parcours", "prevention", title="TND")
    assert listed(coordination, cpts) == ["TND"]
    assert listed(coordination, cpts, mission=make.official("parcours").pk) == ["TND"]


@pytest.mark.parametrize("page", ["actions", "actions-board", "actions-calendar"])
def test_each_view_takes_as_many_queries_for_one_action_as_for_three(coordination, cpts, page):
    make.action(cpts)
    coordination.get(url(page, cpts.pk))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as found:
            assert coordination.get(url(page, cpts.pk)).status_code == 200
        counts.append(len(found))
        make.action(cpts, "parcours", "prevention")
        make.action(cpts)
    assert counts[0] == counts[1]


def test_the_calendar_tells_what_begins_goes_on_and_ends(cpts):
    action = make.action(cpts, start=date(2026, 2, 10), end=date(2026, 5, 1))
    months = calendar([action], date(2026, 1, 1), 6, date(2026, 3, 15))
    said = [(m.first.month, bool(m.begins), bool(m.goes_on), bool(m.ends)) for m in months]
    assert said == [
        (1, False, False, False),
        (2, True, False, False),
        (3, False, True, False),
        (4, False, False, True),
        (5, False, False, False),
        (6, False, False, False),
    ]


def test_the_sheet_keeps_aci_money_and_own_resources_apart(cpts, see_everything):
    action = make.action(cpts)
    mission = make.mission(cpts)
    BudgetLine.objects.create(action=action, envelope="mission", mission=mission, label="A", planned=Decimal("100"))
    BudgetLine.objects.create(action=action, envelope="functioning", label="B", planned=Decimal("20"))
    BudgetLine.objects.create(action=action, envelope="own", label="C", planned=Decimal("5"))
    context = action_sheet(action, day=date(2026, 3, 1))
    assert [(label, total.planned) for label, total in context["sums"]] == [("Total ACI", 120), ("Total hors ACI", 5)]


FIRST, LAST = date(2025, 3, 3), date(2027, 7, 1)


@pytest.mark.parametrize(
    ("dates", "planned", "actual"),
    [
        ({}, "à fixer", "pas encore commencée"),
        ({"start": FIRST}, "à partir du 3 mars 2025, fin à fixer", "pas encore commencée"),
        ({"end": LAST}, "jusqu’au 1er juillet 2027, début à fixer", "pas encore commencée"),
        ({"start": FIRST, "end": LAST}, "du 3 mars 2025 au 1er juillet 2027", "pas encore commencée"),
        ({"started_on": FIRST}, "à fixer", "commencée le 3 mars 2025"),
        ({"started_on": FIRST, "done_on": LAST}, "à fixer", "du 3 mars 2025 au 1er juillet 2027 (terminée)"),
        (
            {"end": date(2027, 8, 1), "started_on": FIRST, "done_on": LAST},
            "jusqu’au 1er août 2027, début à fixer",
            "du 3 mars 2025 au 1er juillet 2027 (terminée, avant la fin prévue)",
        ),
        (
            {"end": date(2027, 6, 1), "started_on": FIRST, "done_on": LAST},
            "jusqu’au 1er juin 2027, début à fixer",
            "du 3 mars 2025 au 1er juillet 2027 (terminée, après la fin prévue)",
        ),
    ],
)
def test_the_dates_of_an_action_read_as_a_sentence(dates, planned, actual):
    action = Action(title="Dépistage", **dates)
    assert (planned_dates(action), actual_dates(action)) == (planned, actual)


def test_the_printed_sheet_is_a_pdf_with_its_title(coordination, cpts):
    action = make.action(cpts, title="Dépistage")
    answer = coordination.get(url("action-sheet", cpts.pk, action.pk))
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(b"".join(answer) if answer.streaming else answer.content)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Fiche action – Dépistage"


def test_agencies_read_the_actions_and_write_none(client, cpts):
    action = make.action(cpts)
    client.force_login(factories.ars_agent(cpts.ars))
    assert client.get(url("action-detail", cpts.pk, action.pk)).status_code == 200
    assert client.get(url("action-edit", cpts.pk, action.pk)).status_code == 403
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.get(url("action-detail", cpts.pk, action.pk)).status_code == 404
