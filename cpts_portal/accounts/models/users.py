"""Users: a person who logs in by e-mail."""

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cpts_portal.accounts.models.accesses import Access
from cpts_portal.accounts.roles import Role
from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.text import fold


class UserQuerySet(models.QuerySet):
    def matching(self, text: str) -> "UserQuerySet":
        """Users whose name or e-mail holds every word, whatever the case and the accents."""
        users = self
        for word in fold(text).split():
            users = users.filter(search__contains=word)
        return users

    def with_accesses_on(self, day: date) -> "UserQuerySet":
        """Each user with `accesses_today`, in two queries whatever the number of users."""
        current = Access.objects.active_on(day).select_related("cpts", "agency").order_by("role", "pk")
        return self.prefetch_related(models.Prefetch("accesses", queryset=current, to_attr="accesses_today"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # (a class made by Django)
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
        created="a créé le compte {first_name:de} {last_name}",
        fields={"is_active": "l’état du compte", "date_joined": "la date de création du compte"},
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
