"""Membership of the association: periods, colleges, mandates. A person, her membership and her payments are apart."""

from datetime import date

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.periods import active_on, ends_after_start
from cpts_portal.core.scoping import ScopedManager
from cpts_portal.core.text import de
from members.models.register import Professional, Structure
from territories.models import Cpts


class College(models.Model):
    """A group of members that votes apart in the general assembly, as the statutes define it."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="colleges", verbose_name="CPTS")
    name = models.CharField("nom", max_length=120)
    rank = models.PositiveSmallIntegerField("ordre", default=1)

    history = HistoricalRecords(verbose_name="historique du collège", verbose_name_plural="historique des collèges")
    history_words = HistoryWords(
        created="a créé le collège {name}", deleted="a supprimé le collège {name}", about="pour le collège {name}"
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "collège"
        verbose_name_plural = "collèges"
        ordering = ["rank", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "name"],
                name="college_once_per_cpts",
                violation_error_message="Un collège porte déjà ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Status(models.TextChoices):
    """Never stored: read from the dates of a membership on a day."""

    APPLIED = "applied", "Demande en cours"
    REFUSED = "refused", "Demande refusée"
    UPCOMING = "upcoming", "Adhésion à venir"
    MEMBER = "member", "Adhérent"
    LEFT = "left", "Parti"


class MembershipQuerySet(models.QuerySet):
    """Each condition on a day follows the rule of `Membership.status_on`."""

    def members_on(self, day: date) -> "MembershipQuerySet":
        return self.filter(active_on(day), start__isnull=False)

    def known_on(self, day: date) -> "MembershipQuerySet":
        return self.filter(_known_on(day))

    def awaited_on(self, day: date) -> "MembershipQuerySet":
        """Applied for, or accepted to start later."""
        not_started = Q(start__isnull=True) | Q(start__gt=day)
        return self.known_on(day).not_refused_on(day).filter(not_started)

    def not_refused_on(self, day: date) -> "MembershipQuerySet":
        return self.filter(Q(refused_on__isnull=True) | Q(refused_on__gt=day))

    def with_status_on(self, day: date) -> "MembershipQuerySet":
        """Annotate `status_value`; null before the membership was known."""
        return self.annotate(
            status_value=Case(
                When(refused_on__lte=day, then=Value(Status.REFUSED)),
                When(end__lte=day, then=Value(Status.LEFT)),
                When(start__lte=day, then=Value(Status.MEMBER)),
                When(~_known_on(day), then=Value(None)),
                When(Q(start__isnull=True) | Q(accepted_on__gt=day), then=Value(Status.APPLIED)),
                default=Value(Status.UPCOMING),
                output_field=models.CharField(),
            )
        )


def _known_on(day: date) -> Q:
    """`Membership.known_from` as a condition."""
    undated = Q(applied_on__isnull=True, accepted_on__isnull=True)
    dates = Q(applied_on__lte=day) | Q(accepted_on__lte=day) | Q(refused_on__lte=day) | Q(start__lte=day)
    return dates | (undated & Q(recorded_on__lte=day))


class Membership(models.Model):
    """One period of membership of a person *or* a structure, from the application to the departure.

    Accepted by the board on a date (empty when nobody knows it any more), it starts on a date (often the same);
    leaving ends it and deletes nothing.
    """

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="memberships", verbose_name="CPTS")
    professional = models.ForeignKey(
        Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="professionnel",
    )
    structure = models.ForeignKey(
        Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="structure",
    )
    college = models.ForeignKey(
        College,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="collège",
    )
    applied_on = models.DateField("demande du", null=True, blank=True)
    charter_accepted_on = models.DateField("charte acceptée le", null=True, blank=True)
    accepted_on = models.DateField(
        "acceptée par le bureau le", null=True, blank=True, help_text="Vide quand la date n’est pas connue."
    )
    refused_on = models.DateField("refusée par le bureau le", null=True, blank=True)
    refusal_reason = models.CharField("motif du refus", max_length=300, blank=True)
    start = models.DateField("adhérent depuis le", null=True, blank=True)
    end = models.DateField("jusqu’au (exclu)", null=True, blank=True)
    leaving_reason = models.CharField("motif du départ", max_length=300, blank=True)
    recorded_on = models.DateField("enregistrée dans le portail le", default=timezone.localdate, editable=False)

    history = HistoricalRecords(verbose_name="historique de l’adhésion", verbose_name_plural="historique des adhésions")
    history_words = HistoryWords(
        created="a enregistré une adhésion",
        deleted="a retiré une adhésion",
        fields={
            "applied_on": "la date de la demande",
            "charter_accepted_on": "la date d’acceptation de la charte",
            "accepted_on": "la date d’acceptation par le bureau",
            "refused_on": "la date du refus par le bureau",
            "start": "le début de l’adhésion",
            "end": "la fin de l’adhésion",
            "professional": "la fiche",
            "structure": "la fiche",
        },
    )
    objects = ScopedManager.from_queryset(MembershipQuerySet)()

    class Meta:
        verbose_name = "adhésion"
        verbose_name_plural = "adhésions"
        ordering = ["-start", "-pk"]
        indexes = [models.Index(fields=["cpts", "start", "end"])]
        constraints = [
            ends_after_start("membership_ends_after_start"),
            models.CheckConstraint(
                condition=Q(professional__isnull=False, structure__isnull=True)
                | Q(professional__isnull=True, structure__isnull=False),
                name="membership_person_or_structure",
                violation_error_message="Une adhésion est celle d’une personne ou d’une structure, pas des deux.",
            ),
            models.CheckConstraint(
                condition=Q(refused_on__isnull=True) | Q(start__isnull=True, accepted_on__isnull=True),
                name="membership_refused_never_starts",
                violation_error_message="Une demande refusée ne peut pas devenir une adhésion : créez une demande.",
            ),
            models.UniqueConstraint(
                fields=["professional"],
                condition=Q(end__isnull=True, refused_on__isnull=True, professional__isnull=False),
                name="membership_person_once",
                violation_error_message="Cette personne a déjà une adhésion ou une demande en cours.",
            ),
            models.UniqueConstraint(
                fields=["structure"],
                condition=Q(end__isnull=True, refused_on__isnull=True, structure__isnull=False),
                name="membership_structure_once",
                violation_error_message="Cette structure a déjà une adhésion ou une demande en cours.",
            ),
        ]

    def __str__(self) -> str:
        return f"Adhésion {de(self.holder)}"

    @property
    def holder_id(self) -> int:
        return int(self.professional_id or self.structure_id or 0)

    @property
    def holder(self) -> Professional | Structure:
        if self.professional:
            return self.professional
        if self.structure:
            return self.structure
        raise AttributeError("A membership belongs to a person or to a structure: a constraint of the table says so.")

    @property
    def known_from(self) -> date:
        """Its earliest date; the day it was recorded for a membership to come that has neither of the first two."""
        dates = [self.applied_on, self.accepted_on, self.refused_on, self.start]
        if not (self.applied_on or self.accepted_on):
            dates.append(self.recorded_on)
        return min(day for day in dates if day)

    def status_on(self, day: date) -> Status | None:
        """None before anything was known of it: somebody who applied in 2026 was nobody's applicant in 2015."""
        if self.refused_on and self.refused_on <= day:
            return Status.REFUSED
        if self.start and self.start <= day:
            return Status.LEFT if self.end and self.end <= day else Status.MEMBER
        if day < self.known_from:
            return None
        is_decided = self.start and not (self.accepted_on and self.accepted_on > day)
        return Status.UPCOMING if is_decided else Status.APPLIED

    def shown_status(self, today: date) -> Status:
        """The status of today; of its first day for an application dated ahead."""
        return self.status_on(max(today, self.known_from)) or Status.APPLIED


