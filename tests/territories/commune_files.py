"""Small commune files for tests, in the complete format of the portal and in the simple one."""

from collections.abc import Iterable

from django.core.files.uploadedfile import SimpleUploadedFile

FULL_HEADER = "TYPECOM,COM,LIBELLE,COMPARENT,DEP,REG,EPCI,PMUN,CODES_POSTAUX"
SIMPLE_HEADER = "code;nom;population"


def full_line(code: str, name: str, population: int | str = 1000, *, kind: str = "COM", parent: str = "") -> str:
    return f"{kind},{code},{name},{parent},22,53,,{population},22400"


def full_file(*lines: str) -> bytes:
    """A complete list: the communes it does not name have disappeared."""
    return "\n".join([FULL_HEADER, *lines, ""]).encode()


def simple_file(rows: Iterable[tuple[str, str, int | str]]) -> bytes:
    """Populations of communes already known."""
    return "\n".join([SIMPLE_HEADER, *(f"{code};{name};{count}" for code, name, count in rows), ""]).encode()


def uploaded(content: bytes, name: str = "communes_2026.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")
