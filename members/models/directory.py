"""The national directory, as imported: public facts about who practises where, kept apart from the registers."""

from django.db import models

from cpts_portal.core.text import fold
from members.models.nomenclatures import ExerciseMode, Profession
from territories.models import Commune


class DirectoryEntry(models.Model):
    """One professional of the national directory (one per RPPS), never edited by hand."""

    rpps = models.CharField("RPPS", max_length=11, unique=True)
    last_name = models.CharField("nom d’exercice", max_length=80)
    first_name = models.CharField("prénom d’exercice", max_length=80)
    profession = models.ForeignKey(
        Profession, on_delete=models.PROTECT, related_name="directory_entries", verbose_name="profession"
    )
    specialty_code = models.CharField("code de spécialité", max_length=10, blank=True)
    search = models.CharField(max_length=200, editable=False)

    class Meta:
        verbose_name = "fiche de l’annuaire national"
        verbose_name_plural = "fiches de l’annuaire national"
        ordering = ["last_name", "first_name"]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @staticmethod
    def search_text(first_name: str, last_name: str, rpps: str) -> str:
        return f"{fold(f'{first_name} {last_name}')} {rpps}"


class DirectoryPractice(models.Model):
    """A place of practice of the national directory, from the first import that saw it to the one that did not."""

    entry = models.ForeignKey(DirectoryEntry, on_delete=models.CASCADE, related_name="practices", verbose_name="fiche")
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="directory_practices", verbose_name="commune"
    )
    mode = models.CharField("mode d’exercice", max_length=1, choices=ExerciseMode.choices, blank=True)
    place = models.CharField("lieu", max_length=160, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    finess = models.CharField("FINESS", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    start = models.DateField("vu depuis le")
    end = models.DateField("disparu le", null=True, blank=True)

    class Meta:
        verbose_name = "lieu d’exercice de l’annuaire"
        verbose_name_plural = "lieux d’exercice de l’annuaire"
        ordering = ["-start", "pk"]
        indexes = [models.Index(fields=["commune", "end"])]

    def __str__(self) -> str:
        return f"{self.entry} – {self.commune}"
