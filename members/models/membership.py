"""Membership of the association: periods, colleges, mandates. A person, her membership and her payments are apart."""

from datetime import date

from django.db import models
from django.db.models import Case, Q, Value, When
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.periods import active_on, ends_after_start
from cpts_portal.core.scoping import ScopedManager
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
    def members_on(self, day: date) -> "MembershipQuerySet":
        return self.filter(active_on(day), start__isnull=False)

    def with_status_on(self, day: date) -> "MembershipQuerySet":
        """Annotate `status_value`, with the same rule as `Membership.status_on`."""
        return self.annotate(
            status_value=Case(
                When(refused_on__isnull=False, then=Value(Status.REFUSED)),
                When(start__isnull=True, then=Value(Status.APPLIED)),
                When(start__gt=day, then=Value(Status.UPCOMING)),
                When(end__isnull=False, end__lte=day, then=Value(Status.LEFT)),
                default=Value(Status.MEMBER),
                output_field=models.CharField(),
            )
        )


class Membership(models.Model):
    """One period of membership of a person *or* a structure, from the application to the departure.

    Accepted by the board on a date, it starts on a date (often the same); leaving ends it and deletes nothing.
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
    accepted_on = models.DateField("acceptée par le bureau le", null=True, blank=True)
    refused_on = models.DateField("refusée par le bureau le", null=True, blank=True)
    refusal_reason = models.CharField("motif du refus", max_length=300, blank=True)
    start = models.DateField("adhérent depuis le", null=True, blank=True)
    end = models.DateField("jusqu’au (exclu)", null=True, blank=True)
    leaving_reason = models.CharField("motif du départ", max_length=300, blank=True)

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
        return f"Adhésion de {self.holder}"

    @property
    def holder(self) -> Professional | Structure:
        return self.professional or self.structure

    def status_on(self, day: date) -> Status:
        if self.refused_on:
            return Status.REFUSED
        if self.start is None:
            return Status.APPLIED
        if self.start > day:
            return Status.UPCOMING
        return Status.LEFT if self.end and self.end <= day else Status.MEMBER


class Mandate(models.Model):
    """An office held in the association over a period."""

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
    objects = ScopedManager()

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
