"""Tables of the missions app, grouped by what they describe."""

from missions.models.actions import Action, ActionState, BudgetLine, Deliverable, Envelope
from missions.models.attendance import Attendance, AttendanceCorrection
from missions.models.catalogue import (
    ActionTemplate,
    Aggregation,
    Cadence,
    CeilingValue,
    Confidence,
    Counted,
    DataSource,
    Direction,
    IndicatorKind,
    IndicatorTemplate,
    Method,
    MissionTerms,
    OfficialMission,
    ProofKind,
    SubMission,
)
from missions.models.indicators import ExpectedProof, Indicator, ResultEnvelope, Step, Target
from missions.models.meetings import Decision, Group, GroupMember, Meeting, MeetingSeries, MeetingState, Task
from missions.models.missions import CptsMission, Exercise, MissionState
from missions.models.pay import BankAccount, CeilingAccount, PayBatch, PayLine, PayStatus, UserRecord
from missions.models.pay_rates import Nature, PayCap, PayRate, PaySettings
from missions.models.results import Proof, Result

__all__ = [
    "Action",
    "ActionState",
    "ActionTemplate",
    "Aggregation",
    "Attendance",
    "AttendanceCorrection",
    "BankAccount",
    "BudgetLine",
    "Cadence",
    "CeilingAccount",
    "CeilingValue",
    "Confidence",
    "Counted",
    "CptsMission",
    "DataSource",
    "Decision",
    "Deliverable",
    "Direction",
    "Envelope",
    "Exercise",
    "ExpectedProof",
    "Group",
    "GroupMember",
    "Indicator",
    "IndicatorKind",
    "IndicatorTemplate",
    "Meeting",
    "MeetingSeries",
    "MeetingState",
    "Method",
    "MissionState",
    "MissionTerms",
    "Nature",
    "OfficialMission",
    "PayBatch",
    "PayCap",
    "PayLine",
    "PayRate",
    "PaySettings",
    "PayStatus",
    "Proof",
    "ProofKind",
    "Result",
    "ResultEnvelope",
    "Step",
    "SubMission",
    "Target",
    "Task",
    "UserRecord",
]
