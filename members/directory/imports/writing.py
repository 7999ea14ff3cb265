"""The directory as it was against the directory as it is read: set-based writes, in batches.

New practices start on the day of the extract, those that disappeared end that day, the others are left alone. Nothing
is deleted. The same file a second time writes nothing.
"""

from array import array
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import reset_queries
from django.db.models import Max, Q

from members.directory.imports.errors import HeavyLoss
from members.directory.imports.people import EntryDetail, Key, Person, Professions, site_of
from members.directory.imports.perimeter import Perimeter
from members.directory.imports.tally import Tally, batches
from members.models import DirectoryEntry, DirectoryPractice, Specialty

PEOPLE_AT_ONCE = 1000
ROWS_AT_ONCE = 5000
LOSS_FROM, LOSS_PERCENT = 100, 30
ENTRY_FIELDS = ["last_name", "first_name", "profession_id", "specialty_code"]
DETAIL_FIELDS = ["place", "address", "finess", "siret"]


class SeenRows:
    """Which stored rows the file still holds: one bit per row, whatever the size of the country."""

    def __init__(self, highest: int) -> None:
        self.highest = highest
        self._bits = bytearray(highest // 8 + 1)

    def add(self, pk: int) -> None:
        self._bits[pk >> 3] |= 1 << (pk & 7)

    def __contains__(self, pk: int) -> bool:
        return bool(self._bits[pk >> 3] & (1 << (pk & 7)))


class KnownEntries:
    """A stored practice, as the comparison needs it."""

    __slots__ = ("detail", "end", "pk")

    def __init__(self, pk: int, detail: EntryDetail, end: date | None) -> None:
        self.pk, self.detail, self.end = pk, detail, end


class DirectoryWriter:
    def __init__(self, observed_on: date, perimeter: Perimeter, professions: Professions, tally: Tally) -> None:
        self._day = observed_on
        self._perimeter = perimeter
        self._professions = professions
        self._counts = tally.counts
        self._seen = SeenRows(DirectoryPractice.objects.aggregate(last=Max("pk"))["last"] or 0)

    def write(self, people: Iterable[Person]) -> None:
        for batch in batches(people, PEOPLE_AT_ONCE):
            self._write_batch(batch)
            reset_queries()  # in development Django keeps the text of each query: it would fill the memory

    def _write_batch(self, people: list[Person]) -> None:
        self._counts["people"] += len(people)
        ids = self._write_entries(people)
        known = self._known_practices([ids[person.rpps][0] for person in people if ids[person.rpps][1]])
        new: list[DirectoryPractice] = []
        changed: list[DirectoryPractice] = []
        for person in people:
            entry_id, _ = ids[person.rpps]
            stored = known.get(entry_id, {})
            for key, detail in person.practices.items():
                match = stored.get(key)
                if match is None:
                    new.append(self._practice(entry_id, key, detail, start=self._day))
                else:
                    self._seen.add(match.pk)
                    if match.end is not None or match.detail != detail:
                        changed.append(self._practice(entry_id, key, detail, pk=match.pk))
        DirectoryPractice.objects.bulk_create(new)
        DirectoryPractice.objects.bulk_update(changed, [*DETAIL_FIELDS, "end"], batch_size=100)
        self._counts["practices_started"] += len(new)
        self._counts["practices_updated"] += len(changed)

    def _write_entries(self, people: list[Person]) -> dict[str, tuple[int, bool]]:
        """RPPS -> (id of the entry, whether it existed)."""
        stored = {
            rpps: (pk, tuple(rest))
            for rpps, pk, *rest in DirectoryEntry.objects.filter(rpps__in=[p.rpps for p in people])
            .order_by()
            .values_list("rpps", "pk", *ENTRY_FIELDS)
        }
        new, changed = [], []
        for person in people:
            entry = self._entry(person)
            if person.rpps not in stored:
                new.append(entry)
            elif stored[person.rpps][1] != tuple(getattr(entry, name) for name in ENTRY_FIELDS):
                entry.pk = stored[person.rpps][0]
                changed.append(entry)
        DirectoryEntry.objects.bulk_create(new)
        DirectoryEntry.objects.bulk_update(
            changed, ["last_name", "first_name", "profession", "specialty_code", "search"], batch_size=100
        )
        self._counts["entries_created"] += len(new)
        self._counts["entries_updated"] += len(changed)
        return {rpps: (pk, True) for rpps, (pk, _) in stored.items()} | {e.rpps: (e.pk, False) for e in new}

    def _entry(self, person: Person) -> DirectoryEntry:
        return DirectoryEntry(
            rpps=person.rpps,
            last_name=person.last_name,
            first_name=person.first_name,
            profession_id=self._professions.main({key[1] for key in person.practices}),
            specialty_code=person.specialty,
            search=DirectoryEntry.search_text(person.first_name, person.last_name, person.rpps)[:200],
        )

    def _known_practices(self, entry_ids: list[int]) -> dict[int, dict[Key, KnownEntries]]:
        """Open practices of these entries, and those ended by an earlier import of the same day (to reopen)."""
        found: dict[int, dict[Key, KnownEntries]] = {}
        rows = (
            DirectoryPractice.objects.filter(Q(end__isnull=True) | Q(end=self._day), entry__in=entry_ids)
            .order_by()
            .values_list("pk", "entry_id", "commune_id", "profession_id", "mode", "end", *DETAIL_FIELDS)
        )
        for pk, entry_id, commune_id, profession_id, mode, end, *detail in rows:
            known = KnownEntries(pk, EntryDetail(*detail), end)
            stored = found.setdefault(entry_id, {})
            key = (commune_id, profession_id, mode, site_of(known.detail))
            if key not in stored or end is None:
                stored[key] = known
        return found

    @staticmethod
    def _practice(entry_id: int, key: Key, detail: EntryDetail, **fields: Any) -> DirectoryPractice:
        commune_id, profession_id, mode, _ = key
        return DirectoryPractice(
            entry_id=entry_id,
            commune_id=commune_id,
            profession_id=profession_id,
            mode=mode,
            **detail._asdict(),
            **fields,
        )

    def end_the_missing(self, *, accept_losses: bool) -> None:
        """End the open practices of the perimeter that the file no longer holds.

        A file that would end a third of them is probably cut short: it is refused, unless the loss is accepted.
        """
        gone, still = array("q"), 0
        rows = DirectoryPractice.objects.filter(end__isnull=True, pk__lte=self._seen.highest).order_by()
        for pk, commune_id in rows.values_list("pk", "commune_id").iterator(ROWS_AT_ONCE):
            if pk in self._seen:
                still += 1
            elif self._perimeter.watches(commune_id):
                gone.append(pk)
        if not accept_losses:
            refuse_heavy_loss(len(gone), len(gone) + still)
        for batch in batches(gone, ROWS_AT_ONCE):
            DirectoryPractice.objects.filter(pk__in=batch).update(end=self._day)
        self._counts["practices_ended"] = len(gone)
        self._counts["practices_kept"] = still


def refuse_heavy_loss(gone: int, known: int) -> None:
    if known >= LOSS_FROM and gone * 100 > known * LOSS_PERCENT:
        raise HeavyLoss(
            f"Ce fichier paraît incomplet : {gone} lignes connues sur {known} en disparaîtraient. Vérifiez que le "
            "téléchargement est allé à son terme ; si ces départs sont réels, recommencez en les acceptant."
        )


def add_specialties(found: dict[str, tuple[str, int]]) -> int:
    """Specialties of the extract that the portal did not know; returns how many."""
    known = set(Specialty.objects.filter(code__in=found).values_list("code", flat=True))
    new = [Specialty(code=c, name=name, profession_id=p) for c, (name, p) in sorted(found.items()) if c not in known]
    Specialty.objects.bulk_create(new)
    return len(new)
