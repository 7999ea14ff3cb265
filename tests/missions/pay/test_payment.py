"""A declaration from the day it is made to its approval: frozen rates, proofs, who may, what blocks."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.urls import reverse

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from cpts_portal.core.text import de
from members.dues.received import count_received
from members.models import Contact, Payment, Practice
from missions.meetings.attending import lock_attendance
from missions.meetings.hours import hours_of
from missions.models import CeilingAccount, PayCap, PayLine, PaySettings, UserRecord
from missions.pay.checks import blocking
from missions.pay.payment import approve_line, check_line, declare, refuse_line
from tests import factories, member_factories
from tests import mission_factories as make
from tests.missions.pay.steps import DAY, NOW, TODAY, approved, checked, checked_for, declared, officer, order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def whole_portal():
    with everything("rules of payments"):
        yield


@pytest.fixture
def cpts():
    made = factories.cpts("du Penthièvre")
    make.pay_rate(made, "60.00")
    return made


@pytest.fixture
def person(cpts):
    return officer(cpts)


@pytest.fixture
def treasurer(cpts):
    return factories.board_member(cpts)


@pytest.fixture
def me(cpts):
    return factories.coordinator(cpts)


# --- Declared -------------------------------------------------------------------------------------------------------
def test_hours_a_flat_amount_and_kilometres_are_paid_at_the_rates_of_the_day(cpts, person, me):
    make.pay_rate(cpts, "50.00", unit="flat")
    make.pay_rate(cpts, "0.50", unit="km")
    line = declare(cpts, order(person, with_flat=True, kilometres=Decimal("10.0")), today=TODAY, by=me)
    assert (line.hourly_rate, line.flat_amount, line.km_rate) == (Decimal("60.00"), Decimal("50.00"), Decimal("0.50"))
    assert (line.amount, line.status, line.declared_by) == (Decimal("175.00"), "declared", me)


def test_a_kilometre_is_paid_to_the_thousandth_of_a_euro(cpts, person, me):
    make.pay_rate(cpts, "0.636", unit="km")
    line = declare(cpts, order(person, hours=Decimal("0.00"), kilometres=Decimal("100.0")), today=TODAY, by=me)
    assert (line.km_rate, line.amount) == (Decimal("0.636"), Decimal("63.60"))


def test_a_later_rate_leaves_what_was_declared_as_it_was(cpts, person):
    line = declared(person)
    make.pay_rate(cpts, "90.00", start=date(2026, 2, 1))
    line.refresh_from_db()
    assert (line.hourly_rate, line.amount) == (Decimal("60.00"), Decimal("120.00"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"office": ""}, "indiquez au titre de quel mandat"),
        ({"office": "treasurer"}, "ne tenait pas le mandat « Trésorerie »"),
        ({"nature": "remuneration"}, "indiquez laquelle"),
        ({"day": date(2026, 6, 2)}, "à venir"),
        ({"hours": Decimal("24.01")}, "de 0 à 24 heures"),
        ({"hours": Decimal("0")}, "supérieur à zéro"),
        ({"kilometres": Decimal("3.0")}, "Aucun tarif « par kilomètre »"),
        ({"with_flat": True}, "Aucun tarif « forfait »"),
        ({"day": date(2025, 12, 31)}, "Aucun tarif « par heure »"),
    ],
)
def test_what_cannot_be_declared_says_why(cpts, person, me, changes, reason):
    with pytest.raises(NotPossible, match=reason):
        declare(cpts, order(person, **changes), today=TODAY, by=me)
    assert not PayLine.objects.exists()


def test_somebody_of_another_cpts_is_refused(cpts, me):
    with pytest.raises(NotPossible, match="n’est pas de la CPTS"):
        declare(cpts, order(officer(factories.cpts())), today=TODAY, by=me)


def locked_presence(cpts, person, me, **fields):
    meeting = make.meeting(cpts, starts_at=datetime(2026, 3, 3, 18, tzinfo=UTC))
    found = make.attendance(meeting, person, presence="present", **fields)
    make.attendance(meeting, presence="present")
    lock_attendance(meeting, moment=datetime(2026, 3, 3, 21, tzinfo=UTC), by=me)
    found.refresh_from_db()
    return found


def test_a_locked_presence_gives_its_hours_and_is_paid_once(cpts, person, me):
    presence = locked_presence(cpts, person, me, arrived_at=time(19, 30))
    assert hours_of(presence) == Decimal("1.50")
    declared(person, attendance=presence)
    with pytest.raises(NotPossible, match="déjà déclarée"):
        declared(person, attendance=presence)


def test_a_presence_that_is_open_of_somebody_else_or_an_absence_proves_nothing(cpts, person, me):
    open_list = make.attendance(make.meeting(cpts), person, presence="present")
    with pytest.raises(NotPossible, match="pas verrouillées"):
        declared(person, attendance=open_list)
    with pytest.raises(NotPossible, match="autre personne"):
        declared(officer(cpts), attendance=locked_presence(cpts, person, me))
    absent = make.attendance(
        make.meeting(cpts, attendance_locked_at=NOW, attendance_locked_by=me), person, presence="absent"
    )
    with pytest.raises(NotPossible, match="n’est pas notée"):
        declared(person, attendance=absent)


def test_a_refusal_frees_the_presence_to_be_declared_again(cpts, person, me):
    presence = locked_presence(cpts, person, me)
    refuse_line(declared(person, attendance=presence), reason="Mauvaise nature", moment=NOW, by=me)
    assert declared(person, attendance=presence).attendance == presence


# --- Who ------------------------------------------------------------------------------------------------------------
def test_the_board_approves_what_was_checked(person, me, treasurer):
    line = checked(person, by=me)
    assert blocking(line, treasurer) == []
    done = approve_line(line, moment=NOW, by=treasurer)
    assert (done.status, done.checked_by, done.approved_by) == ("approved", me, treasurer)
    assert CeilingAccount.objects.get(person_key=person.rpps, year=2026).granted == Decimal("120.00")


def test_nothing_is_approved_before_it_is_checked(person, treasurer):
    with pytest.raises(NotPossible, match="« déclarée »"):
        approve_line(declared(person), moment=NOW, by=treasurer)


def test_the_coordination_does_not_approve(person, me):
    with pytest.raises(NotPossible, match="revient au bureau"):
        approve_line(checked(person, by=me), moment=NOW, by=me)


def linked(user, person):
    UserRecord.objects.create(user=user, professional=person)


def same_email(user, person):
    Contact.objects.create(professional=person, channel="email", value=user.email.upper())


def same_name(user, person):
    user.last_name, user.first_name = person.civil_last_name.upper(), person.civil_first_name
    user.save()


@pytest.mark.parametrize("recognised", [linked, same_email, same_name])
def test_nobody_checks_or_approves_money_paid_to_herself(person, me, treasurer, recognised):
    line = declared(person)
    recognised(treasurer, person)
    with pytest.raises(NotPossible, match="Personne ne vérifie"):
        check_line(line, moment=NOW, by=treasurer)
    check_line(line, moment=NOW, by=me)
    with pytest.raises(NotPossible, match="Personne n’approuve"):
        approve_line(line, moment=NOW, by=treasurer)


def test_a_namesake_whose_own_record_is_known_approves(cpts, person, treasurer):
    same_name(treasurer, person)
    linked(treasurer, officer(cpts, "secretary"))
    assert approve_line(checked(person), moment=NOW, by=treasurer).status == "approved"


# --- Dues -----------------------------------------------------------------------------------------------------------
def asks_for_dues(cpts):
    PaySettings.objects.create(cpts=cpts, requires_dues=True)
    make_campaign = member_factories.campaign(cpts, 2026, due_on=date(2026, 2, 1))
    return make_campaign.dues.get()


@pytest.mark.parametrize(("paid_on", "is_fine"), [(None, False), (DAY, True), (date(2026, 3, 4), False)])
def test_dues_are_asked_for_on_the_day_of_the_activity_when_the_cpts_says_so(cpts, person, treasurer, paid_on, is_fine):
    due = asks_for_dues(cpts)
    if paid_on:
        Payment.objects.create(due=due, amount=due.amount, paid_on=paid_on, method="cheque", receipt_number="R-1")
        count_received([due.pk])
    found = blocking(checked(person), treasurer)
    assert found == (
        [] if is_fine else [f"La cotisation 2026 de {person} n’était pas réglée le 3 mars 2026 : la CPTS l’exige."]
    )


def test_somebody_who_was_not_a_member_that_day_is_not_up_to_date(cpts, treasurer):
    PaySettings.objects.create(cpts=cpts, requires_dues=True)
    late = officer(cpts, start=date(2026, 3, 4))
    assert "n’avait pas d’adhésion le 3 mars 2026" in blocking(checked(late), treasurer)[0]


# --- Dues of her structure ------------------------------------------------------------------------------------------
def practises(person, structure, start=None, end=None):
    Practice.objects.create(professional=person, structure=structure, start=start, end=end)


def represents(person, structure):
    structure.representative = person
    structure.save()


def structure_with_dues(cpts, *, is_paid=True, start=date(2024, 1, 1)):
    membership = member_factories.member_structure(cpts, start=start)
    campaign = member_factories.campaign(cpts, 2026, due_on=date(2026, 2, 1))
    due = campaign.dues.filter(membership=membership).first()
    if is_paid and due:
        Payment.objects.create(due=due, amount=due.amount, paid_on=DAY, method="cheque", receipt_number="R-1")
        count_received([due.pk])
    PaySettings.objects.create(cpts=cpts, requires_dues=True)
    return membership.structure


@pytest.mark.parametrize("tie", [practises, represents])
def test_the_paid_due_of_her_structure_counts_for_who_practises_there_or_represents_it(cpts, treasurer, tie):
    person = officer(cpts, start=date(2026, 5, 1))
    tie(person, structure_with_dues(cpts))
    assert blocking(checked(person), treasurer) == []


@pytest.mark.parametrize("tie", [practises, represents])
def test_the_due_of_her_structure_that_nobody_paid_is_said(cpts, treasurer, tie):
    person = officer(cpts, start=date(2026, 5, 1))
    structure = structure_with_dues(cpts, is_paid=False)
    tie(person, structure)
    assert blocking(checked(person), treasurer) == [
        f"La cotisation 2026 de {structure} n’était pas réglée le 3 mars 2026 : la CPTS l’exige."
    ]


def test_a_structure_she_had_left_or_that_was_not_a_member_that_day_does_not_count(cpts, treasurer):
    person = officer(cpts, start=date(2026, 5, 1))
    practises(person, structure_with_dues(cpts), end=DAY)
    practises(person, member_factories.member_structure(cpts, start=date(2026, 4, 1)).structure)
    assert "n’avait pas d’adhésion le 3 mars 2026" in blocking(checked(person), treasurer)[0]


# --- Caps -----------------------------------------------------------------------------------------------------------
def test_the_caps_of_the_cpts_hold_for_everybody_an_office_and_a_person(cpts, person, treasurer):
    approved(person, "100.00", office="director")
    for fields in ({}, {"office": "director"}, {"professional": person}):
        cap = PayCap.objects.create(cpts=cpts, year=2026, amount=Decimal("150.00"), **fields)
        line = checked_for(person, "60.00", office="director")
        with pytest.raises(NotPossible, match="50,00"):
            approve_line(line, moment=NOW, by=treasurer)
        cap.delete()
    for fields in ({"office": "president"}, {"professional": officer(cpts)}):
        PayCap.objects.create(cpts=cpts, year=2026, amount=Decimal("1.00"), **fields)
    assert approve_line(checked_for(person, "60.00", office="director"), moment=NOW, by=treasurer).status == "approved"


def test_a_refusal_keeps_its_reason_and_cannot_be_silent(person, me):
    line = declared(person)
    with pytest.raises(NotPossible, match="motif"):
        refuse_line(line, reason="  ", moment=NOW, by=me)
    done = refuse_line(line, reason="Doublon", moment=NOW, by=me)
    assert (done.status, done.refusal_reason, done.refused_by) == ("refused", "Doublon", me)
    with pytest.raises(NotPossible, match="« refusée »"):
        refuse_line(done, reason="Encore", moment=NOW, by=me)


def test_the_history_tells_each_step_in_one_sentence(client, cpts, person, treasurer):
    line = approved(person, by=treasurer)
    refuse_line(line, reason="Déclarée deux fois", moment=NOW, by=treasurer)
    client.force_login(treasurer)
    events = client.get(reverse("missions:line-detail", args=[cpts.pk, line.pk])).context["events"]
    told = [(event.sentence, event.reason) for event in events]
    assert (f"a approuvé le paiement à {person}", "") in told
    assert (f"a refusé la déclaration {de(person)}", "Déclarée deux fois") in told
    assert [sentence for sentence, _reason in told if "renseigné" in sentence or "changé" in sentence] == []
