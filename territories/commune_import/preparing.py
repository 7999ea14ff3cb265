"""The preview: reads a file, compares it with what the portal holds, and says what would change. Writes nothing."""

from collections.abc import Mapping

from cpts_portal.core.tasks import silent
from territories.commune_import.plan import Plan, Reporter


def prepare(
    content: bytes,
    filename: str,
    *,
    vintage: int | None,
    successors: Mapping[str, str] | None = None,
    report: Reporter = silent,
) -> Plan:
    """What this file would do. `successors`: chosen successor code by vanished code, for those nothing else tells."""
    raise NotImplementedError
