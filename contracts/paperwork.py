"""The documents of a file: what each step asks for, what is there, what is missing by name."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from contracts.models import Contract, Document, Review, ReviewKind, Slot
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from missions.proving import check_file

# What a step cannot be submitted without (articles 4 and 9 of the agreement). A document of an earlier step counts:
# statutes given with the letter of intent are not asked again for the contract.
REQUIRED: dict[str, tuple[Slot, ...]] = {
    ReviewKind.LETTER: (),
    ReviewKind.PROJECT: (Slot.STATUTES, Slot.RNA_RECEIPT),
    ReviewKind.CONTRACT: (Slot.STATUTES, Slot.RNA_RECEIPT, Slot.BANK_DETAILS),
    ReviewKind.AMENDMENT: (),
    ReviewKind.YEAR: (Slot.ACTIVITY_REPORT, Slot.ACCOUNTS),
}
OF_EACH_REVIEW = (Slot.ACTIVITY_REPORT, Slot.ACCOUNTS, Slot.AUDIT_REPORT)  # given again each year


@dataclass(frozen=True)
class Place:
    """A slot of a file: the document in force in it (none: missing), whether the step asks for it."""

    slot: Slot
    document: Document | None
    is_required: bool

    @property
    def is_missing(self) -> bool:
        return self.is_required and self.document is None


def documents_for(review: Review) -> list[Document]:
    """Those of this review, and those of the CPTS that stay valid from one step to the next; newest version first."""
    found = Document.objects.filter(cpts=review.cpts, withdrawn_at__isnull=True).select_related("added_by")
    return [each for each in found if each.review_id == review.pk or each.slot not in OF_EACH_REVIEW]


def places_of(review: Review) -> list[Place]:
    """The slots that this step asks for, then the other documents it has."""
    held: dict[str, Document] = {}
    for document in documents_for(review):
        held.setdefault(document.slot, document)
    required = REQUIRED[review.kind]
    others = [slot for slot in Slot if slot in held and slot not in required]
    return [Place(slot, held.get(slot), slot in required) for slot in [*required, *others]]


def missing_documents(review: Review) -> list[str]:
    return [f"Document manquant : {place.slot.label.lower()}." for place in places_of(review) if place.is_missing]


@transaction.atomic
def add_document(
    owner: Review | Contract, *, slot: str, title: str, filename: str, content: bytes, by: Any
) -> Document:
    """A new document, or a new version of the one in its slot; its content is checked, its print kept."""
    content_type = check_file(filename, content)
    link = {"review": owner} if isinstance(owner, Review) else {"contract": owner}
    same = Document.objects.filter(cpts=owner.cpts, slot=slot, **link)
    sha256 = hashlib.sha256(content).hexdigest()
    if same.filter(sha256=sha256, withdrawn_at__isnull=True).exists():
        raise NotPossible("Ce fichier est déjà dans le dossier.")
    last = same.aggregate(last=Max("number"))["last"] or 0
    document = Document(
        cpts=owner.cpts,
        slot=slot,
        title=title.strip(),
        number=last + 1,
        filename=filename[-200:],
        content_type=content_type,
        size=len(content),
        sha256=sha256,
        added_by=by,
        **link,
    )
    document.file.save(f"{sha256[:16]}-{filename[-80:]}", ContentFile(content), save=False)
    refuse_invalid(document, exclude=["added_by"])
    save_as(document, by=by)
    return document


@transaction.atomic
def withdraw_document(document: Document, *, reason: str, by: Any) -> Document:
    """It leaves the file with its reason; what was kept of it stays."""
    found = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if found.withdrawn_at:
        raise NotPossible("Ce document est déjà retiré.")
    if not reason.strip():
        raise NotPossible("Indiquez le motif du retrait.")
    found.withdrawn_at, found.withdrawn_reason = timezone.now(), reason.strip()
    save_as(found, by=by, reason=reason.strip())
    return found
