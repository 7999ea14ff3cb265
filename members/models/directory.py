"""The national directory, as imported: public facts about who practises where, kept apart from the registers."""

from django.db import models
from django.db.models import Q

from cpts_portal.core.text import fold
from members.models.nomenclatures import ExerciseMode, Profession, StructureKind
from territories.models import Commune


class DirectoryEntry(models.Model):
    """One professional of the national directory (one per RPPS), never edited by hand."""

    rpps = models.CharField("RPPS", max_length=11, unique=True)
    last_name = models.CharField("nom d’exercice", max_length=80)
    first_name = models.CharField("prénom d’exercice", max_length=80)
    profession = models.ForeignKey(
        Profession,
        on_delete=models.PROTECT,
        related_name="directory_entries",
        verbose_name="profession principale",
        help_text="La première dans l’ordre d’affichage quand la personne en exerce plusieurs.",
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
    """A place of practice of the national directory, from the first import that saw it to the one that did not.

    It carries its own profession: a physiotherapist may be an osteopath elsewhere, and counts once in each. A row
    that came and went between two imports of the same date has an empty period and counts nowhere.
    """

    entry = models.ForeignKey(DirectoryEntry, on_delete=models.CASCADE, related_name="practices", verbose_name="fiche")
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="directory_practices", verbose_name="commune"
    )
    profession = models.ForeignKey(
        Profession, on_delete=models.PROTECT, related_name="directory_practices", verbose_name="profession exercée"
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


class DirectoryCoverage(models.Model):
    """A commune followed in one public directory, from the first import of this directory that read it.

    It tells an arrival (the commune was already followed) from a commune that has just joined a territory.
    """

    class Source(models.TextChoices):
        RPPS = "rpps", "Annuaire Santé"
        FINESS = "finess", "FINESS"

    source = models.CharField("annuaire", max_length=6, choices=Source.choices, default=Source.RPPS)
    commune = models.ForeignKey(
        Commune, on_delete=models.CASCADE, related_name="directory_coverage", verbose_name="commune"
    )
    start = models.DateField("suivie depuis le")
    end = models.DateField("suivie jusqu’au (exclu)", null=True, blank=True)

    class Meta:
        verbose_name = "commune suivie dans l’annuaire"
        verbose_name_plural = "communes suivies dans l’annuaire"
        ordering = ["-start", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "commune"],
                condition=Q(end__isnull=True),
                name="directory_coverage_once",
                violation_error_message="Cette commune est déjà suivie dans l’annuaire.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune} depuis le {self.start:%d/%m/%Y}"


class DirectoryStructure(models.Model):
    """A place of care of the FINESS extract, from the first import that saw it to the one that did not."""

    finess = models.CharField("FINESS", max_length=9)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    name = models.CharField("nom", max_length=160)
    kind = models.CharField("type", max_length=15, choices=StructureKind.choices)
    category = models.CharField("catégorie FINESS", max_length=4, blank=True)
    category_name = models.CharField("libellé de la catégorie", max_length=120, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="directory_structures", verbose_name="commune"
    )
    address = models.CharField("adresse", max_length=200, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    start = models.DateField("vue depuis le")
    end = models.DateField("disparue le", null=True, blank=True)
    search = models.CharField(max_length=200, editable=False)

    class Meta:
        verbose_name = "structure de FINESS"
        verbose_name_plural = "structures de FINESS"
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["commune", "end"])]
        constraints = [
            models.UniqueConstraint(
                fields=["finess"],
                condition=Q(end__isnull=True),
                name="directory_structure_once",
                violation_error_message="Cette structure de FINESS est déjà connue.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def search_text(name: str, finess: str) -> str:
        return f"{fold(name)[:180]} {finess.lower()}"
