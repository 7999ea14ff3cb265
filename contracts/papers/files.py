"""The documents of a file: what each step asks for, what is there, what is missing by name.

A new file in a slot is a new version: the former ones stay. A withdrawn document keeps its line (name, digest, who,
when, why) and its file stays on the server, but no page opens it any more. Files are never deleted.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from contracts.models import OPEN, Contract, Document, Party, Review, ReviewKind, ReviewStatus, Slot
from cpts_portal.accounts.models import Access, User
from cpts_portal.core.given_files import SHOWN
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from missions.indicators.proving import check_file
from territories.models import Cpts

# What a step cannot be submitted without (articles 4 and 9 of the agreement). A document of an earlier step counts:
# statutes given with the letter of intent are not asked again for the contract.
REQUIRED: dict[str, tuple[Slot, ...]] = {
    ReviewKind.LETTER: (),
    ReviewKind.PROJECT: (Slot.STATUTES, Slot.RNA_RECEIPT),
    ReviewKind.CONTRACT: (Slot.STATUTES, Slot.RNA_RECEIPT, Slot.BANK_DETAILS),
    ReviewKind.AMENDMENT: (),
    ReviewKind.YEAR: (Slot.ACTIVITY_REPORT, Slot.ACCOUNTS),
}
LASTING = (Slot.STATUTES, Slot.RNA_RECEIPT, Slot.BANK_DETAILS)  # valid from one step to the next; the others are not
# Besides what is required, what may be joined to each step.
OFFERED: dict[str, tuple[Slot, ...]] = {
    ReviewKind.LETTER: (Slot.STATUTES, Slot.RNA_RECEIPT, Slot.LETTER),
    ReviewKind.PROJECT: (Slot.PROJECT,),
    ReviewKind.CONTRACT: (Slot.SIGNED_CONTRACT,),
    ReviewKind.AMENDMENT: (Slot.SIGNED_AMENDMENT,),
    ReviewKind.YEAR: (Slot.AUDIT_REPORT,),
}
# Joined by any of the three parties, also once the step is decided (the scan comes after the signature).
OF_ANYBODY = (Slot.SIGNED_CONTRACT, Slot.SIGNED_AMENDMENT, Slot.OTHER)


@dataclass(frozen=True)
class Place:
    """A slot of a file: the document in force in it (none: missing), whether the step asks for it."""

    slot: Slot
    document: Document | None
    is_required: bool

    @property
    def is_missing(self) -> bool:
        return self.is_required and self.document is None

    @property
    def label(self) -> str:
        """« Autre document » says which one."""
        return self.document.title if self.document and self.slot == Slot.OTHER else self.slot.label


@dataclass(frozen=True)
class Given:
    """A file as somebody gives it; `title` names an « autre document »."""

    slot: str
    filename: str
    content: bytes
    title: str = ""


def documents_for(review: Review) -> list[Document]:
    """Those of this review, and those of the CPTS that stay valid from one step to the next; newest version first."""
    found = Document.objects.filter(cpts_id=review.cpts_id, withdrawn_at__isnull=True)
    here = found.filter(Q(review=review) | Q(slot__in=LASTING))
    return list(here.select_related("added_by").order_by("-number", "-pk"))


def places_of(review: Review) -> list[Place]:
    """The slots that this step asks for, then the other documents it has."""
    held: dict[tuple[str, str], Document] = {}
    for document in documents_for(review):
        held.setdefault(_place_of(document.slot, document.title), document)
    required = REQUIRED[review.kind]
    others = sorted(
        (key for key in held if key[0] not in required), key=lambda key: (list(Slot).index(Slot(key[0])), key)
    )
    asked = [Place(slot, held.get(_place_of(slot, "")), True) for slot in required]
    return [*asked, *(Place(Slot(key[0]), held[key], False) for key in others)]


def _place_of(slot: str, title: str) -> tuple[str, str]:
    """Other documents stand side by side, each under its title; every other slot has one document."""
    return slot, title.strip() if slot == Slot.OTHER else ""


def missing_documents(review: Review) -> list[str]:
    names = [place.slot.label for place in places_of(review) if place.is_missing]
    return [f"Document manquant : {name[0].lower()}{name[1:]}." for name in names]


# --- Who may add and withdraw -----------------------------------------------------------------------------------------
def slots_open_to(review: Review, party: str) -> list[Slot]:
    """The CPTS fills the slots of the step until it is decided; everybody may join other documents and scans."""
    if not party or review.status == ReviewStatus.ABANDONED:
        return []
    wanted = [*REQUIRED[review.kind], *OFFERED[review.kind], Slot.OTHER]
    if party == Party.CPTS and review.status in OPEN:
        return list(dict.fromkeys(wanted))
    return [slot for slot in dict.fromkeys(wanted) if slot in OF_ANYBODY]


def why_not_withdrawn(document: Document, party: str, user: Any) -> str:
    """Why this person may not withdraw this document; empty when she may."""
    if document.withdrawn_at:
        return "Ce document est déjà retiré."
    if document.review and document.review.status not in OPEN:
        return "Ce dossier est décidé : ses documents y restent. Ajoutez plutôt une nouvelle version."
    if document.added_by_id != user.pk and not _was_added_by(document, party):
        return "Seule la partie qui a ajouté ce document peut le retirer."
    return ""


def _was_added_by(document: Document, party: str) -> bool:
    """Somebody of this party added it, even if she has left since."""
    if not party:
        return False
    cpts = document.cpts
    agency = cpts.ars_id if party == Party.ARS else cpts.lead_fund_id
    place = Q(cpts_id=cpts.pk) if party == Party.CPTS else Q(agency_id=agency)
    return Access.objects.filter(place, user=document.added_by_id).exists()


def can_be_shown(document: Document) -> bool:
    """In the browser, beside the portal: PDF and images only, whose content was checked when they came in."""
    return document.content_type in SHOWN.values() and document.withdrawn_at is None


# --- Adding and withdrawing -------------------------------------------------------------------------------------------
def versions_of(document: Document) -> QuerySet[Document]:
    """Every version of the place this document stands in, withdrawn ones included; newest first."""
    owner = document.review or document.contract
    found = _same_place(owner, document.slot, document.title) if owner else Document.objects.filter(pk=document.pk)
    return found.select_related("added_by").order_by("-number", "-pk")


def _same_place(owner: Review | Contract, slot: str, title: str) -> QuerySet[Document]:
    found = Document.objects.filter(cpts_id=owner.cpts_id, slot=slot)
    if slot in LASTING:
        return found
    link = {"review": owner} if isinstance(owner, Review) else {"contract": owner}
    return found.filter(**link, **({"title": title.strip()} if slot == Slot.OTHER else {}))


@transaction.atomic
def add_documents(review: Review, given: Iterable[Given], *, party: str, by: User) -> list[Document]:
    """Several files at once, all or none; each refusal names its slot."""
    allowed, made = slots_open_to(review, party), []
    for each in given:
        if each.slot not in allowed:
            raise NotPossible(f"« {Slot(each.slot).label} » : ce document n’est pas à ajouter par vous à cette étape.")
        try:
            made.append(
                add_document(
                    review, slot=each.slot, title=each.title, filename=each.filename, content=each.content, by=by
                )
            )
        except NotPossible as refusal:
            raise NotPossible(f"« {Slot(each.slot).label} » : {refusal}") from refusal
    if not made:
        raise NotPossible("Choisissez au moins un fichier.")
    return made


@transaction.atomic
def add_document(
    owner: Review | Contract, *, slot: str, title: str, filename: str, content: bytes, by: User
) -> Document:
    """A new document, or a new version of the one in its slot; its content is checked, its print kept.

    The row of the CPTS is held: two people who fill a slot at once make two versions, in order.
    """
    content_type = check_file(filename, content)
    if slot == Slot.OTHER and not title.strip():
        raise NotPossible("Donnez un intitulé à cet autre document.")
    Cpts.objects.select_for_update(of=("self",)).get(pk=owner.cpts_id)
    same = _same_place(owner, slot, title)
    sha256 = hashlib.sha256(content).hexdigest()
    if same.filter(sha256=sha256, withdrawn_at__isnull=True).exists():
        raise NotPossible("Ce fichier est déjà dans le dossier.")
    document = Document(
        cpts=owner.cpts,
        slot=slot,
        title=title.strip(),
        number=(same.aggregate(last=Max("number"))["last"] or 0) + 1,
        filename=filename[-200:],
        content_type=content_type,
        size=len(content),
        sha256=sha256,
        added_by=by,
        **({"review": owner} if isinstance(owner, Review) else {"contract": owner}),
    )
    document.file.save(f"{sha256[:16]}-{filename[-80:]}", ContentFile(content), save=False)
    refuse_invalid(document, exclude=["added_by"])
    save_as(document, by=by)
    return document


@transaction.atomic
def withdraw_document(document: Document, *, reason: str, party: str, by: User) -> Document:
    """It leaves the file with its reason; what was kept of it stays."""
    found = Document.objects.select_for_update(of=("self",)).select_related("cpts", "review").get(pk=document.pk)
    if refusal := why_not_withdrawn(found, party, by):
        raise NotPossible(refusal)
    if not reason.strip():
        raise NotPossible("Indiquez le motif du retrait.")
    found.withdrawn_at, found.withdrawn_reason = timezone.now(), reason.strip()
    refuse_invalid(found, exclude=["added_by", "file"])
    save_as(found, by=by, reason=reason.strip())
    return found
