"""Reference data of missions: the six official missions, and libraries of actions and indicators to pick from."""

from datetime import date

from django.db import models
from django.db.models import Q

from cpts_portal.core.fields import FoldedField
from cpts_portal.core.periods import active_on, ends_after_start


class Confidence(models.TextChoices):
    VERIFIED = "verified", "vérifié"
    TO_CONFIRM = "to_confirm", "à confirmer"


class OfficialMission(models.Model):
    """One of the six « missions de service public » of a CPTS (code de la santé publique, art. L1434-12-2)."""

    code = models.SlugField("code", max_length=20, unique=True)
    name = models.CharField("intitulé", max_length=160)
    short_name = models.CharField("nom court", max_length=60)
    legal_reference = models.CharField("référence juridique", max_length=200)
    rank = models.PositiveSmallIntegerField("ordre")
    has_result_part = models.BooleanField(
        "part variable",
        default=True,
        help_text="La réponse aux crises n’en a pas : son complément dépend d’une crise reconnue par l’ARS.",
    )

    class Meta:
        verbose_name = "mission officielle"
        verbose_name_plural = "missions officielles"
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.short_name


class SubMission(models.Model):
    """A named part of a mission: « médecin traitant », « soins non programmés »."""

    mission = models.ForeignKey(OfficialMission, on_delete=models.CASCADE, related_name="parts", verbose_name="mission")
    code = models.SlugField("code", max_length=30, unique=True)
    name = models.CharField("intitulé", max_length=120)
    rank = models.PositiveSmallIntegerField("ordre", default=1)

    class Meta:
        verbose_name = "volet de mission"
        verbose_name_plural = "volets de mission"
        ordering = ["mission__rank", "rank"]

    def __str__(self) -> str:
        return self.name


class MissionTermsQuerySet(models.QuerySet):
    def in_force_on(self, day: date) -> "MissionTermsQuerySet":
        return self.filter(active_on(day)).select_related("mission").order_by("mission__rank")


class MissionTerms(models.Model):
    """What the agreement asks of a mission over a period: core or optional, and its delays in months.

    A delay without value means that the CPTS chooses (optional missions).
    """

    mission = models.ForeignKey(OfficialMission, on_delete=models.CASCADE, related_name="terms", verbose_name="mission")
    is_core = models.BooleanField("socle")
    start_within = models.PositiveSmallIntegerField("à démarrer sous (mois)", null=True, blank=True)
    deployed_within = models.PositiveSmallIntegerField("à déployer sous (mois)", null=True, blank=True)
    start = models.DateField("en vigueur depuis le")
    end = models.DateField("en vigueur jusqu’au (exclu)", null=True, blank=True)
    source = models.CharField("source", max_length=200)
    confidence = models.CharField("fiabilité", max_length=10, choices=Confidence.choices, default=Confidence.VERIFIED)

    objects = MissionTermsQuerySet.as_manager()

    class Meta:
        verbose_name = "règle d’une mission"
        verbose_name_plural = "règles des missions"
        ordering = ["mission__rank", "-start"]
        constraints = [
            ends_after_start("mission_terms_ends_after_start"),
            models.UniqueConstraint(
                fields=["mission", "start"],
                name="mission_terms_once_per_date",
                violation_error_message="Les règles de cette mission sont déjà définies à cette date.",
            ),
            models.CheckConstraint(
                condition=Q(start_within__isnull=True)
                | Q(deployed_within__isnull=True)
                | Q(deployed_within__gte=models.F("start_within")),
                name="mission_terms_start_before_deployment",
                violation_error_message="Le délai de déploiement ne peut pas être plus court que celui du démarrage.",
            ),
        ]

    def __str__(self) -> str:
        kind = "socle" if self.is_core else "complémentaire"
        return f"{self.mission} ({kind}, depuis {self.start.year})"


class ActionTemplate(models.Model):
    """An action met in a real health project, to start from."""

    missions = models.ManyToManyField(OfficialMission, related_name="action_templates", verbose_name="missions")
    part = models.ForeignKey(
        SubMission, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="volet"
    )
    title = models.CharField("titre", max_length=160, unique=True)
    objective = models.TextField("objectif", blank=True)
    audience = models.CharField("public concerné", max_length=160, blank=True)
    theme = models.CharField("thème", max_length=80, blank=True)
    source = models.CharField("vue dans", max_length=200, blank=True)
    search = FoldedField(max_length=400, sources=("title", "theme", "audience"))

    class Meta:
        verbose_name = "action type"
        verbose_name_plural = "actions types"
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class IndicatorKind(models.TextChoices):
    FOLLOW_UP = "follow_up", "Suivi"
    MEANS = "means", "Moyens"
    RESULT = "result", "Résultat"


