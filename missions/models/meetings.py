"""Bodies and working groups, their meetings, and what was decided there."""

import secrets
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.fields import FoldedField, WebAddressField
from cpts_portal.core.periods import ends_after_start
from cpts_portal.core.scoping import ScopedManager
from members.models import Professional
from missions.models.actions import Action
from missions.models.missions import CptsMission
from territories.models import Cpts


class Group(models.Model):
    """A body (board, council, assembly) or a working group, with its people."""

    scope_path = "cpts_id"

    class Kind(models.TextChoices):
        WORKING_GROUP = "working", "Groupe de travail"
        BOARD = "board", "Bureau"
        COUNCIL = "council", "Conseil d’administration"
        ASSEMBLY = "assembly", "Assemblée générale"
        STEERING = "steering", "Comité de pilotage"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="meeting_groups", verbose_name="CPTS")
    kind = models.CharField("type", max_length=8, choices=Kind.choices, default=Kind.WORKING_GROUP)
    name = models.CharField("nom", max_length=120)
    purpose = models.TextField("objet", blank=True)
    missions = models.ManyToManyField(CptsMission, blank=True, related_name="groups", verbose_name="missions")
    closed_on = models.DateField("clos le", null=True, blank=True)

    history = HistoricalRecords(
        m2m_fields=[missions], verbose_name="historique du groupe", verbose_name_plural="historique des groupes"
    )
    history_words = HistoryWords(
        created="a créé le groupe « {name} »",
        about="pour le groupe « {name} »",
        moves={"closed_on=*": ("a clos le groupe « {name} », le {closed_on}", "")},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "groupe ou instance"
        verbose_name_plural = "groupes et instances"
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "name"],
                name="group_once_per_cpts",
                violation_error_message="Un groupe porte déjà ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """Somebody who belongs to a group over a period."""

    scope_path = "group__cpts_id"

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="people", verbose_name="groupe")
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="group_memberships", verbose_name="personne"
    )
    is_lead = models.BooleanField("anime le groupe", default=False)
    start = models.DateField("depuis le")
    end = models.DateField("jusqu’au (exclu)", null=True, blank=True)

    history = HistoricalRecords(
        verbose_name="historique de la participation", verbose_name_plural="historique des participations"
    )
    history_words = HistoryWords(
        created="a ajouté {professional} au groupe « {group} »",
        created_many="a ajouté {count} personnes au groupe « {group} » : {professional}",
        about="pour {professional}, groupe « {group} »",
        moves={"end=*": ("a retiré {professional} du groupe « {group} », à compter du {end}", "")},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "membre d’un groupe"
        verbose_name_plural = "membres des groupes"
        ordering = ["-is_lead", "professional__sort_name"]
        constraints = [
            ends_after_start("group_member_ends_after_start"),
            models.UniqueConstraint(
                fields=["group", "professional"],
                condition=Q(end__isnull=True),
                name="group_member_once",
                violation_error_message="Cette personne fait déjà partie du groupe.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional} – {self.group}"


class MeetingSeries(models.Model):
    """Meetings made together from one rule; each lives its own life afterwards."""

    scope_path = "cpts_id"

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", "toutes les semaines"
        FORTNIGHTLY = "fortnightly", "toutes les deux semaines"
        MONTHLY_DAY = "monthly", "tous les mois, le même jour de la semaine"
        QUARTERLY = "quarterly", "tous les trois mois, le même jour de la semaine"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="meeting_series", verbose_name="CPTS")
    rhythm = models.CharField("rythme", max_length=11, choices=Rhythm.choices)
    until = models.DateField("jusqu’au (inclus)")

    history = HistoricalRecords(verbose_name="historique de la série", verbose_name_plural="historique des séries")
    history_words = HistoryWords(created="a créé une série de réunions, {rhythm}, jusqu’au {until}")
    objects = ScopedManager()

    class Meta:
        verbose_name = "série de réunions"
        verbose_name_plural = "séries de réunions"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Série {self.get_rhythm_display()}"


class MeetingState(models.TextChoices):
    """Never stored: read from the moments of a meeting."""

    DRAFT = "draft", "À convoquer"
    CALLED = "called", "Convoquée"
    TO_CLOSE = "to_close", "Présences à verrouiller"
    HELD = "held", "Tenue"
    CANCELLED = "cancelled", "Annulée"


def new_secret() -> str:
    return secrets.token_urlsafe(24)


class Meeting(models.Model):
    """A meeting: called, held, its attendance locked, its minutes published.

    Only a locked attendance counts for an indicator: what feeds a payment cannot change silently.
    """

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="meetings", verbose_name="CPTS")
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name="groupe"
    )
    series = models.ForeignKey(
        MeetingSeries, on_delete=models.SET_NULL, null=True, blank=True, related_name="meetings", verbose_name="série"
    )
    missions = models.ManyToManyField(CptsMission, blank=True, related_name="meetings", verbose_name="missions")
    action = models.ForeignKey(
        Action, on_delete=models.SET_NULL, null=True, blank=True, related_name="meetings", verbose_name="action"
    )
    title = models.CharField("objet", max_length=160)
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    place = models.CharField("lieu", max_length=200, blank=True)
    link = WebAddressField("lien de visioconférence", blank=True)
    agenda = models.TextField("ordre du jour", blank=True)
    called_at = models.DateTimeField("convoquée le", null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True, editable=False)
    cancel_reason = models.CharField("motif de l’annulation", max_length=300, blank=True)
    attendance_locked_at = models.DateTimeField("présences verrouillées le", null=True, blank=True, editable=False)
    attendance_locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="présences verrouillées par",
    )
    minutes = models.TextField("compte rendu", blank=True)
    minutes_published_at = models.DateTimeField("compte rendu publié le", null=True, blank=True, editable=False)
    check_in_secret = models.CharField(max_length=40, default=new_secret, editable=False)
    sequence = models.PositiveSmallIntegerField("version de l’invitation", default=0, editable=False)
    search = FoldedField(max_length=400, sources=("title", "place"))
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        m2m_fields=[missions],
        excluded_fields=["search", "version", "check_in_secret", "sequence"],
        verbose_name="historique de la réunion",
        verbose_name_plural="historique des réunions",
    )
    history_words = HistoryWords(
        created="a créé la réunion « {title} » du {starts_at}",
        created_many="a créé {count} réunions : {title}",
        about="pour la réunion « {title} »",
        fields={
            "title": "l’objet",
            "starts_at": "le début",
            "ends_at": "la fin",
            "place": "le lieu",
            "link": "le lien de visioconférence",
            "agenda": "l’ordre du jour",
            "minutes": "le compte rendu",
            "minutes_published_at": "la date de publication du compte rendu",
        },
        moves={
            "attendance_locked_at=*": ("a verrouillé les présences de « {title} »", ""),
            "attendance_locked_at=None": ("a rouvert les présences de « {title} »", ""),
            "called_at=*": ("a convoqué la réunion « {title} »", "a convoqué {count} réunions"),
            "cancelled_at=*": ("a annulé la réunion « {title} »", ""),
            "minutes_published_at=*": ("a publié le compte rendu de « {title} »", ""),
            "minutes_published_at=None": ("a repris le compte rendu de « {title} »", ""),
        },
        silent=frozenset({"attendance_locked_by"}),
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "réunion"
        verbose_name_plural = "réunions"
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["cpts", "starts_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_start",
                violation_error_message="L’heure de fin doit suivre l’heure de début.",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | ~Q(cancel_reason=""),
                name="meeting_cancelled_with_reason",
                violation_error_message="Indiquez le motif de l’annulation.",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(attendance_locked_at__isnull=True),
                name="meeting_cancelled_was_not_held",
                violation_error_message="Une réunion dont les présences sont verrouillées ne s’annule pas.",
            ),
            models.CheckConstraint(
                condition=Q(attendance_locked_at__isnull=True, attendance_locked_by__isnull=True)
                | Q(attendance_locked_at__isnull=False, attendance_locked_by__isnull=False),
                name="meeting_locked_by_somebody",
                violation_error_message="Un verrou a un auteur.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_locked(self) -> bool:
        return self.attendance_locked_at is not None

    def state_at(self, moment: datetime) -> MeetingState:
        if self.cancelled_at:
            return MeetingState.CANCELLED
        if self.attendance_locked_at:
            return MeetingState.HELD
        if self.ends_at <= moment:
            return MeetingState.TO_CLOSE
        return MeetingState.CALLED if self.called_at else MeetingState.DRAFT


class Decision(models.Model):
    """What a meeting decided, in one sentence, numbered in the order it was taken."""

    scope_path = "meeting__cpts_id"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions", verbose_name="réunion")
    text = models.CharField("décision", max_length=400)
    votes = models.CharField("vote", max_length=120, blank=True, help_text="Par exemple : à l’unanimité.")

    history = HistoricalRecords(
        verbose_name="historique de la décision", verbose_name_plural="historique des décisions"
    )
    history_words = HistoryWords(created="a noté une décision : {text}", deleted="a retiré la décision : {text}")
    objects = ScopedManager()

    class Meta:
        verbose_name = "décision"
        verbose_name_plural = "décisions"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class Task(models.Model):
    """A follow-up decided in a meeting (or for an action): what, who, by when."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="tasks", verbose_name="CPTS")
    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name="réunion"
    )
    action = models.ForeignKey(
        Action, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name="action"
    )
    what = models.CharField("à faire", max_length=200)
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="par"
    )
    due_on = models.DateField("pour le", null=True, blank=True)
    done_on = models.DateField("faite le", null=True, blank=True)

    history = HistoricalRecords(verbose_name="historique de la tâche", verbose_name_plural="historique des tâches")
    history_words = HistoryWords(
        created="a ajouté la tâche « {what} »",
        deleted="a retiré la tâche « {what} »",
        about="pour la tâche « {what} »",
        moves={"done_on=*": ("a terminé la tâche « {what} »", "")},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "tâche"
        verbose_name_plural = "tâches"
        ordering = [F("due_on").asc(nulls_last=True), "pk"]

    def __str__(self) -> str:
        return self.what

    def is_late_on(self, day: date) -> bool:
        return self.done_on is None and self.due_on is not None and self.due_on < day