class MandateQuerySet(models.QuerySet):
    def not_over_on(self, day: date) -> "MandateQuerySet":
        """Held that day or later: a planned end leaves the office held until then."""
        return self.filter(Q(end__isnull=True) | Q(end__gt=day))

    def by_office(self) -> "MandateQuerySet":
        """The presidency first, as the page of mandates shows them; in an office, by name."""
        ranks = [When(office=office, then=Value(rank)) for rank, office in enumerate(Mandate.Office)]
        return self.order_by(Case(*ranks), "professional__sort_name", "start", "pk")


class Mandate(models.Model):
    """An office held in the association over a period, whose end may be known from the beginning."""

    scope_path = "cpts_id"

    class Office(models.TextChoices):
        PRESIDENT = "president", "Présidence"
        VICE_PRESIDENT = "vice_president", "Vice-présidence"
        TREASURER = "treasurer", "Trésorerie"
        DEPUTY_TREASURER = "deputy_treasurer", "Trésorerie adjointe"
        SECRETARY = "secretary", "Secrétariat"
        DEPUTY_SECRETARY = "deputy_secretary", "Secrétariat adjoint"
        BOARD_OF_DIRECTORS = "director", "Conseil d’administration"
        MISSION_LEAD = "mission_lead", "Référence de mission"

    SINGLE_OFFICES = (Office.PRESIDENT, Office.TREASURER, Office.SECRETARY)

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="mandates", verbose_name="CPTS")
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="mandates", verbose_name="personne"
    )
    office = models.CharField("mandat", max_length=20, choices=Office.choices)
    subject = models.CharField("mission", max_length=120, blank=True, help_text="Pour une référence de mission.")
    start = models.DateField("depuis le")
    end = models.DateField("jusqu’au (exclu)", null=True, blank=True)

    history = HistoricalRecords(verbose_name="historique du mandat", verbose_name_plural="historique des mandats")
    history_words = HistoryWords(
        created="a donné le mandat « {office} {subject} », à partir du {start}",
        about="pour le mandat « {office} {subject} »",
        fields={"subject": "la mission", "professional": "la fiche"},
        moves={
            "end=*": (
                "a mis fin au mandat « {office} {subject} », à compter du {end}",
                "a mis fin à {count} mandats, à compter du {end} : {office}",
            )
        },
    )
    objects = ScopedManager.from_queryset(MandateQuerySet)()

    class Meta:
        verbose_name = "mandat"
        verbose_name_plural = "mandats"
        ordering = ["office", "-start"]
        constraints = [
            ends_after_start("mandate_ends_after_start"),
            models.UniqueConstraint(
                fields=["cpts", "office"],
                condition=Q(end__isnull=True, office__in=["president", "treasurer", "secretary"]),
                name="mandate_single_office_once",
                violation_error_message="Ce mandat est déjà tenu : indiquez d’abord sa fin.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_office_display()} – {self.professional}"

    def is_over_on(self, day: date) -> bool:
        return self.end is not None and self.end <= day
