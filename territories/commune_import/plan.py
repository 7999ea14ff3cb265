"""What a commune file would do: built by the preview, executed by the import, shown to the administrator."""

import csv
import io
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from cpts_portal.core.exports import harmless

Reporter = Callable[[int, str], None]

# Keys of `CommunePlan.counts`, in the order screens and the command show them. A « part » is a delegated or associated
# commune, or a district of Paris, Lyon or Marseille.
COUNT_LABELS = {
    "rows": "Lignes lues",
    "created": "Communes créées",
    "restored": "dont communes rétablies",
    "recoded": "dont changements de code",
    "changed": "Communes modifiées",
    "renamed": "dont changements de nom",
    "unchanged": "Communes inchangées",
    "ended": "Communes disparues",
    "populations_added": "Populations ajoutées",
    "populations_corrected": "Populations corrigées",
    "parts_created": "Parties de communes créées",
    "parts_changed": "Parties de communes modifiées",
    "parts_unchanged": "Parties de communes inchangées",
    "parts_ended": "Parties de communes disparues",
    "epci_created": "EPCI créés",
    "movements_added": "Mouvements ajoutés",
    "territory_rows": "Lignes de territoire reprises",
    "refused": "Lignes refusées",
    "remarks": "Remarques",
}


@dataclass(frozen=True)
class CommuneRefusal:
    """A cell that cannot be imported; one is enough for the whole file to be left out. Line 0: the whole file."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class CommuneRemark:
    """Something read differently from how it was written, or worth knowing. Line 0: the whole file."""

    line: int
    column: str
    value: str
    read_as: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that changes. `action`: created, changed, ended, restored or recoded; `field` is its French label."""

    action: str
    code: str
    name: str
    field: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Proposal:
    """A commune that may have absorbed one that vanished, and why it is proposed."""

    code: str
    name: str
    reason: str


@dataclass(frozen=True)
class Ended:
    """A commune that vanishes. `found_by`: « fichier », « mouvements », « choix » or empty when nothing was found."""

    code: str
    name: str
    successor_code: str | None
    successor_name: str
    found_by: str
    proposals: tuple[Proposal, ...] = ()
    cpts_names: tuple[str, ...] = ()

    @property
    def needs_choice(self) -> bool:
        return self.successor_code is None and bool(self.cpts_names)


@dataclass(frozen=True)
class CptsEffect:
    """What the import does to one CPTS. `to_arbitrate`: somebody has to decide who takes which inhabitants."""

    cpts_id: int
    name: str
    population_before: int
    population_after: int
    size_before: int | None
    size_after: int | None
    sentences: tuple[str, ...] = ()
    to_arbitrate: bool = False

    @property
    def difference(self) -> int:
        return self.population_after - self.population_before

    @property
    def changes_size(self) -> bool:
        return self.size_before != self.size_after


@dataclass
class CommunePlan:
    layout: str
    filename: str
    sha256: str
    vintage: int | None
    guessed_vintage: int | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNT_LABELS, 0))
    refusals: list[CommuneRefusal] = field(default_factory=list)
    remarks: list[CommuneRemark] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    effects: list[CptsEffect] = field(default_factory=list)
    blocking: list[str] = field(default_factory=list)
    # A new vintage that leaves out many communes: the sentence to be consented to before it is applied.
    partial: str = ""
    # What the import writes; empty in the plans handed to screens.
    work: Any = field(default=None, repr=False, compare=False)

    @property
    def is_applicable(self) -> bool:
        return not self.blocking and not self.refusals

    @property
    def writes_nothing(self) -> bool:
        """The file says what the portal already knows."""
        return not any(self.counts[key] for key in WRITTEN)

    @property
    def reasons(self) -> list[str]:
        """Why it cannot be applied, in sentences."""
        if not self.refusals:
            return list(self.blocking)
        number = len(self.refusals)
        lines = "1 ligne est refusée" if number == 1 else f"{number} lignes sont refusées"
        return [*self.blocking, f"{lines} : corrigez le fichier, rien n’a été enregistré."]

    def as_report(self, limit: int = 1000) -> dict[str, Any]:
        """What is kept with the import: effects on the CPTS, vanished communes and the first remarks."""
        return {
            "effects": [asdict(effect) for effect in self.effects],
            "ended": [asdict(ended) for ended in self.ended],
            "remarks": [asdict(remark) for remark in self.remarks[:limit]],
            "blocking": list(self.blocking),
            "partial": self.partial,
        }


WRITTEN = (
    "created",
    "changed",
    "ended",
    "populations_added",
    "populations_corrected",
    "parts_created",
    "parts_changed",
    "parts_ended",
    "epci_created",
    "movements_added",
    "territory_rows",
)


def refusals_csv(plan: CommunePlan) -> str:
    """The refused rows as a file that French spreadsheets open: semicolons, BOM, CRLF."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Ligne", "Colonne", "Valeur", "Raison"])
    for found in plan.refusals:
        writer.writerow([found.line, found.column, harmless(found.value), found.reason])
    return out.getvalue()
