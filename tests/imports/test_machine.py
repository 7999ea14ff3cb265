"""What the machine does for any importer, tried on the smallest one (tests/imports/regions.py)."""

from datetime import timedelta
from typing import ClassVar

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks.backends.immediate import ImmediateBackend

from cpts_portal.imports import lifecycle, runs
from cpts_portal.imports.importer import Importer
from cpts_portal.imports.lifecycle import MOVES, advance
from cpts_portal.imports.models import AT_WORK, Status, is_stalled
from cpts_portal.imports.refusals import ImportConflict, ImportRefused
from territories.models import Department, Region
from tests import factories
from tests.imports.regions import RegionImport, RegionImporter

pytestmark = pytest.mark.django_db
KIND = RegionImporter()
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FILE = "code;nom\n53;Bretagne\n52;Pays de la Loire\n"


@pytest.fixture(scope="module", autouse=True)
def _table(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(RegionImport)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(RegionImport)


@pytest.fixture(autouse=True)
def _alone(settings, tmp_path):
    settings.MEDIA_ROOT, settings.ROOT_URLCONF = tmp_path, "tests.imports.regions"
    cache.clear()  # plans are kept under the number of an import, which tests give again


@pytest.fixture
def admin():
    return factories.administrator()


@pytest.fixture
def as_admin(client: Client, admin) -> Client:
    client.force_login(admin, backend=BACKEND)
    return client


def page(name: str, run: RegionImport) -> str:
    return reverse(f"regions-{name}", args=[run.pk])


def deposited(by, content: str = FILE) -> RegionImport:
    return runs.deposit(KIND, RegionImport(author=by), content.encode(), "régions 2026.csv")


def upload(as_admin: Client, content: str) -> object:
    return as_admin.post(reverse("regions-upload"), {"file": SimpleUploadedFile("régions.csv", content.encode())})


def confirm(as_admin: Client, run: RegionImport):
    seen = as_admin.get(page("detail", run)).context["seen"]
    return as_admin.post(page("confirm", run), {"seen": seen}, follow=True)


def put(run: RegionImport, status: str, **fields) -> RegionImport:
    RegionImport.objects.filter(pk=run.pk).update(status=status, **fields)
    run.refresh_from_db()
    return run


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def regions() -> list[str]:
    return sorted(Region.objects.values_list("name", flat=True))


# --- From the deposit to the report and back --------------------------------------------------------------------------
def test_a_file_is_previewed_confirmed_reported_and_undone(as_admin, admin):
    answer = upload(as_admin, FILE)
    run = RegionImport.objects.get()
    assert answer.url == page("detail", run)
    assert (run.status, run.author, run.filename, len(run.sha256)) == (Status.PREVIEW, admin, "régions.csv", 64)
    shown = as_admin.get(page("detail", run))
    assert shown.context["plan"].counts == {"Régions créées": 2, "Déjà connues": 0}
    assert regions() == []

    report = confirm(as_admin, run)

    run.refresh_from_db()
    assert report.request["PATH_INFO"] == page("report", run)
    assert "Import appliqué" in report.content.decode()
    assert (run.status, run.counts["Régions créées"], regions()) == (
        Status.APPLIED, 2, ["Bretagne", "Pays de la Loire"],
    )  # fmt: skip
    assert as_admin.get(page("undo", run)).context["consequences"] == ["2\u00a0régions seront retirées."]

    undone = as_admin.post(page("undo", run), follow=True)

    run.refresh_from_db()
    assert said(undone) == ["L’import est annulé : tout est revenu à son état d’avant."]
    assert (run.status, run.undone_at is not None, regions()) == (Status.UNDONE, True, [])


def test_a_file_that_cannot_be_read_comes_back_on_its_preview_or_its_form(as_admin):
    assert upload(as_admin, "").status_code == 422
    refused = upload(as_admin, "code;nom\n53;\n")
    shown = as_admin.get(refused.url)
    assert "Ligne 2 : le nom manque." in shown.content.decode()
    assert "Confirmer l’import" not in shown.content.decode()
    answer = as_admin.post(page("confirm", RegionImport.objects.get()), {"seen": shown.context["seen"]}, follow=True)
    assert said(answer) == ["Ligne 2 : le nom manque."]
    assert RegionImport.objects.get().status == Status.PREVIEW


def test_a_confirmation_given_on_another_state_is_refused(as_admin, admin):
    run = deposited(admin)
    seen = as_admin.get(page("detail", run)).context["seen"]
    Region.objects.create(code="53", name="Bretagne")

    answer = as_admin.post(page("confirm", run), {"seen": seen}, follow=True)

    assert said(answer) == [RegionImporter.stale]
    assert answer.context["plan"].counts == {"Régions créées": 1, "Déjà connues": 1}


def test_confirming_twice_applies_once(as_admin, admin):
    run = deposited(admin)
    confirm(as_admin, run)

    answer = as_admin.post(page("confirm", run), {"seen": KIND.state(run)}, follow=True)

    assert said(answer) == [lifecycle.NOT_CONFIRMABLE]
    assert len(regions()) == 2


# --- One at a time ----------------------------------------------------------------------------------------------------
def test_another_import_at_work_is_waited_for_unless_its_process_has_died(as_admin, admin):
    mine, other = deposited(admin), put(deposited(admin), Status.RUNNING, started_at=timezone.now())

    assert said(confirm(as_admin, mine)) == [KIND.busy(other, mine)]
    assert regions() == []

    put(other, Status.RUNNING, started_at=timezone.now() - timedelta(hours=1))
    confirm(as_admin, mine)
    assert len(regions()) == 2


def test_a_stalled_import_is_taken_up_again_but_not_a_lively_one(as_admin, admin):
    run = put(deposited(admin), Status.RUNNING, started_at=timezone.now())
    assert said(as_admin.post(page("resume", run), follow=True)) == [runs.STILL_AT_WORK]

    put(run, Status.RUNNING, started_at=timezone.now() - timedelta(hours=1))
    assert "Cet import semble interrompu" in as_admin.get(page("progress", run)).content.decode()
    as_admin.post(page("resume", run))
    run.refresh_from_db()
    assert run.status == Status.PREVIEW


@pytest.mark.parametrize("status", list(Status))
def test_only_what_works_for_more_than_fifteen_minutes_is_stalled(status):
    now = timezone.now()
    ages = [timedelta(minutes=14), timedelta(minutes=15), timedelta(minutes=15, seconds=1)]
    stalled = [is_stalled(RegionImport(status=status, started_at=now - age), now) for age in ages]
    assert stalled == [False, False, status in AT_WORK]
    assert not is_stalled(RegionImport(status=status), now)


# --- Failures ---------------------------------------------------------------------------------------------------------
def test_a_failure_writes_nothing_and_stays_on_the_import(as_admin, admin):
    run = deposited(admin)
    as_admin.get(page("detail", run))
    run.file.storage.delete(run.file.name)

    answer = confirm(as_admin, run)

    run.refresh_from_db()
    assert (run.status, regions()) == (Status.FAILED, [])
    assert run.failure == (
        "Une erreur inattendue a interrompu l’import. Rien n’a été écrit : les régions sont comme avant. Le détail "
        "technique est dans le journal du serveur."
    )
    assert run.failure in answer.content.decode()
    as_admin.post(page("resume", run))
    run.refresh_from_db()
    assert run.status == Status.PREVIEW


class RefusedLate(RegionImporter):
    def write(self, run, *, by, report):
        super().write(run, by=by, report=report)
        raise ImportRefused("une région de trop", line=3, column="code")


def test_a_refusal_of_the_importer_rolls_everything_back_and_is_told(admin):
    run, kind = deposited(admin), RefusedLate()

    runs.confirm(kind, run, seen=kind.state(run), by=admin)

    run.refresh_from_db()
    assert (run.status, run.failure) == (Status.FAILED, "Ligne 3, colonne « code » : une région de trop")
    assert regions() == []


# --- Progress, and previews made by a job -----------------------------------------------------------------------------
class Later(ImmediateBackend):
    """Keeps each task for the test to run it, as a worker would."""

    waiting: ClassVar[list] = []

    def enqueue(self, task, args, kwargs):
        self.waiting.append((task, args, kwargs))


@pytest.fixture
def work(settings):
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.Later"}}
    Later.waiting.clear()

    def run_them() -> None:
        while Later.waiting:
            task, args, kwargs = Later.waiting.pop(0)
            task.func(*args, **kwargs)

    return run_them


def test_progress_is_shown_polled_and_leads_to_the_import(as_admin, admin, work):
    run = deposited(admin)
    waiting = confirm(as_admin, run)
    piece = as_admin.get(page("progress", run), headers={"HX-Request": "true"})
    assert [next(iter(answer.templates)).name for answer in (waiting, piece)] == [
        "imports/progress.html", "ui/progress.html",
    ]  # fmt: skip
    assert runs.WAITING_TO_START in piece.content.decode()

    work()

    assert as_admin.get(page("progress", run)).url == page("detail", run)
    assert as_admin.get(page("progress", run), headers={"HX-Request": "true"})["HX-Redirect"] == page("detail", run)


class ByJob(RegionImporter):
    reads_by_job = True

    def settle(self, run, plan):
        super().settle(run, plan)
        return "show" if plan.new else "leave alone"


def test_a_preview_made_by_a_job_leads_to_its_state(admin, work):
    kind = ByJob()
    run = runs.deposit(kind, RegionImport(author=admin), FILE.encode(), "a.csv")
    assert (run.status, run.started_at is not None, runs.plan_of(kind, run)) == (Status.READING, True, None)

    work()

    run.refresh_from_db()
    assert (run.status, run.counts["Régions créées"]) == (Status.PREVIEW, 2)
    Region.objects.create(code="53", name="Bretagne")
    assert runs.plan_of(kind, run) is None  # the state has moved: a job reads it again
    work()
    assert runs.plan_of(kind, run).counts == {"Régions créées": 1, "Déjà connues": 1}

    Region.objects.create(code="52", name="Pays de la Loire")
    runs.plan_of(kind, run)
    work()
    run.refresh_from_db()
    assert run.status == Status.NOTHING


def test_a_job_whose_import_was_given_up_does_nothing(admin, work):
    run = deposited(admin)
    runs.confirm(KIND, run, seen=KIND.state(run), by=admin)
    run.delete()
    work()
    assert regions() == []


# --- Giving up, undoing, the file -------------------------------------------------------------------------------------
def test_giving_up_forgets_the_row_and_its_file(as_admin, admin, django_capture_on_commit_callbacks):
    run = deposited(admin)
    name = run.file.name
    assert as_admin.get(page("abandon", run)).context["consequences"] == [
        "Le fichier déposé est effacé.", "Aucune région n’a été modifiée.",
    ]  # fmt: skip
    assert b"".join(as_admin.get(page("file", run)).streaming_content) == FILE.encode()

    with django_capture_on_commit_callbacks(execute=True):
        answer = as_admin.post(page("abandon", run), follow=True)

    assert said(answer) == ["L’import est abandonné. Aucune région n’a été modifiée."]
    assert not RegionImport.objects.exists()
    assert not run.file.storage.exists(name)


def test_an_applied_import_is_not_given_up_and_is_undone_only_when_nothing_leans_on_it(as_admin, admin):
    run = deposited(admin)
    confirm(as_admin, run)
    assert as_admin.post(page("abandon", run)).status_code == 422

    Department.objects.create(code="35", name="Ille-et-Vilaine", region=Region.objects.get(code="53"))
    assert "Des départements utilisent ces régions." in as_admin.get(page("report", run)).content.decode()
    assert said(as_admin.get(page("undo", run), follow=True)) == ["Des départements utilisent ces régions."]
    assert as_admin.post(page("undo", run)).status_code == 422
    assert len(regions()) == 2


# --- The life cycle ---------------------------------------------------------------------------------------------------
def test_every_move_says_why_it_may_not_be_made():
    for name, move in MOVES.moves.items():
        for status in set(Status) - set(move.sources):
            with pytest.raises(ImportConflict, match=r"^\w.*\.$"):
                advance(RegionImport(status=status), name)


def test_every_state_is_reached_and_left_by_a_move_or_is_an_end():
    reached = {move.target for move in MOVES.moves.values()}
    left = {source for move in MOVES.moves.values() for source in move.sources}
    assert set(Status) - reached == {Status.MAPPING}  # a deposit begins there
    assert set(Status) - left == {Status.REFUSED, Status.NOTHING, Status.UNDONE}


def test_an_importer_is_found_again_by_its_name():
    assert isinstance(KIND, Importer)
    assert KIND.path == "tests.imports.regions.RegionImporter"
