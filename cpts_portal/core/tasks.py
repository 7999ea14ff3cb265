"""Long work outside the request, and the progress a page can poll.

`ThreadBackend` is the default runner of django-tasks here: one thread of the web process, so the portal needs no
second process. A site that restarts its web workers often sets TASKS_RUNNER=database and runs `manage.py db_worker`.

Progress lives in the cache: a row written inside the job's transaction would stay invisible until the commit, and
on SQLite a second connection could not write beside it.
"""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from django.core.cache import cache
from django.db import close_old_connections, connection, transaction
from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.base import TaskResult, TaskResultStatus
from django_tasks.utils import get_random_id

_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="portal-job")
PROGRESS_SECONDS = 24 * 3600


class ThreadBackend(ImmediateBackend):
    """Runs each task in one background thread, once the transaction that asked for it is committed."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> TaskResult:
        self.validate_task(task)
        result: TaskResult = TaskResult(
            task=task,
            id=get_random_id(),
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=args,
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        transaction.on_commit(lambda: _pool.submit(contextvars.Context().run, self._run, result))
        return result

    def _run(self, result: TaskResult) -> None:
        close_old_connections()
        try:
            self._execute_task(result)
        finally:
            connection.close()


@dataclass(frozen=True)
class Progress:
    """Where a job stands: a French sentence and a share done between 0 and 100."""

    percent: int = 0
    label: str = "En attente…"
    finished: bool = False
    failed: bool = False


class ProgressReporter:
    """Handed to a long job, which calls it with a percentage and a sentence."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self, percent: int, label: str) -> None:
        self._store(Progress(percent, label))

    def finish(self, label: str = "Terminé", *, failed: bool = False) -> None:
        self._store(Progress(100, label, finished=True, failed=failed))

    def _store(self, progress: Progress) -> None:
        cache.set(f"progress:{self.key}", asdict(progress), PROGRESS_SECONDS)


def silent(percent: int, label: str) -> None:
    """The reporter of callers that show no progress (tests, small jobs)."""


def read_progress(key: str) -> Progress | None:
    stored = cache.get(f"progress:{key}")
    return Progress(**stored) if stored else None
