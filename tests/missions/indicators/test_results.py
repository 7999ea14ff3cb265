"""Results of a year: typed or counted on locked meetings, their proofs, what is carried over, what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from missions.indicators.achievement import Rung
from missions.indicators.patient_data import refusal
from missions.indicators.periods_of_year import periods_of
from missions.indicators.proving import ProofFields, add_proof, lock_proof, remove_proof, unlock_proof
from missions.indicators.results import record, year_states
from missions.indicators.rules import TargetFields, add_from_library, carry_over, set_target
from missions.models import ExpectedProof, IndicatorTemplate
from tests import factories, member_factories
from tests import mission_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
DAY = date(2026, 12, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


def only_state(cpts):
    [state] = year_states(cpts, make.exercise(cpts), DAY)
    return state


def locked_meeting(cpts, by, *people, guests=(), members=True, **fields):
    meeting = make.meeting(
        cpts, "acces", attendance_locked_at=datetime(2026, 3, 4, tzinfo=UTC), attendance_locked_by=by, **fields
    )
    for person in people:
        make.attendance(meeting, person, presence="present", was_member=members)
    for guest in guests:
        make.attendance(meeting, guest_name=guest, presence="present", was_member=False)
    return meeting


def test_quarters_run_from_the_first_day_of_the_contract_year(cpts):
    exercise = make.exercise(cpts, start=date(2025, 12, 19))
    found = [(period.start, period.end) for period in periods_of(exercise, "quarter")]
    assert found == [
        (date(2025, 12, 19), date(2026, 3, 19)),
        (date(2026, 3, 19), date(2026, 6, 19)),
        (date(2026, 6, 19), date(2026, 9, 19)),
        (date(2026, 9, 19), date(2026, 12, 19)),
    ]


@pytest.mark.parametrize(("aggregation", "value"), [("sum", 30), ("last", 20)])
def test_the_value_of_a_year(cpts, aggregation, value):
    target = make.target(make.indicator(cpts, cadence="quarter", aggregation=aggregation))
    person = factories.coordinator(cpts)
    for period, figure in zip(periods_of(target.exercise, "quarter"), ("10", "20"), strict=False):
        record(target, period, value=Decimal(figure), comment="", version="0", day=DAY, by=person)
    state = only_state(cpts)
    assert state.value == value
    assert [period.rank for period in state.due] == [3]  # the fourth quarter is not over


def test_a_second_person_on_the_same_period_is_told(cpts):
    target = make.target(make.indicator(cpts))
    person, [period] = factories.coordinator(cpts), periods_of(target.exercise, "year")
    record(target, period, value=Decimal(1), comment="", version="0", day=DAY, by=person)
    with pytest.raises(StaleEdit):
        record(target, period, value=Decimal(2), comment="", version="0", day=DAY, by=person)


def test_only_locked_meetings_count_and_a_person_counts_once(cpts):
    by, one, two = factories.coordinator(cpts), *(member_factories.professional(cpts) for _ in range(2))
    locked_meeting(cpts, by, one, two, guests=("Camille Essai",))
    locked_meeting(cpts, by, one, starts_at=datetime(2026, 5, 5, 19, tzinfo=UTC))
    make.attendance(make.meeting(cpts, "acces"), one, presence="present")  # not locked
    expected = {"meetings": 2, "attendances": 4, "people": 3, "members": 2, "non_members": 1}
    for counted in expected:
        make.target(make.indicator(cpts, name=counted, source="portal", counted=counted))
    found = {state.indicator.name: state.value for state in year_states(cpts, make.exercise(cpts), DAY)}
    assert found == {name: Decimal(value) for name, value in expected.items()}


def test_what_is_counted_is_not_typed(cpts):
    target = make.target(make.indicator(cpts, counted="meetings"))
    [period] = periods_of(target.exercise, "year")
    with pytest.raises(NotPossible, match="compté par le portail"):
        record(target, period, value=Decimal(9), comment="", version="0", day=DAY, by=factories.coordinator(cpts))


def test_counted_meetings_prove_themselves_once_their_minutes_are_published(cpts):
    by = factories.coordinator(cpts)
    meeting = locked_meeting(cpts, by, member_factories.professional(cpts))
    indicator = make.indicator(cpts, counted="meetings")
    make.target(indicator)
    for kind in ("attendance", "minutes"):
        ExpectedProof.objects.create(indicator=indicator, kind=kind)
    assert [text.replace("\u00a0", " ") for text in only_state(cpts).missing_proofs] == ["Compte rendu de 1 réunion"]
    meeting.minutes_published_at = datetime(2026, 3, 10, tzinfo=UTC)
    meeting.save()
    assert only_state(cpts).is_proven


def test_the_states_of_a_year_take_as_many_queries_for_one_indicator_as_for_three(cpts, django_assert_num_queries):
    exercise = make.exercise(cpts)
    make.target(make.indicator(cpts, counted="meetings"))
    locked_meeting(cpts, factories.coordinator(cpts), member_factories.professional(cpts))
    for _ in range(2):
        with django_assert_num_queries(10):
            year_states(cpts, exercise, DAY)
        make.target(make.indicator(cpts, counted="people"))
        make.target(make.indicator(cpts))


def test_what_was_not_met_is_asked_again_the_next_year_with_what_it_did_not_earn(cpts):
    by, indicator = factories.coordinator(cpts), make.indicator(cpts, method="steps", direction="down")
    following = make.exercise(cpts, 2)
    rungs = (Rung(Decimal(219), Decimal(3000)), Rung(Decimal(50), Decimal(9000)))
    fields = TargetFields("absolute", Decimal(50), None, Decimal(9000), rungs)
    target = set_target(indicator, make.exercise(cpts), fields, by=by)
    made = carry_over(target, result=Decimal(100), by=by)
    assert (made.exercise, made.amount, made.carried_from) == (following, Decimal(6000), target)
    assert [(step.bound, step.amount) for step in made.steps.all()] == [(Decimal(50), Decimal(6000))]
    with pytest.raises(NotPossible, match="déjà fixée"):
        carry_over(target, result=Decimal(100), by=by)


def test_every_indicator_of_the_library_may_be_taken(cpts):
    by = factories.coordinator(cpts)
    for template in IndicatorTemplate.objects.select_related("mission"):
        made = add_from_library(make.mission(cpts, template.mission.code), template, by=by)
        assert sorted(each.kind for each in made.expected_proofs.all()) == sorted(template.proofs) != []


def proof(**fields) -> ProofFields:
    return ProofFields(**{"kind": "document", "title": "Plaquette", **fields})


def test_a_locked_proof_cannot_go_and_its_unlocking_keeps_the_reason(cpts, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    by, target = factories.coordinator(cpts), make.target(make.indicator(cpts))
    made = add_proof(target, proof(filename="plaquette.pdf", content=b"%PDF-1.7 essai"), by=by)
    assert (made.size, made.content_type, len(made.sha256)) == (14, "application/pdf", 64)
    lock_proof(made, by=by)
    with pytest.raises(NotPossible, match="verrouillée"):
        remove_proof(made, by=by)
    with pytest.raises(NotPossible, match="pourquoi"):
        unlock_proof(made, reason=" ", by=by)
    unlock_proof(made, reason="Mauvaise version", by=by)
    assert made.history.first().history_change_reason == "Mauvaise version"
    remove_proof(made, by=by)
    assert target.proofs.count() == 0


@pytest.mark.parametrize(
    ("filename", "content", "reason"),
    [
        ("virus.exe", b"MZ", "n’est pas accepté"),
        ("faux.pdf", b"<html>", "n’est pas celui d’un fichier PDF"),
        ("vide.pdf", b"", "vide"),
        ("liste.csv", "Nom;Prénom;Date de naissance\nEssai;Camille;01/02/1950\n".encode(), "liste de patients"),
        ("liste.csv", b"code;valeur\nA;1 50 02 22 093 001 42\n", "liste de patients"),
    ],
)
def test_what_may_not_be_kept_is_refused_with_the_reason(cpts, filename, content, reason):
    target = make.target(make.indicator(cpts))
    with pytest.raises(NotPossible, match=reason):
        add_proof(target, proof(filename=filename, content=content), by=factories.coordinator(cpts))
    assert target.proofs.count() == 0


def test_counts_and_lists_of_professionals_are_no_lists_of_patients():
    assert refusal(b"commune;patients sans medecin traitant\nLamballe;219\n", "comptes.csv") == ""
    assert refusal("Nom;Prénom;Profession;Téléphone\nEssai;Camille;IDEL;02\n".encode(), "presents.csv") == ""


def test_a_meeting_proves_once_its_attendance_is_locked(cpts):
    by, target = factories.coordinator(cpts), make.target(make.indicator(cpts))
    with pytest.raises(NotPossible, match="Verrouillez d’abord"):
        add_proof(target, proof(meeting=make.meeting(cpts)), by=by)
    assert add_proof(target, proof(kind="attendance", meeting=locked_meeting(cpts, by)), by=by).pk
