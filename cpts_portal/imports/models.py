"""The row that follows a file from its deposit to its report."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class Status(models.TextChoices):
    """Every state of an import; each kind goes through those it needs, under words of its own if it wants to."""

    MAPPING = "mapping", "colonnes à vérifier"
    WAITING = "waiting", "en attente"
    READING = "reading", "en lecture"
    PREVIEW = "preview", "à confirmer"
    RUNNING = "running", "en cours"
    APPLIED = "applied", "appliqué"
    FAILED = "failed", "échoué"
    REFUSED = "refused", "refusé"
    NOTHING = "nothing", "rien à changer"
    UNDONE = "undone", "annulé"


AT_WORK = frozenset({Status.WAITING, Status.READING, Status.RUNNING})


class ImportRun(models.Model):
    """One file on its way. A kind of import adds its own columns, and declares anew those it words otherwise.

    A table that keeps the beginning of its job or its failure in another column says so with a property.
    """

    STALLED_AFTER: ClassVar[timedelta] = timedelta(minutes=15)
    # What changes with the state of the import, and nothing else.
    STATE_COLUMNS: ClassVar[tuple[str, ...]] = ("status", "started_at", "failure")

    filename = models.CharField("fichier", max_length=200)
    file = models.FileField("fichier conservé", upload_to="imports/", blank=True)
    sha256 = models.CharField("empreinte", max_length=64)
    status = models.CharField("état", max_length=10, choices=Status.choices, default=Status.PREVIEW)
    counts = models.JSONField("bilan", default=dict, blank=True)
    failure = models.TextField("motif de l’échec", blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="auteur",
        help_text="Vide : chargement initial par une commande.",
    )
    created_at = models.DateTimeField("déposé le", auto_now_add=True)
    started_at = models.DateTimeField("lancé le", null=True, blank=True)
    applied_at = models.DateTimeField("appliqué le", null=True, blank=True)
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.filename

    @property
    def is_at_work(self) -> bool:
        return self.status in AT_WORK

    @property
    def progress_key(self) -> str:
        return f"import:{self._meta.label_lower}:{self.pk}"

    def content(self) -> bytes:
        with self.file.open("rb") as kept:
            return bytes(kept.read())

    def save_state(self) -> None:
        self.save(update_fields=self.STATE_COLUMNS)

    def stored_files(self) -> list[Any]:
        """The files that go with the row."""
        return [self.file]


def is_stalled(run: ImportRun, now: datetime) -> bool:
    """A job that started long ago and never ended: the server was restarted meanwhile, and nothing was written."""
    return run.is_at_work and run.started_at is not None and run.started_at < now - run.STALLED_AFTER
