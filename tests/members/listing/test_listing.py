"""The register as lists read it: who matches each question, in which order, how many of each. On both databases."""

from datetime import date
from decimal import Decimal

import pytest

from members.dues.dues import PaymentOrder, create_missing_dues, exempt, record_payments
from members.listing import OUTSIDE, Criteria, DuesState, Kind, RegisterRows, Situation
from members.membership.adhesion import apply_for_membership, give_mandate, refuse
from members.models import Contact, Due, Practice, Status
from tests import factories, member_factories
from tests.member_factories import campaign, college, member, member_structure, professional, structure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TODAY = date(2026, 6, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


@pytest.fixture
def lamballe():
    return factories.commune("22093", "Lamballe-Armor", epci=factories.epci("200069391", "Lamballe Terre et Mer"))


def rows(cpts, **asked) -> RegisterRows:
    return RegisterRows(Criteria(cpts=cpts, **{"day": TODAY, "year": 2026, **asked}))


def names(cpts, order: str = "name", **asked) -> list[str]:
    return [entry.name for entry in rows(cpts, **asked).order_by(order)]


def everyone(cpts, lamballe) -> None:
    """One of each: a member, a structure, an applicant, one accepted for later, one who left, one who never was."""
    member(cpts, civil_last_name="Membre", commune=lamballe)
    member_structure(cpts, name="EHPAD", commune=lamballe)
    apply_for_membership(professional(cpts, civil_last_name="Demande"), on=date(2026, 5, 1), by=None)
    member(cpts, civil_last_name="Bientôt", start=date(2027, 1, 1), decided_on=date(2026, 5, 1))
    member(cpts, civil_last_name="Parti", start=date(2020, 1, 1), end=date(2025, 1, 1))
    professional(cpts, civil_last_name="Jamais")
    refused = apply_for_membership(professional(cpts, civil_last_name="Refus"), on=date(2026, 5, 1), by=None)
    refuse(refused, on=date(2026, 5, 2), reason="Hors du territoire", by=None)
    member(factories.cpts(), civil_last_name="Ailleurs")


def test_each_situation_shows_who_is_in_it(cpts, lamballe):
    everyone(cpts, lamballe)
    assert {situation: names(cpts, situation=situation) for situation in Situation} == {
        Situation.MEMBER: ["EHPAD", "Membre"],
        Situation.AWAITED: ["Bientôt", "Demande"],
        Situation.LEFT: ["Parti"],
        Situation.REFUSED: ["Refus"],
        Situation.NEVER: ["Jamais"],
        Situation.ANY: ["Bientôt", "Demande", "EHPAD", "Jamais", "Membre", "Parti", "Refus"],
    }


def test_a_situation_is_that_of_the_day_asked(cpts, lamballe):
    everyone(cpts, lamballe)
    assert names(cpts, day=date(2024, 6, 1)) == ["EHPAD", "Membre", "Parti"]
    assert names(cpts, day=date(2025, 1, 1)) == ["EHPAD", "Membre"]
    assert names(cpts, day=date(2027, 1, 1)) == ["Bientôt", "EHPAD", "Membre"]


def test_a_refused_application_is_found_until_another_is_made(cpts):
    group, holders = college(cpts), {name: professional(cpts, civil_last_name=name) for name in ("Refus", "Reçue")}
    for name, holder in holders.items():
        asked = apply_for_membership(holder, on=date(2026, 1, 1), college=group if name == "Refus" else None, by=None)
        refuse(asked, on=date(2026, 2, 1), reason="Hors du territoire", by=None)
    left = member(cpts, civil_last_name="Partie", start=date(2020, 1, 1), end=date(2025, 1, 1)).professional
    refuse(apply_for_membership(left, on=date(2026, 1, 1), by=None), on=date(2026, 2, 1), reason="Non", by=None)
    assert names(cpts, situation=Situation.REFUSED) == ["Partie", "Reçue", "Refus"]
    assert names(cpts, situation=Situation.REFUSED, college=group.pk) == ["Refus"]
    apply_for_membership(holders["Reçue"], on=date(2026, 3, 1), by=None)
    assert names(cpts, situation=Situation.REFUSED) == ["Partie", "Refus"]


def test_situations_and_dues_are_sorted_as_they_are_read(cpts, lamballe):
    everyone(cpts, lamballe)
    assert names(cpts, "status", situation=Situation.ANY) == [
        *("EHPAD", "Membre", "Bientôt", "Demande", "Parti", "Refus", "Jamais")
    ]
    assert names(cpts, "-status", situation=Situation.ANY)[:2] == ["Jamais", "Refus"]
    campaign(cpts, 2026, amount="20.00", due_on=date(2026, 3, 31))
    for name, amount in (("Réglée", "20"), ("Partielle", "5"), ("Exonérée", "")):
        found = member(cpts, civil_last_name=name)
        due = Due.objects.create(
            campaign=cpts.dues_campaigns.get(), membership=found, amount=Decimal(20), exemption_reason=""
        )
        if amount:
            record_payments([PaymentOrder(due, Decimal(amount), TODAY, "transfer")], by=None)
        else:
            exempt(due, reason="Étudiante", by=None)
    member(cpts, civil_last_name="Sans")
    assert names(cpts, "dues") == ["EHPAD", "Membre", "Partielle", "Sans", "Exonérée", "Réglée"]
    assert names(cpts, "-dues")[:2] == ["Réglée", "Exonérée"]
    assert names(cpts, "dues", day=date(2026, 3, 1)) == names(cpts, "dues")


def test_somebody_who_left_and_came_back_is_one_row(cpts):
    left = member(cpts, civil_last_name="Retour", start=date(2020, 1, 1), end=date(2022, 1, 1))
    member_factories.enrol(left.professional, start=date(2024, 1, 1), by=None)
    assert names(cpts) == ["Retour"]
    assert names(cpts, situation=Situation.LEFT) == []
    assert [(row.detail.status, row.detail.since) for row in rows(cpts)] == [(Status.MEMBER, date(2024, 1, 1))]


def test_a_record_merged_into_another_is_not_shown(cpts):
    kept = member(cpts, civil_last_name="Gardée").professional
    professional(cpts, civil_last_name="Fondue", merged_into=kept)
    assert names(cpts, situation=Situation.ANY) == ["Gardée"]


def test_somebody_anonymised_counts_only_among_the_members_she_was_with(cpts):
    member(cpts, start=date(2015, 1, 1), end=date(2020, 1, 1), civil_last_name="n° 1", anonymised_on=date(2024, 1, 1))
    assert names(cpts, day=date(2019, 12, 31)) == ["n° 1"]
    assert names(cpts, situation=Situation.LEFT) == names(cpts, situation=Situation.ANY) == []


def test_search_finds_name_number_commune_and_structure_without_accents(cpts, lamballe):
    hospital = structure(cpts, name="Centre hospitalier du Penthièvre")
    first = member(cpts, civil_first_name="Maëlle", civil_last_name="Le Goff", commune=lamballe, rpps="99000000018")
    second = member(cpts, civil_last_name="Autre")
    Practice.objects.create(professional=second.professional, structure=hospital, start=date(2020, 1, 1))
    third = member(cpts, civil_last_name="Tierce")
    Practice.objects.create(professional=third.professional, place="Cabinet de l’Étang", start=date(2020, 1, 1))
    Practice.objects.create(
        professional=second.professional, commune=lamballe, start=date(2019, 1, 1), end=date(2020, 1, 1)
    )
    assert first.professional.search == "maelle le goff 99000000018"
    found = {
        words: names(cpts, words=tuple(words.split()), situation=Situation.ANY)
        for words in ("maelle", "goff maelle", "99000000018", "lamballe", "goff lamballe", "penthievre", "etang", "zzz")
    }
    assert found == {
        "maelle": ["Le Goff"],
        "goff maelle": ["Le Goff"],
        "99000000018": ["Le Goff"],
        "lamballe": ["Le Goff"],
        "goff lamballe": ["Le Goff"],
        "penthievre": ["Autre", "Centre hospitalier du Penthièvre"],
        "etang": ["Tierce"],
        "zzz": [],
    }


def test_each_filter_narrows_and_they_combine(cpts, lamballe):
    nurses = college(cpts, "Libéraux")
    doctor, outside = member_factories.profession("10"), factories.commune("35238", "Rennes")
    factories.in_territory(cpts, lamballe)
    member(cpts, civil_last_name="Médecin", profession=doctor, commune=outside, mode="S")
    nurse = member(cpts, civil_last_name="Infirmière", college=nurses, commune=lamballe)
    member_structure(cpts, name="EHPAD", commune=lamballe, kind="care_home")
    member_structure(cpts, name="Labo", commune=outside, kind="laboratory", college=nurses)
    give_mandate(nurse.professional, office="president", start=date(2025, 1, 1), by=None)
    expected = {
        (("profession", doctor.pk),): ["Médecin"],
        (("college", nurses.pk),): ["Infirmière", "Labo"],
        (("college", 0),): ["EHPAD", "Médecin"],
        (("college", nurses.pk), ("situation", Situation.ANY)): ["Infirmière", "Labo"],
        (("commune", lamballe.pk),): ["EHPAD", "Infirmière"],
        (("commune", OUTSIDE),): ["Labo", "Médecin"],
        (("epci", lamballe.epci_id),): ["EHPAD", "Infirmière"],
        (("mode", "S"),): ["Médecin"],
        (("kind", Kind.PERSON),): ["Infirmière", "Médecin"],
        (("kind", Kind.STRUCTURE),): ["EHPAD", "Labo"],
        (("structure_kind", "laboratory"),): ["Labo"],
        (("mandate", "president"),): ["Infirmière"],
        (("mandate", "any"),): ["Infirmière"],
        (("mandate", "treasurer"),): [],
        (("mandate", "any"), ("day", date(2024, 6, 1))): [],
        (("commune", lamballe.pk), ("college", nurses.pk), ("mode", "L")): ["Infirmière"],
        (("kind", Kind.STRUCTURE), ("profession", doctor.pk)): [],
    }
    assert {asked: names(cpts, **dict(asked)) for asked in expected} == expected


def test_dues_of_a_year_in_each_state(cpts):
    holders = ["À jour", "Partielle", "Exonérée", "Rien"]
    memberships = {name: member(cpts, civil_last_name=name) for name in holders}
    member_structure(cpts, name="Structure")
    campaign(cpts, 2026, amount="20.30", due_on=date(2026, 3, 31))
    due = {name: Due.objects.get(membership=found) for name, found in memberships.items()}
    for part in ("10.10", "10.20"):
        record_payments([PaymentOrder(due["À jour"], Decimal(part), TODAY, "transfer")], by=None)
    record_payments([PaymentOrder(due["Partielle"], Decimal("5"), TODAY, "cash")], by=None)
    exempt(due["Exonérée"], reason="Étudiante", by=None)
    member(cpts, civil_last_name="Nouvelle")
    assert {state: names(cpts, dues=state) for state in DuesState} == {
        DuesState.PAID: ["À jour"],
        DuesState.OWING: ["Partielle", "Rien", "Structure"],
        DuesState.LATE: ["Partielle", "Rien", "Structure"],
        DuesState.EXEMPT: ["Exonérée"],
        DuesState.MISSING: ["Nouvelle"],
    }
    assert names(cpts, dues=DuesState.LATE, day=date(2026, 3, 31)) == []
    assert names(cpts, dues=DuesState.LATE, year=2025) == []
    shown = {row.name: (row.detail.dues, row.detail.owed) for row in rows(cpts)}
    assert shown["Partielle"] == (DuesState.LATE, Decimal("15.30"))
    assert shown["À jour"] == (DuesState.PAID, Decimal("0"))
    assert shown["Nouvelle"] == (None, None)


def test_each_order_both_ways(cpts, lamballe):
    first, second = college(cpts, "A"), college(cpts, "B")
    doctor = member_factories.profession("10")
    member(cpts, civil_last_name="Zola", profession=doctor, commune=lamballe, college=second, start=date(2020, 1, 1))
    member(cpts, civil_last_name="Élan", commune=factories.commune(name="Étables"), start=date(2022, 1, 1))
    member_structure(cpts, name="Ehpad", commune=factories.commune(name="Broons"), college=first)
    orders = {
        "name": ["Ehpad", "Élan", "Zola"],
        "profession": ["Ehpad", "Élan", "Zola"],
        "commune": ["Ehpad", "Élan", "Zola"],
        "college": ["Élan", "Ehpad", "Zola"],
        "since": ["Zola", "Élan", "Ehpad"],
    }
    for situation in (Situation.MEMBER, Situation.ANY):
        assert {order: names(cpts, order, situation=situation) for order in orders} == orders
        assert {order: names(cpts, f"-{order}", situation=situation) for order in orders} == {
            order: found[::-1] for order, found in orders.items()
        }


def test_counts_are_those_of_the_rows_filtered(cpts, lamballe):
    everyone(cpts, lamballe)
    member(cpts, profession=member_factories.profession("10"), commune=lamballe)
    found = rows(cpts)
    assert [(group.label, group.count) for group in found.groups()] == [
        ("Infirmiers", 1),
        ("Médecins", 1),
        ("EHPAD", 1),
    ]
    assert found.count() == len(list(found)) == 3
    assert [group.label for group in rows(cpts, mode="L").groups()] == ["Infirmiers", "Médecins"]


def test_a_page_is_a_slice_of_the_whole(cpts):
    for letter in "ABCDE":
        member(cpts, civil_last_name=letter)
    found = rows(cpts)
    assert [entry.name for entry in found[2:4]] == ["C", "D"]
    assert found[4].name == "E"
    assert (len(found), len(found[3:9])) == (5, 2)


def test_only_exports_read_the_rest_of_the_record(cpts, django_assert_num_queries):
    def fill(number: int) -> None:
        holder = member(cpts, civil_last_name=f"Essai {number}").professional
        Contact.objects.create(professional=holder, channel="email", value=f"{number}@example.org")
        Contact.objects.create(professional=holder, channel="mss", value=f"{number}@mss.example")
        give_mandate(holder, office="director", start=date(2025, 1, 1), by=None)
        member_structure(cpts, email=f"ehpad{number}@example.org", name=f"EHPAD {number}")

    fill(1)
    opened = campaign(cpts, 2026)
    with django_assert_num_queries(4):
        assert [entry.more.emails for entry in rows(cpts)] == [[], []]
    with django_assert_num_queries(11):
        shown = [(entry.more.emails, entry.more.secure_mails) for entry in rows(cpts).for_export()]
    assert shown == [(["ehpad1@example.org"], []), (["1@example.org"], ["1@mss.example"])]
    fill(2), fill(3)
    create_missing_dues(opened, by=None)
    with django_assert_num_queries(11):
        assert [entry.more.called for entry in rows(cpts).for_export()] == [Decimal(20)] * 6
