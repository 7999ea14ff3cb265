"""The communes whose professionals are kept: those that belong to some CPTS, under every code that leads to them.

A line names its place by an INSEE code (current, or of a commune that has merged, or of a district of Paris, Lyon or
Marseille), or only by a postal code and a name, sometimes with CEDEX.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.db.models import F, Q

from cpts_portal.core.periods import active_on
from cpts_portal.core.text import fold
from members.directory.imports.sources import decoded
from territories.models import Commune, CommuneMovement, CptsCommune

_CEDEX = re.compile(r"\bcedex\b.*$")
_DISTRICT = re.compile(r" \d{1,2} ?(?:er|e|eme)?(?: arrondissement)?$")
_SHORT = {"st": "saint", "ste": "sainte"}
REMEMBERED_PLACES = 20_000


class Place(NamedTuple):
    pk: int
    code: str
    kind: str
    next_id: int | None
    is_current: bool
    name: str
    postal_codes: str


class Perimeter:
    """Built once per import. `codes` leads from the bytes of a commune field to the covered commune."""

    def __init__(self, covered: Iterable[int], places: Iterable[Place], movements: Iterable[tuple[str, str]]) -> None:
        self.covered = frozenset(covered)
        known = list(places)
        self._next = {place.pk: place.next_id for place in known if place.next_id}
        self.codes = self._codes(known, movements)
        self._by_postal_code, self._by_area = self._names(known)
        self.postal_starts = frozenset(area[:2].encode() for area, _ in self._by_area)
        self.find = lru_cache(REMEMBERED_PLACES)(self._find)

    @classmethod
    def on(cls, day: date) -> "Perimeter":
        """The perimeter of the territories of this day (three queries).

        Only the communes that may matter are read: neighbours (names, postal codes), former and partial communes,
        and those whose code an official movement mentions.
        """
        covered = CptsCommune.directory.filter(active_on(day)).values_list("commune_id", flat=True).order_by()
        neighbours = Q(department__in=Commune.objects.filter(pk__in=covered).order_by().values("department"))
        recoded = Q(code__in=CommuneMovement.objects.order_by().values("before"))
        may_matter = neighbours | recoded | ~Q(kind=Commune.Kind.COMMUNE) | Q(ended_on__isnull=False)
        rows = (
            Commune.objects.filter(may_matter)
            .order_by("pk")
            .values_list("pk", "code", "kind", "parent_id", "successor_id", "ended_on", "name", "postal_codes")
        )
        places = (
            Place(pk, code, kind, successor or parent, ended is None, name, postal_codes)
            for pk, code, kind, parent, successor, ended, name, postal_codes in rows.iterator(5000)
        )
        movements = CommuneMovement.objects.exclude(before=F("after")).order_by("effective_on")
        return cls(set(covered), places, movements.values_list("before", "after"))

    def home(self, commune_id: int) -> int | None:
        """The covered commune that holds this one today: itself, what it became, or what it is a part of."""
        seen = set()
        current: int | None = commune_id
        while current is not None and current not in self.covered and current not in seen:
            seen.add(current)
            current = self._next.get(current)
        return current if current in self.covered else None

    def watches(self, commune_id: int) -> bool:
        return self.home(commune_id) is not None

    def _codes(self, places: list[Place], movements: Iterable[tuple[str, str]]) -> dict[bytes, int]:
        """Each code once; a code borne today by a commune is never read as a former one."""
        homes: dict[str, int | None] = {}
        for place in sorted(places, key=self._rank):
            homes.setdefault(place.code, self.home(place.pk))
        after: dict[str, set[str]] = defaultdict(set)
        for before, then in movements:
            after[before].add(then)
        for code in [code for code in after if code not in homes]:
            homes[code] = self._followed(code, after, homes)
        return {code.encode(): home for code, home in homes.items() if home is not None}

    def _rank(self, place: Place) -> tuple[bool, bool, bool]:
        is_own = place.pk in self.covered
        return (not (is_own and place.is_current), not is_own, not (place.is_current and place.kind == "COM"))

    @staticmethod
    def _followed(code: str, after: dict[str, set[str]], homes: dict[str, int | None]) -> int | None:
        """Follow the official movements while there is no choice (a split has several outcomes) nor cycle."""
        seen: set[str] = set()
        while code not in homes:
            if code in seen or len(after.get(code, ())) != 1:
                return None
            seen.add(code)
            (code,) = after[code]
        return homes[code]

    def _names(self, places: list[Place]) -> tuple[dict, dict]:
        """(postal code, name) and (area of postal codes, name), without the names that two communes share there.

        A covered city district wins over its city, which bears the same name and postal codes.
        """
        districts: dict[tuple[str, str], set[int | None]] = defaultdict(set)
        exact: dict[tuple[str, str], set[int | None]] = defaultdict(set)
        wide: dict[tuple[str, str], set[int | None]] = defaultdict(set)
        areas = {area_of(code) for p in places if p.pk in self.covered for code in p.postal_codes.split()}
        for place in places:
            if not place.is_current or area_of(place.postal_codes[:5]) not in areas:
                continue
            home = self.home(place.pk)
            name = place_name(place.name)
            for code in place.postal_codes.split():
                if place.kind == Commune.Kind.DISTRICT and place.pk in self.covered:
                    districts[code, name].add(home)
                exact[code, name].add(home)
                wide[area_of(code), name].add(home)
        return _unmistakable({**exact, **districts}), _unmistakable({**wide, **_by_area(districts)})

    def _find(self, postal_code: bytes, name: bytes) -> int | None:
        code, text = decoded(postal_code).strip(), fold(decoded(name))
        found = self._by_postal_code.get((code, place_name(text)))
        if found is None and "cedex" in text.split():
            found = self._by_area.get((area_of(code), place_name(text)))
        return found


def place_name(name: str) -> str:
    """« ST BRIEUC CEDEX 1 » and « Saint-Brieuc » -> « saint brieuc »; « Paris 15e Arrondissement » -> « paris »."""
    words = [_SHORT.get(word, word) for word in _CEDEX.sub("", fold(name)).split()]
    return _DISTRICT.sub("", " ".join(words))


def area_of(postal_code: str) -> str:
    """The part of a postal code that a CEDEX code keeps: the department."""
    return postal_code[:3] if postal_code.startswith(("97", "98")) else postal_code[:2]


def _by_area(found: dict[tuple[str, str], set[int | None]]) -> dict[tuple[str, str], set[int | None]]:
    wide: dict[tuple[str, str], set[int | None]] = defaultdict(set)
    for (code, name), homes in found.items():
        wide[area_of(code), name] |= homes
    return wide


def _unmistakable(found: dict[tuple[str, str], set[int | None]]) -> dict[tuple[str, str], int]:
    single = {key: next(iter(homes)) for key, homes in found.items() if len(homes) == 1}
    return {key: home for key, home in single.items() if home is not None}
