"""The official map: regions, departments, EPCI, communes and their populations, vintage by vintage."""

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from cpts_portal.core.text import fold

INSEE_CODE = RegexValidator(r"^(\d{2}|2[AB])\d{3}$", "Le code INSEE compte 5 caractères, par exemple 22093 ou 2A004.")


class Region(models.Model):
    code = models.CharField("code", max_length=3, unique=True)
    name = models.CharField("nom", max_length=80)

    class Meta:
        verbose_name = "région"
        verbose_name_plural = "régions"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    code = models.CharField("code", max_length=3, unique=True, help_text="01 à 95, 2A, 2B, 971 à 989")
    name = models.CharField("nom", max_length=80)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments", verbose_name="région")

    class Meta:
        verbose_name = "département"
        verbose_name_plural = "départements"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Epci(models.Model):
    """An intercommunal body with its own taxation: the unit most territories are made of."""

    class Kind(models.TextChoices):
        CC = "CC", "communauté de communes"
        CA = "CA", "communauté d’agglomération"
        CU = "CU", "communauté urbaine"
        METRO = "METRO", "métropole"
        MET69 = "MET69", "métropole de Lyon"
        UNKNOWN = "", "nature inconnue"

    siren = models.CharField("numéro SIREN", max_length=9, unique=True)
    name = models.CharField("nom", max_length=160)
    kind = models.CharField("nature", max_length=5, choices=Kind.choices, blank=True)
    search = models.CharField(max_length=200, editable=False, db_index=True)

    class Meta:
        verbose_name = "EPCI"
        verbose_name_plural = "EPCI"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.search = f"{fold(self.name)} {self.siren}"
        super().save(*args, **kwargs)


class CommuneQuerySet(models.QuerySet):
    def current(self) -> "CommuneQuerySet":
        """Communes that exist today (not the associated, delegated ones or the city districts)."""
        return self.filter(kind=Commune.Kind.COMMUNE, ended_on__isnull=True)

    def existing_on(self, day: date) -> "CommuneQuerySet":
        """Communes that existed on this day, as far as the loaded vintages tell."""
        started = Q(started_on__isnull=True) | Q(started_on__lte=day)
        not_ended = Q(ended_on__isnull=True) | Q(ended_on__gt=day)
        return self.filter(started & not_ended, kind=Commune.Kind.COMMUNE)

    def matching(self, text: str) -> "CommuneQuerySet":
        """Every word of the text is found in the name, INSEE code or postal codes; accents do not count."""
        communes = self
        for word in fold(text).split():
            communes = communes.filter(search__contains=word)
        return communes


class Commune(models.Model):
    """A commune (or part of one) over the period during which it existed under this code.

    A commune that merges is *ended*, with its successor; one that is restored later gets a new row, so that
    yesterday's territories still point at what they held. At most one row per kind and code is current.
    """

    class Kind(models.TextChoices):
        COMMUNE = "COM", "commune"
        DELEGATED = "COMD", "commune déléguée"
        ASSOCIATED = "COMA", "commune associée"
        DISTRICT = "ARM", "arrondissement municipal"

    code = models.CharField("code INSEE", max_length=5, validators=[INSEE_CODE])
    kind = models.CharField("type", max_length=4, choices=Kind.choices, default=Kind.COMMUNE)
    name = models.CharField("nom", max_length=80)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="communes", verbose_name="département"
    )
    epci = models.ForeignKey(
        Epci,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="communes",
        verbose_name="EPCI",
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name="commune de rattachement",
        help_text="Pour les communes déléguées ou associées et les arrondissements.",
    )
    postal_codes = models.CharField("codes postaux", max_length=250, blank=True, help_text="Séparés par une espace.")
    started_on = models.DateField(
        "depuis le", null=True, blank=True, help_text="Vide : avant le premier millésime importé."
    )
    ended_on = models.DateField("jusqu’au", null=True, blank=True, help_text="Vide : commune actuelle.")
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="devenue",
    )
    created_by = models.ForeignKey(
        "territories.CommuneImport",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="created_communes",
        editable=False,
    )
    search = models.CharField(max_length=360, editable=False)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        verbose_name_plural = "communes"
        ordering = ["name", "code"]
        indexes = [
            models.Index(fields=["code"]),
            models.Index(fields=["name", "code"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code"],
                condition=Q(ended_on__isnull=True),
                name="commune_current_once",
                violation_error_message="Une commune actuelle porte déjà ce code INSEE.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(started_on__isnull=True) | Q(ended_on__gt=F("started_on")),
                name="commune_ends_after_start",
                violation_error_message="Une commune ne peut pas disparaître avant d’exister.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @staticmethod
    def search_text(name: str, code: str, postal_codes: str) -> str:
        """What searches look into; importers that write in bulk call it too."""
        return f"{fold(name)} {code.lower()} {postal_codes}".strip()

    def save(self, *args, **kwargs) -> None:
        self.search = self.search_text(self.name, self.code, self.postal_codes)
        super().save(*args, **kwargs)

    @property
    def is_current(self) -> bool:
        return self.ended_on is None


class Population(models.Model):
    """Municipal population of a commune in one vintage (in force on the 1st of January of that year)."""

    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="populations", verbose_name="commune")
    vintage = models.PositiveSmallIntegerField("millésime")
    municipal = models.PositiveIntegerField("population municipale")
    source = models.ForeignKey(
        "territories.CommuneImport",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="populations",
        editable=False,
    )

    class Meta:
        verbose_name = "population"
        verbose_name_plural = "populations"
        ordering = ["-vintage"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "vintage"],
                name="population_once_per_vintage",
                violation_error_message="La population de cette commune est déjà connue pour ce millésime.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune} – {self.vintage}"


class CommuneMovement(models.Model):
    """An official movement (merger, restoration, change of code) that links a former code to the next one.

    `kind` is the MOD code of the INSEE file: 10 change of name, 20 creation, 21 restoration, 30 removal, 31 merger,
    32 commune nouvelle, 33 association, 34 transformation, 41 and 50 changes of code.
    """

    kind = models.PositiveSmallIntegerField("type de mouvement", help_text="Code MOD de l’INSEE")
    effective_on = models.DateField("date d’effet")
    before = models.CharField("code avant", max_length=5, db_index=True)
    after = models.CharField("code après", max_length=5, db_index=True)
    source = models.CharField("source", max_length=200)
    created_by = models.ForeignKey(
        "territories.CommuneImport",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
        editable=False,
    )

    class Meta:
        verbose_name = "mouvement de commune"
        verbose_name_plural = "mouvements de communes"
        ordering = ["-effective_on", "before"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "effective_on", "before", "after"],
                name="movement_once",
                violation_error_message="Ce mouvement est déjà enregistré.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after} ({self.effective_on:%d/%m/%Y})"
