"""One member recorded twice: her two memberships become one, with the dues and the payments of both."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from members.dues.dues import PaymentOrder, exempt, record_payments
from members.membership.adhesion import apply_for_membership
from members.models import Application, Due, Membership, Payment, Professional
from members.records.duplicates import merge
from members.records.structure_duplicates import merge_structures
from tests import factories
from tests import member_factories as make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture
def ours():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordinator(client, ours):
    user = factories.coordinator(ours)
    client.force_login(user)
    return user


@pytest.fixture
def twins(ours):
    """The same nurse twice, a member of both records: since 2025 on the first, since 2024 on the second."""
    group = make.college(ours, "Libéraux")
    first = make.member(ours, civil_last_name="Martin", rpps="", start=date(2025, 3, 1))
    second = make.member(ours, civil_last_name="Martin", start=date(2024, 1, 1), college=group)
    make.campaign(ours, 2024)
    make.campaign(ours, 2026)
    return first, second


def pay(membership, year, amount, **more):
    due = Due.objects.get(membership=membership, campaign__year=year)
    return record_payments([PaymentOrder(due, Decimal(amount), date(year, 2, 1), "cheque")], by=None, **more)[0]


def joined(keep, drop, kept, **more):
    return merge(
        keep.professional, drop.professional, take_from_dropped=[], keep_membership=kept.pk, on=TODAY, by=None, **more
    )


def dues_of(record) -> dict[int, tuple[Decimal, Decimal]]:
    rows = Due.objects.filter(membership__professional=record)
    return {row.campaign.year: (row.amount, row.paid) for row in rows.select_related("campaign")}


@pytest.mark.usefixtures("see_everything")
def test_the_dues_and_payments_of_both_meet_on_the_membership_kept(ours, twins):
    first, second = twins
    paid = [pay(first, 2026, "5"), pay(second, 2026, "15"), pay(second, 2024, "20")]
    author = factories.coordinator(ours)
    kept = merge(
        first.professional, second.professional, take_from_dropped=[], keep_membership=first.pk, on=TODAY, by=author
    )
    assert [(row.pk, row.start, row.college) for row in kept.memberships.all()] == [
        (first.pk, date(2025, 3, 1), second.college)
    ]
    assert dues_of(kept) == {2026: (Decimal(20), Decimal(20)), 2024: (Decimal(20), Decimal(20))}
    assert {row.pk: row.receipt_number for row in Payment.objects.all()} == {row.pk: row.receipt_number for row in paid}
    assert Membership.objects.members_on(TODAY).count() == 1
    gone = Membership.history.filter(id=second.pk).first()
    assert (gone.history_type, gone.history_user) == ("-", author)
    assert gone.history_change_reason == f"Repris de la fiche n° {second.professional_id}"
    assert Payment.history.filter(id=paid[1].pk).count() == 2


@pytest.mark.usefixtures("see_everything")
def test_the_membership_of_the_record_that_goes_may_be_the_one_kept(twins):
    first, second = twins
    pay(first, 2026, "20")
    kept = joined(first, second, second)
    assert [(row.pk, row.start) for row in kept.memberships.all()] == [(second.pk, date(2024, 1, 1))]
    assert dues_of(kept) == {2026: (Decimal(20), Decimal(20)), 2024: (Decimal(20), Decimal(0))}


@pytest.mark.usefixtures("see_everything")
def test_an_exemption_of_either_record_still_forgives(twins):
    first, second = twins
    exempt(Due.objects.get(membership=second, campaign__year=2026), reason="Étudiante", by=None)
    pay(first, 2026, "5")
    joined(first, second, first)
    due = Due.objects.get(membership=first, campaign__year=2026)
    assert (due.amount, due.paid, due.owed, due.exemption_reason) == (Decimal(20), Decimal(5), 0, "Étudiante")


@pytest.mark.usefixtures("see_everything")
def test_without_a_choice_or_with_a_strange_one_nothing_is_written(ours, twins):
    first, second = twins
    other = make.member(ours)
    for chosen in (None, other.pk, 0):
        with pytest.raises(NotPossible, match="choisissez celle qui est gardée"):
            merge(
                first.professional,
                second.professional,
                take_from_dropped=[],
                keep_membership=chosen,
                on=TODAY,
                by=None,
            )
    assert Professional.objects.filter(merged_into__isnull=False).count() == 0
    assert Membership.objects.count() == 3


@pytest.mark.usefixtures("see_everything")
def test_an_application_never_replaces_a_membership_that_has_begun(ours):
    member = make.member(ours, rpps="")
    asked = apply_for_membership(make.professional(ours), on=date(2026, 5, 1), by=None)
    with pytest.raises(NotPossible, match="gardez l’adhésion"):
        joined(asked, member, asked)
    assert [row.pk for row in joined(asked, member, member).memberships.all()] == [member.pk]


@pytest.mark.usefixtures("see_everything")
def test_a_membership_whose_end_is_planned_still_counts_and_is_joined(ours):
    ending = make.member(ours, rpps="", end=date(2026, 12, 31))
    with pytest.raises(NotPossible, match="choisissez"):
        merge(ending.professional, make.member(ours).professional, take_from_dropped=[], on=TODAY, by=None)
    other = make.member(ours)
    kept = joined(ending, other, other)
    assert [row.pk for row in kept.memberships.all()] == [other.pk]


@pytest.mark.usefixtures("see_everything")
def test_a_membership_that_is_over_stays_beside_the_one_in_course(ours):
    over, other = make.member(ours, rpps="", end=date(2025, 1, 1)), make.member(ours, start=date(2025, 2, 1))
    kept = merge(over.professional, other.professional, take_from_dropped=[], on=TODAY, by=None)
    assert {row.pk for row in kept.memberships.all()} == {over.pk, other.pk}


@pytest.mark.usefixtures("see_everything")
def test_what_the_public_form_received_follows_or_is_put_aside(ours):
    asked = [apply_for_membership(make.professional(ours, rpps=""), on=date(2026, 5, day), by=None) for day in (1, 2)]
    received = [
        Application.objects.create(cpts=ours, membership=row, email="x@example.org", civil_last_name="Martin")
        for row in asked
    ]
    joined(*asked, asked[0])
    assert [row.state for row in Application.objects.order_by("pk")] == ["À soumettre au bureau", "Écartée"]
    third = apply_for_membership(make.professional(ours), on=date(2026, 5, 3), by=None)
    Application.objects.filter(pk=received[0].pk).update(membership=third)
    joined(asked[0], third, asked[0])
    assert Application.objects.get(pk=received[0].pk).membership == asked[0]


@pytest.mark.usefixtures("see_everything")
def test_two_structures_that_are_members_are_merged_likewise(ours):
    first, second = make.member_structure(ours), make.member_structure(ours, start=date(2025, 1, 1))
    make.campaign(ours, 2026)
    payment = pay(second, 2026, "20")
    with pytest.raises(NotPossible, match="adhésion en cours"):
        merge_structures(first.structure, second.structure, take_from_dropped=[], on=TODAY, by=None)
    kept = merge_structures(
        first.structure, second.structure, take_from_dropped=[], keep_membership=first.pk, on=TODAY, by=None
    )
    assert [row.pk for row in kept.memberships.all()] == [first.pk]
    payment.refresh_from_db()
    assert payment.due.membership == first


# --- Pages --------------------------------------------------------------------------------------------------------
def test_the_earliest_membership_is_proposed_and_what_will_happen_is_said_first(client, ours, coordinator, twins):
    first, second = twins
    with everything("test data"):
        pay(first, 2026, "20")
        pay(second, 2026, "20")
    compare = reverse("members:person-compare", args=[ours.pk, first.professional_id, second.professional_id])
    page = client.get(compare)
    choice = {side["row"].pk: side["proposed"] for side in page.context["membership"]}
    assert choice == {first.pk: False, second.pk: True}
    answers = {"keep": "first", "versions": "0-0", "membership": second.pk}
    asked = client.post(compare, {**answers, "action": "review"}).content.decode().replace("\u00a0", " ")
    assert "Adhésion gardée : Adhérent depuis le 1er janvier 2024, Libéraux." in asked
    assert "Cotisation 2026 : les paiements des deux fiches se rejoignent" in asked
    assert "(20,00 € appelés, 40,00 € reçus). 20,00 € ont été reçus en trop" in asked
    assert f'name="membership" value="{second.pk}"' in asked
    with everything("test"):
        assert Membership.objects.count() == 2
    assert client.post(compare, {**answers, "action": "merge"}).status_code == 302
    with everything("test"):
        assert [row.pk for row in Membership.objects.all()] == [second.pk]
        assert Membership.objects.get().professional_id == first.professional_id
    card = client.get(reverse("members:person-detail", args=[ours.pk, first.professional_id]))
    assert card.status_code == 200
