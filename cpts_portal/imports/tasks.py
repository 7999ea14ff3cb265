"""The work of imports outside the request: reading a file for its preview, then writing it."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import transaction
from django.utils.module_loading import import_string
from django_tasks import task

from cpts_portal.core.scoping import everything, scope
from cpts_portal.core.tasks import ProgressReporter
from cpts_portal.imports.importer import PLAN_SECONDS, Importer, Reporter
from cpts_portal.imports.lifecycle import advance
from cpts_portal.imports.models import Status
from cpts_portal.imports.refusals import ImportRefused

UNEXPECTED = (
    "Une erreur inattendue a interrompu l’import. Rien n’a été écrit : {untouched}. Le détail technique est dans le "
    "journal du serveur."
)


@task()
def read_import(importer: str, import_id: int) -> None:
    """Make the preview of a kept file; a failure leaves its sentence on the import."""
    kind = import_string(importer)()
    _carry_out(kind, _taken(kind, import_id, lambda run: run.status == Status.READING), _read, "Aperçu prêt")


@task()
def apply_import(importer: str, import_id: int, author_id: int) -> None:
    """Apply an import, all or nothing; a failure leaves its sentence on it and nothing else."""
    kind = import_string(importer)()

    def work(_kind: Importer, run: Any, report: Reporter) -> None:
        kind.apply(run, by=get_user_model().objects.get(pk=author_id), report=report)

    _carry_out(kind, _taken(kind, import_id, kind.take), work, "Import terminé")


def _taken(kind: Importer, import_id: int, may_start: Callable[[Any], bool]) -> Any:
    """The import, when its job still has something to do: None once it was given up, or done meanwhile."""
    with everything("a job finds its import"):
        run = kind.model._default_manager.filter(pk=import_id).first()
        return run if run is not None and may_start(run) else None


def _carry_out(kind: Importer, run: Any, work: Callable[[Importer, Any, Reporter], None], done: str) -> None:
    if run is None:
        return
    progress = ProgressReporter(run.progress_key)
    ids = kind.cpts_of(run)
    with everything(f"import: {run._meta.verbose_name}") if ids is None else scope(ids):
        try:
            work(kind, run, progress)
            progress.finish(done)
        except ImportRefused as refusal:
            _fail(kind, run.pk, progress, str(refusal), refusal)
        except Exception:
            _fail(kind, run.pk, progress, UNEXPECTED.format(untouched=kind.untouched), None)
            raise


def _fail(kind: Importer, import_id: int, progress: ProgressReporter, sentence: str, refusal: Any) -> None:
    with transaction.atomic():
        run = kind.model._default_manager.select_for_update(of=("self",)).get(pk=import_id)
        if run.status != Status.FAILED:  # given up for dead meanwhile
            advance(run, "fail")
        run.failure = sentence
        kind.failed(run, refusal)
        run.save_state()
    progress.finish("Import interrompu", failed=True)


def _read(kind: Importer, run: Any, report: Reporter) -> None:
    """The plan in the cache, under the state it was made on, and the import where it leads."""
    key = kind.plan_key(run)
    plan = kind.read(run, report)
    cache.set(key, plan, PLAN_SECONDS)
    with transaction.atomic():
        waiting = kind.model._default_manager.select_for_update(of=("self",))
        reading = waiting.filter(pk=run.pk, status=Status.READING).first()
        if reading is not None:
            advance(reading, kind.settle(reading, plan))
            reading.save()
