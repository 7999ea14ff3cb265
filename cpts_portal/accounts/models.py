"""Users and what they may act for."""

import secrets
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cpts_portal.accounts.roles import AGENCY_ROLES, CPTS_ROLES, NATIONAL_ROLES, Role
from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.periods import active_on
from cpts_portal.core.scoping import ScopedManager
from cpts_portal.core.text import fold
from territories.models import Agency, Cpts


class UserQuerySet(models.QuerySet):
    def matching(self, text: str) -> "UserQuerySet":
        """Users whose name or e-mail holds every word, whatever the case and the accents."""
        found = self
        for word in fold(text).split():
            found = found.filter(search__contains=word)
        return found

    def with_accesses_on(self, day: date) -> "UserQuerySet":
        """Each user with `accesses_today`, in two queries whatever the number of users."""
        current = Access.objects.active_on(day).select_related("cpts", "agency").order_by("role", "pk")
        return self.prefetch_related(models.Prefetch("accesses", queryset=current, to_attr="accesses_today"))

    def administrators_on(self, day: date) -> "UserQuerySet":
        held = Access.objects.active_on(day).filter(role=Role.ADMINISTRATOR)
        return self.filter(is_active=True, pk__in=held.values("user"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        if not email:
            raise ValueError("an e-mail address is required")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """The first administrator, from `manage.py createsuperuser`: an ordinary user with the administrator role."""
        user = self.create_user(email, password, **fields)
        Access.objects.create(user=user, role=Role.ADMINISTRATOR)
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person who logs in by e-mail. What she may do comes only from her accesses, never from flags."""

    email = models.EmailField("adresse électronique", unique=True)
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    is_active = models.BooleanField("actif", default=True, help_text="Décocher plutôt que supprimer.")
    date_joined = models.DateTimeField("compte créé le", default=timezone.now, editable=False)
    search = models.CharField(max_length=420, editable=False, default="")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    history_words = HistoryWords(
        created="a créé le compte de {first_name} {last_name}",
        moves={"is_active=False": ("a désactivé le compte", ""), "is_active=True": ("a réactivé le compte", "")},
    )
    objects = UserManager()
    history = HistoricalRecords(
        excluded_fields=["password", "last_login", "search"],
        verbose_name="historique de l’utilisateur",
        verbose_name_plural="historique des utilisateurs",
    )

    class Meta:
        verbose_name = "utilisateur"
        verbose_name_plural = "utilisateurs"
        ordering = ["last_name", "first_name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once_whatever_case",
                violation_error_message="Un compte existe déjà avec cette adresse électronique.",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def save(self, *args, **kwargs) -> None:
        self.email = self.email.strip().lower()
        self.search = fold(f"{self.first_name} {self.last_name} {self.email}")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("accounts:user-detail", args=[self.pk])

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @property
    def is_staff(self) -> bool:
        """The admin is a second door for everybody: what is behind it follows the permission table."""
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        """Nobody bypasses the permission table."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        from cpts_portal.accounts.backends import PermissionTableBackend  # noqa: PLC0415 (reads this model)

        return self.is_active and PermissionTableBackend().has_perm(self, perm, obj)

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        from cpts_portal.accounts.permissions import may_open_app  # noqa: PLC0415 (permissions read this model)

        return self.is_active and may_open_app(self, app_label)


class AccessQuerySet(models.QuerySet):
    def active_on(self, day: date) -> "AccessQuerySet":
        return self.filter(active_on(day))


class Attachment(models.Model):
    """A role and what it is exercised on: a CPTS, an agency, or the whole country."""

    role = models.CharField("rôle", max_length=15, choices=Role.choices)
    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="CPTS"
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="agence"
    )

    class Meta:
        abstract = True

    @property
    def place(self) -> str:
        """« CPTS du Penthièvre », « ARS Bretagne », « France entière »."""
        if self.cpts_id:
            return self.cpts.full_name
        return str(self.agency) if self.agency_id else "France entière"

    def clean(self) -> None:
        """The place must fit the role; the database holds the same rule."""
        if self.role in CPTS_ROLES and (self.cpts_id is None or self.agency_id is not None):
            raise ValidationError({"cpts": "Ce rôle s’exerce dans une CPTS : choisissez-la, sans agence."})
        if self.role in AGENCY_ROLES and (self.agency_id is None or self.cpts_id is not None):
            raise ValidationError({"agency": "Ce rôle s’exerce dans une agence : choisissez-la, sans CPTS."})
        if self.role in NATIONAL_ROLES and (self.cpts_id is not None or self.agency_id is not None):
            raise ValidationError({"role": "Ce rôle est national : ne choisissez ni CPTS ni agence."})
        if self.role in AGENCY_ROLES and (self.role == Role.ARS_AGENT) != self.agency.is_ars:
            raise ValidationError({"agency": "Cette agence ne correspond pas au rôle choisi."})


def place_fits_role(name: str) -> models.CheckConstraint:
    in_cpts = Q(role__in=sorted(CPTS_ROLES), cpts__isnull=False, agency__isnull=True)
    in_agency = Q(role__in=sorted(AGENCY_ROLES), cpts__isnull=True, agency__isnull=False)
    national = Q(role__in=sorted(NATIONAL_ROLES), cpts__isnull=True, agency__isnull=True)
    return models.CheckConstraint(
        condition=in_cpts | in_agency | national,
        name=name,
        violation_error_message="Le rôle et son rattachement (CPTS, agence ou national) ne vont pas ensemble.",
    )


def once_at_a_time(name: str, person: str, still_open: Q, message: str) -> list[models.UniqueConstraint]:
    """One open row per person, role and place (three constraints: databases always tell nulls apart)."""
    places = {
        "cpts": ([person, "role", "cpts"], Q(cpts__isnull=False)),
        "agency": ([person, "role", "agency"], Q(agency__isnull=False)),
        "national": ([person, "role"], Q(cpts__isnull=True, agency__isnull=True)),
    }
    return [
        models.UniqueConstraint(
            fields=fields,
            condition=still_open & condition,
            name=f"{name}_once_per_{place}",
            violation_error_message=message,
        )
        for place, (fields, condition) in places.items()
    ]


class Access(Attachment):
    """What a user may act for, over a period `[start, end[`; ended on the day it started, it never counted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="accesses",
        verbose_name="utilisateur",
    )
    start = models.DateField("depuis le", default=timezone.localdate)
    end = models.DateField("jusqu’au (exclu)", null=True, blank=True)

    history_words = HistoryWords(
        created="a donné l’accès {role} – {place} à {user}, à partir du {start}",
        deleted="a supprimé l’accès {role} – {place} de {user}",
        about="(accès {role} – {place})",
        moves={"end=*": ("a mis fin à l’accès {role} – {place} de {user}, à compter du {end}", "")},
    )
    objects = AccessQuerySet.as_manager()
    history = HistoricalRecords(verbose_name="historique de l’accès", verbose_name_plural="historique des accès")

    class Meta:
        verbose_name = "accès"
        verbose_name_plural = "accès"
        ordering = ["user__last_name", "role", "pk"]
        constraints = [
            place_fits_role("access_place_fits_role"),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="access_ends_not_before_start",
                violation_error_message="La date de fin ne peut pas précéder la date de début.",
            ),
            *once_at_a_time("access", "user", Q(end__isnull=True), "Cette personne a déjà cet accès."),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} – {self.place}"


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
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="compte",
    )
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

    @property
    def state(self) -> "Invitation.State":
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.cancelled_at:
            return self.State.CANCELLED
        return self.State.WAITING if timezone.now() < self.expires_at else self.State.EXPIRED

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or "–"

    @property
    def offer(self) -> str:
        """« Bureau de CPTS – CPTS du Penthièvre »."""
        return f"{self.get_role_display()} – {self.place}"


class ViewingAs(models.Model):
    """The log of administrators who looked at the portal as somebody else (read only)."""

    administrator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="administrateur"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="vu comme"
    )
    reason = models.CharField("motif", max_length=200)
    started_at = models.DateTimeField("début", auto_now_add=True)
    ended_at = models.DateTimeField("fin", null=True, blank=True)

    class Meta:
        verbose_name = "consultation au nom d’un utilisateur"
        verbose_name_plural = "consultations au nom d’un utilisateur"
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.administrator} vu comme {self.user}"
