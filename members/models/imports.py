"""Imports of the members app: a coordinator's spreadsheet, the national directory, FINESS."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from cpts_portal.core.scoping import ScopedManager
from cpts_portal.imports.models import ImportRun
from members.models.directory import DirectoryEntry, DirectoryStructure
from territories.models import Cpts


class RegisterImport(ImportRun):
    """A spreadsheet of members on its way into the register of one CPTS: kept, explained, can be undone."""

    scope_path = "cpts_id"

    class Status(models.TextChoices):
        MAPPING = "mapping", "colonnes à vérifier"
        PREVIEW = "preview", "à confirmer"
        RUNNING = "running", "en cours"
        APPLIED = "applied", "appliqué"
        FAILED = "failed", "échoué"
        UNDONE = "undone", "annulé"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="register_imports", verbose_name="CPTS")
    file = models.FileField("fichier conservé", upload_to="imports/members/")
    table = models.FileField(
        "lignes lues", upload_to="imports/members/", blank=True, editable=False
    )  # read once at the upload: a workbook takes ten times longer to open again than these lines
    layout = models.CharField("provenance reconnue", max_length=20, blank=True)
    status = models.CharField("état", max_length=10, choices=Status.choices, default=Status.MAPPING)
    mapping = models.JSONField("correspondance des colonnes", default=dict, blank=True)
    payment_dates = models.JSONField("dates des paiements sans date, par colonne", default=dict, blank=True)
    decisions = models.JSONField("choix ligne par ligne", default=dict, blank=True)
    corrections = models.JSONField("cellules corrigées", default=dict, blank=True)
    report = models.JSONField("compte rendu", default=dict, blank=True)
    undo = models.JSONField("de quoi annuler", default=dict, blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )

    objects = ScopedManager()

    class Meta:
        verbose_name = "import d’adhérents"
        verbose_name_plural = "imports d’adhérents"
        ordering = ["-created_at", "-pk"]

    def stored_files(self) -> list[Any]:
        return [self.file, self.table]


class ColumnMapping(models.Model):
    """What a header of her spreadsheet means, remembered for the next time."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="+", verbose_name="CPTS")
    header = models.CharField("en-tête (sans accents)", max_length=160)
    field = models.CharField("donnée", max_length=60)

    objects = ScopedManager()

    class Meta:
        verbose_name = "correspondance de colonne"
        verbose_name_plural = "correspondances de colonnes"
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "header"],
                name="column_mapping_once",
                violation_error_message="Cet en-tête est déjà connu.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.header} → {self.field}"


class DirectoryImport(ImportRun):
    """One run over the national directory (or FINESS): what it kept, and what moved per CPTS."""

    class Source(models.TextChoices):
        RPPS = "rpps", "Annuaire Santé (extraction en libre accès)"
        FINESS = "finess", "FINESS"

    STALLED_AFTER: ClassVar[timedelta] = timedelta(minutes=30)
    STATE_COLUMNS: ClassVar[tuple[str, ...]] = ("status", "failure", "counts")
    applied_at = undone_at = None

    class Status(models.TextChoices):
        WAITING = "waiting", "en attente"
        RUNNING = "running", "en cours"
        APPLIED = "applied", "appliqué"
        FAILED = "failed", "interrompu"

    source = models.CharField("source", max_length=6, choices=Source.choices)
    status = models.CharField("état", max_length=10, choices=Status.choices, default=Status.APPLIED)
    file = models.FileField("fichier déposé", upload_to="imports/directory/", blank=True)
    sha256 = models.CharField("empreinte", max_length=64, blank=True)
    observed_on = models.DateField("données du")
    created_at = models.DateTimeField("importé le", auto_now_add=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="auteur",
    )
    refused = models.JSONField("lignes refusées", default=list, blank=True)

    class Meta:
        verbose_name = "import d’annuaire"
        verbose_name_plural = "imports d’annuaire"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_source_display()} du {self.observed_on:%d/%m/%Y}"

    @property
    def started_at(self) -> datetime | None:
        """Kept in the figures, which an import at work does not have yet."""
        started = self.counts.get("started_at")
        return datetime.fromisoformat(started) if started else self.created_at

    @started_at.setter
    def started_at(self, moment: datetime) -> None:
        self.counts = {**self.counts, "started_at": moment.isoformat()}


class DirectoryMovement(models.Model):
    """What a directory import changed for one CPTS and one profession: « 3 arrivées, 1 départ »."""

    scope_path = "cpts_id"

    imported = models.ForeignKey(
        DirectoryImport, on_delete=models.CASCADE, related_name="movements", verbose_name="import"
    )
    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="+", verbose_name="CPTS")
    profession = models.ForeignKey(
        "members.Profession", on_delete=models.PROTECT, related_name="+", verbose_name="profession"
    )
    arrivals = models.PositiveIntegerField("arrivées", default=0)
    departures = models.PositiveIntegerField("départs", default=0)
    moves = models.PositiveIntegerField("déménagements", default=0)

    objects = ScopedManager()

    class Meta:
        verbose_name = "mouvement de l’annuaire"
        verbose_name_plural = "mouvements de l’annuaire"
        ordering = ["-imported__created_at", "profession__rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["imported", "cpts", "profession"],
                name="directory_movement_once",
                violation_error_message="Ce mouvement est déjà compté.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cpts} – {self.profession}"


class DirectoryMove(models.Model):
    """Who moved: one person in one profession, or one structure, that an import saw arrive, leave or change commune.

    The rows behind the figures of `DirectoryMovement`, so that a figure opens on its list.
    """

    scope_path = "cpts_id"

    class Kind(models.TextChoices):
        ARRIVALS = "arrivals", "arrivée"
        DEPARTURES = "departures", "départ"
        MOVES = "moves", "changement de commune"

    imported = models.ForeignKey(DirectoryImport, on_delete=models.CASCADE, related_name="moves", verbose_name="import")
    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="+", verbose_name="CPTS")
    kind = models.CharField("mouvement", max_length=10, choices=Kind.choices)
    entry = models.ForeignKey(
        DirectoryEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="moves", verbose_name="personne"
    )
    profession = models.ForeignKey(
        "members.Profession",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="profession",
    )
    structure = models.ForeignKey(
        DirectoryStructure,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="moves",
        verbose_name="structure",
    )

    objects = ScopedManager()

    class Meta:
        verbose_name = "personne ou structure de l’annuaire qui a bougé"
        verbose_name_plural = "personnes et structures de l’annuaire qui ont bougé"
        ordering = ["-imported__created_at", "pk"]
        indexes = [models.Index(fields=["imported", "cpts", "kind"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entry__isnull=False, profession__isnull=False, structure__isnull=True)
                | models.Q(entry__isnull=True, profession__isnull=True, structure__isnull=False),
                name="directory_move_of_one",
                violation_error_message="Un mouvement est celui d’une personne dans sa profession, ou d’une structure.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry or self.structure} ({self.get_kind_display()})"
