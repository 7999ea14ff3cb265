"""Agencies that fund and review: ARS and health-insurance funds."""

from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from territories.models.places import Department


class Agency(models.Model):
    class Kind(models.TextChoices):
        ARS = "ars", "ARS"
        CPAM = "cpam", "CPAM"
        CGSS = "cgss", "CGSS"

    INSURANCE_KINDS = (Kind.CPAM, Kind.CGSS)

    kind = models.CharField("type", max_length=4, choices=Kind.choices)
    name = models.CharField("nom", max_length=120, unique=True, help_text="Par exemple : ARS Bretagne")
    departments = models.ManyToManyField(
        Department,
        related_name="agencies",
        verbose_name="départements couverts",
        help_text="Les départements où l’agence est compétente.",
    )
    email = models.EmailField("adresse électronique du service", blank=True)
    is_active = models.BooleanField("active", default=True)

    history = HistoricalRecords(
        m2m_fields=[departments],
        verbose_name="historique de l’agence",
        verbose_name_plural="historique des agences",
    )
    history_words = HistoryWords(
        created="a créé l’agence {name}",
        fields={"is_active": "l’état de l’agence"},
        moves={"is_active=False": ("a fermé l’agence", ""), "is_active=True": ("a rouvert l’agence", "")},
    )

    class Meta:
        verbose_name = "agence"
        verbose_name_plural = "agences"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:agency-detail", args=[self.pk])

    @property
    def is_ars(self) -> bool:
        return self.kind == self.Kind.ARS
