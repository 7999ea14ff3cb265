"""Dues by calendar year: the campaign a general assembly decided, what each member owes, what was paid."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Round
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.fields import KeptSumField
from cpts_portal.core.money import ZERO
from cpts_portal.core.scoping import ScopedManager
from cpts_portal.core.text import euros_fr
from members.models.membership import College, Membership
from members.models.nomenclatures import Profession, StructureKind
from territories.models import Cpts

MONEY = DecimalField(max_digits=8, decimal_places=2)


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
    """An amount of a campaign. The most precise rate wins: profession or type of structure, then college, then kind.

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
    structure_kind = models.CharField("type de structure", max_length=15, choices=StructureKind.choices, blank=True)
    amount = models.DecimalField("montant (€)", max_digits=8, decimal_places=2, validators=[MinValueValidator(ZERO)])
    reason = models.CharField("motif d’exonération", max_length=160, blank=True)

    history = HistoricalRecords(verbose_name="historique du montant", verbose_name_plural="historique des montants")
    objects = ScopedManager()

    class Meta:
        verbose_name = "montant de cotisation"
        verbose_name_plural = "montants de cotisation"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(structure_kind="") | Q(kind="structure", profession__isnull=True),
                name="dues_rate_of_structures",
                violation_error_message="Un type de structure ne concerne que les structures.",
            )
        ]

    def __str__(self) -> str:
        return euros_fr(self.amount)

    @property
    def precision(self) -> tuple[bool, bool, bool]:
        """The rate of the highest precision applies."""
        return bool(self.profession_id or self.structure_kind), self.college_id is not None, bool(self.kind)

    @property
    def audience(self) -> str:
        """« Structures, EHPAD, collège des établissements »: for whom the amount is, in words."""
        parts = [self.get_kind_display(), self.get_structure_kind_display() if self.structure_kind else ""]
        return ", ".join(str(part) for part in (*parts, self.college or "", self.profession or "") if part)


class DuesState(models.TextChoices):
    """Never stored: read from the amount, the payments and the date of the campaign."""

    PAID = "paid", "À jour"
    OWING = "owing", "Reste à payer"
    LATE = "late", "En retard"
    EXEMPT = "exempt", "Exonérée"
    MISSING = "missing", "Sans cotisation"


class DueQuerySet(models.QuerySet):
    def with_counted(self) -> "DueQuerySet":
        """Annotate `counted`, the sum of the payments that were not cancelled: what `paid` keeps."""
        payments = Payment.objects.filter(due=OuterRef("pk"), cancelled_on__isnull=True).order_by().values("due")
        total = Round(Sum("amount"), precision=2, output_field=MONEY)
        counted = Subquery(payments.annotate(total=total).values("total"), output_field=MONEY)
        return self.annotate(counted=Coalesce(counted, Value(ZERO), output_field=MONEY))

    def of_holders(self, *, people: Iterable[int] = (), structures: Iterable[int] = ()) -> "DueQuerySet":
        """The dues of these persons and structures, whichever of their memberships they were asked on."""
        return self.filter(Q(membership__professional__in=people) | Q(membership__structure__in=structures))

    def in_state(self, state: str, day: date, *, campaigns: models.QuerySet) -> "DueQuerySet":
        """Dues of these campaigns in a state on a day (see `Due.state_on`); those that owe include the late ones."""
        if state == DuesState.PAID:
            return self.settled(campaigns).filter(exemption_reason="")
        if state == DuesState.EXEMPT:
            return self.settled(campaigns).exclude(exemption_reason="")
        owing = self.filter(campaign__in=campaigns.order_by().values("pk"), owed__gt=0)
        return owing.filter(campaign__due_on__lt=day) if state == DuesState.LATE else owing

    def settled(self, campaigns: models.QuerySet) -> "DueQuerySet":
        """Dues of these campaigns of which nothing remains to be paid: paid in full, or exempt."""
        return self.filter(campaign__in=campaigns.order_by().values("pk"), owed__lte=0)


