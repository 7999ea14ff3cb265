"""What is said and joined around a review: comments, documents, who follows it, who looked at it last."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from contracts.models.contracts import Contract
from contracts.models.reviews import Review
from cpts_portal.core.change_words import HistoryWords
from cpts_portal.core.scoping import ScopedManager
from territories.models import Agency, Cpts


class Audience(models.TextChoices):
    """Who reads a comment. The CPTS reads only what is addressed to it; an agency never reads the other's notes."""

    EVERYBODY = "everybody", "Les trois parties"
    AGENCIES = "agencies", "L’ARS et la caisse"
    OWN = "own", "Mon agence seulement"


class CommentQuerySet(models.QuerySet):
    def read_by(self, agencies: frozenset[int]) -> "CommentQuerySet":
        """What the agents of these agencies may read; without agency (the CPTS, an observer), what is for everybody.

        A note between the ARS and the fund is read by the two agencies of that very CPTS: somebody who acts for an
        agency here and for a CPTS elsewhere does not read what the agencies of the latter say between them.
        """
        allowed = Q(audience=Audience.EVERYBODY)
        if agencies:
            concerned = Q(review__cpts__ars__in=agencies) | Q(review__cpts__lead_fund__in=agencies)
            allowed |= concerned & (Q(audience=Audience.AGENCIES) | Q(audience=Audience.OWN, agency__in=agencies))
        return self.filter(allowed)


class Comment(models.Model):
    """A remark, a question or an answer, on the whole of a review or on one of its parts (`anchor`).

    A question blocks the visa until it is answered; a remark that asks for a correction opens its part again.
    """

    scope_path = "review__cpts_id"

    class Kind(models.TextChoices):
        REMARK = "remark", "Remarque"
        CORRECTION = "correction", "Correction demandée"
        QUESTION = "question", "Question"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="comments", verbose_name="examen")
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="answers", verbose_name="en réponse à"
    )
    anchor = models.CharField("porte sur", max_length=60, blank=True)
    anchor_label = models.CharField("partie concernée", max_length=160, blank=True)
    kind = models.CharField("nature", max_length=10, choices=Kind.choices, default=Kind.REMARK)
    audience = models.CharField("lue par", max_length=9, choices=Audience.choices, default=Audience.EVERYBODY)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="agence"
    )
    text = models.TextField("texte")
    at = models.DateTimeField("le", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="par"
    )
    settled_at = models.DateTimeField("réglée le", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="réglée par",
    )

    history = HistoricalRecords(
        verbose_name="historique du commentaire", verbose_name_plural="historique des commentaires"
    )
    history_words = HistoryWords(created="a écrit un commentaire", about="pour un commentaire")
    objects = ScopedManager.from_queryset(CommentQuerySet)()

    class Meta:
        verbose_name = "commentaire"
        verbose_name_plural = "commentaires"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience=Audience.EVERYBODY) | Q(agency__isnull=False),
                name="comment_internal_of_an_agency",
                violation_error_message="Seule une agence écrit une note interne.",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(kind="remark"),
                name="comment_answer_is_a_remark",
                violation_error_message="Une réponse ne pose pas de nouvelle question : ouvrez-en une.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} : {self.text[:60]}"


class Slot(models.TextChoices):
    """The documents a file is made of (articles 4 and 9 of the agreement, and what reviewers ask for)."""

    STATUTES = "statutes", "Statuts de l’association"
    RNA_RECEIPT = "rna_receipt", "Récépissé de déclaration (RNA)"
    BANK_DETAILS = "bank_details", "Relevé d’identité bancaire"
    LETTER = "letter", "Lettre d’intention signée"
    PROJECT = "project", "Projet de santé"
    SIGNED_CONTRACT = "signed_contract", "Contrat signé (numérisé)"
    SIGNED_AMENDMENT = "signed_amendment", "Avenant signé (numérisé)"
    ACTIVITY_REPORT = "activity_report", "Rapport d’activité"
    ACCOUNTS = "accounts", "Comptes annuels"
    AUDIT_REPORT = "audit_report", "Rapport du commissaire aux comptes"
    OTHER = "other", "Autre document"


