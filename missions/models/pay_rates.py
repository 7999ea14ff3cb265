"""What a CPTS decides about the money it pays: settings, dated rates, caps of its own."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.money import ZERO
from cpts_portal.core.periods import ends_after_start
from cpts_portal.core.scoping import ScopedManager
from cpts_portal.core.text import NO_BREAK_SPACE, number_fr
from members.models import Mandate, Profession, Professional
from territories.models import Cpts

MONEY: dict[str, Any] = {"max_digits": 9, "decimal_places": 2}


class Nature(models.TextChoices):
    """Two legal natures (CSP art. D1434-44): lost income of a function held, or counterpart of a mission."""

    INDEMNITY = "indemnity", "Indemnité"
    REMUNERATION = "remuneration", "Rémunération"


class PaySettings(models.Model):
    """What a CPTS decides about the money it pays."""

    scope_path = "cpts_id"

    cpts = models.OneToOneField(Cpts, on_delete=models.CASCADE, related_name="pay_settings", verbose_name="CPTS")
    requires_dues = models.BooleanField(
        "cotisation à jour exigée",
        default=False,
        help_text="À la date de la réunion ou de l’activité ; sans cela, la déclaration est refusée.",
    )
    debtor_name = models.CharField("titulaire du compte de la CPTS", max_length=70, blank=True)
    debtor_iban = models.TextField("IBAN de la CPTS (chiffré)", blank=True, editable=False)
    debtor_iban_end = models.CharField("fin de l’IBAN", max_length=4, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["debtor_iban", "version"],
        verbose_name="historique des réglages",
        verbose_name_plural="historique des réglages",
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "réglages des indemnités"
        verbose_name_plural = "réglages des indemnités"

    def __str__(self) -> str:
        return f"Réglages des indemnités – {self.cpts}"


class PayRate(models.Model):
    """An amount decided by the CPTS for a nature and, when it says so, a profession, an office, an activity.

    The most precise rate wins: activity, then office, then profession. Dated `[start, end[`; frozen when declared.
    A kilometre is worth thousandths of a euro (0,636 €), anything else whole cents.
    """

    scope_path = "cpts_id"

    class Unit(models.TextChoices):
        HOUR = "hour", "par heure"
        FLAT = "flat", "forfait"
        KILOMETRE = "km", "par kilomètre"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="pay_rates", verbose_name="CPTS")
    nature = models.CharField("nature", max_length=12, choices=Nature.choices)
    unit = models.CharField("unité", max_length=4, choices=Unit.choices, default=Unit.HOUR)
    profession = models.ForeignKey(
        Profession, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="profession"
    )
    office = models.CharField("mandat", max_length=20, choices=Mandate.Office.choices, blank=True)
    activity = models.CharField("activité", max_length=120, blank=True)
    amount = models.DecimalField(
        "montant (€)", max_digits=10, decimal_places=3, validators=[MinValueValidator(Decimal("0.001"))]
    )
    start = models.DateField("à partir du")
    end = models.DateField("jusqu’au (exclu)", null=True, blank=True)
    decided_by = models.CharField("décidé par", max_length=160, blank=True, help_text="Exemple : CA du 12 mars 2026.")

    history = HistoricalRecords(verbose_name="historique du tarif", verbose_name_plural="historique des tarifs")
    history_words = HistoryWords(
        created="a fixé un tarif : {nature} {activity} {office} {profession}, {amount} € {unit}, à partir du {start}",
        about="pour le tarif {nature} {activity} {office} {profession}",
        moves={"end=*": ("a mis fin à un tarif, à compter du {end}", "")},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "tarif"
        verbose_name_plural = "tarifs"
        ordering = ["nature", "unit", "activity", "office", "-start"]
        constraints = [
            ends_after_start("pay_rate_ends_after_start"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="pay_rate_positive",
                violation_error_message="Un tarif est supérieur à zéro.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.price}"

    def clean(self) -> None:
        if self.unit != self.Unit.KILOMETRE and self.amount is not None and self.amount != round(self.amount, 2):
            raise ValidationError({"amount": "Montant : deux décimales au plus, trois pour un tarif au kilomètre."})

    @property
    def price(self) -> str:
        """« 60,00 € par heure », « 0,636 € par kilomètre »."""
        decimals = 3 if self.unit == self.Unit.KILOMETRE else 2
        return f"{number_fr(self.amount, decimals)}{NO_BREAK_SPACE}€ {self.get_unit_display()}"


class PayCap(models.Model):
    """The most one person may receive in a calendar year from this CPTS: everybody, an office, or one person."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="pay_caps", verbose_name="CPTS")
    year = models.PositiveSmallIntegerField("année")
    office = models.CharField("mandat", max_length=20, choices=Mandate.Office.choices, blank=True)
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="personne"
    )
    amount = models.DecimalField("plafond (€)", validators=[MinValueValidator(ZERO)], **MONEY)

    history = HistoricalRecords(verbose_name="historique du plafond", verbose_name_plural="historique des plafonds")
    history_words = HistoryWords(created="a fixé un plafond de {amount} € pour {year} {office} {professional}")
    objects = ScopedManager()

    class Meta:
        verbose_name = "plafond de la CPTS"
        verbose_name_plural = "plafonds de la CPTS"
        ordering = ["-year", "office"]

    def __str__(self) -> str:
        return f"Plafond {self.year} : {self.amount} €"
