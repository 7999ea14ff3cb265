"""Confirming: once, all or nothing, one at a time; progress and failures."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import ClassVar

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from django_tasks.backends.immediate import ImmediateBackend

from cpts_portal.core.scoping import everything
from territories.imports import drafts as import_drafts
from territories.models import Commune, CommuneImport
from tests import factories
from tests.territories.commune_files import simple_file
from tests.territories.imports.steps import RENAMED, TWO, Status, applied, confirm, deposited, page, running, said

pytestmark = pytest.mark.django_db


# --- Confirmation ---------------------------------------------------------------------------------------------------
def test_upload_preview_confirm_report_undo(as_admin, admin):
    applied(as_admin, TWO, "communes_2024.csv")
    imported = deposited(as_admin, RENAMED)

    answer = confirm(as_admin, imported, follow=True)

    imported.refresh_from_db()
    assert (imported.status, imported.author) == (Status.APPLIED, admin)
    assert answer.request["PATH_INFO"] == page("report", imported)
    assert set(Commune.objects.values_list("name", flat=True)) == {"Allineuc-le-Neuf", "Andel"}
    report = as_admin.get(page("report", imported), {"volet": "changements", "nature": "name"})
    assert [(row.record.before, row.record.after) for row in report.context["table"].rows] == [
        ("Allineuc", "Allineuc-le-Neuf")
    ]

    question = as_admin.get(page("undo", imported))
    done = as_admin.post(page("undo", imported), follow=True)

    assert question.context["consequences"][-1].endswith("marqué comme annulé.")
    imported.refresh_from_db()
    assert imported.status == Status.UNDONE
    assert done.request["PATH_INFO"] == page("report", imported)
    assert set(Commune.objects.values_list("name", flat=True)) == {"Allineuc", "Andel"}


def test_reloading_a_confirmation_applies_once_and_says_so(as_admin):
    factories.department("22")
    imported = applied(as_admin, TWO)
    moment = imported.applied_at

    answer = as_admin.post(page("confirm", imported), {"seen_state": import_drafts.map_state()}, follow=True)

    imported.refresh_from_db()
    assert imported.applied_at == moment
    assert said(answer) == ["Cet import n’attend plus de confirmation : il a déjà été appliqué ou abandonné."]


def test_a_preview_made_before_another_import_is_not_applied_blindly(as_admin):
    factories.department("22")
    mine = deposited(as_admin, TWO)
    seen = as_admin.get(page("detail", mine)).context["seen_state"]
    applied(as_admin, RENAMED, "communes_2025.csv")

    answer = as_admin.post(page("confirm", mine), {"seen_state": seen}, follow=True)

    mine.refresh_from_db()
    assert mine.status == Status.PREVIEW
    assert said(answer)[0].startswith("Un autre import a été appliqué ou annulé depuis cet aperçu.")


def test_a_second_administrator_is_told_who_is_importing(as_admin, client):
    factories.department("22")
    mine = deposited(as_admin, TWO)
    other = factories.administrator(first_name="Dominique", last_name="Exemple")
    CommuneImport.objects.create(
        filename="autre_2026.csv", sha256="1" * 64, vintage=2026, status=Status.RUNNING, author=other
    )

    answer = confirm(as_admin, mine, follow=True)

    mine.refresh_from_db()
    assert mine.status == Status.PREVIEW
    assert said(answer)[0].startswith("Un autre import est en cours : « autre_2026.csv », lancé par Dominique Exemple.")


def test_an_interrupted_import_does_not_stand_in_the_way(as_admin):
    factories.department("22")
    mine = deposited(as_admin, TWO)
    running(started_at=(timezone.now() - timedelta(hours=1)).isoformat())

    confirm(as_admin, mine)

    mine.refresh_from_db()
    assert mine.status == Status.APPLIED


def test_a_file_that_changes_nothing_is_not_applied_again(as_admin):
    factories.department("22")
    applied(as_admin, TWO)
    again = deposited(as_admin, TWO)

    answer = as_admin.post(page("confirm", again), {"seen_state": import_drafts.map_state()}, follow=True)

    again.refresh_from_db()
    assert again.status == Status.NOTHING
    assert said(answer) == ["Cet import n’attend plus de confirmation : il a déjà été appliqué ou abandonné."]


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_the_same_moment_apply_one_import(as_admin, admin):
    factories.department("22")
    drafts = [deposited(as_admin, TWO, "communes_2025.csv"), deposited(as_admin, RENAMED, "communes_2026.csv")]
    state, together, sentences = import_drafts.map_state(), Barrier(2), []

    def confirm_one(draft: CommuneImport) -> None:
        with everything("two administrators at once"):
            together.wait()
            try:
                import_drafts.confirm(draft, seen_state=state, by=admin)
            except import_drafts.ImportConflict as conflict:
                sentences.append(str(conflict))
        connection.close()

    threads = [Thread(target=confirm_one, args=[draft]) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    statuses = CommuneImport.objects.filter(pk__in=[draft.pk for draft in drafts]).values_list("status", flat=True)
    assert sorted(statuses) == [Status.APPLIED, Status.PREVIEW]
    assert len(sentences) == 1
    assert sentences[0].startswith("Un autre import")


def test_a_job_that_fails_writes_nothing_and_leaves_its_sentence(as_admin):
    factories.department("22")
    imported = deposited(as_admin, TWO)
    as_admin.get(page("detail", imported))
    imported.file.storage.delete(imported.file.name)

    answer = confirm(as_admin, imported, follow=True)

    imported.refresh_from_db()
    assert imported.status == Status.FAILED
    assert answer.request["PATH_INFO"] == page("report", imported)
    assert "Une erreur inattendue a interrompu l’import. Rien n’a été écrit" in answer.content.decode()
    assert not Commune.objects.exists()


def test_a_failed_import_may_be_taken_up_again(as_admin):
    factories.department("22")
    imported = deposited(as_admin, TWO)
    CommuneImport.objects.filter(pk=imported.pk).update(status=Status.FAILED, report={"failure": "Panne."})

    as_admin.post(page("resume", imported))

    imported.refresh_from_db()
    assert imported.status == Status.PREVIEW


# --- Progress -------------------------------------------------------------------------------------------------------
def test_progress_is_shown_and_polled(as_admin):
    imported = running(started_at=timezone.now().isoformat())

    whole = as_admin.get(page("progress", imported))
    piece = as_admin.get(page("progress", imported), headers={"HX-Request": "true"})

    assert next(template.name for template in whole.templates) == "territories/imports/progress.html"
    assert next(template.name for template in piece.templates) == "ui/progress.html"


def test_progress_leads_to_the_report_once_finished(as_admin):
    imported = running()
    CommuneImport.objects.filter(pk=imported.pk).update(status=Status.APPLIED)

    whole = as_admin.get(page("progress", imported))
    piece = as_admin.get(page("progress", imported), headers={"HX-Request": "true"})

    assert (whole.status_code, whole.url) == (302, page("detail", imported))
    assert (piece.status_code, piece["HX-Redirect"]) == (200, page("detail", imported))


def test_an_interrupted_import_may_be_taken_up_again_but_not_a_running_one(as_admin):
    factories.department("22")
    lively = running(started_at=timezone.now().isoformat())
    dead = deposited(as_admin, TWO)
    long_ago = {"started_at": (timezone.now() - timedelta(hours=1)).isoformat()}
    CommuneImport.objects.filter(pk=dead.pk).update(status=Status.RUNNING, report=long_ago)

    as_admin.post(page("resume", lively))
    as_admin.post(page("resume", dead))

    lively.refresh_from_db()
    dead.refresh_from_db()
    assert (lively.status, dead.status) == (Status.RUNNING, Status.PREVIEW)


# --- The preview is made outside the request ------------------------------------------------------------------------
class Later(ImmediateBackend):
    """Keeps each task for the test to run it, as a worker would."""

    waiting: ClassVar[list] = []

    def enqueue(self, task, args, kwargs):
        self.waiting.append((task, args, kwargs))


@pytest.fixture
def worker(settings):
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.Later"}}
    Later.waiting.clear()

    def work() -> None:
        while Later.waiting:
            task, args, kwargs = Later.waiting.pop(0)
            task.func(*args, **kwargs)

    return work


def test_the_preview_is_made_by_a_job_with_progress_then_shown(as_admin, worker):
    factories.department("22")
    imported = deposited(as_admin, TWO)

    waiting = as_admin.get(page("detail", imported), follow=True)
    assert (imported.status, waiting.request["PATH_INFO"]) == (Status.READING, page("progress", imported))
    assert "Actualiser l’avancement" in waiting.content.decode()

    worker()
    shown = as_admin.get(page("progress", imported), follow=True)

    assert shown.request["PATH_INFO"] == page("detail", imported)
    assert shown.context["plan"].counts["created"] == 2


def test_a_preview_made_on_another_state_of_the_map_is_made_again_by_the_job(as_admin, worker):
    factories.department("22")
    imported = deposited(as_admin, TWO)
    worker()
    cache.clear()

    again = as_admin.get(page("detail", imported))

    imported.refresh_from_db()
    assert (again.url, imported.status) == (page("progress", imported), Status.READING)
    worker()
    assert as_admin.get(page("detail", imported)).status_code == 200


def test_a_file_lost_before_it_is_read_is_a_failure_said_on_its_page(as_admin, worker):
    imported = deposited(as_admin, TWO)
    imported.file.storage.delete(imported.file.name)

    with pytest.raises(FileNotFoundError):
        worker()

    answer = as_admin.get(page("detail", imported), follow=True)
    assert "Une erreur inattendue a interrompu l’import" in answer.content.decode()


# --- A new vintage of few communes ----------------------------------------------------------------------------------
def test_a_partial_vintage_is_applied_only_with_its_box_ticked(as_admin):
    applied(as_admin, TWO)
    imported = deposited(as_admin, simple_file([("22001", "Allineuc", 610)]), "populations_2027.csv")

    shown = as_admin.get(page("detail", imported)).content.decode()
    refused = confirm(as_admin, imported, follow=True)

    assert "ne donne qu’une partie des populations" in shown
    assert "J’accepte ce millésime partiel" in shown
    assert said(refused) == ["Ce millésime est partiel : cochez la case qui l’accepte avant de confirmer l’import."]
    seen = as_admin.get(page("detail", imported)).context["seen_state"]
    report = as_admin.post(page("confirm", imported), {"seen_state": seen, "accept_partial": "on"}, follow=True)
    imported.refresh_from_db()
    assert imported.status == Status.APPLIED
    assert "Millésime partiel" in report.content.decode()
