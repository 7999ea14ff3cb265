"""What a complete list means for the map: endings and successors, splits, changes of code, counts."""

from collections import Counter
from collections.abc import Mapping

from cpts_portal.core.text import fold, number_fr
from territories.commune_import import successors as succession
from territories.commune_import.cells import department_of
from territories.commune_import.comparing import KIND_LABELS, Comparison
from territories.commune_import.plan import Change, Ended
from territories.commune_import.rows import KEPT, CommuneRecord
from territories.commune_import.state import Row, by_code
from territories.map.populations import latest_figures
from territories.models import Commune

# A list from which more communes than this vanish without anything telling what they became is taken for partial.
MOST_UNEXPLAINED_SHARE = 0.01
MOST_UNEXPLAINED = 25
# The INSEE's list leaves out these collectivities; the portal's holds them. Mayotte (976) is in both.
COLLECTIVITIES = ("975", "977", "978", "984", "986", "987", "988", "989")
FIELDS = {
    "name": "nom",
    "department_id": "département",
    "epci_id": "EPCI",
    "parent_id": "commune de rattachement",
    "postal_codes": "codes postaux",
}
STORED_FIELDS = {
    "name": "name",
    "department_id": "department",
    "epci_id": "epci",
    "parent_id": "parent",
    "postal_codes": "postal_codes",
}


