"""Participation over a period: figures counted by hand, on screen and in files, for whoever may read them."""

import csv
import io
from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html
from openpyxl import load_workbook

from cpts_portal.core.scoping import everything
from missions.meetings.participation import Span, participation_over, usual_span
from missions.models import Attendance
from tests import factories, member_factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db
YEAR = "?du=2026-01-01&au=2026-12-31"
MARCH, APRIL = datetime(2026, 3, 3, 19, tzinfo=UTC), datetime(2026, 4, 7, 18, tzinfo=UTC)
LOCKED_AT = datetime(2026, 4, 30, tzinfo=UTC)


def url(cpts, query: str = YEAR) -> str:
    return reverse("missions:participation", args=[cpts.pk]) + query


def held(cpts, *codes: str, **fields):
    """A meeting whose attendance is locked."""
    return make.meeting(
        cpts, *codes, attendance_locked_at=LOCKED_AT, attendance_locked_by=factories.administrator(), **fields
    )


def came(meeting, person=None, **fields) -> Attendance:
    return make.attendance(meeting, person, presence="present", **{"was_member": False, **fields})


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def year(cpts):
    """Two meetings held, one not locked yet, one of the year before.

    March, of the board, on « accès », two hours: Anne (member), Bea (not yet) who left after one hour, a guest.
    April, without group, on an action of « parcours »: Anne, Bea (now a member), the same guest.
    """
    nurse, doctor = member_factories.profession("60"), member_factories.profession("10")
    anne = member_factories.member(cpts, profession=nurse).professional
    bea = member_factories.member(cpts, start=date(2026, 4, 1), profession=doctor).professional
    member_factories.member(cpts)  # never comes
    member_factories.member_structure(cpts)
    march = held(cpts, "acces", starts_at=MARCH, group=make.group(cpts, name="Bureau"))
    came(march, anne, was_member=True)
    came(march, bea, left_at=time(21))
    came(march, guest_name="Camille Exemple", guest_organisation="CPAM")
    make.attendance(march, presence="absent", was_member=False)
    april = held(cpts, starts_at=APRIL, action=make.action(cpts, "parcours"))
    came(april, anne, was_member=True)
    came(april, bea, was_member=True)
    came(april, guest_name="Camille Exemple", guest_organisation="CPAM")
    came(make.meeting(cpts, starts_at=APRIL), anne, was_member=None)
    came(held(cpts, starts_at=datetime(2025, 12, 31, 18, tzinfo=UTC)), anne, was_member=True)
    return cpts


def tables(response) -> dict[str, list[list[str]]]:
    found = {}
    for table in html.fromstring(response.content.decode()).iter("table"):
        rows = table.xpath("./tbody/tr | ./tfoot/tr")
        found[table.findtext("caption").strip()] = [
            [" ".join(cell.text_content().split()) for cell in row] for row in rows
        ]
    return found


# --- What it says -------------------------------------------------------------------------------------------------
def test_the_figures_are_those_counted_by_hand(client, year):
    client.force_login(factories.coordinator(year))
    response = client.get(url(year))
    found = tables(response)
    assert found["Adhérents, non-adhérents et invités"] == [
        ["Adhérents", "2", "3", "2", "6 h"],
        ["Non-adhérents du registre", "1", "1", "1", "1 h"],
        ["Invités", "2", "2", "1", "4 h"],
        ["Total", "2", "6", "3", "11 h"],
    ]
    assert found["Participation par profession"] == [
        ["Infirmier", "2", "2", "2", "0", "0", "1", "4 h"],
        ["Médecin", "2", "2", "1", "1", "0", "1", "3 h"],
        ["Invités", "2", "2", "0", "0", "2", "1", "4 h"],
    ]
    assert found["Participation par groupe ou instance"] == [
        ["Bureau", "1", "3", "1", "1", "1", "3", "5 h"],
        ["Sans groupe", "1", "3", "2", "0", "1", "3", "6 h"],
    ]
    assert found["Participation par mission"] == [
        ["Accès aux soins", "1", "3", "1", "1", "1", "3", "5 h"],
        ["Parcours pluriprofessionnels", "1", "3", "2", "0", "1", "3", "6 h"],
    ]
    months = {row[0]: row[1:3] for row in found["Participation par mois"]}
    assert (months["Février 2026"], months["Mars 2026"], months["Avril 2026"]) == (["0", "0"], ["1", "3"], ["1", "3"])


def test_the_members_of_the_last_day_who_came_once_are_a_share_of_all(year):
    with everything("figures"):
        by_the_end = participation_over(year, Span(date(2026, 1, 1), date(2027, 1, 1)), today=date(2026, 12, 31))
        in_march = participation_over(year, Span(date(2026, 3, 1), date(2026, 4, 1)), today=date(2026, 12, 31))
    assert (by_the_end.reach.came, by_the_end.reach.members) == (2, 3)
    assert by_the_end.reach.percent == 66.7
    assert (in_march.reach.came, in_march.reach.members) == (1, 2)  # Bea came, and was not a member by then


