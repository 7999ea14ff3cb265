"""Money paid to professionals: indemnities and remunerations, their rates, the accounts they go to, the batches.

Two legal natures under one yearly ceiling (décret n° 2022-375, CSP art. D1434-44): an indemnity makes up for income
lost by holding a function in the CPTS; a remuneration is the counterpart of taking part in a mission.
"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.money import ZERO
from cpts_portal.core.scoping import ScopedManager
from members.models import Mandate, Professional
from missions.models.actions import Action, Envelope
from missions.models.attendance import Attendance
from missions.models.missions import CptsMission
from missions.models.pay_rates import MONEY, Nature
from territories.models import Cpts


class BankAccount(models.Model):
    """Where a person is paid. The IBAN is encrypted at rest; its last four characters tell accounts apart."""

    scope_path = "professional__cpts_id"

    professional = models.OneToOneField(
        Professional, on_delete=models.CASCADE, related_name="bank_account", verbose_name="personne"
    )
    holder = models.CharField("titulaire", max_length=70)
    iban = models.TextField("IBAN (chiffré)", editable=False)
    iban_end = models.CharField("fin de l’IBAN", max_length=4, editable=False)
    bic = models.CharField("BIC", max_length=11, blank=True)

    history = HistoricalRecords(
        excluded_fields=["iban"],
        verbose_name="historique du compte bancaire",
        verbose_name_plural="historique des comptes bancaires",
    )
    history_words = HistoryWords(
        created="a enregistré un compte bancaire qui se termine par {iban_end}",
        fields={"iban_end": "le compte bancaire (fin de l’IBAN)", "holder": "le titulaire du compte"},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "compte bancaire"
        verbose_name_plural = "comptes bancaires"

    def __str__(self) -> str:
        return f"Compte de {self.professional}"


class PayBatch(models.Model):
    """Lines paid together by one file of transfers."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="pay_batches", verbose_name="CPTS")
    number = models.PositiveIntegerField("numéro")
    execute_on = models.DateField("à exécuter le")
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    exported_at = models.DateTimeField("fichier de virements produit le", null=True, blank=True, editable=False)
    exported_sha256 = models.CharField("empreinte du fichier", max_length=64, blank=True, editable=False)
    paid_on = models.DateField("payé le", null=True, blank=True)

    history = HistoricalRecords(verbose_name="historique du lot", verbose_name_plural="historique des lots")
    history_words = HistoryWords(
        created="a créé le lot de paiement n° {number}",
        about="pour le lot n° {number}",
        moves={
            "exported_at=*": ("a produit le fichier de virements du lot n° {number}", ""),
            "paid_on=*": ("a constaté le paiement du lot n° {number}, le {paid_on}", ""),
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "lot de paiement"
        verbose_name_plural = "lots de paiement"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "number"],
                name="pay_batch_once",
                violation_error_message="Ce numéro de lot existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return f"Lot n° {self.number}"


class PayStatus(models.TextChoices):
    DECLARED = "declared", "Déclarée"
    CHECKED = "checked", "Vérifiée"
    APPROVED = "approved", "Approuvée"
    IN_BATCH = "batch", "Dans un lot"
    PAID = "paid", "Payée"
    REFUSED = "refused", "Refusée"


class PayLine(models.Model):
    """An activity to pay to one person: declared, checked, approved, put in a batch, paid; or refused with a reason.

    `hourly_rate`, `km_rate` and `amount` are frozen at declaration. The calendar year of `day` bears the ceiling.
    Only `missions/pay/payment.py` writes `status`; the constraints tie it to its dates and authors.
    """

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="pay_lines", verbose_name="CPTS")
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="pay_lines", verbose_name="personne"
    )
    nature = models.CharField("nature", max_length=12, choices=Nature.choices)
    day = models.DateField("date de l’activité")
    activity = models.CharField("activité", max_length=160)
    office = models.CharField("au titre du mandat", max_length=20, choices=Mandate.Office.choices, blank=True)
    attendance = models.OneToOneField(
        Attendance, on_delete=models.PROTECT, null=True, blank=True, related_name="pay_line", verbose_name="présence"
    )
    mission = models.ForeignKey(
        CptsMission, on_delete=models.PROTECT, null=True, blank=True, related_name="pay_lines", verbose_name="mission"
    )
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="pay_lines", verbose_name="action"
    )
    envelope = models.CharField("enveloppe", max_length=12, choices=Envelope.choices, default=Envelope.FUNCTIONING)
    hours = models.DecimalField(
        "heures", max_digits=6, decimal_places=2, default=ZERO, validators=[MinValueValidator(ZERO)]
    )
    hourly_rate = models.DecimalField("tarif horaire (€)", default=ZERO, editable=False, **MONEY)
    flat_amount = models.DecimalField("forfait (€)", default=ZERO, validators=[MinValueValidator(ZERO)], **MONEY)
    kilometres = models.DecimalField(
        "kilomètres", max_digits=7, decimal_places=1, default=Decimal("0.0"), validators=[MinValueValidator(ZERO)]
    )
    km_rate = models.DecimalField(
        "tarif au kilomètre (€)", max_digits=6, decimal_places=3, default=ZERO, editable=False
    )
    amount = models.DecimalField("montant (€)", editable=False, **MONEY)
    person_key = models.CharField("personne, toutes CPTS", max_length=40, editable=False)
    status = models.CharField(
        "état", max_length=8, choices=PayStatus.choices, default=PayStatus.DECLARED, editable=False
    )
    declared_at = models.DateTimeField("déclarée le", auto_now_add=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="déclarée par"
    )
    checked_at = models.DateTimeField("vérifiée le", null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="vérifiée par",
    )
    approved_at = models.DateTimeField("approuvée le", null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="approuvée par",
    )
    refused_at = models.DateTimeField("refusée le", null=True, blank=True, editable=False)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="refusée par",
    )
    refusal_reason = models.CharField("motif du refus", max_length=300, blank=True, editable=False)
    batch = models.ForeignKey(
        PayBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="lot"
    )
    paid_on = models.DateField("payée le", null=True, blank=True, editable=False)

    history = HistoricalRecords(
        excluded_fields=["person_key"],
        verbose_name="historique de la déclaration",
        verbose_name_plural="historique des déclarations",
    )
    history_words = HistoryWords(
        created="a déclaré {amount} € pour {professional} ({activity})",
        created_many="a déclaré {count} activités à payer",
        about="pour la déclaration {professional:de}, {activity}",
        fields={"status": "l’état", "amount": "le montant"},
        moves={
            "status=checked": ("a vérifié la déclaration {professional:de}", "a vérifié {count} déclarations"),
            "status=approved": ("a approuvé le paiement à {professional}", "a approuvé {count} paiements"),
            "status=refused": ("a refusé la déclaration {professional:de}", "a refusé {count} déclarations"),
            "status=batch": ("a mis au paiement la déclaration {professional:de} : {batch}", ""),
            "status=paid": ("a constaté le paiement à {professional}, le {paid_on}", ""),
        },
        silent=frozenset(
            {
                *("checked_at", "checked_by", "approved_at", "approved_by"),
                *("refused_at", "refused_by", "refusal_reason", "attendance"),
            }
        ),
    )
    objects = ScopedManager()
    everywhere = models.Manager()  # the ceiling counts every CPTS; only sums leave `missions/pay/ceiling.py`

    class Meta:
        verbose_name = "indemnité ou rémunération"
        verbose_name_plural = "indemnités et rémunérations"
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["person_key", "day"]), models.Index(fields=["cpts", "status"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="pay_line_positive",
                violation_error_message="Le montant à payer est supérieur à zéro : indiquez des heures ou un forfait.",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | (Q(refused_at__isnull=False) & ~Q(refusal_reason="")),
                name="pay_line_refused_with_reason",
                violation_error_message="Indiquez le motif du refus.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "batch", "paid"])
                | Q(checked_at__isnull=False, approved_at__isnull=False, approved_by__isnull=False),
                name="pay_line_approved_after_check",
                violation_error_message="Une déclaration est vérifiée puis approuvée avant d’être payée.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["batch", "paid"]) | Q(batch__isnull=False),
                name="pay_line_paid_in_a_batch",
                violation_error_message="Une déclaration est payée dans un lot.",
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_on__isnull=False),
                name="pay_line_paid_on_a_day",
                violation_error_message="Indiquez la date du paiement.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional} – {self.activity}"


class CeilingAccount(models.Model):
    """What one professional has been granted in a calendar year, across every CPTS: the row that approvals lock.

    `person_key` is her RPPS number, or her record when she has none. It holds no name, and no page shows it.
    """

    person_key = models.CharField("personne", max_length=40)
    year = models.PositiveSmallIntegerField("année")
    granted = models.DecimalField("accordé (€)", max_digits=11, decimal_places=2, default=ZERO)

    class Meta:
        verbose_name = "cumul annuel d’un professionnel"
        verbose_name_plural = "cumuls annuels des professionnels"
        constraints = [
            models.UniqueConstraint(
                fields=["person_key", "year"],
                name="ceiling_account_once",
                violation_error_message="Ce cumul existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(granted__gte=0),
                name="ceiling_account_not_negative",
                violation_error_message="Un cumul n’est pas négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"Cumul {self.year}"


class UserRecord(models.Model):
    """Which record of the register a user of the portal is: needed so that nobody approves money paid to herself."""

    scope_path = "professional__cpts_id"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="records", verbose_name="utilisateur"
    )
    professional = models.OneToOneField(
        Professional, on_delete=models.CASCADE, related_name="user_record", verbose_name="fiche du registre"
    )

    history = HistoricalRecords(verbose_name="historique du lien", verbose_name_plural="historique des liens")
    history_words = HistoryWords(
        created="a reconnu {professional} comme {user}", deleted="ne reconnaît plus {professional} comme {user}"
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "fiche d’un utilisateur"
        verbose_name_plural = "fiches des utilisateurs"

    def __str__(self) -> str:
        return f"{self.user} – {self.professional}"
