"""Seeing the portal as somebody else: administrators only, read only, for a stated reason, logged.

A viewing ends when its administrator stops it, logs out, loses the right to look, or after `LONGEST`.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import User, ViewingAs
from cpts_portal.accounts.roles import ADMINISTRATORS
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import NO_BREAK_SPACE

SESSION_KEY = "viewing_as"
LONGEST = timedelta(hours=1)


def reason_not_to_view(user: User, *, by: User) -> str:
    """The sentence that refuses, or an empty text when `by` may see the portal as `user`."""
    if not Actor(by).has_any(ADMINISTRATORS):
        return "Seule l’administration peut voir le portail comme une autre personne."
    if user.pk == by.pk:
        return f"C’est votre propre compte{NO_BREAK_SPACE}: vous le voyez déjà."
    if not user.is_active:
        return f"Ce compte est désactivé{NO_BREAK_SPACE}: cette personne ne voit plus rien du portail."
    if Actor(user).has_any(ADMINISTRATORS):
        return (
            "Cette personne administre elle aussi le portail. Voir le portail à sa place ne montrerait rien de plus, "
            "et brouillerait le journal de ce que chaque administrateur a consulté."
        )
    return ""


@transaction.atomic
def start_viewing(*, user: User, reason: str, by: User) -> ViewingAs:
    """Open a viewing and close the ones this administrator had left open."""
    refusal = reason_not_to_view(user, by=by)
    if refusal:
        raise NotPossible(refusal)
    stop_viewings(by=by)
    return ViewingAs.objects.create(administrator=by, user=user, reason=reason.strip())


def stop_viewings(*, by: User) -> int:
    """Close every open viewing of this administrator; says how many there were."""
    return ViewingAs.objects.filter(administrator=by, ended_at=None).update(ended_at=timezone.now())


def open_viewing(pk: int, *, by: User) -> ViewingAs | None:
    """The viewing of this session when it may go on; a viewing that may not is closed on the way."""
    entry = ViewingAs.objects.select_related("user").filter(pk=pk, administrator_id=by.pk, ended_at=None).first()
    if entry is None:
        return None
    if timezone.now() - entry.started_at > LONGEST or reason_not_to_view(entry.user, by=by):
        stop_viewings(by=by)
        return None
    return entry