def test_months_to_come_are_not_shown(year):
    with everything("figures"):
        found = participation_over(year, Span(date(2026, 1, 1), date(2027, 1, 1)), today=date(2026, 4, 8))
    months = [row.label for row in found.sections[-1].rows]
    assert months == ["Janvier 2026", "Février 2026", "Mars 2026", "Avril 2026"]
    assert found.reach.day == date(2026, 4, 8)


def test_a_meeting_that_serves_two_missions_counts_in_each(client, cpts):
    came(held(cpts, "acces", "prevention"))
    client.force_login(factories.coordinator(cpts))
    assert [row[:3] for row in tables(client.get(url(cpts)))["Participation par mission"]] == [
        ["Accès aux soins", "1", "1"],
        ["Prévention", "1", "1"],
    ]


def test_the_usual_period_is_the_running_year_of_the_contract_else_the_civil_year(cpts):
    year = make.exercise(cpts, 1, date(2025, 10, 9))
    assert usual_span([year], date(2026, 3, 1)) == Span(date(2025, 10, 9), date(2026, 10, 9))
    assert usual_span([year], date(2026, 12, 1)) == Span(date(2026, 1, 1), date(2027, 1, 1))
    assert usual_span([], date(2026, 12, 1)) == Span(date(2026, 1, 1), date(2027, 1, 1))


def test_both_days_of_the_period_are_included(client, year):
    client.force_login(factories.coordinator(year))
    the_day = client.get(url(year, "?du=2026-03-03&au=2026-03-03"))
    assert the_day.context["figures"].total.meetings == 1
    assert client.get(url(year, "?du=2026-03-04&au=2026-04-06")).context["figures"].total.meetings == 0


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?du=2026-12-31&au=2026-01-01", "Le dernier jour ne peut pas précéder le premier."),
        ("?du=31/13/2026", "Écrivez la date sous la forme"),
    ],
)
def test_a_period_that_cannot_be_read_is_explained_and_the_usual_one_is_shown(client, year, query, said):
    make.exercise(year, 1, date(2000, 1, 1))
    client.force_login(factories.coordinator(year))
    response = client.get(url(year, query))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert response.context["figures"].span == response.context["form"].usual


def test_without_a_locked_meeting_the_page_says_what_to_do(client, cpts):
    came(make.meeting(cpts))
    client.force_login(factories.coordinator(cpts))
    response = client.get(url(cpts))
    assert "Aucune réunion sur cette période" in response.content.decode()
    assert tables(response) == {}


# --- Files --------------------------------------------------------------------------------------------------------
def test_csv_xlsx_and_pdf_say_the_same_figures(client, year):
    client.force_login(factories.coordinator(year))
    text = client.get(url(year, f"{YEAR}&export=csv")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0][:4] == ["Tableau", "Ligne", "Réunions", "Présences"]
    assert rows[4] == ["Adhérents, non-adhérents et invités", "Total", "2", "6", "3", "1", "2", "3", "11.00"]
    book = load_workbook(io.BytesIO(client.get(url(year, f"{YEAR}&export=xlsx")).content))
    assert len(list(book.active.rows)) == len(rows)
    assert book.active.cell(5, 4).value == 6
    document = client.get(url(year, f"{YEAR}&export=pdf"))
    assert document.content.startswith(b"%PDF")


# --- Who may ------------------------------------------------------------------------------------------------------
def test_agencies_read_the_figures_and_no_name(client, year):
    with everything("there is something to leak"):
        names = {str(row.professional or row.guest_name) for row in Attendance.objects.all()}
    assert len(names) == 4
    for user in (factories.board_member(year), factories.ars_agent(year.ars), factories.fund_agent(year.lead_fund)):
        client.force_login(user)
        for query in (YEAR, f"{YEAR}&export=csv"):
            shown = client.get(url(year, query)).content.decode()
            assert "Infirmier" in shown
            assert [name for name in names if name in shown] == []


def test_another_cpts_does_not_exist_and_only_reading_is_possible(client, year):
    for user in (factories.coordinator(factories.cpts()), factories.ars_agent(factories.agency("ars"))):
        client.force_login(user)
        assert client.get(url(year)).status_code == 404
    client.force_login(factories.coordinator(year))
    assert client.post(url(year)).status_code == 405


def test_somebody_without_a_role_is_refused(client, year):
    client.force_login(factories.user())
    assert client.get(url(year)).status_code == 403


def test_the_number_of_queries_does_not_depend_on_the_meetings(client, cpts):
    client.force_login(factories.coordinator(cpts))
    counted = []
    for number in (1, 2):
        for _ in range(number):
            meeting = held(cpts, "acces", group=make.group(cpts), action=make.action(cpts, "parcours"))
            for _ in range(number):
                came(meeting)
            came(meeting, guest_name="Camille Exemple")
        client.get(url(cpts))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(cpts))
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 25
