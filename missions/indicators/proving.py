"""Proofs of results: files, links, meetings of the portal; locked once submitted to the yearly review.

A file keeps its SHA-256 and its true type: what it is, not what its name says. A locked proof can be neither changed
nor removed; unlocking takes a reason, which the history keeps.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as, update_many
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import number_fr
from missions.indicators.patient_data import refusal
from missions.models import Meeting, Proof, Target

MEGABYTE = 1024 * 1024
# What a file begins with, by ending: the content decides, the name only chooses among the accepted kinds.
SIGNATURES = {
    "pdf": (b"%PDF",),
    "png": (b"\x89PNG",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "xlsx": (b"PK\x03\x04",),
    "docx": (b"PK\x03\x04",),
    "pptx": (b"PK\x03\x04",),
    "odt": (b"PK\x03\x04",),
    "ods": (b"PK\x03\x04",),
    "csv": (),
    "txt": (),
}
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "csv": "text/csv",
    "txt": "text/plain",
}
ACCEPTED = "PDF, image (PNG, JPEG), document ou tableur (DOCX, ODT, PPTX, XLSX, ODS, CSV, TXT)"


@dataclass(frozen=True)
class ProofFields:
    """A proof as given: one of a file (its name and content), a link or a meeting."""

    kind: str
    title: str
    dated: date | None = None
    link: str = ""
    meeting: Meeting | None = None
    filename: str = ""
    content: bytes = b""


def check_file(filename: str, content: bytes) -> str:
    """The type of the file; raises `NotPossible` with the reason when it may not be kept."""
    ending = filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    if ending not in SIGNATURES:
        raise NotPossible(f"Ce type de fichier n’est pas accepté. Formats acceptés : {ACCEPTED}.")
    if not content:
        raise NotPossible("Ce fichier est vide.")
    if len(content) > settings.UPLOAD_MAX_BYTES:
        raise NotPossible(f"Ce fichier dépasse {number_fr(settings.UPLOAD_MAX_BYTES // MEGABYTE)} Mo.")
    begins = SIGNATURES[ending]
    is_text = not begins and b"\x00" not in content[:4096]
    if not is_text and not content.startswith(begins or (b"\x00",)):
        raise NotPossible(f"Le contenu de ce fichier n’est pas celui d’un fichier {ending.upper()}.")
    if reason := refusal(content, filename):
        raise NotPossible(reason)
    return TYPES.get(ending, "application/octet-stream")


@transaction.atomic
def add_proof(target: Target, fields: ProofFields, *, by: User) -> Proof:
    proof = Proof(target=target, kind=fields.kind, title=fields.title.strip(), dated=fields.dated, added_by=by)
    if fields.content or fields.filename:
        proof.content_type = check_file(fields.filename, fields.content)
        proof.filename, proof.size = fields.filename[-200:], len(fields.content)
        proof.sha256 = hashlib.sha256(fields.content).hexdigest()
        if Proof.objects.filter(target=target, sha256=proof.sha256).exists():
            raise NotPossible("Ce fichier est déjà parmi les preuves de cet indicateur.")
    proof.link, proof.meeting = fields.link, fields.meeting
    if proof.meeting and not proof.meeting.is_locked:
        raise NotPossible("Verrouillez d’abord les présences de cette réunion : ce qui prouve ne doit plus changer.")
    if fields.content:
        proof.file.save(f"{proof.sha256[:16]}-{fields.filename[-80:]}", ContentFile(fields.content), save=False)
    refuse_invalid(proof)
    save_as(proof, by=by)
    return proof


def _locked_row(proof: Proof) -> Proof:
    return Proof.objects.select_for_update(of=("self",)).get(pk=proof.pk)


@transaction.atomic
def remove_proof(proof: Proof, *, by: User) -> None:
    """The row goes, with its history; the file goes once that is written."""
    found = _locked_row(proof)
    if found.locked_at:
        raise NotPossible("Cette preuve est verrouillée : déverrouillez-la d’abord, avec un motif.")
    file = found.file
    delete_as(found, by=by)
    name = file.name
    if name:
        transaction.on_commit(lambda: file.storage.delete(name))


@transaction.atomic
def lock_proof(proof: Proof, *, by: User | None) -> Proof:
    found = _locked_row(proof)
    if found.locked_at:
        raise NotPossible("Cette preuve est déjà verrouillée.")
    found.locked_at, found.locked_by = timezone.now(), by
    save_as(found, by=by)
    return found


@transaction.atomic(savepoint=False)
def lock_proofs(proofs: QuerySet, *, by: User | None) -> int:
    """The same for proofs that are open, in sets; how many."""
    rows, now = list(proofs.select_for_update(of=("self",)).order_by("pk")), timezone.now()
    for proof in rows:
        proof.locked_at, proof.locked_by = now, by
    return update_many(Proof, rows, ["locked_at", "locked_by"], by=by)


@transaction.atomic
def unlock_proof(proof: Proof, *, reason: str, by: User) -> Proof:
    found = _locked_row(proof)
    if not found.locked_at:
        raise NotPossible("Cette preuve n’est pas verrouillée.")
    if not reason.strip():
        raise NotPossible("Indiquez pourquoi cette preuve est déverrouillée.")
    found.locked_at = found.locked_by = None
    save_as(found, by=by, reason=reason.strip())
    return found
