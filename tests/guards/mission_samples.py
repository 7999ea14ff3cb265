"""Objects of the missions app for the walk of every URL: what one CPTS does all year, one object of each kind.

`MISSIONS_PK` names the object that `pk` means, by the first word of a URL name (« action-detail »); `MISSIONS_KWARG`
says what another argument means; `MISSIONS_ADMIN` gives one row of each table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core import signing
from django.utils import timezone

from cpts_portal.accounts.models import User
from members.models import Professional
from missions import models as work
from missions.meetings.room import LINK, code_at
from territories.models import Cpts
from tests import mission_factories as make


@dataclass
class MissionSide:
    """What one CPTS does: an object of each table."""

    exercise: work.Exercise
    mission: work.CptsMission
    action: work.Action
    deliverable: work.Deliverable
    budget_line: work.BudgetLine
    indicator: work.Indicator
    expected_proof: work.ExpectedProof
    target: work.Target
    step: work.Step
    envelope: work.ResultEnvelope
    result: work.Result
    proof: work.Proof
    group: work.Group
    group_member: work.GroupMember
    series: work.MeetingSeries
    meeting: work.Meeting
    decision: work.Decision
    task: work.Task
    attendance: work.Attendance
    correction: work.AttendanceCorrection
    pay_settings: work.PaySettings
    pay_rate: work.PayRate
    pay_cap: work.PayCap
    pay_line: work.PayLine
    pay_batch: work.PayBatch
    bank_account: work.BankAccount
    user_record: work.UserRecord
    ceiling_account: work.CeilingAccount


def make_missions(cpts: Cpts, person: User, professional: Professional) -> MissionSide:
    mission, action = make.mission(cpts), make.action(cpts)
    indicator = make.indicator(cpts)
    target = make.target(indicator)
    return MissionSide(
        exercise=target.exercise,
        mission=mission,
        action=action,
        deliverable=work.Deliverable.objects.create(action=action, name="Plaquette"),
        budget_line=work.BudgetLine.objects.create(action=action, envelope="own", label="Impression"),
        indicator=indicator,
        expected_proof=work.ExpectedProof.objects.create(indicator=indicator, kind="link"),
        target=target,
        step=work.Step.objects.create(target=target, bound=Decimal("50"), amount=Decimal("500")),
        envelope=work.ResultEnvelope.objects.create(mission=mission, exercise=target.exercise, amount=Decimal("35000")),
        result=make.result(target),
        proof=work.Proof.objects.create(
            target=target, kind="link", title="Annuaire en ligne", link="https://annuaire.example.fr/"
        ),
        **make_meetings(cpts, person, professional),
        **make_payments(cpts, person, professional),
    )


def make_meetings(cpts: Cpts, person: User, professional: Professional) -> dict[str, Any]:
    series = work.MeetingSeries.objects.create(cpts=cpts, rhythm="monthly", until=date(2026, 12, 31))
    group, meeting = make.group(cpts), make.meeting(cpts, "acces", series=series)
    attendance = make.attendance(meeting, professional, presence="present")
    return {
        "group": group,
        "group_member": work.GroupMember.objects.create(group=group, professional=professional, start=date(2026, 1, 1)),
        "series": series,
        "meeting": meeting,
        "decision": work.Decision.objects.create(meeting=meeting, text="Le plan est adopté."),
        "task": work.Task.objects.create(cpts=cpts, meeting=meeting, what="Envoyer le plan"),
        "attendance": attendance,
        "correction": work.AttendanceCorrection.objects.create(
            attendance=attendance, presence="absent", reason="Erreur de saisie", asked_by=person
        ),
    }


def make_payments(cpts: Cpts, person: User, professional: Professional) -> dict[str, Any]:
    line = make.pay_line(professional)
    return {
        "pay_settings": work.PaySettings.objects.create(cpts=cpts),
        "pay_rate": make.pay_rate(cpts),
        "pay_cap": work.PayCap.objects.create(cpts=cpts, year=2026, amount=Decimal("3000")),
        "pay_line": line,
        "pay_batch": work.PayBatch.objects.create(cpts=cpts, number=1, execute_on=date(2026, 4, 1)),
        "bank_account": work.BankAccount.objects.create(
            professional=professional, holder="Dominique Exemple", iban="", iban_end="2606"
        ),
        "user_record": work.UserRecord.objects.create(user=person, professional=professional),
        "ceiling_account": work.CeilingAccount.objects.get_or_create(person_key="essai", year=2026)[0],
    }


MISSIONS_PK: dict[str, str] = {
    "exercise": "exercise",
    "mission": "mission",
    "action": "action",
    "deliverable": "deliverable",
    "budget": "budget_line",
    "indicator": "indicator",
    "target": "target",
    "result": "result",
    "proof": "proof",
    "group": "group",
    "participant": "group_member",
    "meeting": "meeting",
    "decision": "decision",
    "task": "task",
    "attendance": "attendance",
    "correction": "correction",
    "rate": "pay_rate",
    "cap": "pay_cap",
    "line": "pay_line",
    "batch": "pay_batch",
    "account": "bank_account",
    "record": "user_record",
}
MISSIONS_KWARG: dict[str, Callable[[Any], Any]] = {
    "answer_token": lambda side: side.missions.attendance.token,
    "room_meeting": lambda side: side.missions.meeting.pk,
    "room_code": lambda side: code_at(side.missions.meeting, timezone.now()),
    "check_in_link": lambda side: signing.dumps(side.missions.attendance.pk, salt=LINK),
    "attendance_id": lambda side: side.missions.attendance.pk,
    "exercise_id": lambda side: side.missions.exercise.pk,
    "template_id": lambda _side: work.IndicatorTemplate.objects.first().pk,
    "year": lambda _side: 2026,
}
MISSIONS_ADMIN: dict[str, Callable[[Any], Any]] = {
    "missions.officialmission": lambda _side: make.official(),
    "missions.submission": lambda _side: work.SubMission.objects.first(),
    "missions.missionterms": lambda _side: work.MissionTerms.objects.first(),
    "missions.actiontemplate": lambda _side: work.ActionTemplate.objects.first(),
    "missions.indicatortemplate": lambda _side: work.IndicatorTemplate.objects.first(),
    "missions.ceilingvalue": lambda _side: work.CeilingValue.objects.first(),
    "missions.exercise": lambda side: side.missions.exercise,
    "missions.cptsmission": lambda side: side.missions.mission,
    "missions.action": lambda side: side.missions.action,
    "missions.deliverable": lambda side: side.missions.deliverable,
    "missions.budgetline": lambda side: side.missions.budget_line,
    "missions.indicator": lambda side: side.missions.indicator,
    "missions.expectedproof": lambda side: side.missions.expected_proof,
    "missions.target": lambda side: side.missions.target,
    "missions.step": lambda side: side.missions.step,
    "missions.resultenvelope": lambda side: side.missions.envelope,
    "missions.result": lambda side: side.missions.result,
    "missions.proof": lambda side: side.missions.proof,
    "missions.group": lambda side: side.missions.group,
    "missions.groupmember": lambda side: side.missions.group_member,
    "missions.meetingseries": lambda side: side.missions.series,
    "missions.meeting": lambda side: side.missions.meeting,
    "missions.decision": lambda side: side.missions.decision,
    "missions.task": lambda side: side.missions.task,
    "missions.attendance": lambda side: side.missions.attendance,
    "missions.attendancecorrection": lambda side: side.missions.correction,
    "missions.paysettings": lambda side: side.missions.pay_settings,
    "missions.payrate": lambda side: side.missions.pay_rate,
    "missions.paycap": lambda side: side.missions.pay_cap,
    "missions.payline": lambda side: side.missions.pay_line,
    "missions.paybatch": lambda side: side.missions.pay_batch,
    "missions.bankaccount": lambda side: side.missions.bank_account,
    "missions.userrecord": lambda side: side.missions.user_record,
    "missions.ceilingaccount": lambda side: side.missions.ceiling_account,
}
