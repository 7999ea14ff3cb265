"""Second pass: kept lines become persons, one per RPPS, with each place of practice once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, NamedTuple

from django.core.exceptions import ValidationError

from cpts_portal.core.identifiers import check_rpps_key
from cpts_portal.core.text import fold
from members.directory.imports.columns import Columns
from members.directory.imports.sources import decoded
from members.directory.imports.tally import Tally
from members.models import ExerciseMode, Profession
from members.shared.nomenclatures import PORTAL

NAME, PLACE, ADDRESS, SKILL, SKILL_NAME = 80, 160, 200, 10, 120  # lengths of our columns
ORDER_SPECIALTY = "S"  # « type de savoir-faire » of the specialties granted by the orders (TRE_R38)

# What makes two lines the same practice: commune, profession, mode, site.
Key = tuple[int, int, str, str]


class EntryDetail(NamedTuple):
    """What is known of a practice beside its key; corrected in place when the directory corrects it."""

    place: str = ""
    address: str = ""
    finess: str = ""
    siret: str = ""


@dataclass
class Person:
    rpps: str
    last_name: str
    first_name: str
    specialty: str = ""
    practices: dict[Key, EntryDetail] = field(default_factory=dict)


def site_of(detail: EntryDetail) -> str:
    """The numbers of the place, else its name, else its address: a new spelling of a name is not a move."""
    numbers = f"{detail.finess}/{detail.siret}"
    return numbers if len(numbers) > 1 else fold(detail.place) or fold(detail.address)


class Professions:
    """Codes of the extract -> our professions. Codes without nomenclature: health first, then titles, then social."""

    def __init__(self) -> None:
        found = list(Profession.objects.all())
        national = [p for p in found if p.nomenclature != PORTAL]
        order = [Profession.Nomenclature.HEALTH, Profession.Nomenclature.TITLE, Profession.Nomenclature.SOCIAL]
        national.sort(key=lambda p: order.index(Profession.Nomenclature(p.nomenclature)), reverse=True)
        self.by_code = {p.code: p.pk for p in national}
        self.other = next(p.pk for p in found if p.nomenclature == PORTAL and p.code == "AUTRE")
        self.rank = {p.pk: (p.rank, p.pk) for p in found}

    def main(self, ids: Iterable[int]) -> int:
        return min(ids, key=self.rank.__getitem__)


class Reading:
    """Reads spooled lines; the result does not depend on the order of the lines in the file."""

    def __init__(self, columns: Columns, professions: Professions, tally: Tally) -> None:
        self._at = columns.at
        self._professions = professions
        self._tally = tally
        self.specialties: dict[str, tuple[str, int]] = {}

    def people(self, spools: Iterable[IO[bytes]]) -> Iterator[Person]:
        for spool in spools:
            found: dict[str, Person] = {}
            for line in spool:
                self._read(line, found)
            for person in found.values():
                self._check_key(person.rpps)
                yield person

    def _read(self, line: bytes, found: dict[str, Person]) -> None:
        _, commune, raw = line.split(b"|", 2)
        values = decoded(raw).rstrip("\r\n").split("|")
        at = self._at

        def value(name: str, length: int) -> str:
            position = at[name]
            return values[position].strip()[:length] if 0 <= position < len(values) else ""

        rpps = value("rpps", 11)
        names = (value("last_name", NAME), value("first_name", NAME))
        person = found.get(rpps)
        if person is None:
            person = found[rpps] = Person(rpps, *names)
        elif names < (person.last_name, person.first_name):
            person.last_name, person.first_name = names
        profession = self._profession(value("profession", 20))
        self._add_specialty(person, profession, value)
        detail = EntryDetail(
            value("place", PLACE) or value("sign", PLACE),
            self._address(value),
            _number(value("finess", 20), 9),
            _number(value("siret", 20), 14),
        )
        key = (int(commune), profession, self._mode(value("mode", 10)), site_of(detail))
        known = person.practices.get(key)
        person.practices[key] = detail if known is None else min(known, detail)

    def _profession(self, code: str) -> int:
        found = self._professions.by_code.get(code)
        if found is None:
            self._tally.unknown_professions[code or "(vide)"] += 1
            return self._professions.other
        return found

    def _mode(self, code: str) -> str:
        if code in ExerciseMode.values or not code:
            return code
        self._tally.counts["unknown_modes"] += 1
        return ""

    def _add_specialty(self, person: Person, profession: int, value) -> None:
        code = value("skill", SKILL)
        if not code or value("skill_type", 4) != ORDER_SPECIALTY:
            return
        person.specialty = min(person.specialty, code) if person.specialty else code
        if code not in self.specialties:
            self.specialties[code] = (value("skill_name", SKILL_NAME) or code, profession)

    @staticmethod
    def _address(value) -> str:
        names = ("street_number", "street_repeat", "street_type", "street", "delivery")
        return " ".join(filter(None, (value(name, ADDRESS) for name in names)))[:ADDRESS]

    def _check_key(self, rpps: str) -> None:
        try:
            check_rpps_key(rpps)
        except ValidationError:
            self._tally.counts["doubtful_keys"] += 1


def _number(text: str, length: int) -> str:
    """A number of a place; one of the wrong length is worth nothing and would not fit."""
    return text if len(text) == length else ""
