"""The payments of the demonstration: rates, and declarations at every step over the year of the demonstration.

A CPTS that has a rate already is left as it is. The IBAN are fictitious: their key holds, their bank does not exist.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from cpts_portal.accounts.models import User
from cpts_portal.core.periods import local_moment
from members.models import Mandate
from missions.meetings.hours import hours_of
from missions.models import Nature, PayLine, PayRate, PaySettings
from missions.pay.bank import save_account
from missions.pay.batches import create_batch, export_transfers, mark_paid
from missions.pay.lists import to_declare
from missions.pay.payment import Declaration, approve_line, check_line, declare
from missions.pay.setup import add_rate, save_settings
from territories.models import Cpts

RATES = (
    (Nature.INDEMNITY, PayRate.Unit.HOUR, "60.00"),
    (Nature.INDEMNITY, PayRate.Unit.KILOMETRE, "0.636"),
    (Nature.REMUNERATION, PayRate.Unit.HOUR, "50.00"),
)
FIRST_RATE_DAY = date(2025, 1, 1)
TREASURER = "bureau.ploermel"
OFFICERS = 3
MONTHS = 5  # of the board, one meeting a month: paid, in a batch, approved, checked, declared
REMUNERATIONS = 4


def fill_payments(cpts: Cpts, *, today: date, by: User, treasurer: User, made: Counter[str]) -> None:
    if not PayRate.objects.filter(cpts=cpts).exists():
        Money(cpts, today, by, treasurer).fill(made)


def fictitious_iban(number: int) -> str:
    """A French IBAN whose two keys hold, in a bank that does not exist (99999)."""
    bank, branch, account = 99999, 1, number
    key = 97 - (89 * bank + 15 * branch + 3 * account) % 97
    own = f"{bank:05d}{branch:05d}{account:011d}{key:02d}"
    return f"FR{98 - int(f'{own}152700') % 97:02d}{own}"


class Money:
    """The payments of one CPTS being written: who declares, who approves, what day it is."""

    def __init__(self, cpts: Cpts, today: date, by: User, treasurer: User) -> None:
        self.cpts, self.today, self.by, self.treasurer = cpts, today, by, treasurer

    def fill(self, made: Counter[str]) -> None:
        self.settings()
        mandates = Mandate.objects.filter(cpts=self.cpts, start__lte=self.today).not_over_on(self.today)
        offices = list(mandates.select_related("professional").order_by("pk")[:OFFICERS])
        for number, mandate in enumerate(offices, 2):
            person = mandate.professional
            save_account(person, holder=str(person), number=fictitious_iban(number), bic_code="", by=self.by)
        months = [self.month(offices, self.today - relativedelta(months=back)) for back in range(MONTHS, 0, -1)]
        paid, in_batch, approved, checked, _declared = months
        for lines in (paid, in_batch, approved):
            self.approve(lines)
        for line in checked:
            self.check(line)
        self.batches(paid, in_batch)
        made["pay lines"] += sum(map(len, months)) + self.remunerations()

    def settings(self) -> None:
        version = str(PaySettings().version)
        name = str(self.cpts.full_name)[:70]
        save_settings(
            self.cpts, requires_dues=False, debtor_name=name, version=version, by=self.by, iban=fictitious_iban(1)
        )
        for nature, unit, amount in RATES:
            fields = {"nature": nature, "unit": unit, "amount": Decimal(amount), "decided_by": "CA du 12 décembre 2024"}
            add_rate(PayRate(cpts=self.cpts, start=FIRST_RATE_DAY, **fields), by=self.by)

    # --- Declarations -----------------------------------------------------------------------------------------------
    def month(self, mandates: Sequence[Mandate], day: date) -> list[PayLine]:
        return [self.declare_board(mandate, day, rank) for rank, mandate in enumerate(mandates)]

    def declare_board(self, mandate: Mandate, day: date, rank: int) -> PayLine:
        given: dict[str, Any] = {"hours": Decimal("2.00"), "kilometres": Decimal(12 * rank), "office": mandate.office}
        order = Declaration(mandate.professional, Nature.INDEMNITY, day, "Réunion du bureau", **given)
        return declare(self.cpts, order, today=self.today, by=self.by)

    def remunerations(self) -> int:
        """Some presences of the evenings; the others are left to declare."""
        rows = list(to_declare(self.cpts)[:REMUNERATIONS])
        for row in rows:
            day = row.meeting.starts_at.date()
            worked: dict[str, Any] = {
                "hours": hours_of(row),
                "mission": row.meeting.missions.first(),
                "attendance": row,
            }
            order = Declaration(row.professional, Nature.REMUNERATION, day, row.meeting.title[:160], **worked)
            self.check(declare(self.cpts, order, today=self.today, by=self.by))
        return len(rows)

    # --- Their steps ------------------------------------------------------------------------------------------------
    def check(self, line: PayLine) -> PayLine:
        return check_line(line, moment=self.moment(line.day), by=self.by)

    def approve(self, lines: Sequence[PayLine]) -> None:
        for line in lines:
            approve_line(self.check(line), moment=self.moment(line.day), by=self.treasurer)

    def batches(self, paid: Sequence[PayLine], in_batch: Sequence[PayLine]) -> None:
        if not paid:
            return
        day = paid[0].day + relativedelta(days=7)
        first = create_batch(self.cpts, paid, execute_on=day, today=day, by=self.treasurer)
        export_transfers(first, moment=self.moment(day), by=self.treasurer)
        mark_paid(first, on=day, today=self.today, by=self.treasurer)
        coming = self.today + relativedelta(days=7)
        create_batch(self.cpts, in_batch, execute_on=coming, today=self.today, by=self.treasurer)

    @staticmethod
    def moment(day: date) -> Any:
        return local_moment(day + relativedelta(days=2), time(9))
