"""Finding the same person twice and merging her records."""

from datetime import date

import pytest

from cpts_portal.core.refusals import NotPossible
from members.membership.adhesion import leave
from members.models import Contact, Professional
from members.records.duplicates import SAME_EMAIL, SAME_NAME, SAME_RPPS, Identity, Register, candidates_for, merge
from members.shared.known_records import known
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TODAY = date(2026, 6, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


def mail(person, value):
    return Contact.objects.create(professional=person, channel="email", value=value)


def test_the_three_signs(cpts):
    person = make.professional(cpts, civil_first_name="Élodie", civil_last_name="Le Gôff")
    mail(person, "elodie@example.org")
    register = Register.of(cpts)

    def signs(**fields):
        base = {"rpps": "", "first_name": "X", "last_name": "Y", "profession_id": None, "emails": ()}
        return register.candidates(Identity.of(**{**base, **fields})).get(person.pk, [])

    assert signs(rpps=person.rpps) == [SAME_RPPS]
    assert signs(first_name="LE GOFF", last_name="elodie", profession_id=person.profession_id) == [SAME_NAME]
    assert signs(first_name="Élodie", last_name="Le Gôff", profession_id=make.profession("10").pk) == []
    assert signs(emails=["ELODIE@example.org "]) == [SAME_EMAIL]


def test_a_record_is_not_its_own_duplicate_and_another_cpts_is_never_shown(cpts):
    person = make.professional(cpts)
    make.professional(factories.cpts(), rpps=person.rpps)
    identity = Identity.of(rpps=person.rpps, first_name="", last_name="", profession_id=None)
    assert candidates_for(cpts, identity, besides=person.pk) == {}
    assert candidates_for(cpts, identity) == {person: [SAME_RPPS]}


def test_pairs_come_surest_first(cpts):
    a = make.professional(cpts, civil_last_name="Abc", rpps="")
    b = make.professional(cpts, civil_last_name="Abc", rpps="")
    c = make.professional(cpts, civil_last_name="Def")
    mail(a, "same@example.org")
    mail(c, "same@example.org")
    assert [(p.first_id, p.second_id, p.signs) for p in Register.of(cpts).pairs()] == [
        (a.pk, b.pk, (SAME_NAME,)),
        (a.pk, c.pk, (SAME_EMAIL,)),
    ]


def test_merging_moves_everything_and_keeps_a_trace(cpts):
    author = factories.coordinator(cpts)
    keep = make.professional(cpts, rpps="", commune=factories.commune())
    membership = make.member(cpts, commune=factories.commune())
    drop = membership.professional
    mail(drop, "d@example.org")
    mail(keep, "k@example.org")
    merge(keep, drop, take_from_dropped=["rpps"], on=TODAY, by=author)
    keep, dropped = Professional.objects.get(pk=keep.pk), Professional.objects.get(pk=drop.pk)
    assert keep.rpps == drop.rpps
    assert dropped.merged_into == keep
    assert keep.practices.count() == 2
    assert {c.value for c in keep.contacts.all()} == {"d@example.org", "k@example.org"}
    assert [m.pk for m in keep.memberships.all()] == [membership.pk]
    assert list(known(cpts)) == [keep]
    assert keep.history.first().history_user == author
    assert membership.history.count() == 2


def test_two_open_memberships_or_two_rpps_are_not_merged(cpts):
    first, second = make.member(cpts, rpps=""), make.member(cpts)
    with pytest.raises(NotPossible, match="adhésion en cours"):
        merge(first.professional, second.professional, take_from_dropped=[], on=TODAY, by=None)
    leave(first, on=TODAY, reason="Doublon", by=None)
    merge(first.professional, second.professional, take_from_dropped=["rpps"], on=TODAY, by=None)
    other = make.professional(cpts)
    with pytest.raises(NotPossible, match="RPPS différents"):
        merge(first.professional, other, take_from_dropped=[], on=TODAY, by=None)


def test_reading_a_register_takes_three_queries_at_most(cpts, django_assert_max_num_queries):
    for _ in range(5):
        mail(make.professional(cpts), "x@example.org")
    with django_assert_max_num_queries(3):
        assert len(Register.of(cpts).pairs()) == 10
