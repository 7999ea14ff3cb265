"""Which record of the register an account of the portal is: nobody checks or approves money paid to herself."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.periods import active_on
from cpts_portal.core.refusals import NotPossible
from members.models import Professional
from missions.models import UserRecord
from territories.models import Cpts


def accounts_of(cpts: Cpts) -> QuerySet[User]:
    """Those who act for the CPTS today: coordination and board."""
    today = active_on(timezone.localdate(), prefix="accesses__")
    return User.objects.filter(today, accesses__cpts=cpts).distinct().order_by("last_name", "first_name")


def records_of(cpts: Cpts) -> QuerySet[UserRecord]:
    return UserRecord.objects.filter(professional__cpts=cpts).select_related("user", "professional")


@transaction.atomic
def say_who(cpts: Cpts, user: User, professional: Professional | None, *, by: User) -> UserRecord | None:
    """Link the account to a record of this CPTS; None takes the link away."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    held = records_of(cpts).filter(user=user).first()
    if professional is None:
        if held:
            delete_as(held, by=by)
        return None
    if professional.cpts_id != cpts.pk:
        raise NotPossible("Cette personne n’est pas au registre de la CPTS.")
    other = UserRecord.objects.filter(professional=professional).exclude(user=user).select_related("user").first()
    if other:
        raise NotPossible(f"Cette fiche est déjà celle du compte « {other.user} ».")
    found = held or UserRecord(user=user)
    found.professional = professional
    save_as(found, by=by)
    return found
