"""Size classes of CPTS: dated reference data, because the bounds have been discussed before and may move again."""

from datetime import date

from django.db import models
from django.db.models import Q

from cpts_portal.core.periods import active_on, ends_after_start


class SizeClassQuerySet(models.QuerySet):
    def in_force_on(self, day: date) -> "SizeClassQuerySet":
        return self.filter(active_on(day)).order_by("size")


class SizeClass(models.Model):
    """« Taille » 1 to 4: from `min_population` inhabitants up to the next class."""

    class Confidence(models.TextChoices):
        VERIFIED = "verified", "vérifié"
        TO_CONFIRM = "to_confirm", "à confirmer"

    size = models.PositiveSmallIntegerField("taille")
    min_population = models.PositiveIntegerField("à partir de (habitants)")
    start = models.DateField("en vigueur depuis le")
    end = models.DateField("en vigueur jusqu’au (exclu)", null=True, blank=True)
    source = models.CharField("source", max_length=200)
    confidence = models.CharField("fiabilité", max_length=10, choices=Confidence.choices, default=Confidence.VERIFIED)

    objects = SizeClassQuerySet.as_manager()

    class Meta:
        verbose_name = "classe de taille"
        verbose_name_plural = "classes de taille"
        ordering = ["-start", "size"]
        constraints = [
            ends_after_start("size_class_ends_after_start"),
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=4),
                name="size_class_1_to_4",
                violation_error_message="La taille va de 1 à 4.",
            ),
            models.UniqueConstraint(
                fields=["size", "start"],
                name="size_class_once_per_date",
                violation_error_message="Cette taille est déjà définie à cette date.",
            ),
        ]

    def __str__(self) -> str:
        return f"Taille {self.size} (dès {self.min_population} habitants)"
