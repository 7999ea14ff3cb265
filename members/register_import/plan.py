"""What a file would do to the register: built by the preview, executed by the import, shown to the coordinator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from members.register_import.cards import Card, KnownDue, KnownMembership
from members.register_import.differences import CardDifference
from members.register_import.records import Exempted, Office, Packed, Paid, Record, Refusal, Remark

# Keys of `Plan.counts`, in the order screens show them.
COUNT_LABELS = {
    "rows": "Lignes lues",
    "people_created": "Personnes ajoutées",
    "structures_created": "Structures ajoutées",
    "updated": "Fiches complétées ou corrigées",
    "linked": "Lignes rattachées à une fiche, sans la modifier",
    "memberships": "Adhésions ajoutées",
    "applications": "Demandes d’adhésion ajoutées",
    "refusals": "Demandes refusées ajoutées",
    "mandates": "Mandats ajoutés",
    "payments": "Paiements ajoutés",
    "exemptions": "Exonérations ajoutées",
    "campaigns": "Campagnes de cotisation ouvertes",
    "colleges": "Collèges créés",
    "left_out": "Lignes laissées de côté",
    "refused": "Lignes refusées",
    "undecided": "Doublons possibles à trancher",
    "remarks": "Lectures à vérifier",
}
WRITING = (
    "people_created", "structures_created", "updated", "memberships", "applications", "refusals", "mandates",
    "payments", "exemptions",
)  # fmt: skip
CREATE, LINK, UPDATE, SKIP = "create", "link", "update", "skip"


@dataclass
class Decisions:
    """What the coordinator chose: per line, and the colleges to create. Stored as JSON with the import."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    colleges: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Decisions":
        rows = {int(line): choice for line, choice in stored.get("rows", {}).items()}
        return cls(rows, tuple(stored.get("colleges", ())))

    def action(self, line: int) -> str:
        return str(self.rows.get(line, {}).get("action", ""))

    @property
    def left_out(self) -> set[int]:
        return {line for line, choice in self.rows.items() if choice.get("action") == SKIP}


@dataclass(slots=True)
class Candidate(Packed):
    """A card that may be the person of a line: why, and what the line says otherwise."""

    card: Card
    signs: tuple[str, ...]
    differences: list[CardDifference]


@dataclass(slots=True)
class Match(Packed):
    """A line that looks like one card or several. `action` empty: to be decided."""

    record: Record
    candidates: list[Candidate]
    action: str = ""
    chosen: Candidate | None = None
    fields: tuple[str, ...] = ()
    is_default: bool = False


@dataclass(slots=True)
class DuePlan(Packed):
    """A payment to record, on a due that exists or that the import creates."""

    paid: Paid
    due: KnownDue | None
    amount: Decimal
    exemption: str = ""


@dataclass(slots=True)
class ExemptPlan(Packed):
    """Dues of a year to be written as owing nothing more."""

    exempted: Exempted
    due: KnownDue | None
    called: Decimal = Decimal(0)


@dataclass(slots=True)
class MandatePlan(Packed):
    office: Office
    start: date


@dataclass(slots=True)
class Step(Packed):
    """What one line writes. `card` None: a new card. `fields`: keys of the differences to apply."""

    record: Record
    card: Card | None = None
    fields: tuple[str, ...] = ()
    starts: date | None = None
    is_application: bool = False
    is_refusal: bool = False
    membership: KnownMembership | None = None
    dues: list[DuePlan] = field(default_factory=list)
    exempted: list[ExemptPlan] = field(default_factory=list)
    mandates: list[MandatePlan] = field(default_factory=list)

    @property
    def opens_membership(self) -> bool:
        return self.starts is not None or self.is_application or self.is_refusal


@dataclass
class Plan:
    """`steps` is what gets written; the rest is what is shown."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNT_LABELS, 0))
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    unknown_colleges: dict[str, int] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    new_colleges: tuple[str, ...] = ()
    new_years: tuple[int, ...] = ()

    @property
    def undecided(self) -> list[Match]:
        return [match for match in self.matches if not match.action]

    @property
    def decided(self) -> list[Match]:
        return [match for match in self.matches if match.action]

    @property
    def is_applicable(self) -> bool:
        return not self.reasons

    @property
    def writes_nothing(self) -> bool:
        return not any(self.counts[key] for key in WRITING)

    @property
    def reasons(self) -> Sequence[str]:
        """Why the import cannot be confirmed yet, in sentences."""
        found = []
        refused, undecided = self.counts["refused"], self.counts["undecided"]
        if refused:
            found.append(
                f"{refused} ligne{'s' if refused > 1 else ''} à corriger ou à laisser de côté : tout est importé "
                "d’un coup, ou rien."
            )
        if undecided:
            found.append(
                f"{undecided} ligne{'s ressemblent' if undecided > 1 else ' ressemble'} à une fiche du registre : "
                "choisissez quoi en faire."
            )
        return found
