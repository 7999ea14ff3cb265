"""What one kind of import knows, and the machine does not: reading its file, writing it, taking it back."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import sha256
from typing import ClassVar, Generic, Protocol, TypeVar

from django.core.cache import cache
from django.db import models, transaction
from django.utils import timezone

from cpts_portal.core.authors import Author
from cpts_portal.core.tasks import silent
from cpts_portal.imports.lifecycle import advance, check
from cpts_portal.imports.models import AT_WORK, ImportRun, Status

PLAN_SECONDS = 15 * 60
Reporter = Callable[[int, str], None]


class Previewed(Protocol):
    """What a file would do, before anything is written: shown as a preview, executed as it is."""

    @property
    def is_applicable(self) -> bool: ...

    @property
    def reasons(self) -> Sequence[str]:
        """Why it cannot be applied, in sentences."""

    @property
    def counts(self) -> Mapping[str, int]: ...


Run = TypeVar("Run", bound=ImportRun)
Planned = TypeVar("Planned", bound=Previewed)


def mark_applied(run: ImportRun) -> None:
    """The row says that it is applied, and since when; the caller saves it."""
    advance(run, "apply")
    run.applied_at = timezone.now()


def mark_undone(run: ImportRun) -> None:
    """The row says that it is undone, and since when; the caller saves it."""
    advance(run, "undo")
    run.undone_at = timezone.now()


class Importer(ABC, Generic[Run, Planned]):
    """A subclass without arguments of its own: jobs find it again by its name (`path`).

    The sentences below are those of the field where a kind of import has better ones.
    """

    model: type[Run]
    untouched: ClassVar[str] = "tout est comme avant"  # after « Rien n’a été écrit : »
    interrupted: ClassVar[str] = (
        "L’import a été interrompu : le serveur a sans doute redémarré. Rien n’a été écrit : {untouched}. "
        "Vous pouvez le relancer."
    )
    stale: ClassVar[str] = (
        "Des données ont changé depuis cet aperçu. L’aperçu ci-dessous a été refait : vérifiez-le avant de confirmer."
    )
    not_confirmable: ClassVar[str] = ""  # instead of the sentence of the life cycle
    reads_by_job: ClassVar[bool] = False  # True: a preview that takes more than a page may

    # --- Reading ------------------------------------------------------------------------------------------------------
    def read(self, run: Run, report: Reporter) -> Planned:
        """What applying this file now would do. Writes nothing. Raises `Unreadable` or `ImportRefused`.

        A kind without preview has none: its deposit queues the job at once.
        """
        raise NotImplementedError

    def state(self, run: Run) -> str:
        """Changes with whatever the plan was made from: a confirmation given on another state is refused."""
        return run.sha256

    def settle(self, run: Run, plan: Planned) -> str:
        """The move that the reading of the job leads to: show, refuse, or leave alone (see `lifecycle`)."""
        run.counts = dict(plan.counts)
        return "show"

    def obstacle(self, run: Run, plan: Planned) -> str:  # noqa: ARG002 (consents are kept on it)
        """Why this plan may not be confirmed; empty when it may."""
        return "" if plan.is_applicable else " ".join(plan.reasons)

    def plan_key(self, run: Run) -> str:
        """Where the plan is kept between its pages; it is worth for one state."""
        return f"import-plan:{run.progress_key}:{sha256(self.state(run).encode()).hexdigest()}"

    def plan_of(self, run: Run) -> Planned:
        """The plan as of now, for a page: kept while nothing moves, else made again."""
        key = self.plan_key(run)
        plan: Planned | None = cache.get(key)
        if plan is None:
            plan = self.read(run, silent)
            cache.set(key, plan, PLAN_SECONDS)
        return plan

    def forget_plan(self, run: Run) -> None:
        """The plan of a file given up is of no use any more."""
        cache.delete(self.plan_key(run))

    def consent(self, run: Run, consents: Mapping[str, bool]) -> None:
        """Keep what somebody agreed to with her confirmation, in columns of the state; `obstacle` reads it."""

    # --- Writing ------------------------------------------------------------------------------------------------------
    @abstractmethod
    def write(self, run: Run, *, by: Author, report: Reporter) -> None:
        """Write what the file says as of now, all or nothing: in the transaction of the machine, the row and whatever
        `hold` locks being held. Raises `ImportRefused`. Keeps its figures and what undoing needs on the row."""

    def take(self, run: Run) -> bool:
        """Whether a job that starts has this import to write."""
        return run.status == Status.RUNNING

    def apply(self, run: Run, *, by: Author, report: Reporter) -> Run:
        """Write it now, in one transaction. A kind whose reading is too long for that writes its own, with `write`."""
        with transaction.atomic():
            self.hold(run)
            held = self.model._default_manager.select_for_update(of=("self",)).get(pk=run.pk)
            check(held, "apply")
            self.write(held, by=by, report=report)
            if held.status != Status.APPLIED:
                mark_applied(held)
            held.save()
        return held

    def why_not_undo(self, run: Run) -> str:  # noqa: ARG002 (of the kinds that can)
        """Empty when it may be undone."""
        return "Cet import ne peut pas être annulé."

    def undo(self, run: Run, *, by: Author) -> None:
        """Take back what was written, in the transaction of the machine, once nothing stands in the way."""
        raise NotImplementedError

    # --- Beside one another -------------------------------------------------------------------------------------------
    def hold(self, run: Run) -> None:
        """Lock whatever makes two imports follow one another: by default every import of the same kind."""
        open_ones = self.rivals(run).filter(status__in=[Status.PREVIEW, *AT_WORK])
        list(open_ones.select_for_update(of=("self",)).order_by("pk").values_list("pk"))

    def rivals(self, run: Run) -> models.QuerySet[Run]:  # noqa: ARG002 (of the kinds that have an owner)
        """The imports that may not run together."""
        return self.model._default_manager.all()

    def busy(self, running: Run, run: Run) -> str:  # noqa: ARG002 (of the kinds that say more)
        return f"Un autre import est en cours : « {running.filename} ». Attendez qu’il se termine, puis confirmez."

    def cpts_of(self, run: Run) -> Collection[int] | None:  # noqa: ARG002 (of the kinds that have an owner)
        """The CPTS whose data the job may read and write; None for what belongs to everybody."""
        return None

    def failed(self, run: Run, refusal: Exception | None) -> None:
        """Something more to keep with a failure (`refusal`: None when it was not expected)."""

    @property
    def path(self) -> str:
        return f"{type(self).__module__}.{type(self).__qualname__}"
