"""What each CPTS sets for itself: charter, application form, free fields; and what users keep for themselves."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from simple_history.models import HistoricalRecords

from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.scoping import ScopedManager
from territories.models import Cpts


class MembershipSettings(models.Model):
    """How a CPTS takes members: its charter and its public application form."""

    scope_path = "cpts_id"

    cpts = models.OneToOneField(Cpts, on_delete=models.CASCADE, related_name="membership_settings", verbose_name="CPTS")
    form_is_open = models.BooleanField("formulaire public ouvert", default=False)
    form_token = models.CharField(max_length=40, unique=True, editable=False)
    introduction = models.TextField("texte d’accueil", blank=True)
    charter = models.TextField(
        "charte à accepter", blank=True, help_text="Le texte que l’adhérent accepte en envoyant sa demande."
    )
    receipt_prefix = models.CharField(
        "préfixe des reçus",
        max_length=8,
        default="R",
        validators=[RegexValidator(r"^[A-Za-zÀ-ÿ]+$", "Le préfixe des reçus est fait de lettres seulement.")],
        help_text="Des lettres seulement : le numéro de la CPTS, l’année et le rang suivent, comme R12-2027-0001.",
    )

    history = HistoricalRecords(verbose_name="historique des réglages", verbose_name_plural="historique des réglages")
    objects = ScopedManager()
    by_link = models.Manager()  # for the public form: a visitor has no scope, only the secret link

    class Meta:
        verbose_name = "réglages des adhésions"
        verbose_name_plural = "réglages des adhésions"

    def __str__(self) -> str:
        return f"Réglages – {self.cpts}"


class CustomField(models.Model):
    """A free field that a CPTS adds to its register, without code."""

    scope_path = "cpts_id"

    class Target(models.TextChoices):
        PERSON = "person", "Personnes"
        STRUCTURE = "structure", "Structures"

    class Kind(models.TextChoices):
        TEXT = "text", "Texte"
        NUMBER = "number", "Nombre"
        DATE = "date", "Date"
        CHOICE = "choice", "Liste de choix"
        YES_NO = "yes_no", "Oui ou non"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="custom_fields", verbose_name="CPTS")
    target = models.CharField("pour", max_length=9, choices=Target.choices, default=Target.PERSON)
    key = models.SlugField("clé", max_length=40, editable=False)
    label = models.CharField("intitulé", max_length=80)
    kind = models.CharField("type", max_length=6, choices=Kind.choices, default=Kind.TEXT)
    choices = models.TextField("choix possibles", blank=True, help_text="Un choix par ligne.")
    rank = models.PositiveSmallIntegerField("ordre", default=1)
    is_active = models.BooleanField("utilisé", default=True)

    history = HistoricalRecords(
        verbose_name="historique du champ libre", verbose_name_plural="historique des champs libres"
    )
    history_words = HistoryWords(
        created="a créé le champ libre « {label} »",
        about="pour le champ libre « {label} »",
        fields={"rank": "l’ordre", "label": "l’intitulé", "choices": "les choix possibles", "is_active": "l’usage"},
        moves={
            "is_active=False": ("a retiré le champ libre « {label} »", "a retiré {count} champs libres : {label}"),
            "is_active=True": ("a remis en service le champ libre « {label} »", ""),
        },
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "champ libre"
        verbose_name_plural = "champs libres"
        ordering = ["target", "rank", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "target", "key"],
                name="custom_field_once",
                violation_error_message="Un champ libre porte déjà cet intitulé.",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def choice_list(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


class SavedFilter(models.Model):
    """A search of the members' list that a user wants to find again."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="+", verbose_name="CPTS")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters", verbose_name="à"
    )
    name = models.CharField("nom", max_length=80)
    query = models.TextField("recherche", max_length=2000)

    objects = ScopedManager()

    class Meta:
        verbose_name = "recherche enregistrée"
        verbose_name_plural = "recherches enregistrées"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "owner", "name"],
                name="saved_filter_once",
                violation_error_message="Vous avez déjà une recherche à ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PersonalDataExport(models.Model):
    """The log of every export of personal data: who took what, when, how many persons."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="CPTS"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    made_at = models.DateTimeField("le", auto_now_add=True)
    what = models.CharField("contenu", max_length=200)
    filters = models.TextField("recherche", blank=True)
    persons = models.PositiveIntegerField("personnes concernées")
    file_format = models.CharField("format", max_length=8)

    objects = ScopedManager()

    class Meta:
        verbose_name = "export de données personnelles"
        verbose_name_plural = "exports de données personnelles"
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.what} ({self.made_at:%d/%m/%Y})"
