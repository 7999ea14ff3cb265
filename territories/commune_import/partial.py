"""Files that speak of some communes only: populations, postal codes, simple lists. They never end a commune."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from cpts_portal.core.text import fold, number_fr
from territories.commune_import import cells
from territories.commune_import.layouts import Header
from territories.commune_import.plan import Change, CommunePlan
from territories.commune_import.rows import Rows, Skip, content_rows, picker, read_cell
from territories.commune_import.state import CommuneNotes, Row, State, Work
from territories.commune_import.successors import last_of_chain, load_successions
from territories.models import Commune

# Municipal districts, in case the portal does not hold them: first and last code, and their commune.
DISTRICTS = {"75056": range(75101, 75121), "69123": range(69381, 69390), "13055": range(13201, 13217)}
FOREIGN = "99"


def city_of(code: str) -> str | None:
    """The commune a municipal district belongs to."""
    return next((city for city, codes in DISTRICTS.items() if code.isdigit() and int(code) in codes), None)


@dataclass
class PartialFile:
    """What the three formats share: the code of each line, brought to the commune that exists today."""

    header: Header
    plan: CommunePlan
    state: State
    notes: CommuneNotes
    work: Work
    _next_codes: dict[str, str] | None = None

    def lines(self, rows: Rows, names: list[str]) -> Iterable[tuple[int, tuple[str, ...]]]:
        pick = picker(self.header, names)
        for line, row in content_rows(rows, self.header.width, self.notes):
            self.plan.counts["rows"] += 1
            yield line, pick(row)

    def cell(self, line: int, column: str, text: str, reader: Callable[[str], Any]) -> Any:
        return read_cell(self.notes, line, column, text, reader)

    def commune(self, line: int, column: str, code: str, *, added: bool) -> Row:
        """The commune of this code; a former code is translated, and the translation shown."""
        row = self.state.commune(code)
        if row is not None:
            return row
        current = last_of_chain(code, self._former_codes(), lambda step: self.state.commune(step) is not None)
        if current is None:
            self.notes.refuse(line, column, code, "aucune commune connue ne porte ou n’a porté ce code")
            raise Skip
        row = self.state.rows[f"COM{current}"]
        more = " ; sa population s’ajoute à la sienne" if added else ""
        self.notes.say(
            f"Ligne {line} : le code {code} est aujourd’hui dans {row.label}{more}.",
            line=line,
            column=column,
            value=code,
            read_as=current,
        )
        return row

    def _former_codes(self) -> dict[str, str]:
        """Next code of each former one: endings known here, then parts of communes, then the official movements."""
        if self._next_codes is None:
            known = load_successions(self.state.day)
            codes = {row.id: row.code for row in self.state.rows.values()}
            for row in self.state.rows.values():
                if row.kind in ("COMD", "COMA") and row.parent_id in codes:
                    known[row.code] = codes[row.parent_id]
            ended = Commune.objects.filter(kind="COM", ended_on__lte=self.state.day, successor__isnull=False)
            known.update(ended.order_by("ended_on", "pk").values_list("code", "successor__code"))
            self._next_codes = known
        return self._next_codes

    def count_rows(self, touched: set[int], seen: set[int]) -> None:
        kinds = {row.id: row.kind == "COM" for row in self.state.rows.values()}
        counts = self.plan.counts
        counts["changed"] = sum(kinds[pk] for pk in touched)
        counts["parts_changed"] = len(touched) - counts["changed"]
        counts["unchanged"] = sum(kinds[pk] for pk in seen - touched)
        counts["parts_unchanged"] = len(seen - touched) - counts["unchanged"]
        counts["populations_added"] = len(self.work.populations)
        counts["populations_corrected"] = len(self.work.corrections)


@dataclass
class PopulationFile(PartialFile):
    """The INSEE's populations, or a simple « code ; nom ; population »."""

    totals: dict[int, int] = field(default_factory=dict)
    districts: dict[str, dict[str, int]] = field(default_factory=dict)
    direct: set[int] = field(default_factory=set)
    met: dict[str, int] = field(default_factory=dict)

    def read(self, rows: Rows) -> None:
        official = self.header.layout.key == "populations"
        names = ["CODDEP", "CODCOM", "COM", "PMUN"] if official else ["code", "code", "nom", "population"]
        for line, (department, number, name, population) in self.lines(rows, names):
            try:
                column = "CODCOM" if official else "code"
                code = (
                    self._official_code(line, department, number)
                    if official
                    else self.cell(line, "code", number, cells.read_code)
                )
                self._once(line, column, code)
                value = self.cell(line, names[3], population, cells.read_number)
                if value is None:
                    self.notes.refuse(line, names[3], population, "le nombre d’habitants manque")
                    continue
                self._add(line, column, code, name, value)
            except Skip:
                continue
        self._add_cities()
        self._compare()

    def _official_code(self, line: int, department: str, number: str) -> str:
        """« 22 » and « 93 » make 22093; overseas, « 971 » and « 101 » (or « 01 ») make 97101."""
        dep, _ = cells.read_department(department)
        digits = cells.tidy(number)
        if not digits.isdigit() or len(digits) > 3:
            self.notes.refuse(line, "CODCOM", number, "le code de la commune dans son département compte 3 chiffres")
            raise Skip
        if len(dep) == 3:
            return dep[:2] + digits if len(digits) == 3 else dep + digits.zfill(2)
        if len(digits) < 3:
            self.notes.remark(line, "CODCOM", number, digits.zfill(3), "zéros de tête remis")
        return self.cell(line, "CODDEP", dep + digits.zfill(3), cells.read_code)

    def _once(self, line: int, column: str, code: str) -> None:
        first = self.met.setdefault(code, line)
        if first != line:
            self.notes.refuse(line, column, code, f"la commune {code} figure déjà à la ligne {first}")
            raise Skip

    def _add(self, line: int, column: str, code: str, name: str, value: int) -> None:
        city = city_of(code)
        if city is not None:
            self.districts.setdefault(city, {})[code] = value
            return
        row = self.commune(line, column, code, added=True)
        self.totals[row.id] = self.totals.get(row.id, 0) + value
        if row.code == code:
            self.direct.add(row.id)
            if self.header.layout.key == "minimal" and name and fold(name) != fold(row.name):
                self.notes.say(
                    f"Ligne {line} : « {cells.tidy(name)} » porte le code {code}, qui est celui de {row.name} : "
                    "le code fait foi, vérifiez qu’il est juste.",
                    line=line,
                    column="nom",
                    value=name,
                    read_as=row.name,
                )

    def _add_cities(self) -> None:
        """Districts of Paris, Lyon and Marseille: kept, and summed when they are all there."""
        for city, found in self.districts.items():
            for code, value in found.items():
                row = self.state.rows.get(f"ARM{code}")
                if row is not None:
                    self.totals[row.id] = value
            row = self.state.commune(city)
            if row is None or row.id in self.direct:
                continue
            if len(found) < len(DISTRICTS[city]):
                self.notes.say(
                    f"{len(found)} arrondissements sur {len(DISTRICTS[city])} : la population de {row.name} "
                    "n’est pas recalculée."
                )
                continue
            self.totals[row.id] = sum(found.values())
            self.notes.say(
                f"{row.name} : somme de ses {len(found)} arrondissements, {number_fr(self.totals[row.id])} habitants.",
                value=city,
                read_as=str(self.totals[row.id]),
            )

    def _compare(self) -> None:
        known = self.state.populations
        rows = {row.id: row for row in self.state.rows.values()}
        for pk, value in self.totals.items():
            before = known.get(pk)
            if before is None:
                self.work.populations.append((pk, value))
            elif before != value:
                self.work.corrections.append((pk, before, value))
                self.work.changes.append((pk, "population", str(before), str(value)))
            if before != value:
                row = rows[pk]
                shown = "" if before is None else str(before)
                label = f"population {self.state.vintage}"
                self.plan.changes.append(Change("changed", row.code, row.name, label, shown, str(value)))
        self.count_rows({pk for pk, _, _ in self.work.corrections}, set(self.totals))


