"""The row of a CPTS, held while its territory changes."""

from cpts_portal.core.versions import check_version
from territories.models import Cpts


def lock_cpts(cpts: Cpts, version: str | int | None = None) -> Cpts:
    """The CPTS as saved now, locked until the end of the transaction.

    With `version`, raises `StaleEdit` when somebody saved it since the page that sends this version was opened.
    """
    locked = Cpts.objects.select_for_update().get(pk=cpts.pk)
    if version is not None:
        check_version(locked, version)
    return locked
