"""The payments room on screen: declared with its amount shown, checked, approved, refused; rates, caps; who may."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpts_portal.core.scoping import everything
from members.models import PersonalDataExport
from missions.models import PayCap, PayLine, PayRate, PaySettings
from tests import factories
from tests import mission_factories as make
from tests.missions.pay.steps import approved, checked, declared, officer

pytestmark = pytest.mark.django_db
PAGES = ("payments", "payments-presences", "payments-declare", "payments-room", "rates", "payments-settings")


def url(name: str, *args) -> str:
    return reverse(f"missions:{name}", args=args)


@pytest.fixture
def cpts():
    made = factories.cpts("du Penthièvre")
    make.pay_rate(made, "60.00")
    return made


@pytest.fixture
def person(cpts):
    return officer(cpts)


@pytest.fixture
def me(client, cpts):
    made = factories.coordinator(cpts)
    client.force_login(made)
    return made


def form(person, **fields) -> dict:
    given = {
        "professional": f"{person} (n° {person.pk})",
        "nature": "indemnity",
        "day": "2026-03-03",
        "activity": "Réunion du bureau",
        "office": "director",
        "envelope": "functioning",
        "hours": "1,5",
    }
    return {**given, **fields}


def lines() -> list[PayLine]:
    with everything("reading back"):
        return list(PayLine.objects.all())


def text(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_an_activity_is_declared_with_its_amount_shown_first(client, cpts, person, me):
    assert "1,50 h × 60,00 € = 90,00 €" in text(client.get(url("payments-worth", cpts.pk), form(person)))
    response = client.post(url("payments-declare", cpts.pk), form(person))
    (line,) = lines()
    assert response.url == url("line-detail", cpts.pk, line.pk)
    assert line.amount == Decimal("90.00")
    assert "1,50 h × 60,00 € = 90,00 €" in text(client.get(response.url))


def test_a_refused_declaration_comes_back_filled(client, cpts, person, me):
    sent = form(person, office="", activity="Réunion à garder")
    answer = client.post(url("payments-declare", cpts.pk), sent)
    assert answer.status_code == 422
    assert "indiquez au titre de quel mandat" in text(answer)
    assert "Réunion à garder" in text(answer)
    assert "Aucun tarif" in text(client.get(url("payments-worth", cpts.pk), form(person, kilometres="3")))
    assert lines() == []


def test_a_locked_presence_is_declared_with_its_own_hours_whatever_is_sent(client, cpts, person, me):
    meeting = make.meeting(
        cpts,
        starts_at=datetime(2026, 3, 3, 18, tzinfo=UTC),
        attendance_locked_at=datetime(2026, 3, 4, tzinfo=UTC),
        attendance_locked_by=me,
    )
    presence = make.attendance(meeting, person, presence="present")
    address = f"{url('payments-declare', cpts.pk)}?presence={presence.pk}"
    assert address in text(client.get(url("payments-presences", cpts.pk)))
    assert "présence verrouillée" in text(client.get(address))
    client.post(address, form(person, hours="12", day="2026-05-05"))
    (line,) = lines()
    assert (line.attendance, line.hours, line.day) == (presence, Decimal("2.00"), date(2026, 3, 3))
    assert "Aucune présence à déclarer" in text(client.get(url("payments-presences", cpts.pk)))


def test_the_coordination_checks_then_the_board_approves(client, cpts, person, me):
    line = declared(person)
    client.post(url("line-check", cpts.pk, line.pk))
    answer = client.post(url("line-approve", cpts.pk, line.pk))
    assert answer.status_code == 422
    assert "revient au bureau" in text(answer)
    client.force_login(factories.board_member(cpts))
    assert "Approuver" in text(client.get(url("line-detail", cpts.pk, line.pk)))
    client.post(url("line-approve", cpts.pk, line.pk))
    assert [each.status for each in lines()] == ["approved"]


def test_what_blocks_is_shown_before_the_click(client, cpts, person):
    client.force_login(factories.board_member(cpts))
    approved(person, "48000.00")
    line = checked(person)
    page = text(client.get(url("line-detail", cpts.pk, line.pk)))
    assert "il reste 60,00 € à cette personne" in page
    assert url("line-approve", cpts.pk, line.pk) not in page


def test_a_refusal_asks_for_its_reason_and_shows_it(client, cpts, person, me):
    line = declared(person)
    assert client.post(url("line-refuse", cpts.pk, line.pk), {"reason": ""}).status_code == 422
    client.post(url("line-refuse", cpts.pk, line.pk), {"reason": "Déclarée deux fois"})
    assert "Déclarée deux fois" in text(client.get(url("line-detail", cpts.pk, line.pk)))


def test_the_list_is_filtered_exported_and_the_export_is_written_down(client, cpts, person, me):
    declared(person)
    other = officer(cpts)
    approved(other)
    page = text(client.get(url("payments", cpts.pk), {"etat": "approved", "annee": "2026", "nature": "indemnity"}))
    assert str(other) in page
    assert str(person) not in page
    exported = client.get(url("payments", cpts.pk), {"export": "csv"}).content.decode("utf-8-sig")
    assert str(person) in exported
    with everything("reading back"):
        assert [(row.persons, row.author) for row in PersonalDataExport.objects.all()] == [(2, me)]


def test_the_room_of_each_person_and_where_it_leads(client, cpts, person, me):
    approved(person, "40000.00")
    page = text(client.get(url("payments-room", cpts.pk), {"annee": "2026"}))
    assert "8 060,00 €" in page
    assert "80 % atteints" in page


def test_rates_are_fixed_once_and_ended(client, cpts, me):
    sent = {"nature": "indemnity", "unit": "hour", "amount": "75,50", "start": "2026-06-01", "decided_by": "CA"}
    assert client.post(url("rate-add", cpts.pk), sent).status_code == 422
    with everything("reading back"):
        rate = PayRate.objects.get()
    client.post(url("rate-end", cpts.pk, rate.pk), {"end": "2026-06-01"})
    assert client.post(url("rate-add", cpts.pk), sent).status_code == 302
    with everything("reading back"):
        assert list(PayRate.objects.order_by("start").values_list("amount", "end")) == [
            (Decimal("60.00"), date(2026, 6, 1)),
            (Decimal("75.50"), None),
        ]


def test_a_rate_has_thousandths_by_the_kilometre_only(client, cpts, me):
    sent = {"nature": "indemnity", "unit": "km", "amount": "0,636", "start": "2026-06-01"}
    assert client.post(url("rate-add", cpts.pk), sent).status_code == 302
    page = text(client.get(url("rates", cpts.pk)))
    assert "0,636 € par kilomètre" in page
    assert "60,00 € par heure" in page
    for unit in ("hour", "flat"):
        refused = client.post(url("rate-add", cpts.pk), {**sent, "unit": unit, "amount": "75,505"})
        assert refused.status_code == 422
        assert "Montant : deux décimales au plus" in text(refused)
    assert client.post(url("rate-add", cpts.pk), {**sent, "amount": "0,6365"}).status_code == 422


def test_the_second_of_two_people_on_the_settings_is_told_and_may_send_again(client, cpts, me):
    address = url("payments-settings-edit", cpts.pk)
    assert client.post(address, {"requires_dues": "on", "debtor_name": "Une", "version": "0"}).status_code == 302
    late = client.post(address, {"debtor_name": "Autre", "version": "0"})
    assert late.status_code == 422
    assert "Quelqu’un d’autre a enregistré ces réglages" in text(late)
    assert 'name="version" value="1"' in text(late)
    with everything("reading back"):
        assert PaySettings.objects.get().debtor_name == "Une"
    assert client.post(address, {"debtor_name": "Autre", "version": "1"}).status_code == 302


def test_settings_and_caps(client, cpts, me):
    client.post(
        url("payments-settings-edit", cpts.pk),
        {"requires_dues": "on", "debtor_name": "CPTS du Penthièvre", "version": "0"},
    )
    client.post(url("cap-add", cpts.pk), {"year": "2026", "amount": "3 000,00"})
    assert client.post(url("cap-add", cpts.pk), {"year": "2026", "amount": "4000"}).status_code == 422
    page = text(client.get(url("payments-settings", cpts.pk)))
    assert "oui, à la date de l’activité" in page
    assert "3 000,00 €" in page
    with everything("reading back"):
        cap = PayCap.objects.get()
        assert PaySettings.objects.get().requires_dues
    client.post(url("cap-remove", cpts.pk, cap.pk))
    with everything("reading back"):
        assert not PayCap.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_agencies_and_other_cpts_see_no_money_of_a_person(client, cpts, person, page):
    client.force_login(factories.ars_agent(cpts.ars))
    assert client.get(url(page, cpts.pk)).status_code == 403
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.get(url(page, cpts.pk)).status_code == 404


@pytest.mark.parametrize("page", ["payments", "payments-room", "payments-presences"])
def test_lists_ask_as_many_questions_for_one_row_as_for_three(client, cpts, me, page):
    def add_one() -> None:
        declared(officer(cpts))
        meeting = make.meeting(cpts, attendance_locked_at=datetime(2026, 3, 4, tzinfo=UTC), attendance_locked_by=me)
        make.attendance(meeting, presence="present")

    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(url(page, cpts.pk)).status_code == 200
        return len(asked)

    add_one()
    questions()
    one = questions()
    add_one()
    add_one()
    assert questions() == one


def test_the_menu_leads_there(client, cpts, me):
    assert url("payments", cpts.pk) in text(client.get(url("missions", cpts.pk)))
