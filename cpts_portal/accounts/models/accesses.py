"""Accesses: a role and what it is exercised on, over a period."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cpts_portal.accounts.roles import AGENCY_ROLES, CPTS_ROLES, NATIONAL_ROLES, Role
from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.periods import active_on
from territories.models import Agency, Cpts


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
        if self.cpts:
            return self.cpts.full_name
        return str(self.agency) if self.agency else "France entière"

    @property
    def of_cpts(self) -> Cpts:
        """The CPTS of a role held in a CPTS."""
        if self.cpts is None:
            raise LookupError(f"{self.role} is not held in a CPTS")
        return self.cpts

    @property
    def of_agency(self) -> Agency:
        """The agency of a role held in an agency."""
        if self.agency is None:
            raise LookupError(f"{self.role} is not held in an agency")
        return self.agency

    def clean(self) -> None:
        """The place must fit the role; the database holds the same rule."""
        if self.role in CPTS_ROLES and (self.cpts_id is None or self.agency_id is not None):
            raise ValidationError({"cpts": "Ce rôle s’exerce dans une CPTS : choisissez-la, sans agence."})
        if self.role in AGENCY_ROLES and (self.agency_id is None or self.cpts_id is not None):
            raise ValidationError({"agency": "Ce rôle s’exerce dans une agence : choisissez-la, sans CPTS."})
        if self.role in NATIONAL_ROLES and (self.cpts_id is not None or self.agency_id is not None):
            raise ValidationError({"role": "Ce rôle est national : ne choisissez ni CPTS ni agence."})
        if self.agency and self.role in AGENCY_ROLES and (self.role == Role.ARS_AGENT) != self.agency.is_ars:
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
        deleted="a supprimé l’accès {role} – {place} {user:de}",
        about="de l’accès {role} – {place}",
        moves={"end=*": ("a mis fin à l’accès {role} – {place} {user:de}, à compter du {end}", "")},
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

    def get_absolute_url(self) -> str:
        return reverse("accounts:user-detail", args=[self.user_id])
