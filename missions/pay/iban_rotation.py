"""Recorded IBAN encrypted again with the first key of the settings, so that the older keys can be taken away."""

from dataclasses import dataclass

from django.db import models, transaction

from missions.models import BankAccount, PaySettings
from missions.pay.bank import is_readable, reads_with_first_key, rotated

HOLDERS = ((BankAccount, "iban"), (PaySettings, "debtor_iban"))


@dataclass
class Rotation:
    """How many IBAN were (or would be) encrypted again, already were, or no key reads."""

    rotated: int = 0
    current: int = 0
    unreadable: int = 0


@transaction.atomic
def rotate(*, dry_run: bool) -> Rotation:
    """Nothing that people read changes, hence no line of history; what no key reads stays as it is."""
    found = Rotation()
    for model, name in HOLDERS:
        for row in model.objects.exclude(**{name: ""}).select_for_update(of=("self",)).order_by("pk"):
            _rotate_row(row, name, found, dry_run=dry_run)
    return found


def _rotate_row(row: models.Model, name: str, found: Rotation, *, dry_run: bool) -> None:
    secret = getattr(row, name)
    if reads_with_first_key(secret):
        found.current += 1
    elif not is_readable(secret):
        found.unreadable += 1
    else:
        found.rotated += 1
        if not dry_run:
            setattr(row, name, rotated(secret))
            row.save_without_historical_record(update_fields=[name])  # type: ignore[attr-defined]
