"""Where an extract comes from: a path or an uploaded file, plain or in a ZIP that is read without unpacking it."""

import hashlib
import io
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.db.models.fields.files import FieldFile

from cpts_portal.imports.refusals import ImportRefused

Report = Callable[[int, str], None]
BUFFER_BYTES = 1 << 20
_DATED_NAME = re.compile(r"(20\d\d)-?([01]\d)-?([0-3]\d)")
UNREADABLE = (
    "Ce fichier ZIP est abîmé ou protégé par un mot de passe : téléchargez-le de nouveau, puis recommencez l’import."
)


class Extract(io.RawIOBase):
    """The bytes of the file on their way in: fingerprinted, counted, and the progress told at each percent."""

    def __init__(self, stream: IO[bytes], *, name: str, size: int, tell: Callable[[float], None]) -> None:
        self.name = name
        self.done = 0
        self._size = max(size, 1)
        self._stream = stream
        self._digest = hashlib.sha256()
        self._hashing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fingerprint")
        self._hashed: Future[None] | None = None
        self._tell = tell
        self._told = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        if hasattr(self._stream, "readinto"):
            count = self._stream.readinto(view) or 0
        else:
            found = self._stream.read(len(view))
            count = len(found)
            view[:count] = found
        self._fingerprint(bytes(view[:count]))
        self.done += count
        percent = self.done * 100 // self._size
        if percent != self._told:
            self._told = percent
            self._tell(min(self.done / self._size, 1.0))
        return count

    def _fingerprint(self, chunk: bytes) -> None:
        """Beside the scan, on the other core (hashlib frees the interpreter), one chunk late at most."""
        self._wait()
        self._hashed = self._hashing.submit(self._digest.update, chunk)

    def _wait(self) -> None:
        if self._hashed is not None:
            self._hashed.result()

    @property
    def sha256(self) -> str:
        """Fingerprint of what was read so far: the same for a file and for the ZIP that holds it."""
        self._wait()
        return self._digest.hexdigest()

    def finish(self) -> None:
        self._hashing.shutdown()

    def lines(self) -> io.BufferedReader:
        return io.BufferedReader(self, BUFFER_BYTES)


@contextmanager
def opened(source: Any, *, member: str, tell: Callable[[float], None]) -> Iterator[Extract]:
    """Open a path or a binary file. `member` is the word that names the right file when a ZIP holds several."""
    with ExitStack() as stack:
        stream, name = _stream_of(source, stack)
        try:
            if zipfile.is_zipfile(stream):
                stream.seek(0)
                archive = stack.enter_context(zipfile.ZipFile(stream))
                inside = _member_of(archive, member)
                read = stack.enter_context(archive.open(inside))
                extract = Extract(read, name=name, size=inside.file_size, tell=tell)
            else:
                size = stream.seek(0, os.SEEK_END)
                stream.seek(0)
                extract = Extract(stream, name=name, size=size, tell=tell)
            stack.callback(extract.finish)
            yield extract
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise ImportRefused(UNREADABLE) from error


def name_of(source: Any) -> str:
    """The name of the file, without its folder."""
    if isinstance(source, str | os.PathLike):
        return Path(source).name
    return Path(str(getattr(source, "name", "") or "fichier")).name


def observed_on_in(filename: str) -> date | None:
    """The day an extract was made, from names such as PS_LibreAcces_Personne_activite_202611010830.txt."""
    for year, month, day in _DATED_NAME.findall(Path(filename).name):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def decoded(line: bytes) -> str:
    """UTF-8, else Windows-1252 (older files); signs that no database stores are dropped."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("cp1252", errors="replace")
    return text.replace("\x00", "")


def _stream_of(source: Any, stack: ExitStack) -> tuple[IO[bytes], str]:
    name = name_of(source)
    if isinstance(source, str | os.PathLike):
        try:
            return stack.enter_context(Path(source).open("rb", buffering=0)), name  # type: ignore[return-value]
        except OSError as error:
            raise ImportRefused(f"Le fichier {source} ne peut pas être lu : vérifiez son emplacement.") from error
    found = source
    while isinstance(found, File):
        found.open("rb")
        if isinstance(found, FieldFile):
            stack.callback(found.close)  # opened here, whereas an upload belongs to its request
        found = found.file
    found.seek(0)
    return found, name


def _member_of(archive: zipfile.ZipFile, member: str) -> zipfile.ZipInfo:
    """The file of the archive to read: the one named after `member`, else the largest text file."""
    texts = [i for i in archive.infolist() if not i.is_dir() and i.filename.lower().endswith((".txt", ".csv"))]
    if not texts:
        raise ImportRefused("Ce fichier ZIP ne contient aucun fichier texte (.txt ou .csv).")
    if any(info.flag_bits & 0x1 for info in texts):
        raise ImportRefused(UNREADABLE)
    named = [info for info in texts if member in info.filename.lower()]
    return max(named or texts, key=lambda info: info.file_size)
