"""Long work of the territories app, run outside the request."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django_tasks import task

from cpts_portal.core.scoping import everything
from cpts_portal.core.tasks import ProgressReporter
from territories.commune_import import ImportRefused, apply_import
from territories.imports.reading import read_file
from territories.models import CommuneImport

UNEXPECTED = (
    "Une erreur inattendue a interrompu l’import. Rien n’a été écrit : toutes les communes sont comme avant. "
    "Le détail technique est dans le journal du serveur."
)


def progress_key(import_id: int) -> str:
    return f"commune-import:{import_id}"


@task()
def read_commune_file(import_id: int) -> None:
    """Make the preview of a kept file; a failure leaves its sentence on the import."""
    progress = ProgressReporter(progress_key(import_id))
    with everything("preview of a commune file"):
        try:
            read_file(import_id, progress)
            progress.finish("Aperçu prêt")
        except Exception:
            _record_failure(import_id, UNEXPECTED, progress)
            raise


@task()
def apply_commune_import(import_id: int, author_id: int) -> None:
    """Apply a confirmed import, all or nothing; a failure leaves its sentence on the import and nothing else."""
    progress = ProgressReporter(progress_key(import_id))
    with everything("commune import"):
        try:
            _apply(import_id, author_id, progress)
            progress.finish("Import terminé")
        except ImportRefused as refusal:
            _record_failure(import_id, str(refusal), progress)
        except Exception:
            _record_failure(import_id, UNEXPECTED, progress)
            raise


def _apply(import_id: int, author_id: int, progress: ProgressReporter) -> None:
    with transaction.atomic():
        running = CommuneImport.objects.select_for_update().get(pk=import_id, status=CommuneImport.Status.RUNNING)
        with running.file.open("rb") as kept:
            content = kept.read()
        apply_import(
            content,
            running.filename,
            vintage=running.vintage,
            by=get_user_model().objects.get(pk=author_id),
            origin=CommuneImport.Source.PAGE,
            successors=running.report.get("successors", {}),
            accept_partial=running.report.get("accept_partial", False),
            report=progress,
            into=running,
        )


def _record_failure(import_id: int, sentence: str, progress: ProgressReporter) -> None:
    failed = CommuneImport.objects.get(pk=import_id)
    failed.status = CommuneImport.Status.FAILED
    failed.report = {**failed.report, "failure": sentence}
    failed.save(update_fields=["status", "report"])
    progress.finish("Import interrompu", failed=True)
