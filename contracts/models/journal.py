"""The chained journal of a CPTS: decisions and payments, each line bound to the one before."""

from typing import Any

from django.conf import settings
from django.db import models

from cpts_portal.core.scoping import ScopedManager
from territories.models import Cpts


class JournalEntry(models.Model):
    """A decision or a payment, chained to the one before by its digest: whatever is altered afterwards is seen."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.PROTECT, related_name="journal", verbose_name="CPTS")
    rank = models.PositiveIntegerField("rang")
    at = models.DateTimeField("le")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="par"
    )
    author = models.CharField("auteur", max_length=160)
    act = models.SlugField("acte", max_length=40)
    subject = models.CharField("objet", max_length=200)
    words = models.TextField("ce qui a été décidé")
    facts = models.JSONField("données", default=dict)
    previous = models.CharField("empreinte précédente", max_length=64)
    digest = models.CharField("empreinte", max_length=64)

    objects = ScopedManager()

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal des décisions"
        ordering = ["cpts", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "rank"],
                name="journal_once_per_rank",
                violation_error_message="Cette ligne du journal existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.words}"

    def told(self) -> dict[str, Any]:
        """What the digest covers, in a form that never depends on the database."""
        return {
            "cpts": self.cpts_id,
            "rank": self.rank,
            "at": self.at.isoformat(timespec="seconds"),
            "author": self.author,
            "act": self.act,
            "subject": self.subject,
            "words": self.words,
            "facts": self.facts,
            "previous": self.previous,
        }
