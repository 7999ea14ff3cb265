"""The figures of a register as sections that a page, a PDF and an export show alike.

Nothing here names a person: agents of ARS and CPAM read the same sections as the coordination.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cpts_portal.core.charts import Chart, Point, bar_chart, column_chart
from cpts_portal.core.text import NARROW_SPACE, date_fr, number_fr
from members.directory.imports.practitioners import (
    counts_by_commune,
    counts_by_profession,
    known_since,
    practitioners_of,
)
from members.figures.statistics import (
    Rate,
    evolution,
    members_by_category,
    members_by_college,
    members_by_commune,
    members_by_profession,
    members_without_commune,
    rates,
)
from members.models import Membership, Profession
from territories.models import Commune, Cpts

NO_COMMUNE = "Commune non renseignée"
CHARTED_ROWS = 20
CHARTED_YEARS = 8


@dataclass(frozen=True)
class Row:
    """One line of a section; `professionals` is None where the national directory says nothing."""

    label: str
    members: int
    professionals: int | None = None
    percent: float | None = None
    is_doubtful: bool = False

    @property
    def percent_text(self) -> str:
        return percent_text(self.percent)


@dataclass(frozen=True)
class Section:
    """A table and its chart; `has_rates` adds the columns on professionals of the territory."""

    key: str
    title: str
    head: str
    rows: tuple[Row, ...]
    chart: Chart
    total: Row | None = None
    note: str = ""
    has_rates: bool = False
    is_over_time: bool = False


@dataclass(frozen=True)
class Figures:
    """Everything the page says about one CPTS on one day."""

    day: date
    members: int
    structures: int
    overall: Rate | None
    directory_note: str
    sections: tuple[Section, ...]

    @property
    def persons(self) -> int:
        return self.members - self.structures

    @property
    def rate_text(self) -> str:
        return percent_text(self.overall.percent if self.overall else None)

    def export_rows(self) -> list[list[object]]:
        return [
            [section.title, row.label, row.members, row.professionals, row.percent]
            for section in self.sections
            for row in (*section.rows, *([section.total] if section.total else []))
        ]


EXPORT_HEADERS = ["Tableau", "Ligne", "Adhérents", "Professionnels du territoire", "Taux d’adhésion (%)"]


def percent_text(percent: float | None) -> str:
    return "–" if percent is None else f"{number_fr(percent, 1)}{NARROW_SPACE}%"


def figures_on(cpts: Cpts, day: date) -> Figures:
    """The same number of queries whatever the size of the register."""
    categories = members_by_category(cpts, day)
    members = sum(row.count for row in categories)
    structures = Membership.objects.filter(cpts=cpts, structure__isnull=False).members_on(day).count()
    missing = _why_no_rate(cpts, day)
    sections = (
        _plain("categories", "Adhérents par catégorie", "Catégorie", {row.label: row.count for row in categories}),
        _plain("colleges", "Adhérents par collège", "Collège", members_by_college(cpts, day)),
        _by_profession(cpts, day, has_rates=not missing),
        _by_commune(cpts, day, has_rates=not missing),
        _over_years(cpts, day),
    )
    overall = None if missing else Rate("", members - structures, practitioners_of(cpts, day).count())
    over_time = [section for section in sections[-1:] if any(row.members for row in section.rows)]
    return Figures(day, members, structures, overall, missing, sections if members else tuple(over_time))


def _why_no_rate(cpts: Cpts, day: date) -> str:
    """Why the rate of membership cannot be given that day; empty when it can."""
    since = known_since(cpts)
    if since is None:
        return (
            "Annuaire non chargé : l’annuaire national des professionnels n’a pas encore été importé pour ce "
            "territoire. Les taux d’adhésion apparaîtront ici après son import."
        )
    if day < since:
        return (
            f"L’annuaire national n’est connu pour ce territoire que depuis le {date_fr(since)} : "
            "choisissez une date plus récente pour lire les taux d’adhésion."
        )
    return ""


def _plain(key: str, title: str, head: str, counts: Mapping[str, int]) -> Section:
    rows = tuple(Row(label, count) for label, count in counts.items())
    return Section(key, title, head, rows, _chart(key, title, rows), total=_total(rows))


def _by_profession(cpts: Cpts, day: date, *, has_rates: bool) -> Section:
    names = dict(Profession.objects.values_list("pk", "name")) if has_rates else {}
    known = {names[pk]: count for pk, count in counts_by_profession(cpts, day).items()} if has_rates else {}
    rows = _rate_rows(members_by_profession(cpts, day), known, has_rates=has_rates)
    note = "Les personnes seulement : une structure n’a pas de profession."
    return _rated("professions", "Adhérents par profession", "Profession", rows, note, has_rates, has_total=True)


def _by_commune(cpts: Cpts, day: date, *, has_rates: bool) -> Section:
    members = members_by_commune(cpts, day)
    known = counts_by_commune(cpts, day) if has_rates else {}
    names = {commune.pk: str(commune) for commune in Commune.objects.filter(pk__in={*members, *known})}
    rows = _rate_rows(_named(members, names), _named(known, names), has_rates=has_rates)
    without = members_without_commune(cpts, day)
    if without:
        rows = (*rows, Row(NO_COMMUNE, without))
    note = "Les personnes, par lieu d’exercice : qui exerce dans deux communes compte dans chacune."
    return _rated("communes", "Adhérents par commune", "Commune d’exercice", rows, note, has_rates)


def _over_years(cpts: Cpts, day: date) -> Section:
    points = evolution(cpts, until=day)
    rows = tuple(Row(f"Au {date_fr(on)}", count) for on, count in points)
    shown = [
        Point(str(on.year) if (on.month, on.day) == (12, 31) else f"{on:%d/%m/%y}", count, number_fr(count))
        for on, count in points[-CHARTED_YEARS:]
    ]
    title = "Évolution du nombre d’adhérents"
    return Section(
        "evolution",
        title,
        "Date",
        rows,
        column_chart("evolution", title, shown),
        is_over_time=True,
        note=_window(points),
    )


def _window(points: Sequence[object]) -> str:
    return f"Le graphique montre les {CHARTED_YEARS} dernières dates." if len(points) > CHARTED_YEARS else ""


def _named(counts: Mapping[int, int], names: Mapping[int, str]) -> dict[str, int]:
    return {names[pk]: count for pk, count in counts.items()}


def _rate_rows(members: Mapping[str, int], known: Mapping[str, int], *, has_rates: bool) -> tuple[Row, ...]:
    """With the directory: the largest professions first; without: the most numerous members first."""
    if not has_rates:
        largest_first = sorted(members.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Row(label, count) for label, count in largest_first)
    return tuple(
        Row(rate.label, rate.members, rate.professionals, rate.percent, rate.is_doubtful)
        for rate in rates(members, known)
    )


def _rated(
    key: str, title: str, head: str, rows: tuple[Row, ...], note: str, has_rates: bool, *, has_total: bool = False
) -> Section:
    total = _total(rows) if has_total and not has_rates else None
    return Section(key, title, head, rows, _chart(key, title, rows, has_rates), total, note, has_rates)


def _chart(key: str, title: str, rows: Sequence[Row], has_rates: bool = False) -> Chart:
    shown = rows[:CHARTED_ROWS]
    if has_rates:
        points = [Point(row.label, row.percent, row.percent_text) for row in shown if row.professionals]
        return bar_chart(key, title.replace("Adhérents", "Taux d’adhésion"), points, full=100)
    return bar_chart(key, title, [Point(row.label, row.members, number_fr(row.members)) for row in shown])


def _total(rows: Sequence[Row]) -> Row:
    return Row("Total", sum(row.members for row in rows))
