"""A year under a contract of size 3, and the acts of each party on it: what the tests of the yearly review share."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from contracts.models import Contract, ContractYear, Document, Review, YearLine
from contracts.review.lifecycle import REVIEWS
from contracts.terms.grid import amounts_for
from contracts.terms.terms import MissionTerm
from contracts.yearly.deciding import Choice, decide
from contracts.yearly.lines import board_of
from contracts.yearly.opening import open_year_review
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from missions.models import Indicator, OfficialMission, Result, Step, Target
from territories.models import Cpts
from tests import contract_factories as make
from tests import factories, mission_factories

DAY = date(2026, 12, 10)
MOMENT = datetime(2026, 12, 10, 11, tzinfo=UTC)
EVERY_MISSION = ("acces", "parcours", "prevention", "crises", "qualite", "accompagnement")
PARTY_ROLE = {"ars": Role.ARS_AGENT, "fund": Role.FUND_AGENT}


class Table:
    """The people around the table of one CPTS, and what each may do to a year."""

    def __init__(self, cpts: Cpts) -> None:
        self.cpts = cpts
        self.people = {
            Role.COORDINATOR: factories.coordinator(cpts),
            Role.BOARD: factories.board_member(cpts),
            Role.ARS_AGENT: factories.ars_agent(cpts.ars),
            Role.FUND_AGENT: factories.fund_agent(cpts.lead_fund),
        }

    def move(self, review: Review, name: str, role: Role, moment: datetime = MOMENT, **fields: Any) -> Review:
        review.refresh_from_db()
        act = make.act(self.people[role], role, moment=moment, version=str(review.version), **fields)
        return REVIEWS.make(review, name, act)

    def decide(self, line: YearLine, party: str, verdict: str = "validated", value: int | None = None) -> None:
        _mission, state = board_of(line.year).find(line.pk)
        reason = "" if verdict == "validated" else "Vu en réunion"
        choice = Choice(verdict, None if value is None else Decimal(value), reason)
        decide(line, choice, party=party, stamp=state.stamp(party), by=self.people[PARTY_ROLE[party]])

    def both(self, line: YearLine, verdict: str = "validated", value: int | None = None) -> None:
        for party in PARTY_ROLE:
            self.decide(line, party, verdict, value)

    def agree(self, review: Review) -> Review:
        self.move(review, "visa", Role.ARS_AGENT)
        self.move(review, "visa", Role.FUND_AGENT)
        return self.move(review, "agree", Role.BOARD)

    def close(self, review: Review) -> Review:
        self.agree(review)
        return self.move(review, "close", Role.FUND_AGENT)


def size_3(cpts: Cpts) -> Contract:
    """The six missions, started on the first day, with the amounts of the grid."""
    for code in EVERY_MISSION:
        mission_factories.mission(cpts, code, started_on=make.SIGNED)
    amounts = amounts_for(3, EVERY_MISSION, make.SIGNED)
    missions = tuple(
        MissionTerm(each.code, each.name, each.code != "accompagnement", make.SIGNED)
        for each in OfficialMission.objects.filter(code__in=EVERY_MISSION)
    )
    return make.contract(cpts, of=make.terms(amounts=amounts, missions=missions))


def indicator_of(
    year: ContractYear, code: str, amount: Decimal | str, *, steps: dict[int, str] | None = None, **fields: Any
) -> Target:
    """An indicator of this mission: 100 patients to reach, or steps."""
    method = "steps" if steps else "binary"
    made: Indicator = mission_factories.indicator(year.exercise.cpts, code, method=method, **fields)
    target = mission_factories.target(made, year.exercise.number, amount=str(amount))
    with everything("test data"):
        for bound, euros in (steps or {}).items():
            Step.objects.create(target=target, bound=Decimal(bound), amount=Decimal(euros))
    return target


def result(target: Target, value: int) -> Result:
    return mission_factories.result(target, str(value))


def envelopes(contract: Contract) -> dict[str, Decimal]:
    """The variable part of each mission."""
    amounts = make.version(contract).review.content["amounts"]
    return {each["mission"]: Decimal(each["amount"]) for each in amounts if each["part"] == "variable"}


def opened(year: ContractYear, by: Any = None) -> Review:
    """The review of the year, with the documents that it asks for."""
    review = open_year_review(year, day=DAY, by=by)
    for slot in ("activity_report", "accounts"):
        document = {"filename": f"{slot}.pdf", "file": f"documents/{slot}.pdf", "content_type": "application/pdf"}
        Document.objects.create(cpts=review.cpts, review=review, slot=slot, size=10, sha256=slot, **document)
    year.refresh_from_db()
    return review


def submitted(table: Table, year: ContractYear) -> Review:
    review = opened(year)
    return table.move(review, "submit", Role.COORDINATOR)


def lines(year: ContractYear) -> list[YearLine]:
    found = YearLine.objects.filter(year=year).select_related("year__review", "year__exercise")
    return list(found.order_by("rank"))


def one_line(table: Table, year: ContractYear, **fields: Any) -> tuple[Review, YearLine]:
    """A year presented with one indicator of 5 000 €, met."""
    result(indicator_of(year, "acces", "5000", **fields), 120)
    review = submitted(table, year)
    return review, lines(year)[0]


def retained(year: ContractYear) -> Decimal:
    return board_of(ContractYear.objects.get(pk=year.pk)).retained
