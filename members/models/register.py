"""The register of a CPTS: persons and structures she knows, with their contacts and places of practice."""

from datetime import date

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.fields import FoldedField
from cpts_portal.core.identifiers import validate_finess_form, validate_rpps_form, validate_siret
from cpts_portal.core.periods import ends_after_start
from cpts_portal.core.scoping import ScopedManager
from members.models.directory import DirectoryEntry
from members.models.nomenclatures import ExerciseMode, Profession, Specialty, StructureKind
from territories.models import Commune, Cpts


class Structure(models.Model):
    """A legal entity or a place of care; may itself be a member, through its representative."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="structures", verbose_name="CPTS")
    kind = models.CharField("type", max_length=15, choices=StructureKind.choices)
    name = models.CharField("nom", max_length=160)
    finess = models.CharField("FINESS", max_length=9, blank=True, validators=[validate_finess_form])
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[validate_siret])
    address = models.CharField("adresse", max_length=200, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="commune"
    )
    email = models.EmailField("adresse électronique", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    representative_name = models.CharField("représentée par", max_length=120, blank=True)
    representative_title = models.CharField("fonction", max_length=120, blank=True)
    representative = models.ForeignKey(
        "Professional",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="represented_structures",
        verbose_name="fiche de la personne qui la représente",
        help_text="Quand elle figure au registre ; le nom écrit ci-dessus reste celui des documents.",
    )
    extra = models.JSONField("champs libres", default=dict, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    search = FoldedField(max_length=400, sources=("name", "finess", "siret", "representative_name"))
    sort_name = FoldedField(max_length=200, sources=("name",))
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["search", "sort_name", "version"],
        verbose_name="historique de la structure",
        verbose_name_plural="historique des structures",
    )
    history_words = HistoryWords(
        created="a ajouté la structure {name} au registre",
        fields={
            "kind": "le type",
            "name": "le nom",
            "finess": "le numéro FINESS",
            "siret": "le numéro SIRET",
            "address": "l’adresse",
            "email": "l’adresse électronique",
            "representative_name": "le nom de la personne qui la représente",
            "representative_title": "la fonction de cette personne",
            "representative": "la fiche de la personne qui la représente",
            "extra": "les champs libres",
            "merged_into": "la fiche qui la remplace",
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "structure"
        verbose_name_plural = "structures"
        ordering = ["name"]
        indexes = [models.Index(fields=["cpts", "sort_name"])]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "finess"],
                condition=~Q(finess="") & Q(merged_into__isnull=True),
                name="structure_finess_once_per_cpts",
                violation_error_message="Une structure du registre porte déjà ce numéro FINESS.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Professional(models.Model):
    """A person known to a CPTS: she may be a member, a participant, or only practise on the territory."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="professionals", verbose_name="CPTS")
    civil_last_name = models.CharField("nom d’état civil", max_length=80)
    civil_first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField(
        "nom d’exercice", max_length=80, blank=True, help_text="S’il diffère du nom d’état civil."
    )
    profession = models.ForeignKey(
        Profession, on_delete=models.PROTECT, related_name="professionals", verbose_name="profession"
    )
    specialties = models.ManyToManyField(Specialty, blank=True, verbose_name="spécialités")
    rpps = models.CharField("RPPS", max_length=11, blank=True, validators=[validate_rpps_form])
    directory_entry = models.ForeignKey(
        DirectoryEntry,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="professionals",
        verbose_name="fiche de l’annuaire national",
    )
    extra = models.JSONField("champs libres", default=dict, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    anonymised_on = models.DateField("anonymisé le", null=True, blank=True, editable=False)
    search = FoldedField(max_length=400, sources=("civil_first_name", "civil_last_name", "last_name", "rpps"))
    sort_name = FoldedField(max_length=200, sources=("last_name|civil_last_name", "civil_first_name"))
    version = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(
        excluded_fields=["search", "sort_name", "version"],
        m2m_fields=[specialties],
        verbose_name="historique du professionnel",
        verbose_name_plural="historique des professionnels",
    )
    history_words = HistoryWords(
        created="a ajouté {civil_first_name} {civil_last_name} au registre",
        fields={
            "profession": "la profession",
            "rpps": "le numéro RPPS",
            "directory_entry": "la fiche de l’annuaire national",
            "extra": "les champs libres",
            "merged_into": "la fiche qui la remplace",
            "anonymised_on": "la date d’anonymisation",
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "professionnel"
        verbose_name_plural = "professionnels"
        ordering = ["civil_last_name", "civil_first_name"]
        indexes = [
            models.Index(fields=["cpts", "sort_name"]),
            models.Index(fields=["cpts", "profession"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "rpps"],
                condition=~Q(rpps="") & Q(merged_into__isnull=True),
                name="professional_rpps_once_per_cpts",
                violation_error_message="Une personne du registre porte déjà ce numéro RPPS.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.civil_first_name} {self.last_name or self.civil_last_name}"


class Contact(models.Model):
    """A way to reach a person, with her consent for the members' directory channel by channel."""

    scope_path = "professional__cpts_id"

    class Channel(models.TextChoices):
        EMAIL = "email", "Adresse électronique"
        SECURE_MAIL = "mss", "Messagerie sécurisée de santé"
        PHONE = "phone", "Téléphone professionnel"
        MOBILE = "mobile", "Téléphone mobile"

    professional = models.ForeignKey(
        Professional, on_delete=models.CASCADE, related_name="contacts", verbose_name="professionnel"
    )
    channel = models.CharField("moyen", max_length=6, choices=Channel.choices)
    value = models.CharField("coordonnée", max_length=160)
    consent = models.BooleanField("visible dans l’annuaire des adhérents", default=False)
    consent_on = models.DateField("accord donné le", null=True, blank=True)

    history = HistoricalRecords(verbose_name="historique du contact", verbose_name_plural="historique des contacts")
    history_words = HistoryWords(
        created="a ajouté la coordonnée {value}",
        created_many="a ajouté {count} coordonnées : {value}",
        deleted="a retiré la coordonnée {value}",
        deleted_many="a retiré {count} coordonnées : {value}",
        about="pour {value}",
        fields={
            "value": "la coordonnée",
            "professional": "la fiche",
            "consent": "l’accord pour l’annuaire des adhérents",
            "consent_on": "la date de l’accord",
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "coordonnée"
        verbose_name_plural = "coordonnées"
        ordering = ["channel", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["professional", "channel", "value"],
                name="contact_once",
                violation_error_message="Cette coordonnée est déjà enregistrée.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} : {self.value}"


class PracticeQuerySet(models.QuerySet):
    def held_on(self, day: date) -> "PracticeQuerySet":
        """Places of practice on a day; one without a start date counts as held since always."""
        return self.filter(Q(start__isnull=True) | Q(start__lte=day), Q(end__isnull=True) | Q(end__gt=day))


class Practice(models.Model):
    """A place where a person practises, over a period."""

    scope_path = "professional__cpts_id"

    professional = models.ForeignKey(
        Professional, on_delete=models.CASCADE, related_name="practices", verbose_name="professionnel"
    )
    mode = models.CharField("mode d’exercice", max_length=1, choices=ExerciseMode.choices, blank=True)
    structure = models.ForeignKey(
        Structure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="practices",
        verbose_name="structure",
    )
    place = models.CharField("cabinet ou lieu", max_length=160, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="commune"
    )
    start = models.DateField("depuis le", null=True, blank=True)
    end = models.DateField("jusqu’au (exclu)", null=True, blank=True)
    search = FoldedField(max_length=200, sources=("place",))

    history = HistoricalRecords(
        excluded_fields=["search"],
        verbose_name="historique du lieu d’exercice",
        verbose_name_plural="historique des lieux d’exercice",
    )
    history_words = HistoryWords(
        created="a ajouté le lieu d’exercice {structure} {place} {commune}",
        created_many="a ajouté {count} lieux d’exercice : {commune}",
        deleted="a retiré le lieu d’exercice {structure} {place} {commune}",
        deleted_many="a retiré {count} lieux d’exercice : {commune}",
        about="pour le lieu d’exercice {structure} {place} {commune}",
        fields={"professional": "la fiche", "structure": "la structure", "address": "l’adresse"},
    )
    objects = ScopedManager.from_queryset(PracticeQuerySet)()

    class Meta:
        verbose_name = "lieu d’exercice"
        verbose_name_plural = "lieux d’exercice"
        ordering = ["-start", "pk"]
        constraints = [ends_after_start("practice_ends_after_start")]

    def __str__(self) -> str:
        return f"{self.professional} – {self.commune or self.place}"
