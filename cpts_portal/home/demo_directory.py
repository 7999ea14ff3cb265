"""The national directory of the demonstration: small fictitious extracts over its territories, imported twice.

As many liberal professionals as a territory of that size holds, so that the rates of membership are credible; between
the two dates some arrive and some leave. Most records of the registers are linked, some are only proposed. Where
anything was imported before, nothing is loaded.
"""

import io
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from cpts_portal.accounts.models import User
from cpts_portal.core.history import update_many
from cpts_portal.core.periods import active_on
from cpts_portal.home.demo_members import person_name
from cpts_portal.home.demo_registers import REGISTERS, DemoRegister
from members.directory import fictitious_people as fictitious_directory
from members.directory import fictitious_structures as fictitious_finess
from members.directory.fictitious import fictitious_finess as finess_number
from members.directory.fictitious import fictitious_rpps, fictitious_siret
from members.directory.fictitious_people import FictitiousPlace
from members.directory.imports import How, import_directory, import_finess
from members.models import DirectoryEntry, DirectoryImport, DirectoryStructure, Practice, Professional, Structure
from members.shared.nomenclatures import HEALTH, TITLE
from territories.models import Commune, Cpts, CptsCommune, Population

REASON = "Données de démonstration"
FIRST_AGO, LAST_AGO = timedelta(days=95), timedelta(days=4)
# Liberal professionals of each territory: about 450 for Ploërmel (press file), the others in proportion.
LIBERALS = {
    "penthievre": 410,
    "ploermel": 450,
    "nord-cantal": 175,
    "haute-saintonge": 378,
    "marches-de-bretagne": 115,
}
# Out of a hundred of them: doctors, nurses, physiotherapists, pharmacists, dentists, then the others.
SHARES = {"10": 20, "60": 36, "70": 15, "21": 10, "40": 7, "91": 4, "80": 3, "50": 2, "28": 1, "92": 1, "93": 1}
SALARIED_SHARES = {"10": 8, "60": 14}  # of hospitals, for a hundred liberals
GOLDEN = 0.618_034  # spreads the persons over the communes by population, always in the same order
OWN_NUMBERS = 1_000  # after those of the register


@dataclass(frozen=True)
class Practising:
    """A line of the extract; `first` and `last`: whether each of the two extracts holds it."""

    rpps: str
    first_name: str
    last_name: str
    profession: str
    mode: str
    town: FictitiousPlace
    first: bool = True
    last: bool = True

    def line(self) -> bytes:
        is_doctor = self.profession == "10"
        return fictitious_directory.line(
            rpps=self.rpps,
            first_name=self.first_name,
            last_name=self.last_name.upper(),
            profession=self.profession,
            mode=self.mode,
            skill_type="S" if is_doctor else "",
            skill="SM54" if is_doctor else "",
            skill_name="Médecine générale" if is_doctor else "",
            place=f"CABINET {self.last_name.upper()}" if self.mode == "L" else "CENTRE HOSPITALIER FICTIF",
            postal_code=self.town.postal_code,
            commune=self.town.code,
            commune_name=self.town.name,
        )


class Towns:
    """The communes of a territory on a day, each as often as its population says."""

    def __init__(self, cpts: Cpts, day: date) -> None:
        members = CptsCommune.objects.filter(active_on(day), cpts=cpts).order_by().values("commune")
        people = dict(
            Population.objects.filter(commune__in=members).order_by("vintage").values_list("commune", "municipal")
        )
        communes = list(Commune.objects.filter(pk__in=members).order_by("code"))
        self.places = [FictitiousPlace(c.code, c.name, c.postal_codes[:5]) for c in communes]
        self.by_code = {place.code: place for place in self.places}
        self._steps = list(accumulate(people.get(commune.pk, 1) for commune in communes))

    def of(self, commune: Commune | None, number: int) -> FictitiousPlace:
        """Her own commune; another one of the territory when it lies elsewhere."""
        return self.by_code.get(commune.code if commune else "", self[number])

    def __getitem__(self, number: int) -> FictitiousPlace:
        return self.places[bisect(self._steps, number * GOLDEN % 1 * self._steps[-1])]


def fill_directory(cpts: dict[str, Cpts], *, today: date, by: User, made: Counter[str]) -> None:
    """Import the two extracts of each directory and link the registers; `cpts` by their key in `demo.CPTS`."""
    if DirectoryImport.objects.exists():
        return
    everywhere = {register: Towns(cpts[register.key], today) for register in REGISTERS}
    towns = {register: territory for register, territory in everywhere.items() if territory.places}
    if not towns:
        return
    rows = [row for register in towns for row in _rows(cpts[register.key], register, towns[register])]
    houses = [house for register in towns for house in _houses(cpts[register.key], register, towns[register], by=by)]
    for day in (today - FIRST_AGO, today - LAST_AGO):
        how, is_first = How(today=today), day == today - FIRST_AGO
        people = [row.line() for row in rows if (row.first if is_first else row.last)]
        extract = _file("PS_LibreAcces", day, fictitious_directory.header(), people)
        import_directory(extract, observed_on=day, by=by, how=how)
        known = [line for line, first, last in houses if (first if is_first else last)]
        extract = _file("etalab", day, fictitious_finess.header(day), known)
        import_finess(extract, observed_on=day, by=by, how=how)
    for register in towns:
        made["links"] += _link(cpts[register.key], by=by)
    made["entries"] += DirectoryEntry.objects.count()
    made["finess"] += DirectoryStructure.objects.count()


