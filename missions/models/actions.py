"""Actions of a CPTS: what is done, by whom, with which money, and what comes out of it."""

from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Sum
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.fields import FoldedField
from cpts_portal.core.money import ZERO
from cpts_portal.core.periods import ends_after_start
from cpts_portal.core.scoping import ScopedManager
from members.models import Professional, Structure
from missions.models.catalogue import SubMission
from missions.models.missions import CptsMission
from territories.models import Cpts


class ActionState(models.TextChoices):
    """Never stored: read from the dates of an action on a day."""

    PLANNED = "planned", "À venir"
    RUNNING = "running", "En cours"
    DONE = "done", "Terminée"
    DROPPED = "dropped", "Abandonnée"


class Action(models.Model):
    """An action of the health project (« fiche action »); it may serve two missions.

    `start` and `end` are the calendar promised (`end`: its last day excluded); `started_on`, `done_on` and `dropped_on`
    are what happened.
    """

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="actions", verbose_name="CPTS")
    missions = models.ManyToManyField(CptsMission, related_name="actions", verbose_name="missions servies")
    parts = models.ManyToManyField(SubMission, blank=True, related_name="+", verbose_name="volets")
    title = models.CharField("titre", max_length=160)
    objective = models.TextField("objectif", blank=True)
    audience = models.CharField("public concerné", max_length=160, blank=True)
    theme = models.CharField("thème", max_length=80, blank=True)
    leads = models.ManyToManyField(Professional, blank=True, related_name="led_actions", verbose_name="référents")
    partner_structures = models.ManyToManyField(
        Structure, blank=True, related_name="partner_actions", verbose_name="structures partenaires"
    )
    partners = models.CharField("autres partenaires", max_length=300, blank=True)
    start = models.DateField("début prévu", null=True, blank=True)
    end = models.DateField("fin prévue (exclue)", null=True, blank=True)
    started_on = models.DateField("commencée le", null=True, blank=True)
    done_on = models.DateField("terminée le", null=True, blank=True)
    dropped_on = models.DateField("abandonnée le", null=True, blank=True)
    drop_reason = models.CharField("motif de l’abandon", max_length=300, blank=True)
    progress = models.PositiveSmallIntegerField(
        "avancement (%)", default=0, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    progress_note = models.TextField("où en est l’action", blank=True)
    search = FoldedField(max_length=500, sources=("title", "theme", "audience", "partners"))
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        m2m_fields=[missions, leads, partner_structures],
        excluded_fields=["search", "version"],
        verbose_name="historique de l’action",
        verbose_name_plural="historique des actions",
    )
    history_words = HistoryWords(
        created="a créé l’action « {title} »",
        deleted="a supprimé l’action « {title} »",
        about="pour l’action « {title} »",
        fields={
            "title": "le titre",
            "theme": "le thème",
            "objective": "l’objectif",
            "audience": "le public concerné",
            "partners": "les autres partenaires",
            "start": "le début prévu",
            "end": "la fin prévue",
            "progress": "l’avancement",
            "progress_note": "le point d’avancement",
            "missions": "les missions servies",
            "leads": "les référents",
            "partner_structures": "les structures partenaires",
        },
        moves={
            "started_on=*": ("a indiqué le début de l’action « {title} », le {started_on}", ""),
            "done_on=*": ("a terminé l’action « {title} », le {done_on}", ""),
            "dropped_on=*": ("a abandonné l’action « {title} », le {dropped_on}", ""),
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "action"
        verbose_name_plural = "actions"
        ordering = ["start", "title"]
        constraints = [
            ends_after_start("action_ends_after_start"),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=100),
                name="action_progress_is_a_percentage",
                violation_error_message="L’avancement va de 0 à 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(dropped_on__isnull=True),
                name="action_done_or_dropped",
                violation_error_message="Une action est terminée ou abandonnée, pas les deux.",
            ),
            models.CheckConstraint(
                condition=Q(dropped_on__isnull=True) | ~Q(drop_reason=""),
                name="action_dropped_with_reason",
                violation_error_message="Indiquez le motif de l’abandon.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def state_on(self, day: date) -> ActionState:
        if self.dropped_on and self.dropped_on <= day:
            return ActionState.DROPPED
        if self.done_on and self.done_on <= day:
            return ActionState.DONE
        return ActionState.RUNNING if self.started_on and self.started_on <= day else ActionState.PLANNED

    def is_late_on(self, day: date) -> bool:
        """Promised to be over by now, or to have begun, and it is not."""
        state = self.state_on(day)
        over = self.end is not None and self.end <= day and state in (ActionState.PLANNED, ActionState.RUNNING)
        return over or (self.start is not None and self.start < day and state == ActionState.PLANNED)


class Deliverable(models.Model):
    """Something an action must hand over: a leaflet, a protocol, a report."""

    scope_path = "action__cpts_id"

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="deliverables", verbose_name="action")
    name = models.CharField("livrable", max_length=160)
    due_on = models.DateField("attendu le", null=True, blank=True)
    delivered_on = models.DateField("remis le", null=True, blank=True)

    history = HistoricalRecords(verbose_name="historique du livrable", verbose_name_plural="historique des livrables")
    history_words = HistoryWords(
        created="a ajouté le livrable « {name} »",
        deleted="a retiré le livrable « {name} »",
        about="pour le livrable « {name} »",
        moves={"delivered_on=*": ("a indiqué la remise du livrable « {name} », le {delivered_on}", "")},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "livrable"
        verbose_name_plural = "livrables"
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.name


class Envelope(models.TextChoices):
    """Where money comes from: the envelopes of the agreement, and what is outside it."""

    MISSION = "mission", "ACI – mission"
    FUNCTIONING = "functioning", "ACI – fonctionnement"
    OWN = "own", "Ressources propres de l’association"
    OTHER = "other", "Autre financement (FIR, collectivité…)"

    @property
    def is_aci(self) -> bool:
        return self in (Envelope.MISSION, Envelope.FUNCTIONING)


class BudgetLineQuerySet(models.QuerySet):
    def totals(self) -> dict[str, Decimal]:
        """planned, committed, spent: euros, zero when there is no line."""
        found = self.aggregate(planned=Sum("planned"), committed=Sum("committed"), spent=Sum("spent"))
        return {name: value or ZERO for name, value in found.items()}


class BudgetLine(models.Model):
    """Euros of one envelope for one action: planned, committed (ordered), spent."""

    scope_path = "action__cpts_id"

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="budget", verbose_name="action")
    envelope = models.CharField("enveloppe", max_length=12, choices=Envelope.choices)
    mission = models.ForeignKey(
        CptsMission,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="budget_lines",
        verbose_name="mission financée",
    )
    label = models.CharField("dépense", max_length=160)
    planned = models.DecimalField(
        "prévu (€)", max_digits=10, decimal_places=2, default=ZERO, validators=[MinValueValidator(ZERO)]
    )
    committed = models.DecimalField(
        "engagé (€)", max_digits=10, decimal_places=2, default=ZERO, validators=[MinValueValidator(ZERO)]
    )
    spent = models.DecimalField(
        "dépensé (€)", max_digits=10, decimal_places=2, default=ZERO, validators=[MinValueValidator(ZERO)]
    )

    history = HistoricalRecords(verbose_name="historique de la dépense", verbose_name_plural="historique des dépenses")
    history_words = HistoryWords(
        created="a ajouté la dépense « {label} » ({planned} € prévus)",
        deleted="a retiré la dépense « {label} »",
        about="pour la dépense « {label} »",
        fields={"planned": "le montant prévu", "committed": "le montant engagé", "spent": "le montant dépensé"},
    )
    objects = ScopedManager.from_queryset(BudgetLineQuerySet)()

    class Meta:
        verbose_name = "ligne de budget"
        verbose_name_plural = "lignes de budget"
        ordering = ["envelope", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned__gte=0, committed__gte=0, spent__gte=0),
                name="budget_line_not_negative",
                violation_error_message="Les montants d’un budget ne sont pas négatifs.",
            ),
            models.CheckConstraint(
                condition=~Q(envelope="mission") | Q(mission__isnull=False),
                name="budget_line_mission_named",
                violation_error_message="Indiquez la mission dont l’enveloppe paie cette dépense.",
            ),
        ]

    def __str__(self) -> str:
        return self.label
