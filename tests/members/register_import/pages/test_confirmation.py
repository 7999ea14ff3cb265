"""Confirming once, all or nothing, one import at a time; progress, failures, what is kept, undo, giving up."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.history import save_as
from cpts_portal.core.scoping import everything
from cpts_portal.imports.tasks import apply_import
from members.models import Membership, Professional, RegisterImport
from members.register_import import drafts, previews
from members.register_import.importer import REGISTERS
from tests import factories
from tests.member_factories import professional
from tests.members.register_import.pages.steps import (
    EVA,
    LUC,
    Status,
    dropped,
    previewed,
    running,
    said,
    sheet,
    shown,
)
from tests.members.register_import.steps import confirm, fresh, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(as_coordinator, cpts):
    return previewed(as_coordinator, cpts, sheet(LUC, EVA))


def people() -> int:
    with everything("test"):
        return Professional.objects.count()


# --- Confirmation -----------------------------------------------------------------------------------------------------
def test_from_the_upload_to_the_report_and_back(as_coordinator, coordinator, imported):
    assert people() == 0
    answer = confirm(as_coordinator, imported)
    assert answer.url == page("progress", imported)

    report = as_coordinator.get(page("progress", imported), follow=True)

    assert report.request["PATH_INFO"] == page("report", imported)
    assert "Import appliqué" in report.content.decode()
    assert (fresh(imported).status, fresh(imported).author, people()) == (Status.APPLIED, coordinator, 2)

    question = as_coordinator.get(page("undo", imported))
    assert question.context["consequences"][0] == "2\u00a0personnes ajoutées seront retirées."
    done = as_coordinator.post(page("undo", imported), follow=True)

    assert said(done) == ["L’import est annulé : le registre est revenu à son état d’avant."]
    assert (fresh(imported).status, people()) == (Status.UNDONE, 0)
    assert "Import annulé" in as_coordinator.get(page("report", imported)).content.decode()


def test_reloading_a_confirmation_applies_once_and_says_so(as_coordinator, imported):
    confirm(as_coordinator, imported)
    moment = fresh(imported).applied_at

    answer = as_coordinator.post(page("confirm", imported), {"seen": "0"}, follow=True)

    assert said(answer) == ["Cet import n’attend pas de confirmation : rien n’a été écrit."]
    assert (fresh(imported).applied_at, people()) == (moment, 2)


def test_a_register_that_changed_meanwhile_is_previewed_again(as_coordinator, cpts, imported):
    seen = shown(as_coordinator, imported).context["seen"]
    professional(cpts)

    answer = as_coordinator.post(page("confirm", imported), {"seen": seen}, follow=True)

    assert said(answer)[0].startswith("Le registre a changé depuis cet aperçu.")
    assert (fresh(imported).status, people()) == (Status.PREVIEW, 1)
    confirm(as_coordinator, imported)
    assert people() == 3


def test_another_register_may_change_meanwhile(as_coordinator, imported):
    seen = shown(as_coordinator, imported).context["seen"]
    professional(factories.cpts())

    as_coordinator.post(page("confirm", imported), {"seen": seen})

    assert fresh(imported).status == Status.APPLIED


def test_a_second_coordinator_waits_for_the_import_under_way(as_coordinator, cpts, imported):
    other = running(previewed(as_coordinator, cpts, sheet(EVA), "autre.csv"), started_at=timezone.now())

    answer = confirm(as_coordinator, imported)

    assert said(as_coordinator.get(answer.url)) == [
        "Un autre import est en cours : « autre.csv ». Attendez qu’il se termine, puis confirmez."
    ]
    assert (fresh(imported).status, people()) == (Status.PREVIEW, 0)
    running(other, started_at=timezone.now() - timedelta(hours=1))
    confirm(as_coordinator, imported)
    assert fresh(imported).status == Status.APPLIED


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_the_same_moment_apply_one_import(as_coordinator, coordinator, cpts):
    waiting = [
        previewed(as_coordinator, cpts, sheet(LUC), "a.csv"),
        previewed(as_coordinator, cpts, sheet(EVA), "b.csv"),
    ]
    with everything("test"):
        state = previews.register_state(cpts.pk)
    together, sentences = Barrier(2), []

    def confirm_one(draft: RegisterImport) -> None:
        with everything("two coordinators at once"):
            together.wait()
            try:
                drafts.confirm(draft, seen=state, by=coordinator)
            except drafts.ImportConflict as conflict:
                sentences.append(str(conflict))
        connection.close()

    threads = [Thread(target=confirm_one, args=[draft]) for draft in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(fresh(draft).status for draft in waiting) == [Status.APPLIED, Status.PREVIEW]
    assert (len(sentences), people()) == (1, 1)


# --- Progress, failures -----------------------------------------------------------------------------------------------
def test_progress_is_shown_polled_and_leads_to_the_report(as_coordinator, imported):
    running(imported, started_at=timezone.now())
    whole = as_coordinator.get(page("progress", imported))
    piece = as_coordinator.get(page("progress", imported), headers={"HX-Request": "true"})
    assert [next(iter(answer.templates)).name for answer in (whole, piece)] == [
        "members/register_import/progress.html", "ui/progress.html",
    ]  # fmt: skip

    with everything("test"):
        RegisterImport.objects.filter(pk=imported.pk).update(status=Status.APPLIED)

    whole = as_coordinator.get(page("progress", imported))
    piece = as_coordinator.get(page("progress", imported), headers={"HX-Request": "true"})
    assert (whole.url, piece["HX-Redirect"]) == (page("detail", imported), page("detail", imported))


def test_an_interrupted_import_may_be_taken_up_again_but_not_a_lively_one(as_coordinator, imported):
    running(imported, started_at=timezone.now())
    answer = as_coordinator.post(page("resume", imported), follow=True)
    assert said(answer) == ["Cet import est en cours : attendez qu’il se termine."]

    running(imported, started_at=timezone.now() - timedelta(hours=1))
    assert "semble interrompu" in as_coordinator.get(page("progress", imported)).content.decode()
    as_coordinator.post(page("resume", imported))

    assert fresh(imported).status == Status.PREVIEW


def test_a_job_that_fails_writes_nothing_says_so_and_may_be_taken_up_again(as_coordinator, imported):
    with imported.table.open("rb") as opened:
        kept = opened.read()
    running(imported, started_at=timezone.now())
    storage, name = imported.table.storage, imported.table.name
    storage.delete(name)

    apply_import.enqueue(REGISTERS.path, imported.pk, imported.author_id)

    assert (fresh(imported).status, people()) == (Status.FAILED, 0)
    assert "Une erreur inattendue a interrompu l’import. Rien n’a été écrit" in (
        as_coordinator.get(page("report", imported)).content.decode()
    )
    storage.save(name, ContentFile(kept))
    as_coordinator.post(page("resume", imported))
    assert fresh(imported).status == Status.PREVIEW
    assert "Le dernier essai n’a rien enregistré" in shown(as_coordinator, imported).content.decode()


# --- What is kept -----------------------------------------------------------------------------------------------------
def test_the_file_is_given_back_as_it_was_dropped(as_coordinator, imported):
    answer = as_coordinator.get(page("file", imported))

    assert b"".join(answer.streaming_content) == sheet(LUC, EVA)
    assert 'filename="adherents.csv"' in answer["Content-Disposition"]
    imported.file.storage.delete(imported.file.name)
    assert as_coordinator.get(page("file", imported)).status_code == 404


def test_an_import_leads_to_the_page_of_its_step(as_coordinator, cpts):
    imported = dropped(as_coordinator, cpts, sheet(LUC))
    assert as_coordinator.get(page("detail", imported)).url == page("mapping", imported)
    assert as_coordinator.get(page("report", imported)).url == page("detail", imported)

    running(imported, started_at=timezone.now())
    assert as_coordinator.get(page("detail", imported)).url == page("progress", imported)


def test_a_file_that_says_nothing_new_is_not_confirmed(as_coordinator, cpts, imported):
    confirm(as_coordinator, imported)

    again = previewed(as_coordinator, cpts, sheet(LUC, EVA))

    content = shown(as_coordinator, again).content.decode()
    assert "Rien ne change" in content
    assert "Confirmer l’import" not in content


# --- Undo, giving up --------------------------------------------------------------------------------------------------
def test_undoing_is_refused_with_the_names_once_somebody_was_edited(as_coordinator, coordinator, imported):
    confirm(as_coordinator, imported)
    with everything("test"):
        person = Professional.objects.get(civil_last_name="Riou")
        person.last_name = "Martin"
        save_as(person, by=coordinator)

    report = as_coordinator.get(page("report", imported))
    question = as_coordinator.get(page("undo", imported), follow=True)
    act = as_coordinator.post(page("undo", imported))

    assert "Luc Martin" in report.context["undo_obstacle"]
    assert "Luc Martin" in said(question)[0]
    assert (act.status_code, people()) == (422, 2)


def test_only_an_applied_import_is_undone_and_once(as_coordinator, imported):
    assert said(as_coordinator.get(page("undo", imported), follow=True)) == [
        "Seul un import appliqué peut être annulé."
    ]
    confirm(as_coordinator, imported)
    as_coordinator.post(page("undo", imported))

    assert as_coordinator.post(page("undo", imported)).status_code == 422
    with everything("test"):
        assert Membership.objects.count() == 0


def test_giving_up_forgets_the_draft_and_its_files(as_coordinator, cpts, imported, django_capture_on_commit_callbacks):
    storage, names = imported.file.storage, (imported.file.name, imported.table.name)
    assert "Le registre n’a pas été modifié." in as_coordinator.get(page("abandon", imported)).context["consequences"]

    with django_capture_on_commit_callbacks(execute=True):
        answer = as_coordinator.post(page("abandon", imported))

    assert answer.url == reverse("members:spreadsheet-list", args=[cpts.pk])
    assert not any(storage.exists(name) for name in names)
    with everything("test"):
        assert not RegisterImport.objects.exists()


def test_an_applied_import_cannot_be_given_up(as_coordinator, imported):
    confirm(as_coordinator, imported)

    answer = as_coordinator.post(page("abandon", imported))

    assert answer.status_code == 422
    assert fresh(imported).status == Status.APPLIED
