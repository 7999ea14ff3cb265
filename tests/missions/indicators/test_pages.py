"""Indicators as a browser sees them: the year at a glance, targets, results, proofs."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from missions.models import Indicator, IndicatorTemplate, Proof, Result, ResultEnvelope, Target
from tests import factories, member_factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def cpts():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordination(client, cpts):
    client.force_login(factories.coordinator(cpts))
    return client


def url(name: str, *args) -> str:
    return reverse(f"missions:{name}", args=args)


def words(answer) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def current_target(cpts, **fields) -> Target:
    """A target of the year under way."""
    make.exercise(cpts, 1, start=timezone.localdate().replace(month=1, day=1))
    return make.target(make.indicator(cpts, **fields))


def test_the_year_shows_what_is_due_what_lacks_and_the_gap_with_the_variable_part(coordination, cpts):
    target = current_target(cpts, name="Patients sans médecin traitant")
    with everything("test data"):
        ResultEnvelope.objects.create(
            mission=target.indicator.mission, exercise=target.exercise, amount=Decimal(35_000)
        )
    shown = words(coordination.get(url("indicators", cpts.pk)))
    assert "Patients sans médecin traitant" in shown
    assert "pour une part variable de 35 000,00 € : 34 000,00 € à répartir" in shown
    assert "0 indicateur à jour et 0 justifié sur 1" in shown


def test_a_result_without_its_proof_is_grey_and_names_what_lacks(coordination, cpts):
    target = current_target(cpts)
    with everything("test data"):
        target.indicator.expected_proofs.create(kind="extract")
    coordination.post(url("target-record", cpts.pk, target.pk), {"value": "1 219,5", "version": "0"})
    with everything("reading back"):
        assert Result.objects.get().value == Decimal("1219.50")
    shown = words(coordination.get(url("indicators", cpts.pk)))
    assert "Sans preuve" in shown
    assert "Manque : Extraction de la CPAM" in shown


def test_two_people_enter_the_same_period_and_the_second_one_is_told(coordination, cpts):
    target = current_target(cpts)
    page = url("target-record", cpts.pk, target.pk)
    coordination.post(page, {"value": "12", "version": "0"})
    again = coordination.post(page + f"?debut={target.exercise.start}", {"value": "15", "version": "0"})
    assert again.status_code == 422
    assert "vient de saisir" in words(again)
    assert 'value="15"' in words(again)


def test_the_contradiction_of_a_target_is_shown_before_and_after_it_is_saved(coordination, cpts):
    with everything("test data"):
        indicator = make.indicator(cpts, baseline=Decimal(66_111), baseline_on=date(2026, 1, 1))
        exercise = make.exercise(cpts)
    page = url("indicator-target", cpts.pk, indicator.pk, exercise.pk)
    sheet = {"kind": "delta", "value": "+700", "written": "68 811", "amount": "5 000", "version": "0"}
    checked = coordination.post(page, {**sheet, "verifier": "oui"})
    assert "Le contrat écrit 68 811, mais 66 111 + 700 font 66 811." in words(checked)
    assert "66 811 patients : <strong>5 000,00 €</strong>" in words(checked)
    with everything("reading back"):
        assert not Target.objects.exists()
    coordination.post(page, sheet)
    assert "68 811" in words(coordination.get(url("indicator-detail", cpts.pk, indicator.pk) + "?annee=1"))


@pytest.mark.parametrize(
    ("method", "sheet", "said"),
    [
        ("binary", {"value": "", "amount": "5000"}, "Indiquez la cible"),
        ("binary", {"value": "12", "amount": "0"}, "Indiquez le montant maximal"),
        ("binary", {"value": "douze", "amount": "5000"}, "remplis avec un nombre : « Cible »."),
        ("steps", {"value": "", "amount": "5000"}, "Indiquez le seuil et le montant d’un palier"),
    ],
)
def test_what_examples_still_need_is_said_in_one_sentence(coordination, cpts, method, sheet, said):
    with everything("test data"):
        indicator, exercise = make.indicator(cpts, method=method), make.exercise(cpts)
    page = url("indicator-target", cpts.pk, indicator.pk, exercise.pk)
    shown = coordination.post(page, {"kind": "absolute", **sheet, "verifier": "oui"})
    assert shown.status_code == 200
    assert said in words(shown)
    assert "Ce que rapporterait" not in words(shown)


def test_a_target_saved_meanwhile_is_not_overwritten_silently_and_is_sent_again(coordination, cpts):
    with everything("test data"):
        indicator, exercise = make.indicator(cpts), make.exercise(cpts)
    page = url("indicator-target", cpts.pk, indicator.pk, exercise.pk)
    sheet = {"kind": "absolute", "amount": "5000"}
    coordination.post(page, {**sheet, "value": "12", "version": "0"})
    late = coordination.post(page, {**sheet, "value": "15", "version": "0"})
    assert late.status_code == 422
    assert "Quelqu’un d’autre a enregistré cette cible" in words(late)
    assert 'value="15"' in words(late)
    with everything("reading back"):
        assert Target.objects.get().value == 12
    sent_again = late.context["form"]["version"].value()
    coordination.post(page, {**sheet, "value": "15", "version": sent_again})
    with everything("reading back"):
        assert Target.objects.get().value == 15


def test_a_target_by_steps_comes_back_as_it_was_typed(coordination, cpts):
    with everything("test data"):
        indicator, exercise = make.indicator(cpts, method="steps", direction="down"), make.exercise(cpts)
    page = url("indicator-target", cpts.pk, indicator.pk, exercise.pk)
    sheet = {"kind": "absolute", "value": "50", "amount": "9000", "bound_1": "50", "paid_1": "9000", "version": "0"}
    refused = coordination.post(page, {**sheet, "bound_2": "100"})
    assert "remplissez les deux" in words(refused)
    coordination.post(page, {**sheet, "bound_2": "100", "paid_2": "6 000"})
    assert 'value="6000,00"' in words(coordination.get(page))


def test_an_indicator_of_the_library_is_taken_then_changed_then_left(coordination, cpts):
    make.mission(cpts)
    with everything("test"):
        template = IndicatorTemplate.objects.filter(mission__code="acces").first()
    assert template.name in words(coordination.get(url("indicators-library", cpts.pk)))
    coordination.post(url("indicators-take", cpts.pk, template.pk))
    with everything("reading back"):
        made = Indicator.objects.get()
    coordination.post(url("indicator-follow", cpts.pk, made.pk))
    with everything("reading back"):
        assert not Indicator.objects.get().is_active


def test_the_count_opens_on_the_meetings_it_counts(coordination, cpts):
    target = current_target(cpts, counted="meetings", cadence="quarter", aggregation="sum", unit="réunions")
    by = factories.administrator()
    held = make.meeting(cpts, "acces", attendance_locked_at=timezone.now(), attendance_locked_by=by, title="Soirée")
    make.attendance(held, member_factories.professional(cpts), presence="present")
    shown = words(coordination.get(url("indicator-detail", cpts.pk, target.indicator.pk)))
    assert "1 présent" in shown
    assert url("meeting-detail", cpts.pk, held.pk) in shown


def test_a_proof_is_given_locked_unlocked_with_a_reason_and_removed(coordination, cpts, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    target = current_target(cpts)
    page = url("target-proof", cpts.pk, target.pk)
    assert "Aucune donnée de patient" in words(coordination.get(page))
    refused = coordination.post(page, {"kind": "report", "title": "Bilan"})
    assert "l’un des trois" in words(refused)
    assert 'value="Bilan"' in words(refused)
    bad = SimpleUploadedFile("liste.csv", "Nom;Prénom;Date de naissance\nEssai;Camille;01/02/1950\n".encode())
    assert "liste de patients" in words(coordination.post(page, {"kind": "report", "title": "Bilan", "file": bad}))
    good = SimpleUploadedFile("bilan.pdf", b"%PDF-1.7 essai")
    coordination.post(page, {"kind": "report", "title": "Bilan", "file": good})
    with everything("reading back"):
        proof = Proof.objects.get()
    assert b"".join(coordination.get(url("proof-file", cpts.pk, proof.pk))) == b"%PDF-1.7 essai"
    coordination.post(url("proof-lock", cpts.pk, proof.pk))
    assert "verrouillée" in words(coordination.post(url("proof-remove", cpts.pk, proof.pk)))
    coordination.post(url("proof-unlock", cpts.pk, proof.pk), {"reason": "Mauvaise version"})
    coordination.post(url("proof-remove", cpts.pk, proof.pk))
    with everything("reading back"):
        assert not Proof.objects.exists()


def test_what_was_not_met_is_carried_over_after_confirmation(coordination, cpts):
    target = current_target(cpts)
    with everything("test data"):
        start = target.exercise.end
        make.exercise(cpts, 2, start=start)
    asked = words(coordination.get(url("target-carry", cpts.pk, target.pk)))
    assert "Aucun résultat saisi." in asked
    coordination.post(url("target-carry", cpts.pk, target.pk))
    with everything("reading back"):
        assert Target.objects.get(exercise__number=2).carried_from == target


def test_agencies_read_and_do_not_write_and_another_cpts_sees_nothing(client, cpts):
    target = current_target(cpts)
    client.force_login(factories.ars_agent(cpts.ars))
    assert client.get(url("indicators", cpts.pk)).status_code == 200
    assert client.get(url("indicator-detail", cpts.pk, target.indicator.pk)).status_code == 200
    assert client.get(url("target-record", cpts.pk, target.pk)).status_code == 403
    client.force_login(factories.coordinator(factories.cpts("voisine")))
    assert client.get(url("indicator-detail", cpts.pk, target.indicator.pk)).status_code == 404
    assert client.get(url("target-proof", cpts.pk, target.pk)).status_code == 404


def test_the_year_takes_as_many_queries_for_one_indicator_as_for_three(coordination, cpts):
    current_target(cpts)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            coordination.get(url("indicators", cpts.pk))
        counts.append(len(seen))
        make.target(make.indicator(cpts))
        make.target(make.indicator(cpts, counted="people"))
    assert counts[0] == counts[1]
