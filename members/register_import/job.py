"""The import of a spreadsheet, run outside the request in the scope of its own CPTS."""

from django.contrib.auth import get_user_model
from django_tasks import task

from cpts_portal.core.scoping import scope
from cpts_portal.core.tasks import ProgressReporter
from cpts_portal.imports.refusals import ImportRefused
from members.models import RegisterImport
from members.register_import.drafts import apply_now, progress_key

UNEXPECTED = (
    "Une erreur inattendue a interrompu l’import. Rien n’a été écrit : le registre est comme avant. Le détail "
    "technique est dans le journal du serveur."
)


@task()
def run_register_import(import_id: int, author_id: int, cpts_id: int) -> None:
    """Apply a confirmed import, all or nothing; a failure leaves its sentence on the import and nothing else."""
    progress = ProgressReporter(progress_key(import_id))
    with scope([cpts_id]):
        try:
            apply_now(import_id, by=get_user_model().objects.get(pk=author_id), report=progress)
            progress.finish("Import terminé")
        except ImportRefused as refusal:
            _record_failure(import_id, str(refusal), progress)
        except Exception:
            _record_failure(import_id, UNEXPECTED, progress)
            raise


def _record_failure(import_id: int, sentence: str, progress: ProgressReporter) -> None:
    failed = RegisterImport.objects.get(pk=import_id)
    failed.status, failed.failure = RegisterImport.Status.FAILED, sentence
    failed.save(update_fields=["status", "failure"])
    progress.finish("Import interrompu", failed=True)
