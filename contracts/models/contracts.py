"""The tripartite contract (ACI): five years, what was agreed at its signature and by each amendment."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from contracts.models.reviews import Party, Review
from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.scoping import ScopedManager
from territories.models import Cpts


class ContractState(models.TextChoices):
    """Never stored: read from the dates of a contract on a day."""

    NEGOTIATED = "negotiated", "En négociation"
    SIGNED = "signed", "Signé, à venir"
    IN_FORCE = "in_force", "En vigueur"
    EXPIRED = "expired", "Échu"
    TERMINATED = "terminated", "Résilié"


@dataclass(frozen=True)
class SignedPeriod:
    """The dates of a signed contract: five years `[start, end[`, unless it was terminated before (`ended_on`)."""

    start: date
    end: date
    ended_on: date | None = None

    @property
    def stop(self) -> date:
        """The first day on which it no longer applies."""
        return self.ended_on or self.end

    def covers(self, day: date) -> bool:
        return self.start <= day < self.stop


class Contract(models.Model):
    """One contract of five years `[starts_on, ends_on[`; both dates are empty until it is signed.

    Termination keeps what the parties wrote about it; the exact clause of the agreement is not confirmed, so the delay
    to answer is a figure of the file, not of the portal.
    """

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="contracts", verbose_name="CPTS")
    reference = models.CharField("référence", max_length=40, blank=True)
    starts_on = models.DateField("prend effet le", null=True, blank=True)
    ends_on = models.DateField("prend fin le (exclu)", null=True, blank=True)
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewal", verbose_name="renouvelle"
    )
    is_recorded = models.BooleanField(
        "repris tel que signé",
        default=False,
        help_text="Contrat signé avant le portail : saisi avec ses dates et ses documents.",
    )
    ended_on = models.DateField("résilié à effet du", null=True, blank=True)
    end_initiator = models.CharField("à l’initiative de", max_length=4, choices=Party.choices, blank=True)
    end_reason = models.TextField("motif de la résiliation", blank=True)
    notice_on = models.DateField("mise en demeure du", null=True, blank=True)
    answer_days = models.PositiveSmallIntegerField("délai de réponse (jours)", null=True, blank=True)
    end_decision = models.TextField("décision", blank=True)
    end_balance = models.DecimalField("solde (€)", max_digits=11, decimal_places=2, null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version"],
        verbose_name="historique du contrat",
        verbose_name_plural="historique des contrats",
    )
    history_words = HistoryWords(
        created="a ouvert un contrat",
        about="pour le contrat {reference}",
        fields={"starts_on": "la date d’effet", "ends_on": "la date de fin"},
        moves={"ended_on=*": ("a résilié le contrat, à effet du {ended_on}", "")},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "contrat ACI"
        verbose_name_plural = "contrats ACI"
        ordering = ["cpts", F("starts_on").desc(nulls_first=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="contract_ends_after_start",
                violation_error_message="La fin du contrat suit son début.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | (~Q(end_reason="") & ~Q(end_initiator="")),
                name="contract_terminated_with_reason",
                violation_error_message="Une résiliation a un motif et un initiateur.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts_on")),
                name="contract_terminated_after_start",
                violation_error_message="La résiliation ne peut pas précéder le contrat.",
            ),
            models.UniqueConstraint(
                fields=["cpts"],
                condition=Q(starts_on__isnull=True),
                name="contract_one_negotiated",
                violation_error_message="Un contrat est déjà en négociation pour cette CPTS.",
            ),
        ]

    def __str__(self) -> str:
        if (period := self.period) is None:
            return "Contrat en négociation"
        return f"Contrat {period.start.year}-{period.end.year}"

    @property
    def period(self) -> SignedPeriod | None:
        """None while it is negotiated."""
        if self.starts_on is None or self.ends_on is None:
            return None
        return SignedPeriod(self.starts_on, self.ends_on, self.ended_on)

    @property
    def last_day(self) -> date | None:
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    def state_on(self, day: date) -> ContractState:
        period = self.period
        if period is None:
            return ContractState.NEGOTIATED
        if period.ended_on and period.ended_on <= day:
            return ContractState.TERMINATED
        if day < period.start:
            return ContractState.SIGNED
        return ContractState.IN_FORCE if day < period.end else ContractState.EXPIRED


class Signature(NamedTuple):
    """When a party signed, and the name and quality of whoever did; without a day it has not."""

    party: Party
    on: date | None = None
    name: str = ""


class ContractVersion(models.Model):
    """The terms agreed on one day: the contract as signed (number 0), then each amendment.

    The terms live in the content of the review (`contracts/terms/terms.py` reads them): population by commune, size,
    missions, rates and indicators as they were. Once signed they are sealed: `terms_sha256` is their print.
    """

    scope_path = "contract__cpts_id"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="versions", verbose_name="contrat")
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="contract_version")
    number = models.PositiveSmallIntegerField("avenant n°", default=0)
    effective_on = models.DateField("prend effet le", null=True, blank=True)
    asked_by = models.CharField("demandé par", max_length=4, choices=Party.choices, default=Party.CPTS)
    reason = models.TextField("raison de la modification", blank=True)
    cpts_signed_on = models.DateField("signé par la CPTS le", null=True, blank=True)
    cpts_signatory = models.CharField("signataire de la CPTS", max_length=120, blank=True)
    ars_signed_on = models.DateField("signé par l’ARS le", null=True, blank=True)
    ars_signatory = models.CharField("signataire de l’ARS", max_length=120, blank=True)
    fund_signed_on = models.DateField("signé par la caisse le", null=True, blank=True)
    fund_signatory = models.CharField("signataire de la caisse", max_length=120, blank=True)
    sealed_at = models.DateTimeField("scellé le", null=True, blank=True, editable=False)
    terms_sha256 = models.CharField("empreinte des termes", max_length=64, blank=True, editable=False)
    sealed_file = models.FileField("contrat signé (PDF)", upload_to="contracts/", blank=True, editable=False)
    file_sha256 = models.CharField("empreinte du PDF", max_length=64, blank=True, editable=False)

    history = HistoricalRecords(
        excluded_fields=["sealed_file"],
        verbose_name="historique de la version",
        verbose_name_plural="historique des versions",
    )
    history_words = HistoryWords(
        created="a ouvert la version {number} du contrat",
        about="pour la version {number} du contrat",
        fields={
            "effective_on": "la date d’effet",
            "reason": "la raison",
            "cpts_signed_on": "la signature de la CPTS",
            "ars_signed_on": "la signature de l’ARS",
            "fund_signed_on": "la signature de la caisse",
            "sealed_at": "le moment où le texte est figé",
        },
        moves={
            "sealed_at=*": ("a scellé le texte, signé par les trois parties", ""),
            "cpts_signed_on=*": ("a enregistré la signature de la CPTS, le {cpts_signed_on} : {cpts_signatory}", ""),
            "ars_signed_on=*": ("a enregistré la signature de l’ARS, le {ars_signed_on} : {ars_signatory}", ""),
            "fund_signed_on=*": ("a enregistré la signature de la caisse, le {fund_signed_on} : {fund_signatory}", ""),
        },
        silent=frozenset({"terms_sha256", "file_sha256"}),
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "version du contrat"
        verbose_name_plural = "versions du contrat"
        ordering = ["contract", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number"],
                name="contract_version_once_per_number",
                violation_error_message="Cette version du contrat existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True)
                | Q(
                    cpts_signed_on__isnull=False,
                    ars_signed_on__isnull=False,
                    fund_signed_on__isnull=False,
                    effective_on__isnull=False,
                )
                & ~Q(terms_sha256=""),
                name="contract_version_sealed_with_three_signatures",
                violation_error_message="Un contrat scellé porte les trois signatures et sa date d’effet.",
            ),
        ]

    @property
    def since(self) -> date:
        """The day from which a sealed text holds; one that is negotiated has none, and asking is a mistake of ours."""
        if self.effective_on is None:
            raise ValueError(f"Version {self.pk} is not sealed: it holds from no day.")
        return self.effective_on

    def __str__(self) -> str:
        return f"Avenant n° {self.number}" if self.number else "Contrat initial"

    @property
    def first_day(self) -> date:
        """The day a signed text takes effect; a constraint gives one to each sealed text."""
        if self.effective_on is None:
            raise ValueError(f"{self} is not signed yet")
        return self.effective_on

    def signed_on(self, party: str) -> date | None:
        return self.signature(party).on

    def signature(self, party: str) -> Signature:
        """`write_signature` is the only one to write it."""
        if Party(party) == Party.CPTS:
            return Signature(Party.CPTS, self.cpts_signed_on, self.cpts_signatory)
        if party == Party.ARS:
            return Signature(Party.ARS, self.ars_signed_on, self.ars_signatory)
        return Signature(Party.FUND, self.fund_signed_on, self.fund_signatory)

    def write_signature(self, signature: Signature) -> None:
        """In the columns of its party; nothing is saved."""
        if signature.party == Party.CPTS:
            self.cpts_signed_on, self.cpts_signatory = signature.on, signature.name
        elif signature.party == Party.ARS:
            self.ars_signed_on, self.ars_signatory = signature.on, signature.name
        else:
            self.fund_signed_on, self.fund_signatory = signature.on, signature.name

    @property
    def signatures(self) -> list[Signature]:
        return [self.signature(party) for party in Party]


class Exchange(models.Model):
    """A quarterly exchange between the three parties about how the contract goes."""

    scope_path = "contract__cpts_id"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="exchanges", verbose_name="contrat")
    planned_on = models.DateField("prévu le")
    held_on = models.DateField("tenu le", null=True, blank=True)
    agenda = models.TextField("ordre du jour", blank=True)
    minutes = models.TextField("compte rendu", blank=True)
    decisions = models.TextField("décisions", blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version"],
        verbose_name="historique de l’échange",
        verbose_name_plural="historique des échanges",
    )
    history_words = HistoryWords(
        created="a prévu un échange trimestriel le {planned_on}",
        created_many="a prévu {count} échanges trimestriels",
        deleted="a retiré l’échange du {planned_on}",
        about="pour l’échange du {planned_on}",
        fields={"agenda": "l’ordre du jour"},
        moves={"held_on=*": ("a noté que l’échange prévu le {planned_on} s’est tenu le {held_on}", "")},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "échange trimestriel"
        verbose_name_plural = "échanges trimestriels"
        ordering = ["planned_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "planned_on"],
                name="exchange_once_per_day",
                violation_error_message="Un échange est déjà prévu ce jour-là.",
            )
        ]

    def __str__(self) -> str:
        return f"Échange du {self.planned_on:%d/%m/%Y}"
