"""The import of FINESS structures: same rules as the directory of professionals."""

from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import reset_queries
from django.db.models import Max, Q

from cpts_portal.accounts.models import User
from cpts_portal.core.identifiers import check_finess_key, validate_finess_form
from cpts_portal.core.tasks import silent
from members.directory.imports.finess_layout import (
    IGNORED_SECTIONS,
    OFFICIAL_MINIMUM,
    SECTION,
    FinessColumns,
    kind_of,
    read_finess_columns,
)
from members.directory.imports.movements import follow, is_first_on
from members.directory.imports.perimeter import Perimeter
from members.directory.imports.running import (
    How,
    checked_perimeter,
    mark_written,
    only_one_at_a_time,
    refuse_future,
    refuse_older,
)
from members.directory.imports.sources import Report, decoded, opened
from members.directory.imports.structure_movements import store_structure_moves
from members.directory.imports.tally import Tally, batches
from members.directory.imports.writing import ROWS_AT_ONCE, SeenRows, refuse_heavy_loss
from members.models import DirectoryImport, DirectoryStructure

LINE_BYTES = 64 * 1024
COMPARED = ["siret", "name", "kind", "category", "category_name", "commune_id", "address", "phone"]
WRITTEN = ["siret", "name", "kind", "category", "category_name", "commune", "address", "phone", "search", "end"]
FIGURES = (
    "lines",
    "kept",
    "by_postal_code",
    "refused",
    "doubtful_keys",
    "duplicates",
    "structures_created",
    "structures_updated",
    "structures_ended",
    "structures_kept",
    "communes",
    "arrivals",
    "departures",
)


def import_finess(
    source: Any,
    *,
    observed_on: date,
    by: User,
    report: Report = silent,
    how: How | None = None,
    into: DirectoryImport | None = None,
) -> DirectoryImport:
    """Import the structures of the perimeter; same refusals as `import_directory`, one transaction."""
    how = how or How()
    perimeter = checked_perimeter(how.day)
    refuse_older(observed_on, DirectoryImport.Source.FINESS)
    refuse_future(observed_on, how.day)
    imported = into or DirectoryImport(source=DirectoryImport.Source.FINESS, author=by)
    imported.observed_on = observed_on
    _read_and_write(source, imported, perimeter, how, report)
    if how.dry_run:
        imported.pk = into.pk if into else None
    report(100, "Import terminé")
    return imported


def _read_and_write(source: Any, imported: DirectoryImport, perimeter: Perimeter, how: How, report: Report) -> None:
    """One pass over the file, in the transaction and under the lock of imports."""
    day, tally = imported.observed_on, Tally()

    def tell(share: float) -> None:
        report(int(share * 95), "Lecture du fichier…")

    with (
        opened(source, member="etalab", tell=tell) as extract,
        only_one_at_a_time(dry_run=how.dry_run),
        extract.lines() as lines,
    ):
        refuse_older(day, DirectoryImport.Source.FINESS)
        first = lines.readline(LINE_BYTES).removeprefix(b"\xef\xbb\xbf")
        reading = FinessReading(read_finess_columns(decoded(first)), perimeter, tally)
        writer = FinessWriter(day, perimeter, tally)
        writer.write(reading.structures(first, lines))
        writer.end_the_missing(accept_losses=how.accept_losses)
        tally.counts["communes"] = len(perimeter.covered)
        imported.filename = imported.filename or extract.name[:200]
        imported.sha256 = extract.sha256
        _store(imported, perimeter, tally, how)


def _store(imported: DirectoryImport, perimeter: Perimeter, tally: Tally, how: How) -> None:
    """The import with its figures, and which structures opened or closed."""
    first = is_first_on(imported.observed_on, imported.source)
    followed = follow(perimeter, imported.observed_on, imported.source)
    mark_written(imported)
    imported.refused = tally.refused
    imported.save()  # the rows of its moves point to it
    if not first:
        tally.counts.update(store_structure_moves(imported, perimeter, followed, territory_on=how.day))
    imported.counts = {**tally.stored(*FIGURES), "first": first}
    imported.save()


