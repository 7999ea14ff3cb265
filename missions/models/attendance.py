"""Who was invited to a meeting, who answered, who was there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.fields import FoldedField
from cpts_portal.core.scoping import ScopedManager
from members.models import Professional
from missions.models.meetings import Meeting, new_secret


class Attendance(models.Model):
    """A person and a meeting: invited, answered, present. A guest is known by name only, and is never a member.

    `was_member` is written when the attendance is locked: members and others are then counted as they were that day.
    """

    scope_path = "meeting__cpts_id"

    class Answer(models.TextChoices):
        NONE = "", "Sans réponse"
        YES = "yes", "Vient"
        MAYBE = "maybe", "Peut-être"
        NO = "no", "Ne vient pas"

    class Presence(models.TextChoices):
        UNKNOWN = "", "Non pointé"
        PRESENT = "present", "Présent"
        EXCUSED = "excused", "Excusé"
        ABSENT = "absent", "Absent"

    class Means(models.TextChoices):
        LIST = "list", "liste"
        CODE = "code", "code affiché dans la salle"
        CORRECTION = "correction", "correction"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances", verbose_name="réunion")
    professional = models.ForeignKey(
        Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name="personne du registre",
    )
    guest_name = models.CharField("nom de l’invité", max_length=120, blank=True)
    guest_organisation = models.CharField("organisme", max_length=120, blank=True)
    guest_email = models.EmailField("adresse électronique", blank=True)
    token = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    invited_at = models.DateTimeField("invité le", null=True, blank=True, editable=False)
    answer = models.CharField("réponse", max_length=5, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True, editable=False)
    presence = models.CharField("présence", max_length=7, choices=Presence.choices, blank=True)
    means = models.CharField("pointé par", max_length=10, choices=Means.choices, blank=True)
    arrived_at = models.TimeField("arrivé à", null=True, blank=True, help_text="En cas de retard.")
    left_at = models.TimeField("parti à", null=True, blank=True, help_text="En cas de départ avant la fin.")
    confirmed_at = models.DateTimeField("présence confirmée par courriel le", null=True, blank=True, editable=False)
    was_member = models.BooleanField("adhérent ce jour-là", null=True, editable=False)
    search = FoldedField(max_length=300, sources=("guest_name", "guest_organisation"))

    history = HistoricalRecords(
        excluded_fields=["search", "token"],
        verbose_name="historique de la présence",
        verbose_name_plural="historique des présences",
    )
    history_words = HistoryWords(
        created="a invité {professional} {guest_name}",
        created_many="a invité {count} personnes",
        deleted="a retiré {professional} {guest_name} de la liste",
        deleted_many="a retiré {count} personnes de la liste",
        about="pour {professional} {guest_name}",
        fields={
            "answer": "la réponse",
            "presence": "la présence",
            "arrived_at": "l’heure d’arrivée",
            "left_at": "l’heure de départ",
        },
        moves={
            "presence=present": ("a noté présent : {professional} {guest_name}", "a noté {count} personnes présentes"),
            "presence=excused": ("a noté excusé : {professional} {guest_name}", "a noté {count} personnes excusées"),
            "presence=absent": ("a noté absent : {professional} {guest_name}", "a noté {count} personnes absentes"),
            "invited_at=*": ("a envoyé l’invitation à {professional} {guest_name}", "a envoyé {count} invitations"),
        },
        silent=frozenset({"answered_at", "means", "confirmed_at", "was_member"}),
    )
    objects = ScopedManager()
    by_link = models.Manager()  # answers and check-in: a visitor has no scope, only the secret link

    class Meta:
        verbose_name = "présence"
        verbose_name_plural = "présences"
        ordering = ["professional__sort_name", "guest_name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(professional__isnull=False, guest_name="")
                | (Q(professional__isnull=True) & ~Q(guest_name="")),
                name="attendance_professional_or_guest",
                violation_error_message="Indiquez une personne du registre ou le nom d’un invité, pas les deux.",
            ),
            models.UniqueConstraint(
                fields=["meeting", "professional"],
                condition=Q(professional__isnull=False),
                name="attendance_once",
                violation_error_message="Cette personne est déjà sur la liste.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.professional) if self.professional_id else self.guest_name

    @property
    def is_present(self) -> bool:
        return self.presence == self.Presence.PRESENT


class AttendanceCorrection(models.Model):
    """A change of a locked attendance: asked by one person with a reason, accepted or refused by another."""

    scope_path = "attendance__meeting__cpts_id"

    attendance = models.ForeignKey(
        Attendance, on_delete=models.CASCADE, related_name="corrections", verbose_name="présence"
    )
    presence = models.CharField("présence corrigée", max_length=7, choices=Attendance.Presence.choices)
    arrived_at = models.TimeField("arrivé à", null=True, blank=True)
    left_at = models.TimeField("parti à", null=True, blank=True)
    reason = models.CharField("motif", max_length=300)
    asked_at = models.DateTimeField("demandée le", auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="demandée par"
    )
    decided_at = models.DateTimeField("décidée le", null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="décidée par",
    )
    is_accepted = models.BooleanField("acceptée", null=True, editable=False)

    objects = ScopedManager()

    class Meta:
        verbose_name = "correction de présence"
        verbose_name_plural = "corrections de présences"
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="correction_by_two_people",
                violation_error_message="Une correction est décidée par une autre personne que celle qui la demande.",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, is_accepted__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, is_accepted__isnull=False),
                name="correction_decided_whole",
                violation_error_message="Une décision a une date, un auteur et un sens.",
            ),
            models.UniqueConstraint(
                fields=["attendance"],
                condition=Q(decided_at__isnull=True),
                name="correction_one_waiting",
                violation_error_message="Une correction de cette présence attend déjà une décision.",
            ),
        ]

    def __str__(self) -> str:
        return f"Correction – {self.attendance}"
