"""Invitations: an e-mail link that opens an account, or adds an access to the account that has this address.

Administrators invite to any role; a coordinator invites to the roles of the CPTS she coordinates. An agency opens no
access. The state of an invitation is read from its dates; `INVITATIONS` is the table of its moves.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.administration import add_access
from cpts_portal.accounts.models import Access, Invitation, User, default_expiry, new_token
from cpts_portal.accounts.roles import ADMINISTRATORS, CPTS_ROLES, Role
from cpts_portal.core.emails import send_on_commit
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import scope
from cpts_portal.core.workflow import PAGE, Act, LifeCycle, Move

State = Invitation.State

ALREADY_WAITING = "Une invitation attend déjà cette personne pour cet accès : renvoyez-la depuis la liste."
CLOSED = {
    State.EXPIRED: "Cette invitation a expiré : demandez à {by} de la renvoyer.",
    State.CANCELLED: "Cette invitation a été annulée : pour en savoir plus, adressez-vous à {by}.",
    State.ACCEPTED: "Cette invitation a déjà servi : connectez-vous avec l’adresse {email}.",
}


@dataclass(frozen=True)
class NewAccount:
    """What the person invited types about herself."""

    first_name: str
    last_name: str
    password: str


def coordinated_by(actor: Actor) -> list[int]:
    """The CPTS (their ids) this person may invite to as a coordinator."""
    return [access.cpts_id for access in actor.accesses if access.cpts_id and access.role == Role.COORDINATOR]


def may_handle(actor: Actor, invitation: Invitation) -> bool:
    """May this person send, resend or cancel this invitation?"""
    if actor.has_any(ADMINISTRATORS):
        return True
    return invitation.role in CPTS_ROLES and invitation.cpts_id in coordinated_by(actor)


def _check_may_handle(by: User, invitation: Invitation) -> None:
    if not may_handle(Actor(by), invitation):
        raise NotPossible("Vous pouvez inviter seulement dans les CPTS que vous coordonnez.")


def by_token(token: str) -> Invitation | None:
    return Invitation.by_link.select_related("cpts", "agency", "invited_by").filter(token=token).first()


def account_of(email: str) -> User | None:
    """The account that has this address, whatever the case."""
    return User.objects.filter(email__iexact=email.strip()).first()


def why_closed(invitation: Invitation) -> str:
    """The sentence that tells what to do with a link that no longer works; empty while it works."""
    sentence = CLOSED.get(invitation.state, "")
    return sentence.format(by=invitation.invited_by, email=invitation.email)


# --- Sent, sent again, cancelled, accepted ------------------------------------------------------------------------
@transaction.atomic
def invite(*, invitation: Invitation, by: User) -> Invitation:
    """Keep the invitation and send its link. A field that says no raises `ValidationError`."""
    _check_may_handle(by, invitation)
    invitation.invited_by = by
    invitation.full_clean(validate_constraints=False)
    account = account_of(invitation.email)
    if account and _has_access(account, invitation):
        raise NotPossible(f"{account} a déjà cet accès.")
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:
        raise NotPossible(ALREADY_WAITING) from error
    _send(invitation)
    return invitation


def _renew(invitation: Invitation, act: Act) -> None:
    invitation.token, invitation.sent_at, invitation.expires_at = new_token(), act.moment, default_expiry()


def _close(invitation: Invitation, act: Act) -> None:
    invitation.cancelled_at = invitation.cancelled_at or act.moment


def _give_access(invitation: Invitation, act: Act) -> None:
    """To who is logged in, or to the account opened from what she typed."""
    user = act.data["user"] or _open_account(invitation, act.data["account"])
    if user.email != invitation.email or not user.is_active:
        raise NotPossible(f"Cette invitation est adressée à {invitation.email} : connectez-vous avec cette adresse.")
    if not _has_access(user, invitation):
        access = Access(user=user, role=invitation.role, cpts=invitation.cpts, agency=invitation.agency)
        with scope([invitation.cpts_id] if invitation.cpts_id else []):  # she sees nothing before this very access
            add_access(access=access, by=user, reason=f"Invitation envoyée par {invitation.invited_by}")
    invitation.accepted_at, invitation.accepted_by = act.moment, user


def _follow(invitation: Invitation, move: Move, _act: Act) -> None:
    if move.name == "resend":
        _send(invitation)


INVITATIONS = LifeCycle(
    [
        Move(
            "resend", "Renvoyer l’invitation", "a renvoyé l’invitation", (State.WAITING, State.EXPIRED), PAGE,
            State.WAITING, effect=_renew,
            wrong_status=lambda each: f"Cette invitation est {each.state.label} : elle ne peut plus être renvoyée.",
        ),
        Move(
            "cancel", "Annuler l’invitation", "a annulé l’invitation",
            (State.WAITING, State.EXPIRED, State.CANCELLED), PAGE, State.CANCELLED, effect=_close,
            wrong_status=lambda _each: (
                "Cette invitation a déjà été acceptée : terminez plutôt l’accès de la personne."
            ),
        ),
        Move(
            "accept", "Accepter l’invitation", "a accepté l’invitation", (State.WAITING,), PAGE, State.ACCEPTED,
            effect=_give_access, wrong_status=why_closed,
        ),
    ],
    after=_follow,
    rows=lambda: Invitation.by_link.select_related("invited_by"),
    status_of=Invitation.state_at,
)  # fmt: skip


def _act(by: User | None, **data: Any) -> Act:
    return Act(by, PAGE, timezone.now(), version=None, data=data)


def resend(*, invitation: Invitation, by: User) -> Invitation:
    """Send the link again under a new secret; the old link stops working, the period of validity starts again."""
    _check_may_handle(by, invitation)
    return INVITATIONS.make(invitation, "resend", _act(by))


def cancel(*, invitation: Invitation, by: User) -> Invitation:
    """The link stops working."""
    _check_may_handle(by, invitation)
    return INVITATIONS.make(invitation, "cancel", _act(by))


def accept(*, invitation: Invitation, by: User | None = None, account: NewAccount | None = None) -> User:
    """Give the access: to `by`, the person logged in, or to the account created from what she typed.

    Of two tabs only one wins: the row is locked, then asked again whether it is still waiting.
    """
    return INVITATIONS.make(invitation, "accept", _act(by, user=by, account=account)).accepted_by


def _open_account(invitation: Invitation, account: NewAccount | None) -> User:
    if account is None or account_of(invitation.email):
        raise NotPossible("Un compte existe déjà avec cette adresse : connectez-vous, puis acceptez l’invitation.")
    user = User(email=invitation.email, first_name=account.first_name, last_name=account.last_name)
    user.set_password(account.password)
    save_as(user, by=None, reason=f"Invitation envoyée par {invitation.invited_by}")
    return user


def _has_access(user: User, invitation: Invitation) -> bool:
    return (
        Access.objects.active_on(timezone.localdate())
        .filter(user=user, role=invitation.role, cpts=invitation.cpts_id, agency=invitation.agency_id, end=None)
        .exists()
    )


def _send(invitation: Invitation) -> None:
    url = settings.SITE_URL + reverse("accounts:invitation-accept", args=[invitation.token])
    send_on_commit("invitation", invitation.email, {"invitation": invitation, "url": url})