class Due(models.Model):
    """What one membership owes for one year, with the amount frozen when the campaign was opened.

    Somebody who leaves and comes back has several memberships and one due: read dues by holder (`of_holders`).
    `paid` is kept by `members/dues/received.py`; the database makes `owed` from it. Both are out of the history, where
    the payments are told.
    """

    scope_path = "campaign__cpts_id"  # that of the membership too, through a far smaller table

    campaign = models.ForeignKey(DuesCampaign, on_delete=models.PROTECT, related_name="dues", verbose_name="campagne")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="dues", verbose_name="adhésion")
    amount = models.DecimalField(
        "montant appelé (€)", max_digits=8, decimal_places=2, validators=[MinValueValidator(ZERO)]
    )
    forgiven = models.DecimalField(
        "somme remise (€)", max_digits=8, decimal_places=2, default=ZERO, validators=[MinValueValidator(ZERO)]
    )
    exemption_reason = models.CharField("motif d’exonération", max_length=160, blank=True)
    paid = KeptSumField("somme reçue (€)", max_digits=8, decimal_places=2)
    owed = models.GeneratedField(
        verbose_name="reste dû (€)",
        expression=Round(F("amount") - F("forgiven") - F("paid"), precision=2, output_field=MONEY),
        output_field=MONEY,
        db_persist=True,
    )
    called_at = models.DateTimeField("appel envoyé le", null=True, blank=True)
    reminded_at = models.DateTimeField("dernier rappel le", null=True, blank=True)
    reminders = models.PositiveSmallIntegerField("rappels envoyés", default=0)

    history = HistoricalRecords(
        verbose_name="historique de la cotisation",
        verbose_name_plural="historique des cotisations",
        excluded_fields=["paid", "owed"],
    )
    history_words = HistoryWords(
        created="a appelé la « {campaign} » : {amount} €",
        deleted="a supprimé la « {campaign} »",
        about="pour la « {campaign} »",
        fields={
            "amount": "le montant appelé",
            "forgiven": "la somme remise",
            "exemption_reason": "le motif d’exonération",
            "called_at": "la date d’envoi de l’appel",
            "reminded_at": "la date du rappel",
            "reminders": "le nombre de rappels",
            "membership": "l’adhésion",
        },
        moves={
            "forgiven=*": ("a remis {forgiven} € de la « {campaign} » ({exemption_reason})", ""),
            "called_at=*": ("a envoyé l’appel de la « {campaign} »", ""),
            **{
                f"reminders={n}": ("a envoyé le rappel n° {reminders} de la « {campaign} », le {reminded_at}", "")
                for n in range(1, 10)
            },
        },
    )
    objects = ScopedManager.from_queryset(DueQuerySet)()

    class Meta:
        verbose_name = "cotisation"
        verbose_name_plural = "cotisations"
        ordering = ["-campaign__year"]
        indexes = [models.Index(fields=["campaign", "owed", "membership"], name="due_by_what_is_owed")]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "membership"],
                name="due_once_per_year",
                violation_error_message="La cotisation de cette année existe déjà pour cet adhérent.",
            ),
            models.CheckConstraint(
                condition=Q(forgiven__gte=0, forgiven__lte=F("amount")),
                name="due_forgiven_within_amount",
                violation_error_message="La somme remise ne peut pas dépasser le montant appelé.",
            ),
            models.CheckConstraint(
                condition=Q(forgiven=0) | ~Q(exemption_reason=""),
                name="due_forgiven_with_reason",
                violation_error_message="Indiquez le motif de l’exonération.",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0),
                name="due_paid_not_negative",
                violation_error_message="La somme reçue ne peut pas être négative.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} – {self.membership.holder}"

    def state_on(self, day: date) -> DuesState:
        """The state of a due as it was read; one past its date that owes something is late."""
        if self.owed <= 0:
            return DuesState.EXEMPT if self.exemption_reason else DuesState.PAID
        return DuesState.LATE if self.campaign.due_on < day else DuesState.OWING


class Payment(models.Model):
    """Money received for a due. Never deleted: a mistake is cancelled with a reason."""

    scope_path = "due__campaign__cpts_id"

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
    history_words = HistoryWords(
        created="a enregistré un paiement de {amount} € reçu le {paid_on}, reçu {receipt_number}",
        deleted="a supprimé le paiement {receipt_number}",
        about="pour le paiement {receipt_number}",
        fields={
            "paid_on": "la date du paiement",
            "method": "le moyen de paiement",
            "payer": "le payeur",
            "cancelled_on": "la date d’annulation",
            "cancellation_reason": "le motif de l’annulation",
            "due": "la cotisation",
        },
        moves={
            "cancelled_on=*": (
                "a annulé le paiement {receipt_number} de {amount} €, le {cancelled_on} : {cancellation_reason}",
                "",
            )
        },
    )
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
