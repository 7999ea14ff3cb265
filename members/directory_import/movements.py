"""What an import changed for each CPTS and profession: arrivals, departures, moves; and the sentences that say it.

A person counts once per CPTS and profession, with the territory of the day of the import on both sides: professionals
who joined because their commune joined the CPTS have not arrived. So the count of a profession after an import is the
count before, plus arrivals, minus departures.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import itemgetter

from django.db.models import Q

from cpts_portal.core.periods import active_on
from cpts_portal.core.text import plural
from members.directory_import.perimeter import Perimeter
from members.models import DirectoryCoverage, DirectoryImport, DirectoryMovement, DirectoryPractice, Profession
from members.nomenclatures import PORTAL
from territories.models import Cpts, CptsCommune

FIRST_IMPORT = (
    "Premier import de l’annuaire : la situation de départ est enregistrée. Les arrivées et les départs seront "
    "connus à partir du prochain import."
)
NO_IMPORT = "L’annuaire national n’a pas encore été importé."
SINCE_LAST = " depuis le dernier import"
NOTHING_MOVED = "Aucun mouvement depuis le dernier import."

Change = tuple[int, int, str]  # CPTS, profession, kind of movement


def follow(perimeter: Perimeter, day: date) -> frozenset[int]:
    """Record the communes read by this import; returns those that were already followed before that day."""
    rows = list(DirectoryCoverage.objects.filter(Q(end__isnull=True) | Q(end=day)))
    is_open = {row.commune_id: row for row in rows if row.end is None}
    ended_today = {row.commune_id: row for row in rows if row.end is not None}
    new, changed = [], []
    for commune_id in sorted(perimeter.covered - is_open.keys()):
        again = ended_today.get(commune_id)
        if again is None:
            new.append(DirectoryCoverage(commune_id=commune_id, start=day))
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


def is_first_on(day: date) -> bool:
    """Nothing was followed before this day."""
    return not DirectoryCoverage.objects.filter(start__lt=day).exists()


def count_movements(perimeter: Perimeter, followed: frozenset[int], *, day: date, territory_on: date) -> Counter:
    """Movements by CPTS, profession and kind: two queries, whatever the number of CPTS."""
    owners: dict[int, list[int]] = defaultdict(list)
    links = CptsCommune.directory.filter(active_on(territory_on)).order_by()
    for commune_id, cpts_id in links.values_list("commune_id", "cpts_id").distinct():
        owners[commune_id].append(cpts_id)
    touched = DirectoryPractice.objects.filter(Q(start=day) | Q(end=day)).order_by().values("entry")
    rows = (
        DirectoryPractice.objects.filter(Q(end__isnull=True) | Q(end__gte=day), entry__in=touched)
        .order_by("entry", "profession")
        .values_list("entry_id", "profession_id", "commune_id", "start", "end")
    )
    found: Counter[Change] = Counter()
    for (_, profession_id), practices in groupby(rows.iterator(5000), key=itemgetter(0, 1)):
        for cpts_id, kind in _movements_of(practices, perimeter, followed, owners, day):
            found[cpts_id, profession_id, kind] += 1
    return found


def _movements_of(
    practices: Iterable[tuple], perimeter: Perimeter, followed: frozenset[int], owners: dict, day: date
) -> Iterable[tuple[int, str]]:
    """The movements of one person in one profession: (CPTS, kind)."""
    before: dict[int, set[int]] = defaultdict(set)
    after: dict[int, set[int]] = defaultdict(set)
    for _, _, commune_id, start, end in practices:
        home = perimeter.home(commune_id)
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


def stored_movements(imported: DirectoryImport, found: Counter) -> list[DirectoryMovement]:
    """One row per CPTS and profession that moved."""
    rows: dict[tuple[int, int], DirectoryMovement] = {}
    for (cpts_id, profession_id, kind), count in sorted(found.items()):
        key = (cpts_id, profession_id)
        if key not in rows:
            rows[key] = DirectoryMovement(imported=imported, cpts_id=cpts_id, profession_id=profession_id)
        setattr(rows[key], kind, count)
    return DirectoryMovement.objects.bulk_create(rows.values(), batch_size=500)


def last_import(source: str = DirectoryImport.Source.RPPS) -> DirectoryImport | None:
    applied = DirectoryImport.objects.filter(source=source, status=DirectoryImport.Status.APPLIED)
    return applied.order_by("-observed_on", "-pk").first()


def sentences_for(cpts: Cpts) -> list[str]:
    """What the last import changed for this CPTS, in sentences (three queries)."""
    found = last_import()
    if found is None:
        return [NO_IMPORT]
    if found.counts.get("first"):
        return [FIRST_IMPORT]
    movements = DirectoryMovement.objects.filter(imported=found, cpts=cpts).select_related("profession")
    return movement_sentences(movements.order_by("profession__rank"))


def movement_sentences(movements: Iterable[DirectoryMovement], since: str = SINCE_LAST) -> list[str]:
    """« 3 nouveaux infirmiers depuis le dernier import, 1 médecin parti », then the moves inside the territory."""
    rows = list(movements)
    arrived = [_arrived(row.arrivals, row.profession) for row in rows if row.arrivals]
    left = [_left(row.departures, row.profession) for row in rows if row.departures]
    moved = [_moved(row.moves, row.profession) for row in rows if row.moves]
    found = []
    if arrived:
        found.append(", ".join([f"{', '.join(arrived)}{since}", *left]))
    elif left:
        found.append(f"{', '.join(left)}{since}")
    if moved:
        found.append(", ".join(moved))
    return found or [NOTHING_MOVED]


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
