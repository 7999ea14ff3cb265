"""Several people at once, each on her own connection: what each one was told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from cpts_portal.core.versions import StaleEdit

TOLD = (NotPossible, StaleEdit)


def race(*calls: Callable[[], Any], told: tuple[type[Exception], ...] = TOLD) -> list[str]:
    """Run these calls at once; « ok » or the name of the refusal that was raised, sorted."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> str:
        start.wait()
        try:
            with everything("several people at once"):
                call()
        except told as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "ok"

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))
