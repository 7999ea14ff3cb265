"""The missions of a CPTS and the years over which they are measured."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.periods import ends_after_start
from cpts_portal.core.scoping import ScopedManager
from missions.models.catalogue import OfficialMission
from territories.models import Cpts


class Exercise(models.Model):
    """A year of the contract, from anniversary to anniversary `[start, end[`: what targets and results belong to.

    Contracts run from their signature, not from January; a CPTS without contract may use calendar years.
    """

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="exercises", verbose_name="CPTS")
    number = models.PositiveSmallIntegerField("rang")
    start = models.DateField("du")
    end = models.DateField("au (exclu)")

    history = HistoricalRecords(verbose_name="historique de l’année", verbose_name_plural="historique des années")
    history_words = HistoryWords(
        created="a ouvert l’année {number} du contrat, à partir du {start}",
        created_many="a ouvert {count} années du contrat",
        about="pour l’année {number} du contrat",
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "année du contrat"
        verbose_name_plural = "années du contrat"
        ordering = ["cpts", "number"]
        constraints = [
            ends_after_start("exercise_ends_after_start"),
            models.UniqueConstraint(
                fields=["cpts", "number"],
                name="exercise_once_per_number",
                violation_error_message="Cette année du contrat existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["cpts", "start"],
                name="exercise_once_per_start",
                violation_error_message="Une année du contrat commence déjà ce jour-là.",
            ),
        ]

    def __str__(self) -> str:
        return f"Année {self.number}"

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    def covers(self, day: date) -> bool:
        return self.start <= day < self.end


class MissionState(models.TextChoices):
    """Never stored: read from the dates of a mission on a day."""

    PLANNED = "planned", "À démarrer"
    STARTED = "started", "Démarrée"
    DEPLOYED = "deployed", "Déployée"
    STOPPED = "stopped", "Arrêtée"


class CptsMission(models.Model):
    """An official mission as one CPTS carries it out: what was promised, what happened.

    The delays of the agreement run from `agreed_on` (signature of the contract).
    """

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="missions", verbose_name="CPTS")
    mission = models.ForeignKey(
        OfficialMission, on_delete=models.PROTECT, related_name="in_cpts", verbose_name="mission"
    )
    agreed_on = models.DateField(
        "contrat signé le", null=True, blank=True, help_text="Les délais de l’accord courent à partir de cette date."
    )
    planned_start = models.DateField("démarrage prévu le", null=True, blank=True)
    started_on = models.DateField("démarrée le", null=True, blank=True)
    deployed_on = models.DateField("déployée le", null=True, blank=True)
    stopped_on = models.DateField("arrêtée le", null=True, blank=True)
    stop_reason = models.CharField("motif de l’arrêt", max_length=300, blank=True)
    orientations = models.TextField("orientations retenues", blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["version"],
        verbose_name="historique de la mission",
        verbose_name_plural="historique des missions",
    )
    history_words = HistoryWords(
        created="a retenu la mission {mission}",
        created_many="a retenu {count} missions : {mission}",
        about="pour la mission {mission}",
        fields={
            "agreed_on": "la date de signature du contrat",
            "planned_start": "la date prévue de démarrage",
            "orientations": "les orientations",
        },
        moves={
            "started_on=*": ("a indiqué le démarrage de la mission {mission}, le {started_on}", ""),
            "deployed_on=*": ("a indiqué le déploiement complet de la mission {mission}, le {deployed_on}", ""),
            "stopped_on=*": ("a arrêté la mission {mission}, le {stopped_on}", ""),
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "mission de la CPTS"
        verbose_name_plural = "missions des CPTS"
        ordering = ["mission__rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "mission"],
                name="mission_once_per_cpts",
                violation_error_message="Cette mission fait déjà partie de celles de la CPTS.",
            ),
            models.CheckConstraint(
                condition=Q(deployed_on__isnull=True) | Q(started_on__isnull=False, deployed_on__gte=F("started_on")),
                name="mission_deployed_after_start",
                violation_error_message="Une mission est déployée après avoir démarré.",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True) | ~Q(stop_reason=""),
                name="mission_stopped_with_reason",
                violation_error_message="Indiquez le motif de l’arrêt.",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True) | Q(started_on__isnull=True) | Q(stopped_on__gte=F("started_on")),
                name="mission_stopped_after_start",
                violation_error_message="L’arrêt ne peut pas précéder le démarrage.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.mission)

    def state_on(self, day: date) -> MissionState:
        if self.stopped_on and self.stopped_on <= day:
            return MissionState.STOPPED
        if self.deployed_on and self.deployed_on <= day:
            return MissionState.DEPLOYED
        return MissionState.STARTED if self.started_on and self.started_on <= day else MissionState.PLANNED