@dataclass
class PostalFile(PartialFile):
    """La Poste's postal codes: one line per commune and postal code; districts count for their city too."""

    found: dict[int, list[str]] = field(default_factory=dict)

    def read(self, rows: Rows) -> None:
        for line, (code_text, postal_text) in self.lines(rows, ["Code_commune_INSEE", "Code_postal"]):
            try:
                code = self.cell(line, "Code_commune_INSEE", code_text, cells.read_code)
                postal = self.cell(line, "Code_postal", postal_text, cells.read_postal_codes)
                if not postal:
                    self.notes.refuse(line, "Code_postal", postal_text, "le code postal manque")
                elif code.startswith(FOREIGN):
                    self.notes.say(f"Ligne {line} : {code} est à l’étranger, la ligne est ignorée.", line=line)
                else:
                    self._add(line, code, postal)
            except Skip:
                continue
        self._compare()

    def _add(self, line: int, code: str, postal: str) -> None:
        city = city_of(code)
        district = self.state.rows.get(f"ARM{code}")
        owners = [district] if district is not None else []
        owners.append(self.commune(line, "Code_commune_INSEE", city or code, added=False))
        for owner in owners:
            codes = self.found.setdefault(owner.id, [])
            codes += [word for word in postal.split() if word not in codes]

    def _compare(self) -> None:
        rows = {row.id: row for row in self.state.rows.values()}
        for pk, codes in self.found.items():
            row = rows[pk]
            if set(codes) == set(row.postal_codes.split()):
                continue
            after = " ".join(sorted(codes))
            self.work.updates[pk] = row._replace(postal_codes=after)
            self.work.changes.append((pk, "postal_codes", row.postal_codes, after))
            self.plan.changes.append(Change("changed", row.code, row.name, "codes postaux", row.postal_codes, after))
        self.count_rows(set(self.work.updates), set(self.found))
