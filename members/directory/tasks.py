"""Long work of the members app, run outside the request."""

from django.contrib.auth import get_user_model
from django_tasks import task

from cpts_portal.core.scoping import everything
from cpts_portal.core.tasks import ProgressReporter
from cpts_portal.imports.refusals import ImportRefused
from members.directory.imports import HeavyLoss, How, import_directory, import_finess
from members.models import DirectoryImport

UNEXPECTED = (
    "Une erreur inattendue a interrompu l’import. Rien n’a été écrit : l’annuaire est comme avant. Le détail technique "
    "est dans le journal du serveur."
)


def directory_progress_key(import_id: int) -> str:
    return f"directory-import:{import_id}"


@task()
def run_directory_import(import_id: int, author_id: int, *, accept_losses: bool = False) -> None:
    """Apply an import left waiting by the page (RPPS or FINESS); a failure leaves its sentence on the import.

    Only one runner takes it: the status moves from waiting (or failed, to try again) to running in one statement.
    """
    Status = DirectoryImport.Status  # noqa: N806 (a class)
    waiting = DirectoryImport.objects.filter(pk=import_id, status__in=[Status.WAITING, Status.FAILED])
    if not waiting.update(status=Status.RUNNING, failure=""):
        return
    progress = ProgressReporter(directory_progress_key(import_id))
    with everything("directory import"):
        try:
            _run(import_id, author_id, accept_losses, progress)
            progress.finish("Import terminé")
        except ImportRefused as refusal:
            _record_failure(import_id, str(refusal), progress, heavy_loss=isinstance(refusal, HeavyLoss))
        except Exception:
            _record_failure(import_id, UNEXPECTED, progress)
            raise


def _run(import_id: int, author_id: int, accept_losses: bool, progress: ProgressReporter) -> None:
    imported = DirectoryImport.objects.get(pk=import_id)
    is_finess = imported.source == DirectoryImport.Source.FINESS
    importer = import_finess if is_finess else import_directory
    importer(
        imported.file,
        observed_on=imported.observed_on,
        by=get_user_model().objects.get(pk=author_id),
        report=progress,
        how=How(accept_losses=accept_losses),
        into=imported,
    )
    _forget_files(imported.source)


def _forget_files(source: str) -> None:
    """A file weighs hundreds of megabytes and is public: once its import, or a newer one, is applied, it goes."""
    finished = [DirectoryImport.Status.APPLIED, DirectoryImport.Status.FAILED]
    for kept in DirectoryImport.objects.filter(source=source, status__in=finished).exclude(file=""):
        kept.file.delete(save=False)
        kept.save(update_fields=["file"])


def _record_failure(import_id: int, sentence: str, progress: ProgressReporter, *, heavy_loss: bool = False) -> None:
    DirectoryImport.objects.filter(pk=import_id).update(
        status=DirectoryImport.Status.FAILED, failure=sentence, counts={"heavy_loss": heavy_loss}
    )
    progress.finish("Import interrompu", failed=True)
