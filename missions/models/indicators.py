"""Indicators of a CPTS: what is measured, the yearly target, the amount it earns."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.fields import FoldedField
from cpts_portal.core.money import ZERO
from cpts_portal.core.scoping import ScopedManager
from missions.models.actions import Action
from missions.models.catalogue import (
    Aggregation,
    Cadence,
    Counted,
    DataSource,
    Direction,
    IndicatorKind,
    Method,
    ProofKind,
)
from missions.models.missions import CptsMission, Exercise

VALUE: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}


class Indicator(models.Model):
    """What is measured for one mission, in words and in rules; its targets are yearly (`Target`)."""

    scope_path = "mission__cpts_id"

    mission = models.ForeignKey(
        CptsMission, on_delete=models.PROTECT, related_name="indicators", verbose_name="mission"
    )
    action = models.ForeignKey(
        Action, on_delete=models.SET_NULL, null=True, blank=True, related_name="indicators", verbose_name="action"
    )
    name = models.CharField("intitulé", max_length=200)
    kind = models.CharField("type", max_length=10, choices=IndicatorKind.choices)
    unit = models.CharField("unité", max_length=40, help_text="Par exemple : patients, réunions, %.")
    decimals = models.PositiveSmallIntegerField("décimales affichées", default=0)
    source = models.CharField("source des données", max_length=8, choices=DataSource.choices)
    formula = models.TextField("calcul en toutes lettres", blank=True)
    direction = models.CharField("sens attendu", max_length=4, choices=Direction.choices, default=Direction.UP)
    baseline = models.DecimalField("valeur de départ", null=True, blank=True, **VALUE)
    baseline_on = models.DateField("constatée le", null=True, blank=True)
    method = models.CharField("calcul de l’atteinte", max_length=6, choices=Method.choices, default=Method.BINARY)
    cadence = models.CharField("rythme de saisie", max_length=7, choices=Cadence.choices, default=Cadence.YEAR)
    aggregation = models.CharField("sur l’année", max_length=4, choices=Aggregation.choices, default=Aggregation.LAST)
    counted = models.CharField("compté par le portail", max_length=12, choices=Counted.choices, blank=True)
    is_active = models.BooleanField("suivi", default=True)
    rank = models.PositiveSmallIntegerField("ordre", default=1)
    search = FoldedField(max_length=400, sources=("name", "unit"))
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["search", "version"],
        verbose_name="historique de l’indicateur",
        verbose_name_plural="historique des indicateurs",
    )
    history_words = HistoryWords(
        created="a créé l’indicateur « {name} »",
        about="pour l’indicateur « {name} »",
        fields={"name": "l’intitulé", "baseline": "la valeur de départ", "direction": "le sens attendu"},
        moves={
            "is_active=False": ("a cessé de suivre l’indicateur « {name} »", ""),
            "is_active=True": ("suit de nouveau l’indicateur « {name} »", ""),
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "indicateur"
        verbose_name_plural = "indicateurs"
        ordering = ["mission__mission__rank", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "name"],
                name="indicator_once_per_mission",
                violation_error_message="Cette mission a déjà un indicateur de cet intitulé.",
            ),
            models.CheckConstraint(
                condition=~Q(method="linear") | Q(baseline__isnull=False),
                name="indicator_linear_has_baseline",
                violation_error_message="Une atteinte proportionnelle demande une valeur de départ.",
            ),
            models.CheckConstraint(
                condition=Q(baseline__isnull=True) | Q(baseline_on__isnull=False),
                name="indicator_baseline_dated",
                violation_error_message="Indiquez à quelle date la valeur de départ a été constatée.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExpectedProof(models.Model):
    """A kind of proof that the contract asks for: without it, a result is not proven."""

    scope_path = "indicator__mission__cpts_id"

    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="expected_proofs", verbose_name="indicateur"
    )
    kind = models.CharField("preuve attendue", max_length=10, choices=ProofKind.choices)
    detail = models.CharField("précision", max_length=160, blank=True)

    history = HistoricalRecords(
        verbose_name="historique de la preuve attendue", verbose_name_plural="historique des preuves attendues"
    )
    history_words = HistoryWords(
        created="attend une preuve : {kind} {detail}", deleted="n’attend plus de preuve : {kind} {detail}"
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "preuve attendue"
        verbose_name_plural = "preuves attendues"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "kind", "detail"],
                name="expected_proof_once",
                violation_error_message="Cette preuve est déjà attendue.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.detail})" if self.detail else self.get_kind_display()


class Target(models.Model):
    """What an indicator must reach in one year of the contract, and the euros it earns at most.

    `kind` says how `value` is meant: the figure itself, a difference from the baseline (+700), or a share of it in
    percent (-10). `written` is the final figure as the contract spells it, when it does: the two must agree.
    """

    scope_path = "exercise__cpts_id"

    class Kind(models.TextChoices):
        ABSOLUTE = "absolute", "valeur à atteindre"
        DELTA = "delta", "écart avec la valeur de départ"
        RATE = "rate", "évolution en % de la valeur de départ"

    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="targets", verbose_name="indicateur"
    )
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="targets", verbose_name="année")
    kind = models.CharField("cible exprimée en", max_length=8, choices=Kind.choices, default=Kind.ABSOLUTE)
    value = models.DecimalField("cible", null=True, blank=True, **VALUE)
    written = models.DecimalField(
        "valeur écrite au contrat",
        null=True,
        blank=True,
        help_text="La valeur finale telle que le contrat l’écrit : le portail vérifie qu’elle concorde.",
        **VALUE,
    )
    amount = models.DecimalField(
        "montant maximal (€)", max_digits=9, decimal_places=2, default=ZERO, validators=[MinValueValidator(ZERO)]
    )
    carried_from = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name="reportée de l’année précédente",
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version"],
        verbose_name="historique de la cible",
        verbose_name_plural="historique des cibles",
    )
    history_words = HistoryWords(
        created="a fixé la cible de « {indicator} » : {exercise}",
        created_many="a fixé {count} cibles de « {indicator} » : {exercise}",
        named_with=("indicator", "exercise"),
        about="pour la cible de « {indicator} », {exercise}",
        fields={
            "value": "la cible",
            "written": "la valeur écrite au contrat",
            "amount": "le montant maximal",
            "kind": "la façon d’exprimer la cible",
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "cible annuelle"
        verbose_name_plural = "cibles annuelles"
        ordering = ["exercise__number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "exercise"],
                name="target_once_per_year",
                violation_error_message="La cible de cette année est déjà fixée.",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="target_amount_not_negative",
                violation_error_message="Le montant n’est pas négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.exercise}"


class ResultEnvelope(models.Model):
    """The euros that the contract attaches to the results of one mission in one year: its targets should add up to it.

    A difference is shown, never adjusted.
    """

    scope_path = "exercise__cpts_id"

    mission = models.ForeignKey(
        CptsMission, on_delete=models.CASCADE, related_name="result_envelopes", verbose_name="mission"
    )
    exercise = models.ForeignKey(
        Exercise, on_delete=models.PROTECT, related_name="result_envelopes", verbose_name="année"
    )
    amount = models.DecimalField(
        "part variable (€)", max_digits=9, decimal_places=2, validators=[MinValueValidator(ZERO)]
    )

    history = HistoricalRecords(
        verbose_name="historique de la part variable", verbose_name_plural="historique des parts variables"
    )
    history_words = HistoryWords(
        created="a noté la part variable de {mission} : {amount} € ({exercise})",
        about="pour la part variable de {mission}, {exercise}",
        fields={"amount": "le montant"},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "part variable d’une mission"
        verbose_name_plural = "parts variables des missions"
        ordering = ["exercise__number", "mission__mission__rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "exercise"],
                name="result_envelope_once_per_year",
                violation_error_message="La part variable de cette mission est déjà notée pour cette année.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.mission}, {self.exercise}"


class Step(models.Model):
    """A « palier » of a target: reaching `bound` (in the expected direction) earns `amount` euros."""

    scope_path = "target__exercise__cpts_id"

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="steps", verbose_name="cible")
    bound = models.DecimalField("seuil", **VALUE)
    amount = models.DecimalField("montant (€)", max_digits=9, decimal_places=2, validators=[MinValueValidator(ZERO)])

    history = HistoricalRecords(verbose_name="historique du palier", verbose_name_plural="historique des paliers")
    history_words = HistoryWords(
        created="a ajouté un palier à {bound} ({amount} €)", deleted="a retiré le palier à {bound}"
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "palier"
        verbose_name_plural = "paliers"
        ordering = ["amount"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "bound"],
                name="step_once_per_bound",
                violation_error_message="Un palier existe déjà à ce seuil.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bound} → {self.amount} €"