class Direction(models.TextChoices):
    UP = "up", "à la hausse"
    DOWN = "down", "à la baisse"


class DataSource(models.TextChoices):
    FUND = "fund", "Statistiques de la CPAM"
    CPTS = "cpts", "Déclaration de la CPTS"
    PORTAL = "portal", "Comptée par le portail"
    AGENCY = "agency", "Données de l’ARS"
    OTHER = "other", "Autre source"


class Method(models.TextChoices):
    """How an indicator earns its amount: two ways read in two contracts, and the third of the annex.

    Reasons: docs/decisions/0024-three-ways-to-earn.md.
    """

    BINARY = "binary", "Tout ou rien"
    STEPS = "steps", "Par paliers"
    LINEAR = "linear", "Proportionnelle"


class Cadence(models.TextChoices):
    MONTH = "month", "chaque mois"
    QUARTER = "quarter", "chaque trimestre"
    YEAR = "year", "une fois par an"


class Aggregation(models.TextChoices):
    SUM = "sum", "cumul des périodes"
    LAST = "last", "dernière valeur connue"


class Counted(models.TextChoices):
    """What the portal can count by itself, on dated objects that the number opens on."""

    NOTHING = "", "rien : la valeur est saisie"
    MEETINGS = "meetings", "réunions tenues (présences verrouillées)"
    ATTENDANCES = "attendances", "participations (une personne compte à chaque réunion)"
    PEOPLE = "people", "participants différents"
    MEMBERS = "members", "participants différents, adhérents seulement"
    NON_MEMBERS = "non_members", "participants différents, non-adhérents seulement"
    ACTIONS = "actions", "actions terminées"
    DELIVERABLES = "deliverables", "livrables remis"


class ProofKind(models.TextChoices):
    ATTENDANCE = "attendance", "Feuille d’émargement"
    MINUTES = "minutes", "Compte rendu"
    DOCUMENT = "document", "Document ou support"
    LINK = "link", "Lien"
    EXTRACT = "extract", "Extraction de la CPAM"
    INVOICE = "invoice", "Facture"
    REPORT = "report", "Bilan"


class IndicatorTemplate(models.Model):
    """An indicator seen in real year-5 contracts, to start from."""

    mission = models.ForeignKey(
        OfficialMission, on_delete=models.CASCADE, related_name="indicator_templates", verbose_name="mission"
    )
    name = models.CharField("intitulé", max_length=200, unique=True)
    kind = models.CharField("type", max_length=10, choices=IndicatorKind.choices)
    unit = models.CharField("unité", max_length=40)
    source = models.CharField("source des données", max_length=8, choices=DataSource.choices)
    formula = models.TextField("calcul en toutes lettres", blank=True)
    direction = models.CharField("sens attendu", max_length=4, choices=Direction.choices, default=Direction.UP)
    method = models.CharField("calcul de l’atteinte", max_length=6, choices=Method.choices, default=Method.BINARY)
    cadence = models.CharField("rythme de saisie", max_length=7, choices=Cadence.choices, default=Cadence.YEAR)
    aggregation = models.CharField("sur l’année", max_length=4, choices=Aggregation.choices, default=Aggregation.LAST)
    counted = models.CharField("compté par le portail", max_length=12, choices=Counted.choices, blank=True)
    proofs = models.JSONField("preuves attendues", default=list, blank=True)
    search = FoldedField(max_length=400, sources=("name", "unit"))

    class Meta:
        verbose_name = "indicateur type"
        verbose_name_plural = "indicateurs types"
        ordering = ["mission__rank", "name"]

    def __str__(self) -> str:
        return self.name


class CeilingValue(models.Model):
    """The yearly social security ceiling (PASS), which bounds what a CPTS pays one professional in a calendar year."""

    year = models.PositiveSmallIntegerField("année", unique=True)
    amount = models.DecimalField("plafond annuel (€)", max_digits=9, decimal_places=2)
    source = models.CharField("source", max_length=200)
    confidence = models.CharField("fiabilité", max_length=10, choices=Confidence.choices, default=Confidence.VERIFIED)

    class Meta:
        verbose_name = "plafond annuel de la sécurité sociale"
        verbose_name_plural = "plafonds annuels de la sécurité sociale"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="ceiling_positive",
                violation_error_message="Le plafond doit être supérieur à zéro.",
            )
        ]

    def __str__(self) -> str:
        return f"Plafond {self.year}"
