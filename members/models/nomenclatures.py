"""Reference data of the field: professions, specialties, exercise modes (ANS nomenclatures)."""

from django.db import models

from cpts_portal.core.text import fold


class Profession(models.Model):
    """A profession, by code *and* nomenclature: the same figure means different things in different lists.

    Nomenclatures of the Agence du numérique en santé: TRE_G15 (health), TRE_R95 (user titles: psychologist,
    osteopath), TRE_R94 (social). `PORTAIL` holds what a CPTS registers and no national list knows
    (secretary, medical assistant, « autre »).
    """

    class Nomenclature(models.TextChoices):
        HEALTH = "TRE_G15", "Professions de santé"
        TITLE = "TRE_R95", "Usagers de titre"
        SOCIAL = "TRE_R94", "Professions sociales"
        PORTAL = "PORTAIL", "Autres"

    nomenclature = models.CharField("nomenclature", max_length=10, choices=Nomenclature.choices)
    code = models.CharField("code", max_length=10)
    name = models.CharField("nom", max_length=80)
    plural = models.CharField("pluriel", max_length=80)
    is_active = models.BooleanField("proposée à la saisie", default=True)
    rank = models.PositiveSmallIntegerField("ordre d’affichage", default=100)
    search = models.CharField(max_length=200, editable=False)

    class Meta:
        verbose_name = "profession"
        verbose_name_plural = "professions"
        ordering = ["rank", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["nomenclature", "code"],
                name="profession_once",
                violation_error_message="Cette profession existe déjà dans cette nomenclature.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.search = f"{fold(self.name)} {self.code}"
        super().save(*args, **kwargs)


class Specialty(models.Model):
    """A « savoir-faire » (TRE_R38): SM54 is general medicine."""

    code = models.CharField("code", max_length=10, unique=True)
    name = models.CharField("nom", max_length=120)
    profession = models.ForeignKey(
        Profession, on_delete=models.PROTECT, related_name="specialties", verbose_name="profession"
    )

    class Meta:
        verbose_name = "spécialité"
        verbose_name_plural = "spécialités"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ExerciseMode(models.TextChoices):
    """TRE_R23, version 20260202. « Mixte » is two practices; « hospitalier » is salaried in a hospital."""

    LIBERAL = "L", "Libéral"
    SALARIED = "S", "Salarié"
    VOLUNTEER = "B", "Bénévole"
    INDIRECT = "I", "Indirect"


class StructureKind(models.TextChoices):
    HOSPITAL = "hospital", "Centre hospitalier ou clinique"
    CARE_HOME = "care_home", "EHPAD"
    HOME_NURSING = "ssiad", "SSIAD ou service d’aide à domicile"
    HOME_HOSPITAL = "had", "Hospitalisation à domicile"
    MSP = "msp", "Maison de santé pluriprofessionnelle"
    HEALTH_CENTRE = "health_centre", "Centre de santé"
    LABORATORY = "laboratory", "Laboratoire de biologie médicale"
    PHARMACY = "pharmacy", "Pharmacie"
    AMBULANCE = "ambulance", "Transport sanitaire"
    PATIENTS = "patients", "Association d’usagers"
    SOCIAL = "social", "Service social ou médico-social"
    LOCAL_AUTHORITY = "authority", "Collectivité"
    OTHER = "other", "Autre structure"
