"""Users, their accesses and the agencies, as administrators manage them.

A refusal is a `NotPossible` whose message is shown as it is. Nothing is deleted: an account is deactivated, an
access is ended. One active administrator always remains, or nobody could repair anything.
"""

from collections.abc import Sequence
from datetime import date

from django.db import models, transaction
from django.utils import timezone

from cpts_portal.accounts.models import Access, User
from cpts_portal.accounts.roles import Role
from cpts_portal.core.acts import lock, lock_key
from cpts_portal.core.history import latest_change_id, save_as, sign
from cpts_portal.core.periods import overlap
from cpts_portal.core.refusals import NotPossible
from territories.models import Agency, Department

LAST_ADMINISTRATOR = (
    "{user} est la dernière personne qui administre le portail : donnez d’abord cet accès à quelqu’un d’autre."
)
CHANGED_MEANWHILE = (
    "Quelqu’un a modifié cette fiche pendant que vous la remplissiez : rien n’a été enregistré. "
    "Ouvrez-la de nouveau pour voir ses changements, puis reprenez les vôtres."
)


def user_for_edit(pk: int) -> User:
    return User.objects.get(pk=pk)


def _refuse_stale(row: models.Model, seen: str) -> None:
    """Locks the row, then refuses when its history has moved since the form was opened (`seen`, empty: no check)."""
    locked_row = lock(row)
    if seen and str(latest_change_id(locked_row)) != seen:
        raise NotPossible(CHANGED_MEANWHILE)


@transaction.atomic
def save_user(*, user: User, by: User, seen: str = "") -> User:
    """Save names and e-mail of an existing user."""
    _refuse_stale(user, seen)
    save_as(user, by=by)
    return user


@transaction.atomic
def add_access(*, access: Access, by: User, reason: str = "") -> Access:
    """Give a user one more access."""
    lock_key(User, access.user_id)
    access.full_clean()
    refuse_overlap(access)
    save_as(access, by=by, reason=reason)
    return access


def refuse_overlap(access: Access) -> None:
    """Two accesses alike (same user, role and place) may not overlap."""
    alike = Access.objects.filter(
        user=access.user, role=access.role, cpts=access.cpts, agency=access.agency
    ).select_related("cpts", "agency")
    if any(overlap(access, other) for other in alike if other.end != other.start):
        raise NotPossible(f"{access.user} a déjà cet accès sur cette période : {access}.")


@transaction.atomic
def end_access(*, access: Access, by: User, on: date | None = None) -> Access:
    """The access stops counting on this day (today when not said); ended on its first day, it never counted."""
    _refuse_without_administrator(access.user, access if access.role == Role.ADMINISTRATOR else None)
    locked = lock(access)
    if locked.end is not None:
        raise NotPossible("Cet accès a déjà une date de fin.")
    locked.end = max(on or timezone.localdate(), locked.start)
    save_as(locked, by=by)
    return locked


@transaction.atomic
def deactivate(*, user: User, by: User) -> User:
    """The person can no longer log in; her open sessions stop at their next page."""
    if user.pk == by.pk:
        raise NotPossible("Vous ne pouvez pas désactiver votre propre compte : demandez à un autre administrateur.")
    _refuse_without_administrator(user)
    return _set_active(user, False, by)


@transaction.atomic
def reactivate(*, user: User, by: User) -> User:
    return _set_active(user, True, by)


def _set_active(user: User, active: bool, by: User) -> User:
    locked = lock(user)
    if locked.is_active != active:
        locked.is_active = active
        save_as(locked, by=by)
    return locked


def _refuse_without_administrator(user: User, only: Access | None = None) -> None:
    """Refuse when nobody else would administer the portal today. Locks the rows that say who does.

    `only`: the administrator access that goes away (None: the whole account does).
    """
    today = timezone.localdate()
    administrators = (
        Access.objects.select_for_update()
        .active_on(today)
        .filter(role=Role.ADMINISTRATOR, user__is_active=True)
        .order_by("pk")
        .select_related("user")
    )
    remaining = [access for access in administrators if access.user_id != user.pk and access.end is None]
    if only:
        goes_away = only.pk in {access.pk for access in administrators}
    else:
        goes_away = user.pk in {access.user_id for access in administrators}
    if goes_away and not remaining:
        raise NotPossible(LAST_ADMINISTRATOR.format(user=user))


@transaction.atomic
def save_agency(*, agency: Agency, departments: Sequence[Department], by: User, seen: str = "") -> Agency:
    """Create or change an agency and the departments it covers (both land in its history)."""
    if agency.pk:
        _refuse_stale(agency, seen)
    save_as(agency, by=by)
    if set(agency.departments.all()) != set(departments):
        sign(agency, by=by)
        agency.departments.set(departments)
    return agency
