"""The years of a contract, what the fund pays, and what helps besides."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from contracts.models.contracts import Contract
from contracts.models.rates import EUROS, WHOLE_CPTS_FIRST, Part, envelope_name
from contracts.models.reviews import Review
from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.scoping import ScopedManager
from missions.models import Exercise, OfficialMission
from territories.models import Cpts


class ContractYear(models.Model):
    """A year of the contract: its period is that of the exercise of the missions, its review is the yearly one."""

    scope_path = "contract__cpts_id"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="years", verbose_name="contrat")
    exercise = models.OneToOneField(
        Exercise, on_delete=models.PROTECT, related_name="contract_year", verbose_name="année"
    )
    review = models.OneToOneField(
        Review,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contract_year",
        verbose_name="dialogue de gestion",
    )
    meeting_on = models.DateField("dialogue de gestion tenu le", null=True, blank=True)
    record = models.TextField("relevé de décisions", blank=True)
    crisis_on = models.DateField("crise reconnue par l’ARS le", null=True, blank=True)
    crisis_text = models.CharField("décision de reconnaissance", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version"],
        verbose_name="historique de l’année",
        verbose_name_plural="historique des années",
    )
    history_words = HistoryWords(
        named_with=("exercise",),
        created="a ouvert dans le contrat : {exercise}",
        created_many="a ouvert {count} années du contrat",
        about="pour {exercise}",
        fields={"record": "le relevé de décisions", "meeting_on": "la date du dialogue de gestion"},
        moves={
            "crisis_on=*": ("a noté la crise reconnue le {crisis_on} : {crisis_text}", ""),
            "review=*": ("a ouvert le dialogue de gestion", ""),
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "année financée"
        verbose_name_plural = "années financées"
        ordering = ["contract", "exercise__number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(crisis_on__isnull=True) | ~Q(crisis_text=""),
                name="year_crisis_with_its_decision",
                violation_error_message="Indiquez la décision de l’ARS qui reconnaît la crise.",
            )
        ]

    def __str__(self) -> str:
        return str(self.exercise)


class FundPayment(models.Model):
    """Money from the fund to the CPTS: proposed by the portal, decided by the fund, then paid and reconciled.

    A recovery is a negative line with its reason. Nothing is ever erased: a proposal may be set aside.
    """

    scope_path = "year__contract__cpts_id"

    class Kind(models.TextChoices):
        ADVANCE = "advance", "Avance"
        BALANCE = "balance", "Solde"
        CORRECTION = "correction", "Régularisation"
        RECOVERY = "recovery", "Récupération"

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Proposé"
        DECIDED = "decided", "Décidé"
        PAID = "paid", "Versé"
        SET_ASIDE = "set_aside", "Écarté"

    year = models.ForeignKey(ContractYear, on_delete=models.PROTECT, related_name="payments", verbose_name="année")
    mission = models.ForeignKey(
        OfficialMission, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="mission"
    )
    part = models.CharField("enveloppe", max_length=11, choices=Part.choices)
    kind = models.CharField("nature", max_length=10, choices=Kind.choices)
    amount = models.DecimalField("montant (€)", **EUROS)
    due_on = models.DateField("échéance")
    explanation = models.TextField("calcul", blank=True)
    confidence = models.CharField("fiabilité", max_length=10, blank=True)
    reason = models.TextField("motif", blank=True)
    status = models.CharField("état", max_length=9, choices=Status.choices, default=Status.PROPOSED)
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="décidé par",
    )
    paid_on = models.DateField("versé le", null=True, blank=True)
    reference = models.CharField("référence du virement", max_length=60, blank=True)
    received_on = models.DateField("reçu par la CPTS le", null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version"],
        verbose_name="historique du versement",
        verbose_name_plural="historique des versements",
    )
    history_words = HistoryWords(
        created="a proposé un versement de {amount} €",
        created_many="a proposé {count} versements",
        about="pour le versement de {amount} €",
        fields={
            "amount": "le montant",
            "reason": "le motif",
            "paid_on": "la date du versement",
            "reference": "la référence du virement",
            "received_on": "la date de réception",
        },
        moves={
            "status=decided": (
                "a décidé un versement de {amount} € (décision de {decided_by}, le {decided_at})",
                "a décidé {count} versements",
            ),
            "status=paid": (
                "a enregistré le versement de {amount} €, le {paid_on}, référence {reference}",
                "a enregistré {count} versements",
            ),
            "status=set_aside": ("a écarté un versement de {amount} € : {reason}", "a écarté {count} versements"),
            "received_on=*": ("a constaté la réception de {amount} €, le {received_on}", ""),
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "versement de la caisse"
        verbose_name_plural = "versements de la caisse"
        ordering = ["due_on", WHOLE_CPTS_FIRST, "part", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="recovery", amount__lt=0)
                | (~Q(kind="recovery") & ~Q(kind="correction") & Q(amount__gte=0))
                | Q(kind="correction"),
                name="fund_payment_sign_fits_kind",
                violation_error_message="Une récupération est négative ; une avance ou un solde ne l’est pas.",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("recovery", "correction")) | ~Q(reason=""),
                name="fund_payment_correction_with_reason",
                violation_error_message="Indiquez le motif.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("decided", "paid")) | Q(decided_at__isnull=False),
                name="fund_payment_decided_on_a_day",
                violation_error_message="Un versement décidé a une date de décision.",
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_on__isnull=False),
                name="fund_payment_paid_on_a_day",
                violation_error_message="Un versement effectué a une date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} : {self.envelope}"

    @property
    def envelope(self) -> str:
        return envelope_name(self.part, self.mission)


class OtherResource(models.Model):
    """What helps the CPTS besides the contract: start-up money of the ARS, premises lent by a municipality."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="other_resources", verbose_name="CPTS")
    label = models.CharField("ressource", max_length=160)
    giver = models.CharField("apportée par", max_length=120)
    amount = models.DecimalField(
        "montant (€)", null=True, blank=True, help_text="Vide pour un apport en nature.", **EUROS
    )
    received_on = models.DateField("reçue le", null=True, blank=True)
    note = models.TextField("précision", blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version"],
        verbose_name="historique de la ressource",
        verbose_name_plural="historique des ressources",
    )
    history_words = HistoryWords(
        created="a noté la ressource « {label} »",
        deleted="a retiré la ressource « {label} »",
        about="pour la ressource « {label} »",
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "autre ressource"
        verbose_name_plural = "autres ressources"
        ordering = [F("received_on").desc(nulls_last=True), "pk"]

    def __str__(self) -> str:
        return self.label
