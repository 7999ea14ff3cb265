"""Who reads the file of a proof, how a browser shows it, and what is said of it to those who do not read it.

Agencies read figures, never names: an attendance sheet is told to them by its facts (which meeting, how many came,
members apart, when it was locked, the fingerprint of the file), and its file or link stays inside the CPTS.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from cpts_portal.core.text import date_fr, plural, size_fr
from missions.models import Attendance, Meeting, Proof, ProofKind

NAMES_PEOPLE = "Cette feuille d’émargement porte des noms : seules la coordination et les membres du bureau l’ouvrent."
SHOWN_WORDS = {"application/pdf": "PDF", "image/png": "image PNG", "image/jpeg": "image JPEG"}


@dataclass(frozen=True)
class ProofLine:
    """A proof as a reader may see it."""

    proof: Proof
    may_open: bool
    facts: tuple[str, ...]

    @property
    def is_shown(self) -> bool:
        """The browser opens it; any other file is saved."""
        return self.proof.content_type in SHOWN_WORDS

    @property
    def file_words(self) -> str:
        """« PDF, 120 Ko »."""
        ending = self.proof.filename.rpartition(".")[2].upper()
        return f"{SHOWN_WORDS.get(self.proof.content_type, ending)}, {size_fr(self.proof.size)}"


def names_people(proof: Proof) -> bool:
    return proof.kind == ProofKind.ATTENDANCE


def proof_lines(proofs: Iterable[Proof], *, sees_names: bool) -> list[ProofLine]:
    """One query for the figures of all their meetings."""
    found = list(proofs)
    sheets = {proof.meeting_id for proof in found if names_people(proof) and proof.meeting_id}
    counts = _present_at(sheets) if sheets else {}
    return [
        ProofLine(
            proof,
            sees_names or not names_people(proof),
            tuple(_facts(proof, counts)) if names_people(proof) else (),
        )
        for proof in found
    ]


def _present_at(meetings: Iterable[int]) -> dict[int, tuple[int, int]]:
    """For each meeting: how many came, and how many of them were members that day."""
    present = Attendance.objects.filter(meeting__in=meetings, presence=Attendance.Presence.PRESENT)
    rows = present.order_by().values("meeting").annotate(came=Count("pk"), members=Count("pk", Q(was_member=True)))
    return {row["meeting"]: (row["came"], row["members"]) for row in rows}


def _facts(proof: Proof, counts: dict[int, tuple[int, int]]) -> Iterable[str]:
    if proof.meeting:
        yield from _meeting_facts(proof.meeting, *counts.get(proof.meeting.pk, (0, 0)))
    elif proof.dated:
        yield f"document du {date_fr(proof.dated)}"
    if proof.sha256:
        yield f"empreinte SHA-256 du fichier : {proof.sha256}"


def _meeting_facts(meeting: Meeting, came: int, members: int) -> Iterable[str]:
    yield f"« {meeting.title} », {date_fr(timezone.localdate(meeting.starts_at))}"
    others = came - members
    parts = f"{plural(members, 'adhérent')}, {plural(others, 'non-adhérent')}"
    yield f"{plural(came, 'participant')} : {parts}"
    if meeting.attendance_locked_at:
        yield f"présences verrouillées le {date_fr(timezone.localdate(meeting.attendance_locked_at))}"