class FinessReading:
    """Lines of the extract -> structures not saved yet, one per FINESS number, of the perimeter only."""

    def __init__(self, columns: FinessColumns, perimeter: Perimeter, tally: Tally) -> None:
        self._columns = columns
        self._perimeter = perimeter
        self._tally = tally

    def structures(self, first: bytes, lines: Iterable[bytes]) -> Iterator[DirectoryStructure]:
        seen: set[str] = set()
        number = 1
        for number, raw in enumerate(self._after_header(first, lines), start=2 if self._columns.has_header else 1):
            fields = self._fields(number, raw)
            commune_id = self._commune(fields) if fields else None
            if not fields or commune_id is None:
                continue
            structure = self._structure(number, fields, commune_id)
            if structure is None:
                continue
            if structure.finess in seen:
                self._tally.counts["duplicates"] += 1
                continue
            seen.add(structure.finess)
            self._tally.counts["kept"] += 1
            yield structure
        self._tally.counts["lines"] = number

    def _after_header(self, first: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
        if not self._columns.has_header:
            yield first
        yield from lines

    def _fields(self, number: int, raw: bytes) -> list[str] | None:
        """The values of a line; None for an empty line, another section, or a refused one."""
        line = decoded(raw).rstrip("\r\n")
        fields = line.split(";")
        if not line.strip():
            return None
        if self._columns.has_header:
            expected, is_short = self._columns.count, len(fields) < self._columns.count
        elif fields[0] in IGNORED_SECTIONS:
            return None
        else:
            expected = OFFICIAL_MINIMUM
            is_short = fields[0] != SECTION or len(fields) < OFFICIAL_MINIMUM
        if is_short:
            reason = f"{len(fields)} colonnes, il en faut au moins {expected} : la ligne est coupée ou décalée."
            self._tally.refuse(number, "", line, reason)
            return None
        return fields

    def _commune(self, fields: list[str]) -> int | None:
        code = self._columns.insee_code(fields)
        if code:
            return self._perimeter.codes.get(code.encode())
        postal_code, name = self._columns.postal_code_and_name(fields)
        found = self._perimeter.find(postal_code.encode(), name.encode()) if postal_code else None
        if found is not None:
            self._tally.counts["by_postal_code"] += 1
        return found

    def _structure(self, number: int, fields: list[str], commune_id: int) -> DirectoryStructure | None:
        value = self._columns.value
        finess = value(fields, "nofinesset").upper()
        try:
            validate_finess_form(finess)
        except ValidationError as error:
            self._tally.refuse(number, "nofinesset", finess, error.message)
            return None
        try:
            check_finess_key(finess)
        except ValidationError:
            self._tally.counts["doubtful_keys"] += 1
        name = value(fields, "rslongue", 160) or value(fields, "rs", 160)
        siret, category = value(fields, "siret"), value(fields, "categetab", 4)
        group = value(fields, "categagretab") or value(fields, "categretab")
        street = ("numvoie", "typvoie", "voie", "compvoie", "lieuditbp")
        return DirectoryStructure(
            finess=finess,
            siret=siret if len(siret) == 14 and siret.isdigit() else "",
            name=name,
            kind=kind_of(category, group),
            category=category,
            category_name=value(fields, "libcategetab", 120),
            commune_id=commune_id,
            address=" ".join(filter(None, (value(fields, part) for part in street)))[:200],
            phone=value(fields, "telephone", 20),
            search=DirectoryStructure.search_text(name, finess),
        )


class FinessWriter:
    def __init__(self, observed_on: date, perimeter: Perimeter, tally: Tally) -> None:
        self._day = observed_on
        self._perimeter = perimeter
        self._counts = tally.counts
        self._seen = SeenRows(DirectoryStructure.objects.aggregate(last=Max("pk"))["last"] or 0)

    def write(self, structures: Iterable[DirectoryStructure]) -> None:
        for batch in batches(structures, 1000):
            self._write_batch(batch)
            reset_queries()  # in development Django keeps the text of each query: it would fill the memory

    def _write_batch(self, structures: list[DirectoryStructure]) -> None:
        open_or_today = DirectoryStructure.objects.filter(Q(end__isnull=True) | Q(end=self._day))
        numbers = [structure.finess for structure in structures]
        stored: dict[str, DirectoryStructure] = {}
        for row in open_or_today.filter(finess__in=numbers):
            if row.finess not in stored or row.end is None:
                stored[row.finess] = row
        new, changed = [], []
        for structure in structures:
            known = stored.get(structure.finess)
            if known is None:
                structure.start = self._day
                new.append(structure)
                continue
            self._seen.add(known.pk)
            if known.end is not None or any(getattr(known, n) != getattr(structure, n) for n in COMPARED):
                structure.pk = known.pk
                changed.append(structure)
        DirectoryStructure.objects.bulk_create(new)
        DirectoryStructure.objects.bulk_update(changed, WRITTEN, batch_size=100)
        self._counts["structures_created"] += len(new)
        self._counts["structures_updated"] += len(changed)

    def end_the_missing(self, *, accept_losses: bool) -> None:
        gone, still = array("q"), 0
        rows = DirectoryStructure.objects.filter(end__isnull=True, pk__lte=self._seen.highest).order_by()
        for pk, commune_id in rows.values_list("pk", "commune_id").iterator(ROWS_AT_ONCE):
            if pk in self._seen:
                still += 1
            elif self._perimeter.watches(commune_id):
                gone.append(pk)
        if not accept_losses:
            refuse_heavy_loss(len(gone), len(gone) + still)
        for batch in batches(gone, ROWS_AT_ONCE):
            DirectoryStructure.objects.filter(pk__in=batch).update(end=self._day)
        self._counts["structures_ended"] = len(gone)
        self._counts["structures_kept"] = still
