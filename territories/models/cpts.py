"""The CPTS, its dated territory and the figures it declares."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.fields import WebAddressField
from cpts_portal.core.identifiers import validate_finess_form, validate_rna, validate_siren
from cpts_portal.core.periods import active_on, ends_after_start
from cpts_portal.core.scoping import ScopedManager
from cpts_portal.core.text import fold
from territories.models.agencies import Agency
from territories.models.places import Commune, Department


class Stage(models.TextChoices):
    """Stages of a CPTS, in order (the counters used nationally are made of them)."""

    EMERGENCE = "emergence", "En émergence"
    LETTER_SUBMITTED = "letter_submitted", "Lettre d’intention déposée"
    LETTER_VALIDATED = "letter_validated", "Lettre d’intention validée"
    PROJECT_DRAFT = "project_draft", "Projet de santé en rédaction"
    PROJECT_SUBMITTED = "project_submitted", "Projet de santé déposé"
    PROJECT_VALIDATED = "project_validated", "Projet de santé validé"
    NEGOTIATION = "negotiation", "Contrat ACI en négociation"
    SIGNED = "signed", "Contrat ACI signé"
    CLOSING = "closing", "En cessation"


class CptsQuerySet(models.QuerySet):
    def of_agency(self, agency: Agency) -> "CptsQuerySet":
        """The CPTS attached to this agency: as their ARS, or as their lead fund."""
        return self.filter(Q(ars=agency) | Q(lead_fund=agency))

    def matching(self, text: str) -> "CptsQuerySet":
        cpts = self
        for word in fold(text).split():
            cpts = cpts.filter(search__contains=word)
        return cpts


class Cpts(models.Model):
    scope_path = "pk"

    name = models.CharField("nom", max_length=120, unique=True)
    legal_name = models.CharField(
        "nom de l’association",
        max_length=160,
        blank=True,
        help_text="S’il diffère du nom de la CPTS (association loi 1901, ou de droit local en Alsace-Moselle).",
    )
    rna = models.CharField(
        "numéro RNA", max_length=10, blank=True, validators=[validate_rna], help_text="W suivi de 9 chiffres"
    )
    siren = models.CharField("SIREN", max_length=9, blank=True, validators=[validate_siren])
    finess = models.CharField(
        "FINESS", max_length=9, blank=True, validators=[validate_finess_form], help_text="9 caractères"
    )
    address = models.CharField("adresse du siège", max_length=200, blank=True)
    seat = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name="commune du siège",
    )
    email = models.EmailField("adresse électronique de contact", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    website = WebAddressField("site internet", blank=True)
    stage = models.CharField("étape", max_length=20, choices=Stage.choices, default=Stage.EMERGENCE)
    ars = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        related_name="cpts_as_ars",
        verbose_name="ARS",
        limit_choices_to={"kind": Agency.Kind.ARS},
    )
    lead_fund = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        related_name="cpts_as_lead_fund",
        verbose_name="caisse pilote (CPAM ou CGSS)",
        limit_choices_to={"kind__in": Agency.INSURANCE_KINDS},
    )
    departments = models.ManyToManyField(
        Department,
        related_name="cpts",
        verbose_name="départements",
        help_text="Une CPTS peut être à cheval sur plusieurs départements.",
    )
    search = models.CharField(max_length=300, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        m2m_fields=[departments],
        excluded_fields=["search", "version"],
        verbose_name="historique de la CPTS",
        verbose_name_plural="historique des CPTS",
    )
    history_words = HistoryWords(
        created="a créé la fiche « {name} »",
        deleted="a supprimé la fiche « {name} »",
        fields={"website": "le site internet", "rna": "le numéro RNA", "finess": "le numéro FINESS"},
    )
    objects = ScopedManager.from_queryset(CptsQuerySet)()
    # Public facts: that a CPTS exists, its contact and the communes it covers. See territories/map/directory.py.
    directory = models.Manager.from_queryset(CptsQuerySet)()

    class Meta:
        verbose_name = "CPTS"
        verbose_name_plural = "CPTS"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.search = " ".join(
            [fold(self.name), fold(self.legal_name), self.siren, self.rna.lower(), self.finess.lower()]
        ).strip()
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        return self.name if self.name.upper().startswith("CPTS") else f"CPTS {self.name}"


class CptsCommune(models.Model):
    """A commune in the territory of a CPTS over a period, whole or for a declared number of inhabitants."""

    scope_path = "cpts_id"

    class Origin(models.TextChoices):
        COMPOSED = "composed", "composition du territoire"
        CARRIED = "carried", "évolution des communes"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="territory", verbose_name="CPTS")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="cpts_links", verbose_name="commune")
    start = models.DateField("depuis le")
    end = models.DateField("jusqu’au (exclu)", null=True, blank=True)
    inhabitants = models.PositiveIntegerField(
        "habitants retenus",
        null=True,
        blank=True,
        help_text="À remplir seulement quand la commune est partagée entre plusieurs CPTS ; vide : commune entière.",
    )
    origin = models.CharField("origine", max_length=10, choices=Origin.choices, default=Origin.COMPOSED)
    carried_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name="reprise de",
        editable=False,
    )

    history = HistoricalRecords(
        verbose_name="historique du territoire", verbose_name_plural="historique des territoires"
    )
    history_words = HistoryWords(
        created="a ajouté la commune {commune} au territoire, à partir du {start}",
        created_many="a ajouté {count} communes au territoire, à partir du {start} : {commune}",
        deleted="a effacé la ligne de la commune {commune} du territoire (depuis le {start})",
        deleted_many="a effacé {count} lignes du territoire : {commune}",
        about="pour la commune {commune}",
        fields={"carried_from": "la ligne reprise"},
        moves={
            "end=*": (
                "a retiré la commune {commune} du territoire, à compter du {end}",
                "a retiré {count} communes du territoire, à compter du {end} : {commune}",
            ),
        },
    )
    objects = ScopedManager()
    directory = models.Manager()

    class Meta:
        verbose_name = "commune du territoire"
        verbose_name_plural = "communes des territoires"
        ordering = ["commune__name"]
        constraints = [
            ends_after_start("territory_ends_after_start"),
            models.UniqueConstraint(
                fields=["commune"],
                condition=Q(end__isnull=True, inhabitants__isnull=True),
                name="territory_whole_commune_once",
                violation_error_message="Cette commune appartient déjà entièrement à une autre CPTS.",
            ),
            models.UniqueConstraint(
                fields=["cpts", "commune"],
                condition=Q(end__isnull=True),
                name="territory_commune_once_per_cpts",
                violation_error_message="Cette commune est déjà dans le territoire de la CPTS.",
            ),
            models.CheckConstraint(
                condition=Q(inhabitants__isnull=True) | Q(inhabitants__gt=0),
                name="territory_share_positive",
                violation_error_message="Le nombre d’habitants retenus doit être supérieur à zéro.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune} – {self.cpts}"

    @classmethod
    def on(cls, day: date) -> models.QuerySet:
        return cls.objects.filter(active_on(day))


class DeclaredFigures(models.Model):
    """What the CPTS itself announces, kept beside what the portal computes: the difference is shown."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="declared_figures", verbose_name="CPTS")
    declared_on = models.DateField("date de la déclaration")
    population = models.PositiveIntegerField("population déclarée", null=True, blank=True)
    communes = models.PositiveSmallIntegerField("nombre de communes déclaré", null=True, blank=True)
    source = models.CharField("source", max_length=200, help_text="Par exemple : communiqué de presse du 28/09/2022")

    history = HistoricalRecords(
        verbose_name="historique des chiffres déclarés",
        verbose_name_plural="historique des chiffres déclarés",
    )
    history_words = HistoryWords(
        created="a noté des chiffres déclarés au {declared_on} ({source})",
        deleted="a supprimé les chiffres déclarés au {declared_on} ({source})",
        about="dans les chiffres déclarés au {declared_on}",
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "chiffres déclarés"
        verbose_name_plural = "chiffres déclarés"
        ordering = ["-declared_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(population__isnull=False) | Q(communes__isnull=False),
                name="declared_something",
                violation_error_message="Indiquez la population ou le nombre de communes déclarés.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cpts} au {self.declared_on:%d/%m/%Y}"

    def clean(self) -> None:
        if self.population is None and self.communes is None:
            raise ValidationError("Indiquez la population ou le nombre de communes déclarés.")
