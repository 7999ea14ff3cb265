"""First pass over the extract: keep the lines of the perimeter, on bytes, without decoding the others.

Kept lines are spooled in temporary files by RPPS, so that a person is whole in one file and memory stays flat whatever
the size of the extract and of the perimeter.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import IO

from members.directory.imports.columns import Columns
from members.directory.imports.perimeter import Perimeter
from members.directory.imports.sources import decoded
from members.directory.imports.tally import Tally

SPOOLS = 128
RPPS_LENGTH = 11
ADELI = b"0"
STUDENT = b"E"
PLACED = ("commune", "postal_code", "commune_name")


class Spools(AbstractContextManager):
    """Temporary files of kept lines, each opened when its first line comes; gone with the block."""

    def __init__(self) -> None:
        self._files: list[IO[bytes] | None] = [None] * SPOOLS

    def add(self, rpps: bytes, number: int, commune_id: int, line: bytes) -> None:
        """Prefix the raw line with its number and its commune; the key digit is left out of the choice of a file."""
        index = int(rpps[6:10]) % SPOOLS
        spool = self._files[index]
        if spool is None:
            spool = self._files[index] = tempfile.TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        end = b"" if line.endswith(b"\n") else b"\n"
        spool.write(b"%d|%d|%b%b" % (number, commune_id, line, end))

    def read(self) -> Iterator[IO[bytes]]:
        """Each file in turn, from its start; it is emptied once read."""
        for spool in filter(None, self._files):
            spool.seek(0)
            yield spool
            spool.truncate(0)

    def __exit__(self, *_: object) -> None:
        for spool in filter(None, self._files):
            spool.close()


class Cut:
    """How a line is cut to reach the commune with the fewest fields: from its start, or from its end.

    The part left whole (`rest_at`) must hold `rest` bars, otherwise the line has another number of columns.
    """

    def __init__(self, columns: Columns) -> None:
        bars = columns.separators
        wanted = [columns.at[name] for name in PLACED]
        from_start, from_end = max(wanted) + 1, bars + 1 - min(wanted)
        if from_end < from_start and min(wanted) > 1 and max(wanted) < bars:
            self.split, self.times, self.rest_at = bytes.rsplit, from_end, 0
            self.rest, self._shift = min(wanted) - 1, min(wanted) - 1
        else:
            self.split, self.times, self.rest_at, self._shift = bytes.split, from_start, -1, 0
            self.rest = bars - from_start or -1  # nothing after: each line takes the slow way
        self._at = columns.at

    def place(self, name: str) -> int:
        return self._at[name] - self._shift


class Scan:
    """The rules applied to a line before it is worth decoding."""

    def __init__(self, columns: Columns, perimeter: Perimeter, tally: Tally, spools: Spools) -> None:
        self._columns = columns
        self._perimeter = perimeter
        self._tally = tally
        self._spools = spools
        self._cut = Cut(columns)
        self._split_at = columns.last_scanned + 1
        self._rpps_at = columns.at["rpps"]
        self._type_at = columns.at["identifier_type"]
        self._category_at = columns.at["category"]

    def run(self, lines: Iterable[bytes]) -> None:
        """The hot loop: one partial split and one count per line, then a look at the commune field."""
        codes, find, starts = self._perimeter.codes, self._perimeter.find, self._perimeter.postal_starts
        cut = self._cut
        split, times, rest_at, rest = cut.split, cut.times, cut.rest_at, cut.rest
        commune_at, postal_at, name_at = (cut.place(name) for name in PLACED)
        number, unplaced = 1, 0
        for number, line in enumerate(lines, start=2):
            fields = split(line, b"|", times)
            if fields[rest_at].count(b"|") != rest:  # a line too short has fewer bars still, or fewer fields
                unplaced += self._read_slowly(number, line)
                continue
            code = fields[commune_at]
            if code in codes:
                self._keep(number, codes[code], line, line.split(b"|", self._split_at))
            elif not code:
                postal = fields[postal_at]
                if not postal:
                    unplaced += 1
                elif postal[:2] in starts and (found := find(postal, fields[name_at])):
                    self._keep_by_postal_code(number, found, line, line.split(b"|", self._split_at))
        self._tally.counts["lines"] = number - 1
        self._tally.counts["without_place"] = unplaced

    def _read_slowly(self, number: int, line: bytes) -> bool:
        """A line of another shape, mended or refused; True when it has no place at all."""
        fields = self._mended(number, line)
        if not fields:
            return False
        code, postal, name = (fields[self._columns.at[name]] for name in PLACED)
        if code in self._perimeter.codes:
            self._keep(number, self._perimeter.codes[code], line, fields)
        elif not code and postal[:2] in self._perimeter.postal_starts and (found := self._perimeter.find(postal, name)):
            self._keep_by_postal_code(number, found, line, fields)
        return not code and not postal

    def _keep_by_postal_code(self, number: int, commune_id: int, line: bytes, fields: list[bytes]) -> None:
        self._tally.counts["by_postal_code"] += 1
        self._keep(number, commune_id, line, fields)

    def _keep(self, number: int, commune_id: int, line: bytes, fields: list[bytes]) -> None:
        counts = self._tally.counts
        counts["in_perimeter"] += 1
        if self._category_at >= 0 and fields[self._category_at] == STUDENT:
            counts["students"] += 1
            return
        if self._type_at >= 0 and fields[self._type_at] == ADELI:
            counts["without_rpps"] += 1
            return
        rpps = fields[self._rpps_at]
        if len(rpps) != RPPS_LENGTH or not rpps.isdigit():
            self._tally.refuse(number, self._columns.title("rpps"), decoded(rpps), "Le numéro RPPS compte 11 chiffres.")
            return
        counts["kept"] += 1
        self._spools.add(rpps, number, commune_id, line)

    def _mended(self, number: int, line: bytes) -> list[bytes] | None:
        """A line whose trailing bar differs from the header's is read; another number of columns is refused."""
        bare = line.rstrip(b"\r\n")
        if not bare:
            return None
        fields = bare.removesuffix(b"|").split(b"|") if bare.count(b"|") == self._columns.count else bare.split(b"|")
        if len(fields) == self._columns.count:
            return fields
        self._tally.refuse(
            number,
            "",
            decoded(bare),
            f"{len(fields)} colonnes au lieu de {self._columns.count} : la ligne est coupée ou décalée.",
        )
        return None
