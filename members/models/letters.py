"""Letters by the hundred: calls for dues sent by e-mail, certificates and receipts of a year in one file."""

from django.conf import settings
from django.db import models

from cpts_portal.core.scoping import ScopedManager
from members.models.dues import DuesCampaign
from territories.models import Cpts


class LetterBatch(models.Model):
    """A series of letters asked for by somebody: what it is about, where it stands, who could not be reached.

    Its own record (author, dates, figures): it keeps no other history. The file is private, served through an access
    check, and goes away with the batch.
    """

    scope_path = "cpts_id"

    class Kind(models.TextChoices):
        CALL = "call", "Appel à cotisation"
        REMINDER = "reminder", "Rappel de cotisation"
        CERTIFICATES = "certificates", "Attestations d’adhésion"
        RECEIPTS = "receipts", "Reçus de cotisation"

    class Status(models.TextChoices):
        WAITING = "waiting", "en attente"
        RUNNING = "running", "en cours"
        DONE = "done", "terminé"
        FAILED = "failed", "interrompu"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="letter_batches", verbose_name="CPTS")
    campaign = models.ForeignKey(
        DuesCampaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="letter_batches",
        verbose_name="campagne",
    )
    kind = models.CharField("objet", max_length=12, choices=Kind.choices)
    year = models.PositiveSmallIntegerField("année")
    status = models.CharField("état", max_length=8, choices=Status.choices, default=Status.WAITING)
    selection = models.JSONField("cotisations choisies", default=list, blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    created_at = models.DateTimeField("demandé le", auto_now_add=True)
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)
    letters = models.PositiveIntegerField("lettres", default=0)
    problems = models.JSONField("lettres non envoyées", default=list, blank=True)
    failure = models.CharField("cause de l’interruption", max_length=300, blank=True)
    file = models.FileField("fichier conservé", upload_to="letters/", blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "envoi groupé"
        verbose_name_plural = "envois groupés"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}"

    @property
    def is_mail(self) -> bool:
        return self.kind in (self.Kind.CALL, self.Kind.REMINDER)
