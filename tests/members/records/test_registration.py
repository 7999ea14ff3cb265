"""Writing persons and structures: everything in one transaction, nothing when nothing changes, no number twice."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from members.membership.custom_fields import add_field, move, restore_field, retire_field, shown_values
from members.membership.custom_fields import fields_of as free_fields_of
from members.models import Contact, Practice, Professional, Specialty, Structure
from members.records.duplicates import known_apart
from members.records.registration import (
    ContactLine,
    NumberTaken,
    PersonFields,
    PracticeLine,
    fields_of,
    register_person,
    register_structure,
    update_person,
    update_structure,
)
from members.shared.forms.cells import clean_phone
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TODAY = date(2026, 6, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


def said(**changes) -> PersonFields:
    values = {"civil_last_name": "Essai", "civil_first_name": "Camille", "last_name": "", "rpps": "",
              "profession": make.profession("10")}  # fmt: skip
    lists = {name: changes.pop(name) for name in ("specialties", "contacts", "practices", "extra") if name in changes}
    return PersonFields(values={**values, **changes}, **lists)


def test_a_person_is_registered_with_everything_said_of_her(cpts):
    commune, user = factories.commune(), factories.coordinator(cpts)
    person = register_person(
        cpts,
        fields=said(
            specialties=[Specialty.objects.get(code="SM54")],
            contacts=[
                ContactLine("email", "camille@example.org", consent=True),
                ContactLine("phone", "02 96 00 00 00"),
            ],
            practices=[PracticeLine(mode="L", commune=commune, start=date(2020, 1, 1))],
            extra={"tuteur": True, "vide": ""},
        ),
        on=TODAY,
        by=user,
    )
    assert list(person.contacts.values_list("channel", "consent_on")) == [("email", TODAY), ("phone", None)]
    assert [row.commune for row in person.practices.all()] == [commune]
    assert [each.code for each in person.specialties.all()] == ["SM54"]
    assert person.extra == {"tuteur": True}
    assert {row.history_user for row in [*person.history.all(), *Contact.history.all(), *Practice.history.all()]} == {
        user
    }


def test_saying_again_what_is_saved_writes_nothing(cpts):
    person = make.professional(cpts, commune=factories.commune())
    Contact.objects.create(professional=person, channel="email", value="a@example.org")
    before = (person.history.count(), Contact.history.count(), Practice.history.count())
    found = update_person(person, fields=fields_of(person), on=TODAY, by=None, version=0)
    assert found.version == 0
    assert (person.history.count(), Contact.history.count(), Practice.history.count()) == before


def test_a_changed_contact_alone_counts_one_version_and_no_line_of_the_person(cpts):
    person = make.professional(cpts)
    row = Contact.objects.create(professional=person, channel="email", value="a@example.org")
    lines = [ContactLine("email", "b@example.org", consent=True, pk=row.pk)]
    found = update_person(person, fields=said(**fields_of(person).values, contacts=lines), on=TODAY, by=None)
    assert (found.version, person.history.count()) == (1, 1)
    assert list(Contact.objects.values_list("pk", "value", "consent_on")) == [(row.pk, "b@example.org", TODAY)]


def test_rows_not_said_go_away_and_an_absent_list_changes_nothing(cpts):
    person = make.professional(cpts, commune=factories.commune())
    Contact.objects.create(professional=person, channel="email", value="a@example.org")
    update_person(person, fields=PersonFields(values={}), on=TODAY, by=None)
    assert (person.contacts.count(), person.practices.count()) == (1, 1)
    update_person(person, fields=PersonFields(values={}, contacts=[], practices=[]), on=TODAY, by=None)
    assert (person.contacts.count(), person.practices.count()) == (0, 0)


def test_a_row_of_somebody_else_is_never_taken(cpts):
    theirs = Contact.objects.create(professional=make.professional(cpts), channel="email", value="a@example.org")
    person = make.professional(cpts)
    lines = [ContactLine("email", "b@example.org", pk=theirs.pk)]
    update_person(person, fields=PersonFields(values={}, contacts=lines), on=TODAY, by=None)
    theirs.refresh_from_db()
    assert (theirs.value, [row.value for row in person.contacts.all()]) == ("a@example.org", ["b@example.org"])


@settings(max_examples=25, deadline=None)
@given(before=st.sets(st.sampled_from("abcd")), data=st.data())
def test_contacts_end_as_they_were_said_whatever_was_there(before, data):
    """Swaps, moves and removals: the rows afterwards are exactly the lines, without ever breaking the unique rule."""
    cpts = factories.cpts()
    person = make.professional(cpts)
    rows = [
        Contact.objects.create(professional=person, channel="email", value=f"{v}@example.org") for v in sorted(before)
    ]
    values = data.draw(st.lists(st.sampled_from("abcdef"), unique=True))
    pks = data.draw(st.permutations([row.pk for row in rows] + [None] * len(values)))[: len(values)]
    lines = [ContactLine("email", f"{v}@example.org", pk=pk) for v, pk in zip(values, pks, strict=True)]
    update_person(person, fields=PersonFields(values={}, contacts=lines), on=TODAY, by=None)
    assert {row.value for row in person.contacts.all()} == {f"{v}@example.org" for v in values}


def test_somebody_who_saved_meanwhile_is_not_undone(cpts):
    person = make.professional(cpts)
    update_person(person, fields=PersonFields(values={"last_name": "Premier"}), on=TODAY, by=None, version=0)
    with pytest.raises(StaleEdit):
        update_person(person, fields=PersonFields(values={"last_name": "Second"}), on=TODAY, by=None, version=0)
    assert Professional.objects.get(pk=person.pk).last_name == "Premier"


def test_a_rpps_is_borne_by_one_person_of_the_cpts_and_nothing_else_is_written(cpts):
    holder = make.professional(cpts)
    with pytest.raises(NumberTaken) as taken:
        register_person(cpts, fields=said(rpps=holder.rpps), on=TODAY, by=None)
    assert taken.value.holder == holder
    other = register_person(factories.cpts(), fields=said(rpps=holder.rpps), on=TODAY, by=None)
    assert other.rpps == holder.rpps
    assert Professional.objects.filter(cpts=cpts).count() == 1


def test_look_alikes_said_to_be_others_are_remembered(cpts):
    other = make.professional(cpts)
    person = register_person(cpts, fields=said(), on=TODAY, by=None, apart_from=[other])
    assert known_apart(cpts, "person") == {(other.pk, person.pk)}


def test_a_structure_is_registered_and_corrected(cpts):
    user = factories.coordinator(cpts)
    made = register_structure(cpts, values={"name": "EHPAD", "kind": "care_home"}, extra={}, by=user)
    update_structure(made, values={"name": "EHPAD du Lac"}, extra={"lits": 40}, by=user, version=0)
    found = Structure.objects.get(pk=made.pk)
    assert (found.name, found.extra, found.version) == ("EHPAD du Lac", {"lits": 40}, 1)
    make.structure(cpts, finess="010780054")
    with pytest.raises(NumberTaken):
        update_structure(found, values={"finess": "010780054"}, extra={}, by=user)


# --- Free fields --------------------------------------------------------------------------------------------------
def test_a_retired_field_is_no_longer_asked_and_keeps_its_values(cpts):
    field = add_field(cpts, label="Maître de stage", target="person", kind="yes_no", by=None)
    person = register_person(cpts, fields=said(extra={field.key: True}), on=TODAY, by=None)
    retire_field(field, by=None)
    assert free_fields_of(cpts, "person") == []
    update_person(person, fields=PersonFields(values={}, extra={"autre": "x"}), on=TODAY, by=None)
    person.refresh_from_db()
    assert person.extra == {field.key: True, "autre": "x"}
    assert shown_values(cpts, "person", person.extra) == [("Maître de stage (retiré)", "oui")]
    restore_field(field, by=None)
    assert shown_values(cpts, "person", person.extra) == [("Maître de stage", "oui")]


def test_fields_are_moved_one_place_and_stay_in_their_list(cpts):
    a, _b, c = (add_field(cpts, label=label, target="person", kind="text", by=None) for label in "ABC")
    move(c, up=True, by=None)
    move(a, up=True, by=None)
    assert [each.label for each in free_fields_of(cpts, "person")] == ["A", "C", "B"]


@pytest.mark.parametrize(("label", "kind", "choices"), [("Langue", "choice", "breton"), ("!!!", "text", "")])
def test_a_field_that_cannot_be_used_is_refused(cpts, label, kind, choices):
    with pytest.raises(NotPossible):
        add_field(cpts, label=label, target="person", kind=kind, choices=choices, by=None)


def test_the_same_label_twice_is_refused_in_words(cpts):
    add_field(cpts, label="Langue", target="person", kind="text", by=None)
    with pytest.raises(NotPossible, match="existe déjà"):
        add_field(cpts, label="langue", target="person", kind="text", by=None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0296000000", "02 96 00 00 00"),
        ("02.62.00.00.00", "02 62 00 00 00"),
        ("0590 00 00 00", "05 90 00 00 00"),
        ("+262 262 00 00 00", "+262 262 00 00 00"),
        ("00590590000000", "00590590000000"),
    ],
)
def test_phones_of_the_mainland_and_overseas_are_accepted(typed, kept):
    assert clean_phone(typed) == kept
