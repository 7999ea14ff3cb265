"""Invitations: an e-mail link that opens an account or an access."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cpts_portal.accounts.models.accesses import Attachment, once_at_a_time, place_fits_role
from cpts_portal.accounts.roles import Role
from cpts_portal.core.authors import author_field
from cpts_portal.core.scoping import ScopedManager


def new_token() -> str:
    return secrets.token_urlsafe(32)


def default_expiry():
    return timezone.now() + timedelta(days=settings.INVITATION_VALID_DAYS)


class InvitationQuerySet(models.QuerySet):
    def manageable_by(self, actor) -> "InvitationQuerySet":
        """All of them for administrators; for a coordinator, those of the CPTS she coordinates."""
        if actor.has_any({Role.ADMINISTRATOR}):
            return self
        return self.filter(cpts__in=[access.cpts_id for access in actor.accesses if access.role == Role.COORDINATOR])

    def in_state(self, state: str, now: datetime) -> "InvitationQuerySet":
        if state == Invitation.State.ACCEPTED:
            return self.filter(accepted_at__isnull=False)
        if state == Invitation.State.CANCELLED:
            return self.filter(cancelled_at__isnull=False)
        waiting = self.filter(accepted_at=None, cancelled_at=None)
        if state == Invitation.State.WAITING:
            return waiting.filter(expires_at__gt=now)
        return waiting.filter(expires_at__lte=now)


class Invitation(Attachment):
    """An e-mail link that creates the account (or adds the access to an existing one)."""

    scope_path = "cpts_id"

    class State(models.TextChoices):
        WAITING = "waiting", "en attente"
        EXPIRED = "expired", "expirée"
        ACCEPTED = "accepted", "acceptée"
        CANCELLED = "cancelled", "annulée"

    email = models.EmailField("adresse électronique")
    first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom", max_length=80, blank=True)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="invitations_sent",
        verbose_name="invitation envoyée par",
    )
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    sent_at = models.DateTimeField("envoyée le", default=timezone.now)
    expires_at = models.DateTimeField("valable jusqu’au", default=default_expiry)
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)
    accepted_by = author_field("compte", blank=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)

    objects = ScopedManager.from_queryset(InvitationQuerySet)()
    # The person invited holds a secret link and has no access yet: her page finds the invitation by its token.
    by_link = models.Manager()

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        ordering = ["-created_at", "-pk"]
        constraints = [
            place_fits_role("invitation_place_fits_role"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, cancelled_at__isnull=True),
                name="invitation_accepted_by_somebody",
                violation_error_message="Une invitation acceptée l’est par un compte, et ne peut plus être annulée.",
            ),
            *once_at_a_time(
                "invitation",
                "email",
                Q(accepted_at__isnull=True, cancelled_at__isnull=True),
                "Une invitation attend déjà cette personne pour cet accès : renvoyez-la plutôt.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.get_role_display()}"

    def save(self, *args, **kwargs) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def state_at(self, moment: datetime) -> "Invitation.State":
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.cancelled_at:
            return self.State.CANCELLED
        return self.State.WAITING if moment < self.expires_at else self.State.EXPIRED

    @property
    def state(self) -> "Invitation.State":
        return self.state_at(timezone.now())

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def offer(self) -> str:
        """« Bureau de CPTS – CPTS du Penthièvre »."""
        return f"{self.get_role_display()} – {self.place}"
