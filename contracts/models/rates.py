"""The funding grid (« barème »): dated rows with their source, loaded by an administrator, never a constant."""

from datetime import date
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.money import ZERO
from cpts_portal.core.periods import active_on, ends_after_start
from missions.models import Confidence, OfficialMission

EUROS: dict[str, Any] = {"max_digits": 11, "decimal_places": 2}


class Part(models.TextChoices):
    """What an amount pays for: one envelope is a part, of a mission or of the CPTS as a whole."""

    FUNCTIONING = "functioning", "fonctionnement"
    FIXED = "fixed", "part fixe"
    VARIABLE = "variable", "part variable"
    CRISIS = "crisis", "complément en cas de crise"
    START_UP = "start_up", "amorçage"


# Functioning before the missions, on both databases: they do not sort empty values alike.
WHOLE_CPTS_FIRST = F("mission__rank").asc(nulls_first=True)
OF_A_MISSION = (Part.FIXED, Part.VARIABLE, Part.CRISIS)


class RateQuerySet(models.QuerySet):
    def in_force_on(self, day: date) -> "RateQuerySet":
        return self.filter(active_on(day)).select_related("mission")


class Rate(models.Model):
    """The most that one envelope brings in a year to a CPTS of this size, over a period."""

    mission = models.ForeignKey(
        OfficialMission,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rates",
        verbose_name="mission",
        help_text="Vide pour le fonctionnement et l’amorçage.",
    )
    part = models.CharField("enveloppe", max_length=11, choices=Part.choices)
    size = models.PositiveSmallIntegerField("taille")
    amount = models.DecimalField("montant annuel (€)", validators=[MinValueValidator(ZERO)], **EUROS)
    start = models.DateField("en vigueur depuis le")
    end = models.DateField("en vigueur jusqu’au (exclu)", null=True, blank=True)
    source = models.CharField("source", max_length=200)
    confidence = models.CharField("fiabilité", max_length=10, choices=Confidence.choices)

    history = HistoricalRecords(verbose_name="historique du montant", verbose_name_plural="historique des montants")
    history_words = HistoryWords(
        created="a ajouté le montant {part}, taille {size} : {amount} €",
        created_many="a ajouté {count} montants au barème",
        about="pour le montant {part}, taille {size}",
    )
    objects = RateQuerySet.as_manager()

    class Meta:
        verbose_name = "montant du barème"
        verbose_name_plural = "barème"
        ordering = ["size", WHOLE_CPTS_FIRST, "part", "-start"]
        constraints = [
            ends_after_start("rate_ends_after_start"),
            models.UniqueConstraint(
                fields=["mission", "part", "size", "start"],
                condition=Q(mission__isnull=False),
                name="rate_once_per_mission_and_date",
                violation_error_message="Ce montant est déjà défini à cette date.",
            ),
            models.UniqueConstraint(
                fields=["part", "size", "start"],
                condition=Q(mission__isnull=True),
                name="rate_once_per_part_and_date",
                violation_error_message="Ce montant est déjà défini à cette date.",
            ),
            models.CheckConstraint(
                condition=Q(part__in=OF_A_MISSION, mission__isnull=False)
                | (~Q(part__in=OF_A_MISSION) & Q(mission__isnull=True)),
                name="rate_mission_fits_part",
                violation_error_message="Le fonctionnement et l’amorçage n’ont pas de mission ; les autres en ont une.",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=4),
                name="rate_size_1_to_4",
                violation_error_message="La taille va de 1 à 4.",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="rate_not_negative",
                violation_error_message="Le montant n’est pas négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{envelope_name(self.part, self.mission)}, taille {self.size}"


def envelope_name(part: str, mission: object | None) -> str:
    """« Fonctionnement », « Accès aux soins : part fixe »."""
    label = Part(part).label
    return f"{mission} : {label}" if mission else label.capitalize()


class GridTotal(models.Model):
    """The most that a whole grid brings in a year, as a text announces it: what the rows above are checked against."""

    size = models.PositiveSmallIntegerField("taille")
    with_unscheduled_care = models.BooleanField("avec les soins non programmés")
    amount = models.DecimalField("maximum annuel (€)", **EUROS)
    start = models.DateField("en vigueur depuis le")
    end = models.DateField("en vigueur jusqu’au (exclu)", null=True, blank=True)
    source = models.CharField("source", max_length=200)
    confidence = models.CharField("fiabilité", max_length=10, choices=Confidence.choices)

    class Meta:
        verbose_name = "total annoncé du barème"
        verbose_name_plural = "totaux annoncés du barème"
        ordering = ["-start", "size", "with_unscheduled_care"]
        constraints = [
            ends_after_start("grid_total_ends_after_start"),
            models.UniqueConstraint(
                fields=["size", "with_unscheduled_care", "start"],
                name="grid_total_once_per_date",
                violation_error_message="Ce total est déjà défini à cette date.",
            ),
        ]

    def __str__(self) -> str:
        return f"Total de la taille {self.size}, {self.start.year}"


class FundingRules(models.Model):
    """How amounts become payments over a period: the share paid in advance, the way a year is prorated."""

    class DayCount(models.TextChoices):
        DAYS = "days", "en jours"
        MONTHS = "months", "en mois entiers"

    advance_percent = models.PositiveSmallIntegerField("avance (%)", default=75)
    day_count = models.CharField("prorata", max_length=6, choices=DayCount.choices, default=DayCount.DAYS)
    start = models.DateField("en vigueur depuis le", unique=True)
    end = models.DateField("en vigueur jusqu’au (exclu)", null=True, blank=True)
    source = models.CharField("source", max_length=200)
    confidence = models.CharField("fiabilité", max_length=10, choices=Confidence.choices)

    class Meta:
        verbose_name = "règle de versement"
        verbose_name_plural = "règles de versement"
        ordering = ["-start"]
        constraints = [
            ends_after_start("funding_rules_ends_after_start"),
            models.CheckConstraint(
                condition=Q(advance_percent__lte=100),
                name="funding_rules_advance_at_most_100",
                violation_error_message="L’avance ne dépasse pas 100 %.",
            ),
        ]

    def __str__(self) -> str:
        return f"Avance de {self.advance_percent} %, prorata {self.get_day_count_display()}"
