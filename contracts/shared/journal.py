"""The journal of decisions and payments of a CPTS: each line holds the digest of the one before.

Altering, removing or inserting a line afterwards breaks the chain from there on: `check_journal` names the first line
that no longer holds. The digest is the SHA-256 of the line told in JSON with sorted keys.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from contracts.models import JournalEntry, Review
from cpts_portal.accounts.models import User
from territories.models import Cpts

START = "0" * 64


def canonical(facts: Any) -> str:
    """The same text for the same facts, on any machine."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def digest_of(facts: Any) -> str:
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


@transaction.atomic
def write_journal(
    cpts: Cpts, *, act: str, subject: object, words: str, moment: datetime, by: User | None, facts: Mapping[str, Any]
) -> JournalEntry:
    """Add a line at the end of the chain; the row of the CPTS is held, so that two writers follow each other."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    last = JournalEntry.objects.filter(cpts=cpts).order_by("-rank").first()
    entry = JournalEntry(
        cpts=cpts,
        rank=last.rank + 1 if last else 1,
        at=moment.astimezone(UTC).replace(microsecond=0),
        by=by,
        author=str(by) if by else "Le portail",
        act=act,
        subject=str(subject)[:200],
        words=words,
        facts=json.loads(canonical(facts)),
        previous=last.digest if last else START,
    )
    entry.digest = digest_of(entry.told())
    entry.save()
    return entry


@dataclass(frozen=True)
class JournalState:
    """Whether the chain holds; `since`: its first day; `broken`: the first line that does not."""

    lines: int
    since: datetime | None
    broken: JournalEntry | None

    @property
    def holds(self) -> bool:
        return self.broken is None


@dataclass(frozen=True)
class Told:
    """A line of the journal as a timeline shows it."""

    when: datetime
    who: str
    sentence: str
    reason: str = ""


def moves_of(review: Review) -> list[Told]:
    """What happened to a review, newest first."""
    entries = JournalEntry.objects.filter(cpts=review.cpts_id, facts__review=review.pk).order_by("-rank")
    return [Told(each.at, each.author, each.words, each.facts.get("reason", "")) for each in entries]


def is_told(cpts_id: int, act: str, **facts: Any) -> bool:
    """The journal of this CPTS holds a line of this act with these facts."""
    wanted = {f"facts__{name}": value for name, value in facts.items()}
    return JournalEntry.objects.filter(cpts_id=cpts_id, act=act, **wanted).exists()


def check_journal(cpts: Cpts) -> JournalState:
    """Read the whole chain again."""
    previous, rank, since = START, 0, None
    for entry in JournalEntry.objects.filter(cpts=cpts).order_by("rank").iterator(chunk_size=500):
        rank += 1
        since = since or entry.at
        if entry.rank != rank or entry.previous != previous or entry.digest != digest_of(_told_in_utc(entry)):
            return JournalState(rank, since, entry)
        previous = entry.digest
    return JournalState(rank, since, None)


def _told_in_utc(entry: JournalEntry) -> dict[str, Any]:
    entry.at = entry.at.astimezone(UTC)
    return entry.told()
