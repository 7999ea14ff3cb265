"""What the three parties examine together: a letter of intent, a health project, a contract, an amendment, a year.

One table for the five kinds, so that the inbox, the comments, the documents and the visas are the same everywhere.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.scoping import ScopedManager
from cpts_portal.core.text import place_with_article
from territories.models import Agency, Cpts


class Party(models.TextChoices):
    """Who signs: the CPTS, the regional health agency, the lead health-insurance fund."""

    CPTS = "cpts", "CPTS"
    ARS = "ars", "ARS"
    FUND = "fund", "caisse"


AGENCIES = (Party.ARS, Party.FUND)


class ReviewKind(models.TextChoices):
    LETTER = "letter", "Lettre d’intention"
    PROJECT = "project", "Projet de santé"
    CONTRACT = "contract", "Contrat ACI"
    AMENDMENT = "amendment", "Avenant"
    YEAR = "year", "Dialogue de gestion"


class ReviewStatus(models.TextChoices):
    DRAFT = "draft", "En préparation"
    SUBMITTED = "submitted", "À l’examen"
    RETURNED = "returned", "Corrections demandées"
    ACCEPTED = "accepted", "Validé"
    TACIT = "tacit", "Réputé validé"
    OPPOSED = "opposed", "Opposition"
    AGREED = "agreed", "Accord des trois parties"
    SIGNED = "signed", "Signé"
    CLOSED = "closed", "Clos"
    RECORDED = "recorded", "Repris tel quel"
    ABANDONED = "abandoned", "Abandonné"


S = ReviewStatus
OPEN = (S.DRAFT, S.SUBMITTED, S.RETURNED, S.AGREED)
WITH_BOTH_VISAS = (S.ACCEPTED, S.AGREED, S.SIGNED, S.CLOSED)


class Opinion(models.TextChoices):
    FAVOURABLE = "favourable", "Favorable"
    RESERVED = "reserved", "Favorable avec réserves"
    UNFAVOURABLE = "unfavourable", "Défavorable"


@dataclass(frozen=True)
class Visa:
    """What one party said of a submission: when, by whom, with which opinion and reasons, on which submission.

    The CPTS only agrees: its visa has neither opinion nor number. A visa without moment was not given, or taken back.
    """

    party: Party
    at: datetime | None = None
    by_id: int | None = None
    opinion: str = ""
    reasons: str = ""
    number: int = 0

    @property
    def is_given(self) -> bool:
        return self.at is not None

    @property
    def opinion_label(self) -> str:
        return str(Opinion(self.opinion).label) if self.opinion else ""

    def is_older_than(self, number: int) -> bool:
        """Given on a submission before this one: what the agency saw has changed since."""
        return 0 < self.number < number


class ReviewQuerySet(models.QuerySet["Review"]):
    def open(self) -> "ReviewQuerySet":
        return self.filter(status__in=OPEN)

    def with_parties(self) -> "ReviewQuerySet":
        return self.select_related("cpts__ars", "cpts__lead_fund")


class Review(models.Model):
    """One examination. Only its life cycle (`contracts/review/lifecycle.py`) writes `status`, visas and their dates."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="reviews", verbose_name="CPTS")
    kind = models.CharField("nature", max_length=9, choices=ReviewKind.choices)
    title = models.CharField("intitulé", max_length=160)
    status = models.CharField("état", max_length=9, choices=ReviewStatus.choices, default=S.DRAFT)
    content = models.JSONField("contenu", default=dict, blank=True)
    number = models.PositiveSmallIntegerField("dépôts", default=0, help_text="Combien de fois il a été déposé.")
    opened_on = models.DateField("ouvert le")
    submitted_on = models.DateField("déposé le", null=True, blank=True)
    due_on = models.DateField("à rendre avant le", null=True, blank=True)
    decided_on = models.DateField("décidé le", null=True, blank=True)
    decision_reason = models.TextField("motif de la décision", blank=True)
    cpts_agreed_at = models.DateTimeField("accord de la CPTS", null=True, blank=True)
    cpts_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="accord donné par",
    )
    ars_agreed_at = models.DateTimeField("visa de l’ARS", null=True, blank=True)
    ars_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="visa donné par (ARS)",
    )
    ars_opinion = models.CharField("avis de l’ARS", max_length=12, choices=Opinion.choices, blank=True)
    ars_reasons = models.TextField("motifs de l’ARS", blank=True)
    ars_number = models.PositiveSmallIntegerField("dépôt visé par l’ARS", default=0)
    fund_agreed_at = models.DateTimeField("visa de la caisse", null=True, blank=True)
    fund_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="visa donné par (caisse)",
    )
    fund_opinion = models.CharField("avis de la caisse", max_length=12, choices=Opinion.choices, blank=True)
    fund_reasons = models.TextField("motifs de la caisse", blank=True)
    fund_number = models.PositiveSmallIntegerField("dépôt visé par la caisse", default=0)
    moved_at = models.DateTimeField("dernière étape", null=True, blank=True, editable=False)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version", "content", "moved_at", "moved_by"],
        verbose_name="historique de l’examen",
        verbose_name_plural="historique des examens",
    )
    history_words = HistoryWords(
        created="a ouvert : {title}",
        about="pour {title}",
        fields={"title": "l’intitulé", "due_on": "l’échéance"},
    )
    objects = ScopedManager.from_queryset(ReviewQuerySet)()

    class Meta:
        verbose_name = "examen"
        verbose_name_plural = "examens"
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=WITH_BOTH_VISAS) | Q(ars_agreed_at__isnull=False, fund_agreed_at__isnull=False),
                name="review_decided_with_both_visas",
                violation_error_message="Il faut le visa de l’ARS et celui de la caisse.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(S.AGREED, S.SIGNED, S.CLOSED)) | Q(cpts_agreed_at__isnull=False),
                name="review_agreed_with_the_cpts",
                violation_error_message="Il faut l’accord de la CPTS.",
            ),
            models.CheckConstraint(
                condition=~Q(status=S.TACIT) | Q(kind=ReviewKind.PROJECT, decided_on__isnull=False),
                name="review_tacit_project_only",
                violation_error_message="Seul un projet de santé est réputé validé.",
            ),
            models.CheckConstraint(
                condition=~Q(status=S.OPPOSED) | ~Q(decision_reason=""),
                name="review_opposed_with_reason",
                violation_error_message="Une opposition est motivée.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=(S.DRAFT, S.RECORDED, S.ABANDONED)) | Q(submitted_on__isnull=False),
                name="review_submitted_on_a_day",
                violation_error_message="Un examen déposé a une date de dépôt.",
            ),
            models.UniqueConstraint(
                fields=["cpts", "kind"],
                condition=Q(status__in=OPEN) & ~Q(kind=ReviewKind.YEAR),
                name="review_one_open_per_kind",
                violation_error_message="Un dossier de cette nature est déjà ouvert pour cette CPTS.",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="review_inbox")]

    def __str__(self) -> str:
        return self.title

    def agency(self, party: str) -> Agency:
        return self.cpts.ars if party == Party.ARS else self.cpts.lead_fund

    def visa(self, party: str) -> Visa:
        """What this party said last; `write_visa` is the only one to write it."""
        if Party(party) == Party.CPTS:
            return Visa(Party.CPTS, self.cpts_agreed_at, self.cpts_agreed_by_id)
        if party == Party.ARS:
            at, by_id, number = self.ars_agreed_at, self.ars_agreed_by_id, self.ars_number
            return Visa(Party.ARS, at, by_id, self.ars_opinion, self.ars_reasons, number)
        at, by_id, number = self.fund_agreed_at, self.fund_agreed_by_id, self.fund_number
        return Visa(Party.FUND, at, by_id, self.fund_opinion, self.fund_reasons, number)

    def write_visa(self, visa: Visa) -> None:
        """In the columns of its party; nothing is saved."""
        if visa.party == Party.CPTS:
            self.cpts_agreed_at, self.cpts_agreed_by_id = visa.at, visa.by_id
        elif visa.party == Party.ARS:
            self.ars_agreed_at, self.ars_agreed_by_id, self.ars_number = visa.at, visa.by_id, visa.number
            self.ars_opinion, self.ars_reasons = visa.opinion, visa.reasons
        else:
            self.fund_agreed_at, self.fund_agreed_by_id, self.fund_number = visa.at, visa.by_id, visa.number
            self.fund_opinion, self.fund_reasons = visa.opinion, visa.reasons

    def has_agreement_of(self, party: str) -> bool:
        return self.visa(party).is_given

    def holder(self, party: str) -> str:
        """« la CPTS du Penthièvre », « l’ARS Bretagne »: the party by its own name."""
        return place_with_article(self.cpts.full_name if party == Party.CPTS else str(self.agency(party)))

    @property
    def named(self) -> str:
        """« la lettre d’intention », « l’avenant n° 2 »: in a sentence."""
        articles = {ReviewKind.LETTER: "la ", ReviewKind.AMENDMENT: "l’"}
        return f"{articles.get(ReviewKind(self.kind), 'le ')}{self.title[:1].lower()}{self.title[1:]}"


class Submission(models.Model):
    """What was submitted on a day, kept as it was: the text the agencies gave their visa on."""

    scope_path = "review__cpts_id"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="submissions", verbose_name="examen")
    number = models.PositiveSmallIntegerField("dépôt")
    content = models.JSONField("contenu")
    sha256 = models.CharField("empreinte", max_length=64)
    at = models.DateTimeField("déposé le")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="déposé par"
    )

    objects = ScopedManager()

    class Meta:
        verbose_name = "dépôt"
        verbose_name_plural = "dépôts"
        ordering = ["review", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "number"],
                name="submission_once_per_number",
                violation_error_message="Ce dépôt existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.review}, dépôt {self.number}"
