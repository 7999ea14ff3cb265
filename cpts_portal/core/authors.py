"""Who did it, for the packages that rank below the accounts; the others say `cpts_portal.accounts.models.User`."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

if TYPE_CHECKING:  # the one name of a higher layer, read by mypy only: nothing is imported when the portal runs
    from cpts_portal.accounts.models import User as Author  # `Author | None` where the portal itself may act
else:
    Author = Any


def author_field(label: str = "par", **options: Any) -> "models.ForeignKey[Any, Any]":
    """The column that says who did something: an account that did something is never deleted.

    A row may have no author (the portal, a command, an account from before). `options` go to the foreign key: `null`,
    `blank`, `editable`, `on_delete`.
    """
    usual = {"on_delete": models.PROTECT, "null": True, "related_name": "+", "verbose_name": label}
    return models.ForeignKey(settings.AUTH_USER_MODEL, **{**usual, **options})
