"""The people and the structures that match, as one list: counted, ordered and read page by page.

Two tables make one list by a UNION of the few columns a row and its order need. What else a row shows (memberships,
places, dues) is read once for the whole page. The number of queries never depends on the number of rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import CharField, Count, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from members.listing import conditions
from members.listing.criteria import Criteria, Kind
from members.listing.details import Detail, details_of
from members.listing.more import More, more_of
from members.listing.ordering import ORDERS, order_key
from members.models import Professional, StructureKind

AT_ONCE = 500  # rows whose details are read together
TEXT = CharField()
COLUMNS = (
    *("row_kind", "row_id", "row_name", "row_first", "row_number", "row_group", "row_commune"),
    *("row_sort", "row_key"),
)


@dataclass(frozen=True)
class Group:
    """How many of the rows are of one profession, or of one type of structure."""

    kind: Kind
    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Entry:
    """One row of the register: a person or a structure."""

    kind: Kind
    pk: int
    name: str
    first_name: str
    number: str
    group: str
    detail: Detail = field(default_factory=Detail)
    more: More = field(default_factory=More)

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.pk}"

    @property
    def is_person(self) -> bool:
        return self.kind == Kind.PERSON

    def __str__(self) -> str:
        return f"{self.first_name} {self.name}".strip()


class RegisterRows:
    """Lazy like a queryset: `count()`, `order_by()`, slices, iteration."""

    def __init__(
        self, wanted: Criteria, order: str = "name", window: slice | None = None, *, in_full: bool = False
    ) -> None:
        self.wanted = wanted
        self.order = order
        self.window = window
        self.in_full = in_full
        self._groups: list[Group] | None = None
        self._read: list[Entry] | None = None

    def order_by(self, *names: str) -> "RegisterRows":
        """By the first name of `ORDERS` among these (a leading « - » reverses), then by name."""
        known = [name for name in names if name.removeprefix("-") in ORDERS]
        return self._with(order=known[0] if known else self.order)

    def for_export(self) -> "RegisterRows":
        """With everything only exports show (`listing/more.py`)."""
        return self._with(in_full=True)

    def _with(self, **changed: Any) -> "RegisterRows":
        made = RegisterRows(
            self.wanted, **{"order": self.order, "window": self.window, "in_full": self.in_full, **changed}
        )
        made._groups = self._groups
        return made

    # --- How many -------------------------------------------------------------------------------------------------
    def groups(self) -> list[Group]:
        """The rows by profession and type of structure, the most numerous first; one query."""
        if self._groups is None:
            rows = self._union(self._people_groups(), self._structure_groups())
            made = [
                Group(Kind(kind), value, _group_label(kind, value, label), count)
                for kind, value, label, count in rows or ()
            ]
            self._groups = sorted(made, key=lambda group: (group.kind != Kind.PERSON, -group.count, group.label))
        return self._groups

    def count(self) -> int:
        return sum(group.count for group in self.groups())

    def __len__(self) -> int:
        return len(self._entries()) if self.window else self.count()

    def _people_groups(self) -> QuerySet | None:
        if not self.wanted.wants_people:
            return None
        found = conditions.people(self.wanted).order_by().values("profession")
        return found.annotate(n=Count("pk")).values_list(
            Value(Kind.PERSON, TEXT), Cast("profession", TEXT), "profession__plural", "n"
        )

    def _structure_groups(self) -> QuerySet | None:
        if not self.wanted.wants_structures:
            return None
        found = conditions.structures(self.wanted).order_by().values("kind")
        return found.annotate(n=Count("pk")).values_list(Value(Kind.STRUCTURE, TEXT), "kind", Value("", TEXT), "n")

    # --- Which ones -----------------------------------------------------------------------------------------------
    def keys(self) -> list[tuple[str, int]]:
        """Kind and number of every row, in order; one query."""
        return [(row[0], row[1]) for row in self._rows()]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries()) if self.window else self._stream()

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._with(window=index)
        return next(iter(self._with(window=slice(index, index + 1))))

    def _entries(self) -> list[Entry]:
        if self._read is None:
            self._read = list(self._stream())
        return self._read

    def _stream(self) -> Iterator[Entry]:
        rows = self._rows()
        found = iter(rows[self.window] if self.window else rows.iterator(chunk_size=AT_ONCE))
        while some := list(islice(found, AT_ONCE)):
            yield from _entries_of(some, self.wanted, in_full=self.in_full)

    def _rows(self) -> QuerySet:
        people = structures = None
        if self.wanted.wants_people:
            people = _columns(conditions.people(self.wanted), self.wanted, self.order, Kind.PERSON)
        if self.wanted.wants_structures:
            structures = _columns(conditions.structures(self.wanted), self.wanted, self.order, Kind.STRUCTURE)
        direction = "-" if self.order.startswith("-") else ""
        by_name = self.order.removeprefix("-") == "name"
        keys = (
            [f"{direction}row_sort", f"{direction}row_id"] if by_name else [f"{direction}row_key", "row_sort", "row_id"]
        )
        found = self._union(people, structures)
        return found.order_by(*keys) if found is not None else Professional.objects.none()

    @staticmethod
    def _union(people: QuerySet | None, structures: QuerySet | None) -> QuerySet | None:
        """None when nobody may match: structures are asked with a criterion only persons meet."""
        if people is None or structures is None:
            return people if people is not None else structures
        return people.union(structures, all=True)


def _group_label(kind: str, value: str, label: str) -> str:
    return label if kind == Kind.PERSON else str(StructureKind(value).label)


def _columns(found: QuerySet, wanted: Criteria, order: str, kind: Kind) -> QuerySet:
    """The same columns for both tables, in the same order, as a UNION wants them."""
    nothing = Value("", TEXT)
    person = kind == Kind.PERSON
    return (
        found.order_by()
        .annotate(
            row_kind=Value(kind, TEXT),
            row_id=F("pk"),
            row_name=Coalesce(NullIf("last_name", nothing), "civil_last_name") if person else F("name"),
            row_first=F("civil_first_name") if person else nothing,
            row_number=F("rpps") if person else F("finess"),
            row_group=F("profession__name") if person else F("kind"),
            row_commune=nothing if person else Coalesce("commune__name", nothing),
            row_sort=F("sort_name"),
            row_key=order_key(order.removeprefix("-"), wanted, kind),
        )
        .values_list(*COLUMNS)
    )


def _entries_of(rows: Iterable[tuple], wanted: Criteria, *, in_full: bool) -> Iterator[Entry]:
    found = list(rows)
    details = details_of([(Kind(row[0]), row[1]) for row in found], wanted)
    more = more_of(details, wanted) if in_full else {}
    for kind, pk, name, first, number, group, commune, *_order in found:
        detail = details[Kind(kind), pk]
        if commune:
            detail.communes.append(commune)
        label = group if kind == Kind.PERSON else str(StructureKind(group).label)
        yield Entry(Kind(kind), pk, name, first, number, label, detail, more.get((Kind(kind), pk), More()))
