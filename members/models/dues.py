"""Dues by calendar year: the campaign a general assembly decided, what each member owes, what was paid."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Round
from simple_history.models import HistoricalRecords

from cpts_portal.core.scoping import ScopedManager
from members.models.membership import College, Membership
from members.models.nomenclatures import Profession
from territories.models import Cpts

ZERO = Decimal("0.00")


class DuesCampaign(models.Model):
    """The dues of one calendar year (no pro rata: dues are annual)."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="dues_campaigns", verbose_name="CPTS")
    year = models.PositiveSmallIntegerField("année")
    voted_on = models.DateField("montants fixés par l’assemblée générale du", null=True, blank=True)
    due_on = models.DateField("à régler avant le")
    message = models.TextField("texte de l’appel à cotisation", blank=True)

    history = HistoricalRecords(
        verbose_name="historique de la campagne", verbose_name_plural="historique des campagnes"
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "campagne de cotisation"
        verbose_name_plural = "campagnes de cotisation"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "year"],
                name="dues_campaign_once_per_year",
                violation_error_message="La campagne de cotisation de cette année est déjà ouverte.",
            )
        ]

    def __str__(self) -> str:
        return f"Cotisation {self.year}"


class DuesRate(models.Model):
    """An amount of a campaign. The most precise rate wins: profession, then college, then kind of member.

    An amount of zero is an exemption by rule, with its reason (for example a structure under agreement).
    """

    scope_path = "campaign__cpts_id"

    class Kind(models.TextChoices):
        ANYBODY = "", "Tous les adhérents"
        PERSON = "person", "Personnes"
        STRUCTURE = "structure", "Structures"

    campaign = models.ForeignKey(DuesCampaign, on_delete=models.CASCADE, related_name="rates", verbose_name="campagne")
    kind = models.CharField("pour", max_length=9, choices=Kind.choices, blank=True)
    college = models.ForeignKey(
        College, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="collège"
    )
    profession = models.ForeignKey(
        Profession, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="profession"
    )
    amount = models.DecimalField("montant (€)", max_digits=8, decimal_places=2, validators=[MinValueValidator(ZERO)])
    reason = models.CharField("motif d’exonération", max_length=160, blank=True)

    history = HistoricalRecords(verbose_name="historique du montant", verbose_name_plural="historique des montants")
    objects = ScopedManager()

    class Meta:
        verbose_name = "montant de cotisation"
        verbose_name_plural = "montants de cotisation"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.amount} €"


class DuesState(models.TextChoices):
    """Never stored: read from the amount, the payments and the date of the campaign."""

    PAID = "paid", "À jour"
    OWING = "owing", "Reste à payer"
    LATE = "late", "En retard"
    EXEMPT = "exempt", "Exonérée"
    MISSING = "missing", "Sans cotisation"


class DueQuerySet(models.QuerySet):
    def with_paid(self) -> "DueQuerySet":
        """Annotate `paid` (sum of the payments that were not cancelled) and `owed` (what remains, in euros)."""
        money = DecimalField(max_digits=8, decimal_places=2)
        paid = (
            Payment.objects.filter(due=OuterRef("pk"), cancelled_on__isnull=True)
            .order_by()
            .values("due")
            .annotate(total=Sum("amount"))
            .values("total")
        )
        return self.annotate(paid=Coalesce(Subquery(paid), Value(ZERO), output_field=money)).annotate(
            owed=Round(F("amount") - F("paid"), precision=2, output_field=money)
        )

    def in_state(self, state: str, day: date) -> "DueQuerySet":
        """Dues in a state on a day (see `Due.state_on`); those that owe something include the late ones."""
        found = self.with_paid()
        if state == DuesState.PAID:
            return found.filter(owed__lte=0, exemption_reason="")
        if state == DuesState.EXEMPT:
            return found.filter(owed__lte=0).exclude(exemption_reason="")
        owing = found.filter(owed__gt=0)
        return owing.filter(campaign__due_on__lt=day) if state == DuesState.LATE else owing


class Due(models.Model):
    """What one membership owes for one year, with the amount frozen when the campaign was opened."""

    scope_path = "membership__cpts_id"

    campaign = models.ForeignKey(DuesCampaign, on_delete=models.PROTECT, related_name="dues", verbose_name="campagne")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="dues", verbose_name="adhésion")
    amount = models.DecimalField("montant dû (€)", max_digits=8, decimal_places=2, validators=[MinValueValidator(ZERO)])
    exemption_reason = models.CharField("motif d’exonération", max_length=160, blank=True)
    called_at = models.DateTimeField("appel envoyé le", null=True, blank=True)
    reminded_at = models.DateTimeField("dernier rappel le", null=True, blank=True)
    reminders = models.PositiveSmallIntegerField("rappels envoyés", default=0)

    history = HistoricalRecords(
        verbose_name="historique de la cotisation", verbose_name_plural="historique des cotisations"
    )
    objects = ScopedManager.from_queryset(DueQuerySet)()

    class Meta:
        verbose_name = "cotisation"
        verbose_name_plural = "cotisations"
        ordering = ["-campaign__year"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "membership"],
                name="due_once_per_year",
                violation_error_message="La cotisation de cette année existe déjà pour cet adhérent.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} – {self.membership.holder}"

    def state_on(self, day: date) -> DuesState:
        """The state of a due read `with_paid()`; one past its date that owes something is late."""
        if self.owed <= 0:  # type: ignore[attr-defined]
            return DuesState.EXEMPT if self.exemption_reason else DuesState.PAID
        return DuesState.LATE if self.campaign.due_on < day else DuesState.OWING


class Payment(models.Model):
    """Money received for a due. Never deleted: a mistake is cancelled with a reason."""

    scope_path = "due__membership__cpts_id"

    class Method(models.TextChoices):
        TRANSFER = "transfer", "Virement"
        CHEQUE = "cheque", "Chèque"
        CARD = "card", "Carte ou paiement en ligne"
        CASH = "cash", "Espèces"
        HELLOASSO = "helloasso", "HelloAsso"

    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="payments", verbose_name="cotisation")
    amount = models.DecimalField(
        "montant (€)", max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    paid_on = models.DateField("payé le")
    method = models.CharField("moyen de paiement", max_length=10, choices=Method.choices)
    payer = models.CharField("payé par", max_length=160, blank=True)
    receipt_number = models.CharField("numéro de reçu", max_length=20, unique=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="enregistré par",
        editable=False,
    )
    cancelled_on = models.DateField("annulé le", null=True, blank=True)
    cancellation_reason = models.CharField("motif de l’annulation", max_length=200, blank=True)

    history = HistoricalRecords(verbose_name="historique du paiement", verbose_name_plural="historique des paiements")
    objects = ScopedManager()

    class Meta:
        verbose_name = "paiement"
        verbose_name_plural = "paiements"
        ordering = ["-paid_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="payment_positive",
                violation_error_message="Le montant payé doit être supérieur à zéro.",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True) | ~Q(cancellation_reason=""),
                name="payment_cancelled_with_reason",
                violation_error_message="Indiquez le motif de l’annulation.",
            ),
        ]

    def __str__(self) -> str:
        return f"Reçu {self.receipt_number}"