class CompleteList:
    """Turns a comparison into the plan: endings, successors, restorations, counts and changes."""

    def __init__(self, comparison: Comparison, chosen: Mapping[str, str]) -> None:
        self.c, self.plan, self.work, self.state = comparison, comparison.plan, comparison.work, comparison.state
        self.chosen = chosen
        self.code_of = {row.id: row.code for row in self.state.rows.values() if row.kind == "COM"}
        self.code_of.update({pk: code for code, pk in comparison.codes.items()})

    def finish(self) -> None:
        self.work.started_on = None if self.c.first else self.state.day
        self._end_missing()
        self._link_successors()
        self._explain_appeared()
        self._describe_updates()
        self._count()

    def _end_missing(self) -> None:
        left = self._left_alone()
        for row in by_code(self.c.missing.values()):
            if row.id in left:
                continue
            self.work.endings[row.id] = None
            if row.kind == "COM":
                self.c.ended.append(row)
            else:
                self.plan.counts["parts_ended"] += 1
                self.plan.changes.append(Change("ended", row.code, row.name, KIND_LABELS[row.kind]))
        if self.work.endings:
            self.work.ended_on = self.state.day
            self._refuse_endings_before_start()

    def _refuse_endings_before_start(self) -> None:
        """A commune that appeared with this very vintage cannot also end with it."""
        young = set(
            Commune.objects.filter(started_on__gte=self.state.day, ended_on__isnull=True).values_list("pk", flat=True)
        )
        wrong = [row for row in self.c.missing.values() if row.id in young and row.id in self.work.endings]
        if wrong:
            names = ", ".join(row.label for row in by_code(wrong)[:5])
            self.plan.blocking.append(
                f"{names} : apparue avec ce même millésime par un import précédent, et absente de ce fichier. "
                "Annulez d’abord cet import précédent."
            )

    def _left_alone(self) -> set[int]:
        """Communes of the overseas collectivities when the list holds none of theirs: it does not speak of them."""
        listed = {department_of(code) for code in self.c.codes}
        left: dict[str, list[Row]] = {}
        for row in self.c.missing.values():
            department = department_of(row.code)
            if department in COLLECTIVITIES and department not in listed:
                left.setdefault(department, []).append(row)
        for department, rows in sorted(left.items()):
            number = sum(row.kind == "COM" for row in rows)
            self.c.notes.say(
                f"Le fichier ne contient aucune commune du {department} : {number} commune(s) de cette collectivité "
                "restent telles quelles."
            )
        return {row.id for rows in left.values() for row in rows}

    def _link_successors(self) -> None:
        unexplained = [row for row in self.c.ended if not self._link(row, {}, {})]
        if not unexplained:
            return
        successions = succession.load_successions(self.state.day)
        unexplained = [row for row in unexplained if not self._link(row, successions, self.chosen)]
        for row in unexplained:
            wrong = self.chosen.get(row.code)
            if wrong:
                self.plan.blocking.append(
                    f"{wrong} a été choisi pour remplacer {row.label}, mais ce n’est pas le code d’une commune du "
                    "fichier : choisissez-en une autre."
                )
        self._refuse_partial(unexplained)
        self._propose(unexplained)

    def _link(self, row: Row, successions: Mapping[str, str], chosen: Mapping[str, str]) -> bool:
        code, found_by = succession.find_successor(
            row.code,
            parts=self.c.parents,
            successions=successions,
            chosen=chosen,
            is_current=self.c.codes.__contains__,
        )
        if code is None:
            return False
        successor = self.c.codes[code]
        self.c.successor_of[row.id] = self.work.endings[row.id] = successor
        self.plan.ended.append(Ended(row.code, row.name, code, self._name(successor), found_by))
        return True

    def _name(self, pk: int) -> str:
        updated = self.work.updates.get(pk)
        if updated is not None:
            return updated.name
        if pk < 0:
            return self.work.new_rows[-1 - pk].name
        return self.state.rows[f"COM{self.code_of[pk]}"].name

    def _refuse_partial(self, unexplained: list[Row]) -> None:
        current = sum(row.kind == "COM" for row in self.state.rows.values())
        if len(unexplained) <= max(MOST_UNEXPLAINED, MOST_UNEXPLAINED_SHARE * current):
            return
        counts = Counter(department_of(row.code) for row in unexplained)
        worst = ", ".join(department for department, _ in counts.most_common(8))
        self.plan.blocking.append(
            f"{number_fr(len(unexplained))} communes connues sur {number_fr(current)} manquent dans ce fichier sans "
            f"qu’il dise ce qu’elles sont devenues (surtout dans : {worst}). Il est sans doute incomplet : "
            "vérifiez qu’il contient toutes les communes et leurs communes déléguées."
        )

    def _propose(self, unexplained: list[Row]) -> None:
        if not unexplained or self.plan.blocking:
            return
        before, after = self._population_jumps()
        for row in unexplained:
            department = department_of(row.code)
            near = [
                (new, old.name if old else "", before.get(pk), after.get(pk))
                for code, pk in self.c.codes.items()
                if department_of(code) == department
                for old, new in [(self.state.commune(code), self._new_row(code, pk))]
            ]
            found = succession.proposals_for(row, near, before.get(row.id))
            found = found or succession.neighbours(row, [new for new, *_ in near])
            self.plan.ended.append(Ended(row.code, row.name, None, "", "", found))

    def _new_row(self, code: str, pk: int) -> Row:
        return self.work.updates.get(pk) or (self.work.new_rows[-1 - pk] if pk < 0 else self.state.rows[f"COM{code}"])

    def _population_jumps(self) -> tuple[dict[int, int], dict[int, int]]:
        before = latest_figures(self.state.vintage - 1).inhabitants
        after = {**self.state.populations, **dict(self.work.populations)}
        after.update({pk: value for pk, _, value in self.work.corrections})
        return before, after

    def _explain_appeared(self) -> None:
        """A new code is the same commune under another code, a commune restored by a split, or simply new."""
        if not self.c.appeared:
            return
        sources: dict[int, list[Row]] = {}
        for row in self.c.ended:
            if row.id in self.c.successor_of:
                sources.setdefault(self.c.successor_of[row.id], []).append(row)
        detached = self._detached_from([record.code for record, _ in self.c.appeared])
        for record, pk in self.c.appeared:
            former = next((row for row in sources.get(pk, []) if fold(row.name) == fold(record.name)), None)
            parent = detached.get(record.code)
            if former is not None:
                self._inherit(pk, record, former)
                self._appear("recoded", record, "code", former.code)
            elif parent is not None and self.c.successor_of.get(parent.id) != pk:
                self.c.restored_from[pk] = parent.id
                self._inherit(pk, record, parent)
                self._appear("restored", record, "détachée de", parent.label)
            else:
                self._appear("created", record, "", "")

    def _appear(self, action: str, record: CommuneRecord, label: str, before: str) -> None:
        if action != "created":
            self.plan.counts[action] += 1
        after = record.code if action == "recoded" else ""
        self.plan.changes.append(Change(action, record.code, record.name, label, before, after))

    def _inherit(self, pk: int, record: CommuneRecord, source: Row) -> None:
        """A list without EPCI nor postal codes: the new row takes those of the commune it comes from."""
        row = self.work.new_rows[-1 - pk]
        epci = source.epci_id if record.epci_id is KEPT else row.epci_id
        postal = source.postal_codes if record.postal_codes is KEPT else row.postal_codes
        self.work.new_rows[-1 - pk] = row._replace(epci_id=epci, postal_codes=postal)

    def _detached_from(self, codes: list[str]) -> dict[str, Row]:
        """The commune each new code was part of: its delegated commune of yesterday, its last ending, a movement."""
        by_id = {row.id: row for row in self.state.rows.values() if row.kind == "COM"}
        found: dict[str, Row] = {}
        unknown = []
        for code in codes:
            part = self.state.rows.get(f"COMD{code}") or self.state.rows.get(f"COMA{code}")
            if part is not None and part.parent_id in by_id:
                found[code] = by_id[part.parent_id]
            else:
                unknown.append(code)
        if not unknown:
            return found
        ended = Commune.objects.filter(kind="COM", code__in=unknown, ended_on__isnull=False).order_by("ended_on", "pk")
        for code, successor in ended.values_list("code", "successor"):
            if successor in by_id:
                found[code] = by_id[successor]
        for code, before in succession.load_restorations(set(unknown) - set(found)).items():
            parent = self.state.commune(before)
            if parent is not None:
                found[code] = parent
        return found

    def _describe_updates(self) -> None:
        departments, sirens = self.c.places.department_codes(), self.c.places.sirens()
        shown = {
            "department_id": lambda value: departments.get(value, ""),
            "epci_id": lambda value: sirens.get(value, ""),
            "parent_id": lambda value: self.code_of.get(value, ""),
        }
        olds = {row.id: row for row in self.state.rows.values() if row.id in self.work.updates}
        for pk, new in self.work.updates.items():
            old = olds[pk]
            for name, label in FIELDS.items():
                before, after = getattr(old, name), getattr(new, name)
                if before != after:
                    read = shown.get(name, str)
                    pair = (read(before), read(after))
                    self.work.changes.append((pk, STORED_FIELDS[name], *pair))
                    self.plan.changes.append(Change("changed", new.code, new.name, label, *pair))
            self.plan.counts["changed" if new.kind == "COM" else "parts_changed"] += 1
            self.plan.counts["renamed"] += new.kind == "COM" and old.name != new.name
        for pk, successor in self.work.endings.items():
            self.work.changes.append((pk, "ended_on", "", self.state.day.isoformat()))
            if successor is not None:
                self.work.changes.append((pk, "successor", "", self.code_of[successor]))
        self._describe_corrections()

    def _describe_corrections(self) -> None:
        if not self.work.corrections:
            return
        rows = {row.id: row for row in self.state.rows.values()}
        for pk, before, after in self.work.corrections:
            self.work.changes.append((pk, "population", str(before), str(after)))
            row = rows[pk]
            self.plan.changes.append(Change("changed", row.code, row.name, "population", str(before), str(after)))

    def _count(self) -> None:
        counts = self.plan.counts
        counts["created"] = self.c.created
        counts["ended"] = len(self.c.ended)
        counts["populations_added"] = len(self.work.populations)
        counts["populations_corrected"] = len(self.work.corrections)
        corrected = {pk for pk, _, _ in self.work.corrections if pk not in self.work.updates}
        kinds = Counter(row.kind == "COM" for row in self.state.rows.values() if row.id in corrected)
        counts["changed"] += kinds[True]
        counts["parts_changed"] += kinds[False]
        known = Counter(row.kind == "COM" for row in self.state.rows.values())
        counts["unchanged"] = known[True] - counts["changed"] - counts["ended"]
        counts["parts_unchanged"] = known[False] - counts["parts_changed"] - counts["parts_ended"]
        counts["epci_created"] = len(self.work.new_epcis)
        for row in self.plan.ended:
            label = f"{row.successor_name} ({row.successor_code})" if row.successor_code else ""
            self.plan.changes.append(Change("ended", row.code, row.name, "devenue", "", label))
