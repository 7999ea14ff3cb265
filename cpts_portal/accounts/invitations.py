"""Invitations: an e-mail link that opens an account, or adds an access to the account that has this address.

Administrators invite to any role; a coordinator invites to the roles of the CPTS she coordinates. An agency opens no
access. A refusal is a `ValidationError` whose message is shown as it is.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.administration import add_access
from cpts_portal.accounts.models import Access, Invitation, User, default_expiry, new_token
from cpts_portal.accounts.roles import ADMINISTRATORS, CPTS_ROLES, Role
from cpts_portal.core.emails import send_on_commit
from cpts_portal.core.history import save_as
from cpts_portal.core.scoping import scope

ALREADY_WAITING = "Une invitation attend déjà cette personne pour cet accès : renvoyez-la depuis la liste."
CLOSED = {
    Invitation.State.EXPIRED: "Cette invitation a expiré : demandez à {by} de la renvoyer.",
    Invitation.State.CANCELLED: "Cette invitation a été annulée : pour en savoir plus, adressez-vous à {by}.",
    Invitation.State.ACCEPTED: "Cette invitation a déjà servi : connectez-vous avec l’adresse {email}.",
}


@dataclass(frozen=True)
class NewAccount:
    """What the person invited types about herself."""

    first_name: str
    last_name: str
    password: str


def coordinated_by(actor: Actor) -> list[int]:
    """The CPTS (their ids) this person may invite to as a coordinator."""
    return [access.cpts_id for access in actor.accesses if access.role == Role.COORDINATOR]


def may_handle(actor: Actor, invitation: Invitation) -> bool:
    """May this person send, resend or cancel this invitation?"""
    if actor.has_any(ADMINISTRATORS):
        return True
    return invitation.role in CPTS_ROLES and invitation.cpts_id in coordinated_by(actor)


def _check_may_handle(by: User, invitation: Invitation) -> None:
    if not may_handle(Actor(by), invitation):
        raise ValidationError("Vous pouvez inviter seulement dans les CPTS que vous coordonnez.")


@transaction.atomic
def invite(*, invitation: Invitation, by: User) -> Invitation:
    """Keep the invitation and send its link."""
    _check_may_handle(by, invitation)
    invitation.invited_by = by
    invitation.full_clean(validate_constraints=False)
    account = account_of(invitation.email)
    if account and _has_access(account, invitation):
        raise ValidationError(f"{account} a déjà cet accès.")
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:
        raise ValidationError(ALREADY_WAITING) from error
    _send(invitation)
    return invitation


@transaction.atomic
def resend(*, invitation: Invitation, by: User) -> Invitation:
    """Send the link again under a new secret; the old link stops working, the period of validity starts again."""
    _check_may_handle(by, invitation)
    found = _locked(invitation)
    if found.state not in (Invitation.State.WAITING, Invitation.State.EXPIRED):
        raise ValidationError(f"Cette invitation est {found.state.label} : elle ne peut plus être renvoyée.")
    found.token, found.sent_at, found.expires_at = new_token(), timezone.now(), default_expiry()
    found.save()
    _send(found)
    return found


@transaction.atomic
def cancel(*, invitation: Invitation, by: User) -> Invitation:
    """The link stops working."""
    _check_may_handle(by, invitation)
    found = _locked(invitation)
    if found.state == Invitation.State.ACCEPTED:
        raise ValidationError("Cette invitation a déjà été acceptée : terminez plutôt l’accès de la personne.")
    if found.cancelled_at is None:
        found.cancelled_at = timezone.now()
        found.save()
    return found


def by_token(token: str) -> Invitation | None:
    return Invitation.by_link.select_related("cpts", "agency", "invited_by").filter(token=token).first()


def account_of(email: str) -> User | None:
    """The account that has this address, whatever the case."""
    return User.objects.filter(email__iexact=email.strip()).first()


def why_closed(invitation: Invitation) -> str:
    """The sentence that tells what to do with a link that no longer works; empty while it works."""
    sentence = CLOSED.get(invitation.state, "")
    return sentence.format(by=invitation.invited_by, email=invitation.email)


@transaction.atomic
def accept(*, invitation: Invitation, by: User | None = None, account: NewAccount | None = None) -> User:
    """Give the access: to `by`, the person logged in, or to the account created from what she typed.

    Of two tabs only one wins: the row is locked, then asked again whether it is still waiting.
    """
    found = _locked(invitation)
    refusal = why_closed(found)
    if refusal:
        raise ValidationError(refusal)
    user = by or _open_account(found, account)
    if user.email != found.email or not user.is_active:
        raise ValidationError(f"Cette invitation est adressée à {found.email} : connectez-vous avec cette adresse.")
    if not _has_access(user, found):
        access = Access(user=user, role=found.role, cpts=found.cpts, agency=found.agency)
        with scope([found.cpts_id] if found.cpts_id else []):  # she sees nothing before this very access exists
            add_access(access=access, by=user, reason=f"Invitation envoyée par {found.invited_by}")
    found.accepted_at, found.accepted_by = timezone.now(), user
    found.save()
    return user


def _open_account(invitation: Invitation, account: NewAccount | None) -> User:
    if account is None or account_of(invitation.email):
        raise ValidationError("Un compte existe déjà avec cette adresse : connectez-vous, puis acceptez l’invitation.")
    user = User(email=invitation.email, first_name=account.first_name, last_name=account.last_name)
    user.set_password(account.password)
    save_as(user, by=None, reason=f"Invitation envoyée par {invitation.invited_by}")
    return user


def _locked(invitation: Invitation) -> Invitation:
    found = Invitation.by_link.select_for_update().get(pk=invitation.pk)
    found.invited_by = User.objects.get(pk=found.invited_by_id)
    return found


def _has_access(user: User, invitation: Invitation) -> bool:
    held: Any = Access.objects.active_on(timezone.localdate())
    return held.filter(
        user=user, role=invitation.role, cpts=invitation.cpts_id, agency=invitation.agency_id, end=None
    ).exists()


def _send(invitation: Invitation) -> None:
    url = settings.SITE_URL + reverse("accounts:invitation-accept", args=[invitation.token])
    send_on_commit("invitation", invitation.email, {"invitation": invitation, "url": url})