def _file(name: str, day: date, header: bytes, lines: list[bytes]) -> io.BytesIO:
    file = io.BytesIO(header + b"".join(lines))
    file.name = f"{name}_fictif_{day:%Y%m%d}.txt"
    return file


def _rows(cpts: Cpts, register: DemoRegister, towns: Towns) -> Iterator[Practising]:
    """The persons of the register, then as many others as the territory needs."""
    known = list(_known(cpts, register, towns))
    yield from known
    liberals = LIBERALS[register.key]
    here = Counter((row.profession, row.mode) for row in known)
    missing = [
        (code, mode)
        for shares, mode in ((SHARES, "L"), (SALARIED_SHARES, "S"))
        for code, share in shares.items()
        for _ in range(max(0, round(liberals * share / 100) - here[code, mode]))
    ]
    for rank, (code, mode) in enumerate(missing):
        number = register.number + OWN_NUMBERS + rank
        names = person_name(number)
        row = Practising(fictitious_rpps(number), *names, code, mode, towns[rank])
        yield from _in_time(row, rank, towns)


def _in_time(row: Practising, rank: int, towns: Towns) -> Iterator[Practising]:
    """One person in sixty has just arrived, one in seventy has left, some have moved or practise in two places."""
    said = (row.rpps, row.first_name, row.last_name, row.profession, row.mode)
    if rank % 97 == 5:
        yield Practising(*said, row.town, last=False)
        yield Practising(*said, towns[rank + 7], first=False)
        return
    yield Practising(*said, row.town, first=rank % 61 != 7, last=rank % 71 != 11)
    if rank % 12 == 3:
        yield Practising(*said, towns[rank + 3], first=rank % 61 != 7, last=rank % 71 != 11)


def _known(cpts: Cpts, register: DemoRegister, towns: Towns) -> Iterator[Practising]:
    """The persons of the register who still practise: a few under another number, or somewhere else."""
    practices = (
        Practice.objects.filter(
            professional__cpts=cpts, professional__profession__nomenclature__in=(HEALTH, TITLE), commune__isnull=False
        )
        .exclude(professional__rpps="")
        .exclude(professional__memberships__end__isnull=False)
        .select_related("professional__profession", "commune")
        .order_by("professional")
    )
    for rank, practice in enumerate(practices):
        person = practice.professional
        number = fictitious_rpps(register.number + OWN_NUMBERS - 1 - rank) if rank % 17 == 9 else person.rpps
        town = towns[rank] if rank % 13 == 4 else towns.of(practice.commune, rank)
        names = (person.civil_first_name, person.civil_last_name)
        yield Practising(number, *names, person.profession.code, practice.mode, town, last=rank != 20)


def _houses(cpts: Cpts, register: DemoRegister, towns: Towns, *, by: User) -> Iterator[tuple[bytes, bool, bool]]:
    """Lines of FINESS: the structures of the register (every other one gets its number there), then others."""
    categories = {fictitious_finess.kind(category): category for category in fictitious_finess.CATEGORIES}
    numbered = []
    start = REGISTERS.index(register) * OWN_NUMBERS
    own = Structure.objects.filter(cpts=cpts, kind__in=categories, commune__isnull=False).select_related("commune")
    for rank, record in enumerate(own.order_by("pk")):
        town = towns.of(record.commune, rank)
        name = record.name.upper().replace(" – ", " ")
        yield fictitious_finess.line(town, categories[record.kind], number=start + rank, name=name), True, True
        if rank % 2 == 0 and not record.finess:
            record.finess, record.siret = finess_number(start + rank), fictitious_siret(start + rank)
            numbered.append(record)
    update_many(Structure, numbered, ["finess", "siret"], by=by, reason=REASON)
    for rank in range(LIBERALS[register.key] // 9):
        category = fictitious_finess.CATEGORIES[rank * 7 % len(fictitious_finess.CATEGORIES)]
        town = towns[rank]
        name = f"{category[3]} {fictitious_finess.NAMES[rank % len(fictitious_finess.NAMES)]}"
        line = fictitious_finess.line(town, category, number=start + 500 + rank, name=name)
        yield line, rank % 23 != 4, rank % 23 != 9


def _link(cpts: Cpts, *, by: User) -> int:
    """Four in five of those who have their number in the directory; the others stay proposed."""
    people = Professional.objects.filter(cpts=cpts, directory_entry__isnull=True).exclude(rpps="").order_by("pk")
    entries = dict(DirectoryEntry.objects.filter(rpps__in=people.order_by().values("rpps")).values_list("rpps", "pk"))
    linked = [person for rank, person in enumerate(people) if person.rpps in entries and rank % 5 != 2]
    for person in linked:
        person.directory_entry_id = entries[person.rpps]
    update_many(Professional, linked, ["directory_entry"], by=by, reason=REASON)
    return len(linked)
