"""What the coordination decided when she reviewed the duplicates of her register."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.scoping import ScopedManager
from members.models.directory import DirectoryEntry
from members.models.register import Professional
from territories.models import Cpts


class NotDuplicate(models.Model):
    """Two records that look alike and are not the same: the pair is no longer proposed.

    `first_id` and `second_id` are the numbers of two persons, or of two structures, of the CPTS (records are never
    deleted), the smaller one first.
    """

    scope_path = "cpts_id"

    class Target(models.TextChoices):
        PERSON = "person", "Personnes"
        STRUCTURE = "structure", "Structures"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="+", verbose_name="CPTS")
    target = models.CharField("fiches", max_length=9, choices=Target.choices)
    first_id = models.PositiveBigIntegerField("première fiche")
    second_id = models.PositiveBigIntegerField("seconde fiche")

    history = HistoricalRecords(
        verbose_name="historique de la paire écartée", verbose_name_plural="historique des paires écartées"
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "paire de fiches distinctes"
        verbose_name_plural = "paires de fiches distinctes"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "target", "first_id", "second_id"],
                name="not_duplicate_once",
                violation_error_message="Ces deux fiches sont déjà notées comme distinctes.",
            ),
            models.CheckConstraint(
                condition=Q(first_id__lt=F("second_id")),
                name="not_duplicate_smaller_first",
                violation_error_message="La fiche au plus petit numéro vient en premier.",
            ),
        ]

    def __str__(self) -> str:
        return f"Fiches n° {self.first_id} et n° {self.second_id}"


class RefusedLink(models.Model):
    """A person of the register who is not this entry of the national directory: the link is no longer proposed."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="+", verbose_name="CPTS")
    professional = models.ForeignKey(
        Professional, on_delete=models.CASCADE, related_name="refused_links", verbose_name="professionnel"
    )
    entry = models.ForeignKey(
        DirectoryEntry, on_delete=models.CASCADE, related_name="+", verbose_name="fiche de l’annuaire national"
    )

    history = HistoricalRecords(
        verbose_name="historique du rattachement écarté", verbose_name_plural="historique des rattachements écartés"
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "rattachement écarté"
        verbose_name_plural = "rattachements écartés"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["professional", "entry"],
                name="refused_link_once",
                violation_error_message="Ce rattachement est déjà écarté.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.professional} – {self.entry.rpps}"
