"""What a line says once read, and what is told about the lines that cannot be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

Reporter = Callable[[int, str], None]


class Packed:
    """Pickled as a plain tuple of its values: the plan of 50 000 lines is kept and taken back in a second."""

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple([getattr(self, name) for name in self.__slots__])


@dataclass(frozen=True, slots=True)
class Refusal(Packed):
    """A cell that cannot be imported. `index` is its column in the file (-1: the whole line)."""

    line: int
    index: int
    column: str
    value: str
    reason: str
    kind: str


@dataclass(slots=True)
class Remark:
    """Something read differently from how it was written, told once for all the lines it concerns."""

    column: str
    sentence: str
    lines: list[int] = field(default_factory=list)
    example: str = ""


@dataclass(frozen=True, slots=True)
class Paid(Packed):
    """A payment of a calendar year as the file gives it."""

    year: int
    amount: Decimal
    paid_on: date
    method: str
    payer: str


@dataclass(frozen=True, slots=True)
class Exempted(Packed):
    """Dues of a year that nobody has to pay, with the reason."""

    year: int
    reason: str


@dataclass(frozen=True, slots=True)
class Office(Packed):
    """A mandate held; `subject` is the mission of a lead."""

    office: str
    subject: str = ""


@dataclass(slots=True)
class Record(Packed):
    """One person or structure of the file. Empty values say nothing (they never erase)."""

    line: int
    kind: str = ""  # StructureKind, empty for a person
    last_name: str = ""  # or the name of the structure
    first_name: str = ""
    used_name: str = ""
    profession_id: int | None = None
    specialty_id: int | None = None
    rpps: str = ""
    finess: str = ""
    siret: str = ""
    representative_name: str = ""
    representative_title: str = ""
    contacts: tuple[tuple[str, str], ...] = ()
    consents: dict[str, bool] = field(default_factory=dict)  # by channel
    modes: tuple[str, ...] = ()
    place: str = ""
    address: str = ""
    commune_id: int | None = None
    college: str = ""  # folded name
    applied_on: date | None = None
    start: date | None = None
    end: date | None = None
    refused_on: date | None = None
    refusal_reason: str = ""
    offices: tuple[Office, ...] = ()
    office_since: date | None = None
    payments: list[Paid] = field(default_factory=list)
    exemptions: list[Exempted] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_structure(self) -> bool:
        return bool(self.kind)

    @property
    def label(self) -> str:
        return self.last_name if self.kind else f"{self.first_name} {self.used_name or self.last_name}".strip()

    @property
    def has_practice(self) -> bool:
        return not self.kind and bool(self.modes or self.place or self.address or self.commune_id)

    def values(self, channel: str) -> list[str]:
        return [value for each, value in self.contacts if each == channel]


class Notes:
    """Refusals and remarks gathered along the reading."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []
        self._remarks: dict[tuple[str, str], Remark] = {}
        self.places: dict[str, tuple[int, str]] = {}  # where each data stands in the file: column and label

    def refuse(self, record: Record, key: str, value: str, reason: str, *, kind: str) -> None:
        """Refuse what a line says once it is compared with the register."""
        index, label = self.places.get(key, (-1, "La ligne"))
        self.refusals.append(Refusal(record.line, index, label, value, reason, kind))

    def remark(self, line: int, column: str, sentence: str, example: str = "") -> None:
        found = self._remarks.get((column, sentence))
        if found is None:
            found = self._remarks[column, sentence] = Remark(column, sentence, [], example)
        found.lines.append(line)

    @property
    def remarks(self) -> list[Remark]:
        return list(self._remarks.values())
