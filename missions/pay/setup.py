"""What a CPTS decides once about the money it pays: settings, rates with their dates, caps, who is who.

A rate in use is never edited: it is ended, and another begins.
"""

from datetime import date

from django.db import models, transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import date_fr
from cpts_portal.core.versions import check_version, next_version
from missions.models import PayCap, PayRate, PaySettings
from missions.pay.bank import checked_iban, encrypted
from territories.models import Cpts


def _saved(row: models.Model, *, by: User, reason: str = "") -> None:
    refuse_invalid(row)
    save_as(row, by=by, reason=reason)


@transaction.atomic
def save_settings(
    cpts: Cpts, *, requires_dues: bool, debtor_name: str, version: str, by: User, iban: str = ""
) -> PaySettings:
    """An empty IBAN leaves the one that is kept. Raises `StaleEdit` when somebody else saved them meanwhile."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    found = PaySettings.objects.filter(cpts=cpts).first() or PaySettings(cpts=cpts)
    check_version(found, version)
    found.requires_dues, found.debtor_name = requires_dues, debtor_name.strip()
    if iban:
        found.debtor_iban, found.debtor_iban_end = encrypted(iban), checked_iban(iban)[-4:]
    _saved(found, by=by)
    next_version(found)
    return found


@transaction.atomic
def add_rate(rate: PayRate, *, by: User) -> PayRate:
    """Of two rates as precise, one ends before the other begins."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=rate.cpts_id)
    same = PayRate.objects.filter(
        cpts_id=rate.cpts_id,
        nature=rate.nature,
        unit=rate.unit,
        profession=rate.profession,
        office=rate.office,
        activity__iexact=rate.activity,
    ).filter(models.Q(end__isnull=True) | models.Q(end__gt=rate.start))
    if rate.end:
        same = same.filter(start__lt=rate.end)
    if other := same.first():
        raise NotPossible(
            f"Le même tarif existe déjà depuis le {date_fr(other.start)} : mettez-y fin avant d’en fixer un autre."
        )
    _saved(rate, by=by)
    return rate


@transaction.atomic
def end_rate(rate: PayRate, *, end: date, by: User) -> PayRate:
    found = PayRate.objects.select_for_update(of=("self",)).get(pk=rate.pk)
    if found.end and found.end <= end:
        raise NotPossible(f"Ce tarif s’arrête déjà le {date_fr(found.end)}.")
    found.end = end
    _saved(found, by=by)
    return found


@transaction.atomic
def add_cap(cap: PayCap, *, by: User) -> PayCap:
    Cpts.objects.select_for_update(of=("self",)).get(pk=cap.cpts_id)
    same = PayCap.objects.filter(cpts_id=cap.cpts_id, year=cap.year, office=cap.office, professional=cap.professional)
    if same.exists():
        raise NotPossible("Ce plafond est déjà fixé pour cette année : retirez-le avant d’en fixer un autre.")
    _saved(cap, by=by)
    return cap


@transaction.atomic
def remove_cap(cap: PayCap, *, by: User) -> None:
    delete_as(PayCap.objects.select_for_update(of=("self",)).get(pk=cap.pk), by=by)
