"""Series of letters as background work: taken by one runner only, with its progress, its outcome kept."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.utils import timezone

from cpts_portal.core.scoping import scope
from cpts_portal.core.tasks import ProgressReporter
from members.models import LetterBatch
from territories.models import Cpts

Status = LetterBatch.Status
ABANDONED_AFTER = timedelta(hours=1)
UNEXPECTED = "Une erreur inattendue a interrompu le travail. Le détail technique est dans le journal du serveur."


class Stopped(Exception):
    """The work cannot go on; the message says why in French."""


def progress_key(batch_id: int) -> str:
    return f"letters:{batch_id}"


def under_way(cpts: Cpts, year: int, *, kinds: Sequence[str]) -> LetterBatch | None:
    """The batch of one of these kinds that waits or runs; one asked for more than an hour ago died with its server."""
    return LetterBatch.objects.filter(
        cpts=cpts,
        year=year,
        kind__in=kinds,
        status__in=[Status.WAITING, Status.RUNNING],
        created_at__gte=timezone.now() - ABANDONED_AFTER,
    ).first()


def run(batch_id: int, cpts_id: int, work: Callable[[LetterBatch, ProgressReporter], None]) -> None:
    """Do the work of a batch left waiting, seeing this CPTS only; a failure leaves its sentence on the batch."""
    with scope([cpts_id]):
        if not LetterBatch.objects.filter(pk=batch_id, status=Status.WAITING).update(status=Status.RUNNING):
            return
        batch = LetterBatch.objects.select_related("cpts__seat", "campaign__cpts", "author").get(pk=batch_id)
        progress = ProgressReporter(progress_key(batch_id))
        try:
            work(batch, progress)
        except Stopped as reason:
            _close(batch, progress, failure=str(reason))
        except Exception:
            _close(batch, progress, failure=UNEXPECTED)
            raise
        else:
            _close(batch, progress)


def _close(batch: LetterBatch, progress: ProgressReporter, *, failure: str = "") -> None:
    batch.status = Status.FAILED if failure else Status.DONE
    batch.failure, batch.finished_at = failure, timezone.now()
    batch.save(update_fields=["status", "failure", "finished_at", "letters", "problems", "file"])
    progress.finish("Interrompu" if failure else "Terminé", failed=bool(failure))
