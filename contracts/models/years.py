"""What the yearly review retains: the indicators as submitted, what each agency decides, the figures as closed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from contracts.models.money import ContractYear
from contracts.models.rates import EUROS
from contracts.models.reviews import Party
from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.money import ZERO
from cpts_portal.core.scoping import ScopedManager
from missions.models import OfficialMission, Target
from missions.models.indicators import VALUE


class YearLine(models.Model):
    """One indicator as it was submitted to the yearly review: copied, so that what is judged no longer moves."""

    scope_path = "year__contract__cpts_id"

    year = models.ForeignKey(ContractYear, on_delete=models.CASCADE, related_name="lines", verbose_name="année")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="year_lines", verbose_name="cible")
    mission = models.ForeignKey(OfficialMission, on_delete=models.PROTECT, related_name="+", verbose_name="mission")
    name = models.CharField("indicateur", max_length=200)
    unit = models.CharField("unité", max_length=40)
    value = models.DecimalField("résultat", null=True, blank=True, **VALUE)
    goal = models.CharField("cible", max_length=200, blank=True)
    most = models.DecimalField("montant maximal (€)", default=ZERO, **EUROS)
    earned = models.DecimalField("montant calculé (€)", default=ZERO, **EUROS)
    explanation = models.TextField("calcul", blank=True)
    missing_proofs = models.JSONField("preuves manquantes", default=list, blank=True)
    rank = models.PositiveSmallIntegerField("ordre", default=1)
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version"],
        verbose_name="historique de la ligne",
        verbose_name_plural="historique des lignes",
    )
    history_words = HistoryWords(
        created="a présenté l’indicateur « {name} »",
        created_many="a présenté {count} indicateurs",
        deleted="a retiré l’indicateur « {name} »",
        about="pour l’indicateur « {name} »",
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "indicateur présenté"
        verbose_name_plural = "indicateurs présentés"
        ordering = ["year", "mission__rank", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "target"],
                name="year_line_once_per_target",
                violation_error_message="Cet indicateur est déjà présenté.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Verdict(models.TextChoices):
    VALIDATED = "validated", "Validé"
    CORRECTED = "corrected", "Corrigé"
    CONTESTED = "contested", "Contesté"
    CARRIED = "carried", "Reporté à l’année suivante"


class LineVerdict(models.Model):
    """What one agency decides about one indicator; the amount is retained once both say the same."""

    scope_path = "line__year__contract__cpts_id"

    line = models.ForeignKey(YearLine, on_delete=models.CASCADE, related_name="verdicts", verbose_name="indicateur")
    party = models.CharField("agence", max_length=4, choices=[(Party.ARS, "ARS"), (Party.FUND, "caisse")])
    verdict = models.CharField("décision", max_length=9, choices=Verdict.choices)
    value = models.DecimalField("valeur corrigée", null=True, blank=True, **VALUE)
    reason = models.TextField("motif", blank=True)
    at = models.DateTimeField("le", auto_now=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="par"
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version", "at", "by"],
        verbose_name="historique de la décision",
        verbose_name_plural="historique des décisions",
    )
    history_words = HistoryWords(
        created="a décidé de l’indicateur « {line} » : {verdict}",
        created_many="a décidé de {count} indicateurs",
        deleted="a retiré sa décision sur l’indicateur « {line} »",
        about="pour l’indicateur « {line} »",
        fields={"verdict": "la décision", "value": "la valeur corrigée"},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "décision sur un indicateur"
        verbose_name_plural = "décisions sur les indicateurs"
        ordering = ["line", "party"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "party"],
                name="verdict_once_per_agency",
                violation_error_message="Cette agence a déjà décidé de cet indicateur.",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.VALIDATED) | ~Q(reason=""),
                name="verdict_with_reason",
                violation_error_message="Indiquez le motif.",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.CORRECTED) | Q(value__isnull=False),
                name="verdict_corrected_with_value",
                violation_error_message="Indiquez la valeur corrigée.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} : {self.get_verdict_display()}"


class Closing(models.Model):
    """The figures of a year as the three parties closed it; reopened with a reason, they stay here."""

    scope_path = "year__contract__cpts_id"

    year = models.ForeignKey(ContractYear, on_delete=models.CASCADE, related_name="closings", verbose_name="année")
    number = models.PositiveSmallIntegerField("clôture")
    entitlement = models.JSONField("droits constatés")
    total = models.DecimalField("total (€)", **EUROS)
    sha256 = models.CharField("empreinte", max_length=64)
    closed_at = models.DateTimeField("close le")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="close par"
    )
    reopened_at = models.DateTimeField("rouverte le", null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="rouverte par",
    )
    reopen_reason = models.TextField("motif de la réouverture", blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = "clôture d’une année"
        verbose_name_plural = "clôtures des années"
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "number"],
                name="closing_once_per_number",
                violation_error_message="Cette clôture existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(reopened_at__isnull=True),
                name="closing_one_in_force",
                violation_error_message="Cette année est déjà close.",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | ~Q(reopen_reason=""),
                name="closing_reopened_with_reason",
                violation_error_message="Indiquez pourquoi cette année est rouverte.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}, clôture {self.number}"
