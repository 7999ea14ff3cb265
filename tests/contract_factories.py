"""Factories of the contracts app: valid by default, everything may be overridden."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from contracts.models import Comment, Contract, ContractVersion, ContractYear, FundPayment, Review, YearLine
from contracts.terms.terms import AmountTerm, CommuneTerm, MissionTerm, Terms, print_of, to_json
from cpts_portal.core.scoping import everything
from cpts_portal.core.workflow import Act
from missions.models import OfficialMission
from territories.models import Cpts
from tests import mission_factories

SIGNED = date(2026, 1, 1)
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


def review(cpts: Cpts, kind: str = "letter", status: str = "draft", **fields: Any) -> Review:
    """A review in this state, with the dates and visas that the state supposes."""
    fields.setdefault("title", {"letter": "Lettre d’intention", "project": "Projet de santé"}.get(kind, "Contrat ACI"))
    fields.setdefault("opened_on", date(2026, 2, 1))
    if status not in ("draft", "recorded", "abandoned"):
        fields.setdefault("submitted_on", date(2026, 3, 2))
        fields.setdefault("number", 1)
    if status in ("accepted", "agreed", "signed", "closed"):
        fields = {"ars_agreed_at": NOON, "fund_agreed_at": NOON, "ars_number": 1, "fund_number": 1, **fields}
    if status in ("agreed", "signed", "closed"):
        fields.setdefault("cpts_agreed_at", NOON)
    with everything("test data"):
        return Review.objects.create(cpts=cpts, kind=kind, status=status, **fields)


def terms(**fields: Any) -> Terms:
    """Two communes, size 3, access and prevention with their verified amounts."""
    amounts = (
        AmountTerm("functioning", Decimal("75000.00"), "ACI, art. 9", "verified"),
        AmountTerm("fixed", Decimal("90000.00"), "Annexe", "verified", "acces", "Accès aux soins"),
        AmountTerm("variable", Decimal("35000.00"), "Annexe", "verified", "acces", "Accès aux soins"),
        AmountTerm("fixed", Decimal("17500.00"), "Annexe", "verified", "prevention", "Prévention"),
        AmountTerm("variable", Decimal("17500.00"), "Annexe", "verified", "prevention", "Prévention"),
    )
    missions = (
        MissionTerm("acces", "Amélioration de l’accès aux soins", True, SIGNED),
        MissionTerm("prevention", "Développement d’actions territoriales de prévention", True, SIGNED),
    )
    territory = (CommuneTerm("22001", "Allineuc", 60_000), CommuneTerm("22002", "Andel", 30_000))
    base = {"text": "ACI", "vintage": 2026, "size": 3, "territory": territory, "missions": missions, "amounts": amounts}
    return Terms(**{**base, **fields})


def contract(cpts: Cpts, start: date | None = SIGNED, of: Terms | None = None, **fields: Any) -> Contract:
    """A signed and sealed contract with its five years; `start=None`: one in negotiation."""
    agreed = of or terms()
    ends = start.replace(year=start.year + 5) if start else None
    with everything("test data"):
        made = Contract.objects.create(cpts=cpts, starts_on=start, ends_on=ends, **fields)
    sealed = {
        "sealed_at": NOON,
        "terms_sha256": print_of(agreed),
        "effective_on": start,
        **{f"{party}_signed_on": start for party in ("cpts", "ars", "fund")},
    }
    held = review(cpts, "contract", "signed" if start else "draft", content=to_json(agreed))
    with everything("test data"):
        ContractVersion.objects.create(contract=made, review=held, **(sealed if start else {}))
        if start:
            for number in range(1, 6):
                first = start.replace(year=start.year + number - 1)
                exercise = mission_factories.exercise(cpts, number, first)
                ContractYear.objects.create(contract=made, exercise=exercise)
    return made


def version(of: Contract) -> ContractVersion:
    with everything("test data"):
        return ContractVersion.objects.select_related("review").filter(contract=of).order_by("number").first()


def year(of: Contract, number: int = 1) -> ContractYear:
    with everything("test data"):
        return ContractYear.objects.select_related("exercise", "contract").get(contract=of, exercise__number=number)


def year_line(of: ContractYear, **fields: Any) -> YearLine:
    with everything("test data"):
        target = mission_factories.target(mission_factories.indicator(of.contract.cpts), of.exercise.number)
        base = {"mission": OfficialMission.objects.get(code="acces"), "name": target.indicator.name, "unit": "soirées"}
        return YearLine.objects.create(year=of, target=target, **{**base, **fields})


def payment(of: ContractYear, **fields: Any) -> FundPayment:
    base = {"part": "functioning", "kind": "advance", "amount": Decimal("75000.00"), "due_on": of.exercise.start}
    with everything("test data"):
        return FundPayment.objects.create(year=of, **{**base, **fields})


def comment(of: Review, **fields: Any) -> Comment:
    with everything("test data"):
        return Comment.objects.create(review=of, **{"text": "Précisez le calendrier.", **fields})


def act(by: Any, *roles: str, moment: datetime = NOON, **fields: Any) -> Act:
    return Act(by=by, roles=frozenset(roles), moment=moment, **fields)
