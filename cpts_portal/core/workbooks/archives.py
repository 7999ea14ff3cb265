"""What a compressed workbook weighs, measured before anything reads it.

An archive says how large its parts are, and may lie: each part is inflated here by pieces, counted, and let go.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cpts_portal.core.unreadable import Unreadable

LARGEST_INFLATED = 400 * 1024 * 1024
MOST_PARTS = 5_000
# Workbooks shrink 5 to 40 times; beyond this, and past what a small file may weigh, somebody made it on purpose.
LARGEST_RATIO, RATIO_FROM = 250, 20 * 1024 * 1024
PIECE = 1024 * 1024
_ENCRYPTED = 0x1
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_END = b"PK\x05\x06"
_END_WITHIN = 22 + 65_535

TOO_LARGE = "Ce classeur est trop volumineux une fois décompressé : enregistrez-le en CSV."
NOT_A_WORKBOOK = "Ce fichier compressé n’est pas un classeur Excel (.xlsx) : décompressez-le et choisissez le CSV."
DAMAGED = (
    "Ce classeur est endommagé : ouvrez-le dans votre tableur, enregistrez-le à nouveau (ou en CSV), puis recommencez."
)
PROTECTED = "Ce classeur est protégé par un mot de passe : enregistrez-le sans mot de passe, puis recommencez."


@dataclass(frozen=True)
class Part:
    """One file of the archive; its text is inflated by pieces each time it is read, never held whole."""

    content: bytes
    entry: zipfile.ZipInfo

    @property
    def name(self) -> str:
        return self.entry.filename

    def pieces(self) -> Iterator[bytes]:
        """Raises `Unreadable` when the part is not what the archive says of it."""
        inflated = 0
        try:
            for piece in self._inflated():
                inflated += len(piece)
                if inflated > self.entry.file_size:
                    raise Unreadable(DAMAGED)
                yield piece
        except (zlib.error, struct.error) as error:
            raise Unreadable(DAMAGED) from error
        if inflated != self.entry.file_size:
            raise Unreadable(DAMAGED)

    def _inflated(self) -> Iterator[bytes]:
        raw = self._raw()
        if self.entry.compress_type == zipfile.ZIP_STORED:
            yield from (bytes(raw[start : start + PIECE]) for start in range(0, len(raw), PIECE))
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        waiting = bytes(raw)
        while waiting and not inflater.eof:
            yield inflater.decompress(waiting, PIECE)
            waiting = inflater.unconsumed_tail
        if not inflater.eof:
            yield inflater.flush(PIECE)

    def _raw(self) -> memoryview:
        start = self.entry.header_offset
        _sign, name, extra = _LOCAL_HEADER.unpack_from(self.content, start)
        begins = start + _LOCAL_HEADER.size + name + extra
        return memoryview(self.content)[begins : begins + self.entry.compress_size]


def parts_of(content: bytes) -> list[Part]:
    """The parts of an archive whose announced size is bearable. Raises `Unreadable`."""
    if content.count(_END, max(0, len(content) - _END_WITHIN)) != 1:
        raise Unreadable(NOT_A_WORKBOOK)  # none, or several directories: readers would not see the same parts
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(NOT_A_WORKBOOK) from error
    _refuse_oversized(entries, len(content))
    names = {entry.filename.lower() for entry in entries}
    if len(names) != len(entries):
        raise Unreadable(DAMAGED)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Unreadable(PROTECTED)
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise Unreadable(DAMAGED)
    return [Part(content, entry) for entry in entries]


def _refuse_oversized(entries: list[zipfile.ZipInfo], weight: int) -> None:
    total = sum(entry.file_size for entry in entries)
    swollen = total > RATIO_FROM and total > weight * LARGEST_RATIO
    if len(entries) > MOST_PARTS or total > LARGEST_INFLATED or swollen:
        raise Unreadable(TOO_LARGE)