class Document(models.Model):
    """A file joined to a review or to a contract; a new version does not erase the former one."""

    scope_path = "cpts_id"

    cpts = models.ForeignKey(Cpts, on_delete=models.CASCADE, related_name="documents", verbose_name="CPTS")
    review = models.ForeignKey(
        Review, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="examen"
    )
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="contrat"
    )
    slot = models.CharField("nature", max_length=16, choices=Slot.choices)
    title = models.CharField("intitulé", max_length=160, blank=True)
    number = models.PositiveSmallIntegerField("version", default=1)
    file = models.FileField("fichier", upload_to="documents/")
    filename = models.CharField("nom du fichier", max_length=200)
    content_type = models.CharField("type", max_length=80)
    size = models.PositiveIntegerField("taille (octets)")
    sha256 = models.CharField("empreinte", max_length=64)
    added_at = models.DateTimeField("déposé le", auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="déposé par"
    )
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_reason = models.CharField("motif du retrait", max_length=300, blank=True)

    history = HistoricalRecords(
        excluded_fields=["file", "content_type", "size"],
        verbose_name="historique du document",
        verbose_name_plural="historique des documents",
    )
    history_words = HistoryWords(
        created="a déposé le document « {filename} » ({slot}, version {number})",
        about="pour le document « {filename} »",
        moves={"withdrawn_at=*": ("a retiré le document « {filename} »", "")},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "document"
        verbose_name_plural = "documents"
        ordering = ["slot", "-number", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(review__isnull=False) | Q(contract__isnull=False),
                name="document_of_something",
                violation_error_message="Un document appartient à un examen ou à un contrat.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="document_withdrawn_with_reason",
                violation_error_message="Indiquez le motif du retrait.",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_slot_display()


class Assignment(models.Model):
    """The colleague who follows a review in her agency."""

    scope_path = "review__cpts_id"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="assignments", verbose_name="examen")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", verbose_name="agence")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments", verbose_name="suivi par"
    )

    history = HistoricalRecords(
        verbose_name="historique de l’attribution", verbose_name_plural="historique des attributions"
    )
    history_words = HistoryWords(
        created="a confié le dossier à {agent}",
        deleted="a retiré le dossier à {agent}",
        about="pour le suivi",
        fields={"agent": "l’agent chargé du dossier"},
    )
    objects = ScopedManager()

    class Meta:
        verbose_name = "attribution"
        verbose_name_plural = "attributions"
        constraints = [
            models.UniqueConstraint(
                fields=["review", "agency"],
                name="assignment_once_per_agency",
                violation_error_message="Ce dossier est déjà confié à un agent de cette agence.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.review} : {self.agent}"


class Visit(models.Model):
    """When somebody last opened a review (`at`): what came since is marked.

    Opening it again shortly after is the same visit: `before` is when the previous one ended, and what the page calls
    new is counted from there.
    """

    scope_path = "review__cpts_id"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="visits")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField("le")
    before = models.DateTimeField("visite précédente", null=True, blank=True)
    number = models.PositiveSmallIntegerField("dépôt lu", default=0)

    objects = ScopedManager()

    class Meta:
        verbose_name = "dernière lecture"
        verbose_name_plural = "dernières lectures"
        constraints = [
            models.UniqueConstraint(
                fields=["review", "reader"],
                name="visit_once_per_reader",
                violation_error_message="Cette lecture est déjà notée.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.review}, {self.reader}"


class MailChoice(models.Model):
    """How somebody wants to hear of the moves of her files: at once, once a day, or not at all."""

    class Rhythm(models.TextChoices):
        AT_ONCE = "at_once", "à chaque étape"
        DAILY = "daily", "un résumé par jour"
        NEVER = "never", "aucun message"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contract_mails")
    rhythm = models.CharField("recevoir", max_length=8, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    digest_at = models.DateTimeField("dernier résumé", null=True, blank=True)

    class Meta:
        verbose_name = "choix des messages"
        verbose_name_plural = "choix des messages"

    def __str__(self) -> str:
        return f"{self.user} : {self.get_rhythm_display()}"
