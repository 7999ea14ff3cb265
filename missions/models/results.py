"""Results of indicators, period by period, and their proofs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.fields import WebAddressField
from cpts_portal.core.periods import ends_after_start
from cpts_portal.core.scoping import ScopedManager
from missions.models.catalogue import ProofKind
from missions.models.indicators import VALUE, Target
from missions.models.meetings import Meeting


class Result(models.Model):
    """The value of one period `[start, end[` of a year: typed, or counted by the portal and copied here.

    `counted_value` keeps what the portal counted when the value was recorded, so that a difference can be shown.
    """

    scope_path = "target__exercise__cpts_id"

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="results", verbose_name="cible")
    start = models.DateField("du")
    end = models.DateField("au (exclu)")
    value = models.DecimalField("valeur", **VALUE)
    counted_value = models.DecimalField("comptée par le portail", null=True, blank=True, editable=False, **VALUE)
    comment = models.TextField("commentaire", blank=True)
    recorded_at = models.DateTimeField("saisie le", auto_now=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="saisie par"
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version", "recorded_at", "recorded_by"],
        verbose_name="historique du résultat",
        verbose_name_plural="historique des résultats",
    )
    history_words = HistoryWords(
        created="a saisi {value:figure} pour la période qui commence le {start}",
        deleted="a retiré la valeur de la période qui commence le {start}",
        about="pour la période qui commence le {start}",
        fields={"value": "la valeur"},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "résultat"
        verbose_name_plural = "résultats"
        ordering = ["start"]
        constraints = [
            ends_after_start("result_ends_after_start"),
            models.UniqueConstraint(
                fields=["target", "start"],
                name="result_once_per_period",
                violation_error_message="Cette période a déjà une valeur.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} : {self.value}"


class Proof(models.Model):
    """What proves a year's result: a file, a link, the attendance or the minutes of a meeting of the portal.

    A locked proof can be neither changed nor removed; it is unlocked with a reason, which the history keeps.
    """

    scope_path = "target__exercise__cpts_id"

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="proofs", verbose_name="cible")
    kind = models.CharField("nature de la preuve", max_length=10, choices=ProofKind.choices)
    title = models.CharField("intitulé", max_length=160)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="proofs", verbose_name="réunion"
    )
    link = WebAddressField("lien", blank=True)
    file = models.FileField("fichier", upload_to="proofs/", blank=True)
    filename = models.CharField("nom du fichier", max_length=200, blank=True)
    content_type = models.CharField("type du fichier", max_length=80, blank=True)
    size = models.PositiveIntegerField("taille (octets)", default=0)
    sha256 = models.CharField("empreinte", max_length=64, blank=True)
    dated = models.DateField("date du document", null=True, blank=True)
    added_at = models.DateTimeField("ajoutée le", auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="ajoutée par"
    )
    locked_at = models.DateTimeField("verrouillée le", null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="verrouillée par",
    )

    history = HistoricalRecords(
        excluded_fields=["added_at", "added_by", "content_type", "size"],
        verbose_name="historique de la preuve",
        verbose_name_plural="historique des preuves",
    )
    history_words = HistoryWords(
        created="a ajouté la preuve « {title} »",
        deleted="a retiré la preuve « {title} »",
        about="pour la preuve « {title} »",
        moves={
            "locked_at=*": ("a verrouillé la preuve « {title} »", "a verrouillé {count} preuves"),
            "locked_at=None": ("a déverrouillé la preuve « {title} »", ""),
        },
        silent=frozenset({"locked_by"}),
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "preuve"
        verbose_name_plural = "preuves"
        ordering = ["kind", "added_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, link="", file="")
                | (Q(meeting__isnull=True) & ~Q(link="") & Q(file=""))
                | (Q(meeting__isnull=True, link="") & ~Q(file="")),
                name="proof_one_support",
                violation_error_message="Une preuve est un fichier, un lien ou une réunion : l’un des trois.",
            ),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True, locked_by__isnull=True)
                | Q(locked_at__isnull=False, locked_by__isnull=False),
                name="proof_locked_by_somebody",
                violation_error_message="Un verrou a un auteur.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
