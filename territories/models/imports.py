"""Imports of commune files: each one is kept, with what it did, and the last one can be undone."""

from django.conf import settings
from django.db import models


class CommuneImport(models.Model):
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

    filename = models.CharField("fichier", max_length=200)
    file = models.FileField("fichier conservé", upload_to="imports/communes/", blank=True)
    sha256 = models.CharField("empreinte", max_length=64)
    vintage = models.PositiveSmallIntegerField("millésime")
    layout = models.CharField("format reconnu", max_length=40, blank=True)
    status = models.CharField("état", max_length=10, choices=Status.choices, default=Status.PREVIEW)
    origin = models.CharField("origine", max_length=10, choices=Source.choices, default=Source.PAGE)
    created_at = models.DateTimeField("déposé le", auto_now_add=True)
    applied_at = models.DateTimeField("appliqué le", null=True, blank=True)
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="auteur",
        help_text="Vide : chargement initial par une commande.",
    )
    counts = models.JSONField("bilan", default=dict, blank=True)
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
