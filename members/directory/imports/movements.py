"""What an import changed for each CPTS and profession: arrivals, departures, moves; and the sentences that say it.

A person counts once per CPTS and profession, with the territory of the day of the import on both sides: professionals
who joined because their commune joined the CPTS have not arrived. So the count of a profession after an import is the
count before, plus arrivals, minus departures.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Q

from cpts_portal.core.periods import active_on
from cpts_portal.core.text import plural
from members.directory.imports.perimeter import Perimeter
from members.directory.imports.tally import batches
from members.models import (
    DirectoryCoverage,
    DirectoryImport,
    DirectoryMove,
    DirectoryMovement,
    DirectoryPractice,
    Profession,
)
from members.shared.nomenclatures import PORTAL
from territories.models import Cpts, CptsCommune

FIRST_IMPORT = (
    "Premier import de l’annuaire : la situation de départ est enregistrée. Les arrivées et les départs seront "
    "connus à partir du prochain import."
)
NO_IMPORT = "L’annuaire national n’a pas encore été importé."
SINCE_LAST = " depuis le dernier import"
NOTHING_MOVED = "Aucun mouvement depuis le dernier import."

MOVES_AT_ONCE = 1000

Change = tuple[int, int, str]  # CPTS, profession, kind of movement


class Move(NamedTuple):
    """One person in one profession, seen from one CPTS."""

    cpts_id: int
    kind: str
    entry_id: int
    profession_id: int


class Piece(NamedTuple):
    """A part of a sentence: a figure that opens on its list (`kind`, `profession_id`), then what follows it."""

    text: str
    kind: str = ""
    profession_id: int | None = None
    tail: str = ""

    def __str__(self) -> str:
        return f"{self.text}{self.tail}"


Sentence = list[Piece]


def follow(perimeter: Perimeter, day: date, source: str) -> frozenset[int]:
    """Record the communes read by this import; returns those that were already followed before that day."""
    rows = list(DirectoryCoverage.objects.filter(Q(end__isnull=True) | Q(end=day), source=source))
    is_open = {row.commune_id: row for row in rows if row.end is None}
    ended_today = {row.commune_id: row for row in rows if row.end is not None}
    new, changed = [], []
    for commune_id in sorted(perimeter.covered - is_open.keys()):
        again = ended_today.get(commune_id)
        if again is None:
            new.append(DirectoryCoverage(source=source, commune_id=commune_id, start=day))
        else:
            again.end = None
            changed.append(again)
    for commune_id in is_open.keys() - perimeter.covered:
        is_open[commune_id].end = day
        changed.append(is_open[commune_id])
    DirectoryCoverage.objects.bulk_create(new, batch_size=1000)
    DirectoryCoverage.objects.bulk_update(changed, ["end"], batch_size=100)
    followed = [*is_open.values(), *ended_today.values()]
    return frozenset(row.commune_id for row in followed if row.start < day and row.commune_id in perimeter.covered)


def is_first_on(day: date, source: str) -> bool:
    """Nothing was followed before this day."""
    return not DirectoryCoverage.objects.filter(start__lt=day, source=source).exists()


def owners_on(day: date) -> dict[int, list[int]]:
    """Commune -> the CPTS whose territory holds it that day (one query)."""
    owners: dict[int, list[int]] = defaultdict(list)
    links = CptsCommune.directory.filter(active_on(day)).order_by()
    for commune_id, cpts_id in links.values_list("commune_id", "cpts_id").distinct():
        owners[commune_id].append(cpts_id)
    return owners


def find_moves(perimeter: Perimeter, followed: frozenset[int], *, day: date, territory_on: date) -> Iterator[Move]:
    """Who moved, person by person: two queries, whatever the number of CPTS."""
    owners = owners_on(territory_on)
    touched = DirectoryPractice.objects.filter(Q(start=day) | Q(end=day)).order_by().values("entry")
    rows = (
        DirectoryPractice.objects.filter(Q(end__isnull=True) | Q(end__gte=day), entry__in=touched)
        .order_by("entry", "profession")
        .values_list("entry_id", "profession_id", "commune_id", "start", "end")
    )
    for (entry_id, profession_id), practices in groupby(rows.iterator(5000), key=itemgetter(0, 1)):
        for cpts_id, kind in _movements_of(practices, perimeter, followed, owners, day):
            yield Move(cpts_id, kind, entry_id, profession_id)


def store_moves(imported: DirectoryImport, moves: Iterable[Move]) -> Counter[Change]:
    """Write who moved as it comes, then one row per CPTS and profession; returns the figures."""
    found: Counter[Change] = Counter()
    for batch in batches(moves, MOVES_AT_ONCE):
        DirectoryMove.objects.bulk_create(DirectoryMove(imported=imported, **move._asdict()) for move in batch)
        found.update((move.cpts_id, move.profession_id, move.kind) for move in batch)
    _store_figures(imported, found)
    return found


def _movements_of(
    practices: Iterable[tuple], perimeter: Perimeter, followed: frozenset[int], owners: dict, day: date
) -> Iterable[tuple[int, str]]:
    """The movements of one person in one profession: (CPTS, kind)."""
    before: dict[int, set[int]] = defaultdict(set)
    after: dict[int, set[int]] = defaultdict(set)
    for _, _, commune_id, start, end in practices:
        home = perimeter.home(commune_id)
        if home is None:
            continue
        for cpts_id in owners.get(home, ()):
            if start < day:
                before[cpts_id].add(home)
            if end is None or end > day:
                after[cpts_id].add(home)
    for cpts_id in before.keys() | after.keys():
        kind = _kind_of(before[cpts_id], after[cpts_id], followed)
        if kind:
            yield cpts_id, kind


def _kind_of(was: set[int], now: set[int], followed: frozenset[int]) -> str:
    """Communes of one person in one CPTS, before and after; in a commune just followed, nobody arrives."""
    if not was:
        return "arrivals" if now & followed else ""
    if not now:
        return "departures"
    return "moves" if was - now and now - was else ""


def _store_figures(imported: DirectoryImport, found: Counter[Change]) -> None:
    rows: dict[tuple[int, int], DirectoryMovement] = {}
    for (cpts_id, profession_id, kind), count in sorted(found.items()):
        key = (cpts_id, profession_id)
        if key not in rows:
            rows[key] = DirectoryMovement(imported=imported, cpts_id=cpts_id, profession_id=profession_id)
        setattr(rows[key], kind, count)
    DirectoryMovement.objects.bulk_create(rows.values(), batch_size=500)


def last_import(source: str = DirectoryImport.Source.RPPS) -> DirectoryImport | None:
    applied = DirectoryImport.objects.filter(source=source, status=DirectoryImport.Status.APPLIED)
    return applied.order_by("-observed_on", "-pk").first()


def sentences_for(cpts: Cpts) -> list[Sentence]:
    """What the last import changed for this CPTS, in sentences (three queries)."""
    found = last_import()
    if found is None:
        return [[Piece(NO_IMPORT)]]
    if found.counts.get("first"):
        return [[Piece(FIRST_IMPORT)]]
    movements = DirectoryMovement.objects.filter(imported=found, cpts=cpts).select_related("profession")
    return movement_sentences(movements.order_by("profession__rank"))


def movement_sentences(movements: Iterable[DirectoryMovement], since: str = SINCE_LAST) -> list[Sentence]:
    """« 3 nouveaux infirmiers depuis le dernier import, 1 médecin parti », then the moves inside the territory."""
    rows = list(movements)
    arrived = _pieces(rows, "arrivals", _arrived)
    left = _pieces(rows, "departures", _left)
    opening = arrived or left
    if opening:
        opening[-1] = opening[-1]._replace(tail=since)
    found = [sentence for sentence in ([*arrived, *left], _pieces(rows, "moves", _moved)) if sentence]
    return [_punctuated(sentence) for sentence in found] or [[Piece(NOTHING_MOVED)]]


def as_text(sentence: Sentence) -> str:
    return "".join(map(str, sentence))


def _pieces(rows: list[DirectoryMovement], kind: str, words: Callable[[int, Profession], str]) -> Sentence:
    moved = [(row.profession, getattr(row, kind)) for row in rows]
    return [Piece(words(count, profession), kind, profession.pk) for profession, count in moved if count]


def _punctuated(sentence: Sentence) -> Sentence:
    """Commas between the figures, a full stop at the end."""
    ends = [*([", "] * (len(sentence) - 1)), "."]
    return [piece._replace(tail=f"{piece.tail}{end}") for piece, end in zip(sentence, ends, strict=True)]


def _arrived(count: int, profession: Profession) -> str:
    one, many = _names(profession)
    new_one, new_many = ("nouvelle", "nouvelles") if _is_feminine(profession) else (_new(one), "nouveaux")
    return plural(count, f"{new_one} {one}", f"{new_many} {many}")


def _left(count: int, profession: Profession) -> str:
    one, many = _names(profession)
    gone, all_gone = ("partie", "parties") if _is_feminine(profession) else ("parti", "partis")
    return plural(count, f"{one} {gone}", f"{many} {all_gone}")


def _moved(count: int, profession: Profession) -> str:
    one, many = _names(profession)
    return plural(count, f"{one} a changé de commune", f"{many} ont changé de commune")


def _names(profession: Profession) -> tuple[str, str]:
    if (profession.nomenclature, profession.code) == (PORTAL, "AUTRE"):
        return "professionnel d’une autre profession", "professionnels d’une autre profession"
    return _lowered(profession.name), _lowered(profession.plural)


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def _is_feminine(profession: Profession) -> bool:
    """Names of professions are masculine in the nomenclature, but for the midwife."""
    return profession.name == "Sage-femme"


def _new(name: str) -> str:
    """« nouvel » before a vowel: nouvel infirmier, nouveau médecin."""
    return "nouvel" if name[:1] in "aeiouyéèêàâîôû" else "nouveau"
