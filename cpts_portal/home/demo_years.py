"""The yearly reviews of the demonstration: at Ploërmel the first year is closed and paid, the second in review."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Protocol

from contracts.models import AGENCIES, Contract, ContractYear, FundPayment, Party, Review, Slot, Verdict
from contracts.money.paying import PAYMENTS, propose
from contracts.yearly.deciding import Choice, decide, record_meeting, validate_proven
from contracts.yearly.lines import board_of, stamp_of
from contracts.yearly.opening import open_year_review
from cpts_portal.accounts.models import User
from cpts_portal.accounts.roles import Role
from cpts_portal.core.periods import local_moment
from cpts_portal.core.workflow import Act
from missions.indicators.results import YearState, record, year_states
from missions.indicators.rules import rule_of
from territories.models import Cpts

SIDES = {Party.ARS: Role.ARS_AGENT, Party.FUND: Role.FUND_AGENT}
RECORD = (
    "Les trois parties ont relu chaque indicateur. La CPTS présentera ses preuves au fil de l’eau ; "
    "le prochain échange portera sur la prévention."
)


class YearStory(Protocol):
    """What a year needs of the story of its CPTS (`demo_contracts.Story`)."""

    cpts: Cpts
    today: date
    coordinator: Any
    people: dict[Role, Any]

    def move(self, review: Review, name: str, role: Role, day: date, **fields: Any) -> Review: ...

    def documents(self, review: Review, slots: Iterable[Slot]) -> None: ...


def two_years(story: YearStory, contract: Contract) -> None:
    """The years that are over: each is presented; the oldest one is decided, closed and paid."""
    over = contract.years.filter(exercise__end__lte=story.today).select_related("exercise__cpts", "contract__cpts")
    for rank, year in enumerate(over.order_by("exercise__number")[:2]):
        review = _presented(story, year)
        if rank == 0:
            _closed(story, year, review)
            _paid(story, year)
        else:
            _half_decided(story, year)
    running = contract.years.filter(exercise__start__lte=story.today, exercise__end__gt=story.today).first()
    if running:
        propose(running, moment=_now(story), day=story.today, by=story.people[Role.FUND_AGENT])


def _now(story: YearStory) -> datetime:
    return local_moment(story.today, time(9))


def _presented(story: YearStory, year: ContractYear) -> Review:
    end = year.exercise.end
    day = min(end + timedelta(days=20), story.today)
    for state in year_states(story.cpts, year.exercise, day):
        _complete(state, story.coordinator)
    review = open_year_review(year, day=min(end - timedelta(days=60), story.today), by=story.coordinator)
    year.refresh_from_db()
    story.documents(review, (Slot.ACTIVITY_REPORT, Slot.ACCOUNTS))
    return story.move(review, "submit", Role.COORDINATOR, day)


def _complete(state: YearState, by: User) -> None:
    """The periods left without value receive what the target asks, so that the year can be presented."""
    rule = rule_of(state.target)
    best = max((rung.bound for rung in rule.rungs), default=None)
    for period in state.due:
        value = rule.target if rule.target is not None else best or Decimal(0)
        record(state.target, period, value=value, comment="", version="0", day=state.day, by=by)


def _closed(story: YearStory, year: ContractYear, review: Review) -> None:
    met = min(year.exercise.end + timedelta(days=45), story.today)
    for party in AGENCIES:
        agent = story.people[SIDES[party]]
        validate_proven(year, party=party, by=agent)
        for state in board_of(year).waiting_for(party):
            decide(state.line, _choice(state.line), party=party, stamp=stamp_of(state.line, None), by=agent)
    record_meeting(
        year, meeting_on=met, record=RECORD, version=str(year.version), day=story.today, by=story.coordinator
    )
    for role in SIDES.values():
        story.move(review, "visa", role, met)
    story.move(review, "agree", Role.BOARD, met)
    story.move(review, "close", Role.FUND_AGENT, met)


def _choice(line: Any) -> Choice:
    """What has no proof yet is carried over; what has a value is validated."""
    if line.value is None:
        return Choice(Verdict.CARRIED, reason="Pas encore mesuré : l’indicateur est reporté.")
    return Choice(Verdict.VALIDATED)


def _half_decided(story: YearStory, year: ContractYear) -> None:
    """The fund went through what is proven; the ARS has begun."""
    validate_proven(year, party=Party.FUND, by=story.people[Role.FUND_AGENT])


def _paid(story: YearStory, year: ContractYear) -> None:
    moment, agent = _now(story), story.people[Role.FUND_AGENT]
    propose(year, moment=moment, day=story.today, by=agent)
    for payment in FundPayment.objects.filter(year=year, status=FundPayment.Status.PROPOSED):
        on = max(payment.due_on, year.exercise.start)
        for name, data in (("decide", {}), ("pay", {"on": on, "reference": f"DEMO-{payment.pk:05d}"})):
            payment.refresh_from_db()
            PAYMENTS.make(payment, name, _act(agent, moment, payment, data))


def _act(agent: Any, moment: datetime, payment: FundPayment, data: dict[str, Any]) -> Act:
    roles = frozenset({Role.FUND_AGENT})
    return Act(by=agent, roles=roles, moment=moment, version=str(payment.version), data=data)
