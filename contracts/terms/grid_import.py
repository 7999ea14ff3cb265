"""The grid from a file: read, compared with what is loaded, then applied by the very function that the preview ran.

One line per amount and per date. A line already there with the same figures is left alone, so that a second run changes
nothing. An amount that a contract uses is never edited: a new line with its own date replaces it, and ends it. All
the lines or none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from contracts.models import Part, Rate
from contracts.models.rates import OF_A_MISSION
from contracts.terms.grid import use_key, used_keys
from cpts_portal.core.authors import Author
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import refuse_invalid
from cpts_portal.core.sheets import BadCell, Sheet, Unreadable, first_readable, tidy
from cpts_portal.core.text import date_fr, euros_fr, fold
from cpts_portal.imports.refusals import ImportRefused
from missions.models import Confidence, OfficialMission

COLUMNS = ("mission", "enveloppe", "taille", "montant", "debut", "fin", "source", "fiabilite")
OPTIONAL = ("mission", "fin", "fiabilite")
EMPTY = "Ce fichier est vide. Déposez un tableau CSV ou XLSX : le modèle à télécharger montre les colonnes."
EXAMPLE = (
    ("", "fonctionnement", "3", "75000,00", "01/01/2027", "", "Avenant n° 3, annexe 1", "vérifié"),
    ("acces", "part fixe", "3", "92000,00", "01/01/2027", "", "Avenant n° 3, annexe 1", "à confirmer"),
)
Key = tuple[str, str, int, date]  # mission code, part, size, start


@dataclass(frozen=True)
class Refused:
    line: int | None
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Planned:
    """What one line does to the grid, in words."""

    line: int
    rate: Rate
    words: str
    ends: Rate | None = None  # the row it replaces, ended on the day it starts


@dataclass
class GridPlan:
    """What a file would do: nothing is written yet."""

    created: list[Planned] = field(default_factory=list)
    changed: list[Planned] = field(default_factory=list)
    same: int = 0
    refused: list[Refused] = field(default_factory=list)
    remarks: tuple[str, ...] = ()

    @property
    def is_applicable(self) -> bool:
        return not self.refused and bool(self.created or self.changed)

    @property
    def refused_lines(self) -> int:
        return len({each.line for each in self.refused})

    @property
    def counts(self) -> dict[str, int]:
        return {"Montants ajoutés": len(self.created), "Montants complétés": len(self.changed), "Inchangés": self.same}


def prepare(content: bytes) -> GridPlan:
    """Read the file against the grid loaded now."""
    try:
        return first_readable(content, _plan_of, empty=EMPTY)
    except Unreadable as problem:
        return GridPlan(refused=[Refused(None, "", "", str(problem))])


@transaction.atomic
def apply_grid(content: bytes, *, by: Author) -> GridPlan:
    """All the lines of the file, or `ImportRefused`: the same reading as the preview, on rows held until the end."""
    list(Rate.objects.select_for_update(of=("self",)).order_by("pk"))
    plan = prepare(content)
    if plan.refused:
        raise ImportRefused("Le barème ou le fichier a changé : relisez l’aperçu. Rien n’a été enregistré.")
    for each in (*plan.created, *plan.changed):
        if each.ends:
            save_as(each.ends, by=by, reason="Remplacé par un nouveau montant")
        refuse_invalid(each.rate)
        save_as(each.rate, by=by, reason="Import du barème")
    return plan


# --- Reading --------------------------------------------------------------------------------------------------------
def _plan_of(sheet: Sheet) -> GridPlan:
    rows = ((line, [tidy(cell) for cell in cells]) for line, cells in sheet.rows)
    filled = ((line, cells) for line, cells in rows if any(cells))
    _, heading = next(filled, (0, []))
    places = {fold(name): rank for rank, name in enumerate(heading)}
    missing = [name for name in COLUMNS if name not in places and name not in OPTIONAL]
    if missing:
        raise Unreadable(f"Colonnes absentes : {', '.join(missing)}. Attendues : {', '.join(COLUMNS)}.")
    plan, known = GridPlan(remarks=sheet.remarks), _Known.load()
    for line, cells in filled:
        told = {name: cells[rank] if rank < len(cells) else "" for name, rank in places.items() if name in COLUMNS}
        bad = list(_read(line, told, known, plan))
        plan.refused += bad
    return plan


@dataclass
class _Known:
    """The grid as it is, and as the lines read so far leave it."""

    missions: dict[str, OfficialMission]
    rates: dict[Key, Rate]
    used: set[tuple[int, str, str, Decimal]]
    seen: dict[Key, int] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "_Known":
        missions = {name: each for each in OfficialMission.objects.all() for name in _names(each)}
        rates = {key_of(rate): rate for rate in Rate.objects.select_related("mission")}
        return cls(missions, rates, used_keys())

    def around(self, key: Key) -> tuple[Rate | None, Rate | None]:
        """The rows of the same envelope and size just before and just after."""
        rows = sorted((start, rate) for (*own, start), rate in self.rates.items() if tuple(own) == key[:3])
        before = [rate for start, rate in rows if start < key[3]]
        after = [rate for start, rate in rows if start > key[3]]
        return (before[-1] if before else None), (after[0] if after else None)


def _names(mission: OfficialMission) -> tuple[str, ...]:
    return fold(mission.code), fold(mission.short_name), fold(mission.name)


def key_of(rate: Rate) -> Key:
    return (rate.mission.code if rate.mission else "", rate.part, rate.size, rate.start)


def _read(line: int, told: dict[str, str], known: _Known, plan: GridPlan) -> Iterator[Refused]:
    cells: dict[str, Any] = {}
    for name, read in _READERS.items():
        try:
            cells[name] = read(told.get(name, ""), known)
        except BadCell as problem:
            yield Refused(line, name, told.get(name, ""), str(problem))
    if len(cells) < len(_READERS):
        return
    try:
        _compare(line, cells, known, plan)
    except BadCell as problem:
        column, _, reason = str(problem).partition("|")
        yield Refused(line, column, told.get(column, ""), reason)


def _mission(text: str, known: _Known) -> OfficialMission | None:
    if not text:
        return None
    found = known.missions.get(fold(text))
    if found is None:
        codes = ", ".join(dict.fromkeys(each.code for each in known.missions.values()))
        raise BadCell(f"mission inconnue : écrivez un de ces codes, {codes}, ou rien")
    return found


def _part(text: str, _known: _Known) -> str:
    names = {fold(name): part.value for part in Part for name in (part.value, part.label)}
    if fold(text) not in names:
        raise BadCell(f"enveloppe inconnue : {', '.join(part.label for part in Part)}")
    return names[fold(text)]


def _size(text: str, _known: _Known) -> int:
    if text not in ("1", "2", "3", "4"):
        raise BadCell("la taille est 1, 2, 3 ou 4")
    return int(text)


def _amount(text: str, _known: _Known) -> Decimal:
    plain = text.replace("€", "").replace(" ", "").replace(",", ".")
    try:
        found = Decimal(plain)
    except InvalidOperation as problem:
        raise BadCell("montant illisible : écrivez 75000 ou 75 000,00") from problem
    if not found.is_finite() or found < 0 or found != found.quantize(Decimal("0.01")) or found >= 10**9:
        raise BadCell("un montant positif, au centime près")
    return found.quantize(Decimal("0.01"))


def _day(text: str, known: _Known) -> date:
    found = _day_or_none(text, known)
    if found is None:
        raise BadCell("date à indiquer")
    return found


def _day_or_none(text: str, _known: _Known) -> date | None:
    if not text:
        return None
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 (a date without time)
        except ValueError:
            continue
    raise BadCell("date illisible : écrivez 01/01/2027")


def _source(text: str, _known: _Known) -> str:
    if not text:
        raise BadCell("indiquez d’où vient ce montant")
    if len(text) > 200:
        raise BadCell("200 caractères au plus")
    return text


def _confidence(text: str, _known: _Known) -> str:
    names = {"": Confidence.TO_CONFIRM, **{fold(each.label): each for each in Confidence}}
    names |= {each.value: each for each in Confidence}
    found = names.get(text) or names.get(fold(text))
    if found is None:
        raise BadCell("« vérifié » ou « à confirmer »")
    return found.value


_READERS = {
    "mission": _mission,
    "enveloppe": _part,
    "taille": _size,
    "montant": _amount,
    "debut": _day,
    "fin": _day_or_none,
    "source": _source,
    "fiabilite": _confidence,
}


# --- Comparing ------------------------------------------------------------------------------------------------------
def _compare(line: int, cells: dict[str, Any], known: _Known, plan: GridPlan) -> None:
    """Raises `BadCell` with « column|reason »."""
    mission: OfficialMission | None = cells["mission"]
    key: Key = (mission.code if mission else "", cells["enveloppe"], cells["taille"], cells["debut"])
    if (cells["enveloppe"] in OF_A_MISSION) != (mission is not None):
        raise BadCell("mission|le fonctionnement et l’amorçage n’ont pas de mission ; les autres enveloppes en ont une")
    if cells["fin"] and cells["fin"] <= cells["debut"]:
        raise BadCell("fin|la fin suit le début")
    if key in known.seen:
        raise BadCell(f"debut|la ligne {known.seen[key]} dit déjà ce montant")
    known.seen[key] = line
    if (held := known.rates.get(key)) is not None:
        _compare_held(line, held, cells, known, plan)
    else:
        _add(line, key, mission, cells, known, plan)


def _compare_held(line: int, held: Rate, cells: dict[str, Any], known: _Known, plan: GridPlan) -> None:
    """A row of the same date: its amount never changes once used; its end, source and confidence may be completed."""
    wanted = (cells["montant"], cells["fin"] or held.end, cells["source"], cells["fiabilite"])
    if wanted == (held.amount, held.end, held.source, held.confidence):
        plan.same += 1
        return
    if cells["montant"] != held.amount and use_key(held) in known.used:
        raise BadCell(
            f"montant|un contrat utilise déjà {euros_fr(held.amount)} : "
            "ajoutez une ligne avec une nouvelle date de début"
        )
    _, after = known.around(key_of(held))
    if after and (wanted[1] is None or wanted[1] > after.start):
        raise BadCell(f"fin|un autre montant commence le {date_fr(after.start)}")
    before = held.amount
    held.amount, held.end, held.source, held.confidence = wanted
    words = "source, fiabilité ou fin complétées"
    if before != held.amount:
        words = f"{euros_fr(before)} → {euros_fr(held.amount)} (aucun contrat ne l’utilise)"
    plan.changed.append(Planned(line, held, words))


def _add(
    line: int, key: Key, mission: OfficialMission | None, cells: dict[str, Any], known: _Known, plan: GridPlan
) -> None:
    """A new dated row; the one in force before it ends the day it starts."""
    before, after = known.around(key)
    if after and cells["fin"] and cells["fin"] > after.start:
        raise BadCell(f"fin|un autre montant commence le {date_fr(after.start)}")
    rate = Rate(
        mission=mission,
        part=cells["enveloppe"],
        size=cells["taille"],
        amount=cells["montant"],
        start=cells["debut"],
        end=cells["fin"] or (after.start if after else None),
        source=cells["source"],
        confidence=cells["fiabilite"],
    )
    known.rates[key] = rate
    words, ends = f"{euros_fr(rate.amount)} à partir du {date_fr(rate.start)}", None
    if before and (before.end is None or before.end > rate.start):
        before.end, ends = rate.start, before
        words += f" ; {euros_fr(before.amount)} jusqu’au {date_fr(rate.start - timedelta(days=1))}"
    plan.created.append(Planned(line, rate, words, ends))
