"""Imports of commune files: each one is kept, with what it did, and the last one can be undone."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from cpts_portal.imports.models import ImportRun


class CommuneImport(ImportRun):
    """A commune file. `report` keeps the beginning of its job and its failure, beside the choices made by hand."""

    STATE_COLUMNS: ClassVar[tuple[str, ...]] = ("status", "report")

    class Status(models.TextChoices):
        READING = "reading", "en lecture"
        PREVIEW = "preview", "en préparation"
        RUNNING = "running", "en cours"
        APPLIED = "applied", "appliqué"
        FAILED = "failed", "échoué"
        REFUSED = "refused", "refusé"
        NOTHING = "nothing", "rien à changer"
        UNDONE = "undone", "annulé"

    class Source(models.TextChoices):
        PAGE = "page", "portail"
        COMMAND = "command", "ligne de commande"

    file = models.FileField("fichier conservé", upload_to="imports/communes/", blank=True)
    vintage = models.PositiveSmallIntegerField("millésime")
    layout = models.CharField("format reconnu", max_length=40, blank=True)
    status = models.CharField("état", max_length=10, choices=Status.choices, default=Status.PREVIEW)
    origin = models.CharField("origine", max_length=10, choices=Source.choices, default=Source.PAGE)
    refused = models.JSONField("lignes refusées", default=list, blank=True)
    report = models.JSONField("effets sur les CPTS", default=dict, blank=True)
    journal = models.JSONField(
        "journal d’annulation",
        default=dict,
        blank=True,
        editable=False,
        help_text="Ce que l’import a changé aux territoires et aux EPCI, pour pouvoir l’annuler.",
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="annulé par",
        editable=False,
    )

    class Meta:
        verbose_name = "import de communes"
        verbose_name_plural = "imports de communes"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.filename} (millésime {self.vintage})"

    @property
    def started_at(self) -> datetime | None:
        started = self.report.get("started_at")
        return datetime.fromisoformat(started) if started else None

    @started_at.setter
    def started_at(self, moment: datetime | None) -> None:
        self.report = {**self.report, "started_at": moment.isoformat() if moment else None}

    @property
    def failure(self) -> str:
        return str(self.report.get("failure", ""))

    @failure.setter
    def failure(self, sentence: str) -> None:
        self.report = {**{key: value for key, value in self.report.items() if key != "failure"}}
        if sentence:
            self.report["failure"] = sentence


class CommuneChange(models.Model):
    """What an import changed on a commune that existed before: shown on its page, and used to undo."""

    imported = models.ForeignKey(CommuneImport, on_delete=models.CASCADE, related_name="changes", verbose_name="import")
    commune = models.ForeignKey(
        "territories.Commune", on_delete=models.CASCADE, related_name="changes", verbose_name="commune"
    )
    field = models.CharField("donnée", max_length=20)
    before = models.CharField("avant", max_length=250, blank=True)
    after = models.CharField("après", max_length=250, blank=True)

    class Meta:
        verbose_name = "évolution de commune"
        verbose_name_plural = "évolutions de communes"
        ordering = ["-imported__vintage", "field"]

    def __str__(self) -> str:
        return f"{self.commune} : {self.field}"
