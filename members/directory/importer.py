"""The imports of national directories, as the machine of imports knows them (`cpts_portal.imports`)."""

from typing import Any

from cpts_portal.core.authors import Author
from cpts_portal.imports.importer import Importer, Reporter
from cpts_portal.imports.lifecycle import MOVES
from members.directory.imports import HeavyLoss, How, import_directory, import_finess
from members.models import DirectoryImport

Status = DirectoryImport.Status
ACCEPT_LOSSES, HEAVY_LOSS = "accept_losses", "heavy_loss"  # in the figures of an import that is not applied


class DirectoryImporter(Importer[DirectoryImport, Any]):
    """No preview: a file of hundreds of megabytes is read once, outside the transaction that writes it."""

    model = DirectoryImport
    untouched = "l’annuaire est comme avant"

    def take(self, run: DirectoryImport) -> bool:
        """Only one runner takes it: the status moves in one statement."""
        move = MOVES.moves["take"]
        waiting = DirectoryImport.objects.filter(pk=run.pk, status__in=move.sources)
        return bool(waiting.update(status=move.target, failure=""))

    def apply(self, run: DirectoryImport, *, by: Author, report: Reporter) -> DirectoryImport:
        taken = DirectoryImport.objects.get(pk=run.pk)
        self.write(taken, by=by, report=report)
        forget_files(taken.source)
        return taken

    def write(self, run: DirectoryImport, *, by: Author, report: Reporter) -> None:
        write = import_finess if run.source == DirectoryImport.Source.FINESS else import_directory
        how = How(accept_losses=bool(run.counts.get(ACCEPT_LOSSES)))
        write(run.file, observed_on=run.observed_on, by=by, report=report, how=how, into=run)

    def busy(self, running: DirectoryImport, run: DirectoryImport) -> str:  # noqa: ARG002 (nothing to confirm)
        return f"Un autre import est en cours : « {running.filename} ». Attendez qu’il se termine."

    def failed(self, run: DirectoryImport, refusal: Exception | None) -> None:
        run.counts = {HEAVY_LOSS: isinstance(refusal, HeavyLoss)}


def forget_files(source: str) -> None:
    """A file weighs hundreds of megabytes and is public: once its import, or a newer one, is applied, it goes."""
    finished = DirectoryImport.objects.filter(source=source, status__in=[Status.APPLIED, Status.FAILED])
    for kept in finished.exclude(file=""):
        kept.file.delete(save=False)
        kept.save(update_fields=["file"])


DIRECTORIES = DirectoryImporter()
