"""Applications sent by the public form, kept apart from the register until somebody of the CPTS has read them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cpts_portal.core.scoping import ScopedManager
from members.models.membership import Membership
from members.models.nomenclatures import ExerciseMode, Profession, StructureKind
from territories.models import Commune, Cpts


class ApplicationQuerySet(models.QuerySet):
    def to_review(self) -> "ApplicationQuerySet":
        """Received, and nothing done about it yet."""
        return self.filter(membership__isnull=True, decided_on__isnull=True, discarded_on__isnull=True)


class Application(models.Model):
    """What somebody typed to join a CPTS, with her consents and the charter she accepted.

    The way: received; then either entered in the register (which opens a membership for the board to decide), or
    refused by the board, or set aside (a test, a double). `submission` is the number the form was drawn with: sending
    the same form twice keeps one application.
    """

    scope_path = "cpts_id"

    class Kind(models.TextChoices):
        PERSON = "person", "Personne"
        STRUCTURE = "structure", "Structure"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="applications", verbose_name="CPTS")
    submission = models.UUIDField("numéro d’envoi", default=uuid.uuid4, unique=True, editable=False)
    received_at = models.DateTimeField("reçue le", auto_now_add=True)
    kind = models.CharField("pour", max_length=9, choices=Kind.choices, default=Kind.PERSON)

    civil_last_name = models.CharField("nom d’état civil", max_length=80, blank=True)
    civil_first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom d’exercice", max_length=80, blank=True)
    profession = models.ForeignKey(
        Profession, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="profession"
    )
    mode = models.CharField("mode d’exercice", max_length=1, choices=ExerciseMode.choices, blank=True)
    rpps = models.CharField("RPPS", max_length=11, blank=True)

    name = models.CharField("nom de la structure", max_length=160, blank=True)
    structure_kind = models.CharField("type", max_length=15, choices=StructureKind.choices, blank=True)
    finess = models.CharField("FINESS", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    representative_name = models.CharField("représentée par", max_length=120, blank=True)
    representative_title = models.CharField("fonction", max_length=120, blank=True)

    place = models.CharField("cabinet ou lieu", max_length=160, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="commune"
    )
    email = models.EmailField("adresse électronique", max_length=160)
    contacts = models.JSONField("coordonnées et accords", default=list, blank=True)
    extra = models.JSONField("champs libres", default=dict, blank=True)
    message = models.TextField("message", blank=True)
    charter_sha256 = models.CharField("empreinte de la charte acceptée", max_length=64, blank=True)
    charter_accepted_at = models.DateTimeField("charte acceptée le", null=True, blank=True)

    membership = models.OneToOneField(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="application",
        verbose_name="adhésion ouverte",
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    decided_on = models.DateField("décision du bureau le", null=True, blank=True)
    refusal_reason = models.CharField("motif du refus", max_length=300, blank=True)
    discarded_on = models.DateField("écartée le", null=True, blank=True)
    discard_reason = models.CharField("motif", max_length=300, blank=True)

    history = HistoricalRecords(verbose_name="historique de la demande", verbose_name_plural="historique des demandes")
    objects = ScopedManager.from_queryset(ApplicationQuerySet)()

    class Meta:
        verbose_name = "demande reçue par le formulaire"
        verbose_name_plural = "demandes reçues par le formulaire"
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(discarded_on__isnull=True) | Q(membership__isnull=True, decided_on__isnull=True),
                name="application_discarded_only_before_review",
                violation_error_message="Une demande inscrite au registre ou décidée ne peut plus être écartée.",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=False) | Q(refusal_reason=""),
                name="application_refused_on_a_date",
                violation_error_message="Indiquez la date de la décision du bureau.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.civil_first_name} {self.last_name or self.civil_last_name}"

    @property
    def is_person(self) -> bool:
        return self.kind == self.Kind.PERSON

    @property
    def state(self) -> str:
        """Where it stands, in words; read from the facts, never stored."""
        if self.discarded_on:
            return "Écartée"
        if self.decided_on:
            return "Refusée" if self.refusal_reason else "Acceptée"
        return "À soumettre au bureau" if self.membership_id else "À examiner"
