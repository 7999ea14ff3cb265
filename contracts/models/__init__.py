"""Tables of the contracts app, grouped by what they describe."""

from contracts.models.contracts import (
    Contract,
    ContractState,
    ContractVersion,
    Exchange,
    Signature,
    SignedPeriod,
)
from contracts.models.journal import JournalEntry
from contracts.models.money import ContractYear, FundPayment, OtherResource
from contracts.models.rates import FundingRules, GridTotal, Part, Rate, envelope_name
from contracts.models.reviews import (
    AGENCIES,
    OPEN,
    Opinion,
    Party,
    Review,
    ReviewKind,
    ReviewStatus,
    Submission,
    Visa,
)
from contracts.models.talk import Assignment, Audience, Comment, Document, MailChoice, Slot, Visit
from contracts.models.years import Closing, LineVerdict, Verdict, YearLine

__all__ = [
    "AGENCIES",
    "OPEN",
    "Assignment",
    "Audience",
    "Closing",
    "Comment",
    "Contract",
    "ContractState",
    "ContractVersion",
    "ContractYear",
    "Document",
    "Exchange",
    "FundPayment",
    "FundingRules",
    "GridTotal",
    "JournalEntry",
    "LineVerdict",
    "MailChoice",
    "Opinion",
    "OtherResource",
    "Part",
    "Party",
    "Rate",
    "Review",
    "ReviewKind",
    "ReviewStatus",
    "Signature",
    "SignedPeriod",
    "Slot",
    "Submission",
    "Verdict",
    "Visa",
    "Visit",
    "YearLine",
    "envelope_name",
]
