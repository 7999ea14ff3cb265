"""Objects of the contracts app for the walk of every URL: the file of one CPTS, one object of each kind.

`CONTRACTS_PK` names the object that `pk` means, by the first word of a URL name (« review-detail »); `CONTRACTS_KWARG`
says what another argument means; `CONTRACTS_ADMIN` gives one row of each table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from contracts import models as files
from cpts_portal.accounts.models import User
from territories.models import Cpts
from tests import contract_factories as make

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


@dataclass
class ContractSide:
    """What stands between one CPTS and its agencies: an object of each table."""

    review: files.Review
    submission: files.Submission
    contract: files.Contract
    version: files.ContractVersion
    year: files.ContractYear
    line: files.YearLine
    verdict: files.LineVerdict
    closing: files.Closing
    payment: files.FundPayment
    resource: files.OtherResource
    exchange: files.Exchange
    entry: files.JournalEntry
    comment: files.Comment
    document: files.Document
    assignment: files.Assignment
    visit: files.Visit
    mail_choice: files.MailChoice


def make_contracts(cpts: Cpts, person: User) -> ContractSide:
    review = make.review(cpts, "letter", "submitted")
    contract = make.contract(cpts)
    year = make.year(contract)
    line = make.year_line(year)
    return ContractSide(
        review=review,
        submission=files.Submission.objects.create(review=review, number=1, content={}, sha256="0" * 64, at=NOW),
        contract=contract,
        version=make.version(contract),
        year=year,
        line=line,
        verdict=files.LineVerdict.objects.create(line=line, party="ars", verdict="validated"),
        closing=files.Closing.objects.create(
            year=year, number=1, entitlement={}, total=0, sha256="0" * 64, closed_at=NOW, reopened_at=NOW,
            reopen_reason="Erreur",
        ),
        payment=make.payment(year),
        resource=files.OtherResource.objects.create(cpts=cpts, label="Local prêté", giver="Commune"),
        exchange=files.Exchange.objects.create(contract=contract, planned_on=date(2026, 4, 1)),
        entry=files.JournalEntry.objects.create(
            cpts=cpts, rank=1, at=NOW, author="Essai", act="submit", subject="Lettre", words="…",
            previous="0" * 64, digest="1" * 64,
        ),
        comment=make.comment(review),
        document=files.Document.objects.create(
            cpts=cpts, review=review, slot="statutes", filename="statuts.pdf", file="documents/absent.pdf",
            content_type="application/pdf", size=10, sha256="0" * 64,
        ),
        assignment=files.Assignment.objects.create(review=review, agency=cpts.ars, agent=person),
        visit=files.Visit.objects.create(review=review, reader=person, at=NOW),
        mail_choice=files.MailChoice.objects.create(user=person),
    )  # fmt: skip


CONTRACTS_PK: dict[str, str] = {
    "review": "review",
    "contract": "contract",
    "version": "version",
    "year": "year",
    "line": "line",
    "payment": "payment",
    "resource": "resource",
    "exchange": "exchange",
    "comment": "comment",
    "document": "document",
    "closing": "closing",
}
CONTRACTS_KWARG: dict[str, Callable[[Any], Any]] = {
    "move": lambda _side: "visa",
    "opening_kind": lambda _side: "project",
    "rate_id": lambda _side: files.Rate.objects.first().pk,
    "submission_number": lambda side: side.contracts.submission.number,
    "comment_id": lambda side: side.contracts.comment.pk,
}
CONTRACTS_ADMIN: dict[str, Callable[[Any], Any]] = {
    "contracts.rate": lambda _side: files.Rate.objects.first(),
    "contracts.gridtotal": lambda _side: files.GridTotal.objects.first(),
    "contracts.fundingrules": lambda _side: files.FundingRules.objects.first(),
    "contracts.review": lambda side: side.contracts.review,
    "contracts.submission": lambda side: side.contracts.submission,
    "contracts.contract": lambda side: side.contracts.contract,
    "contracts.contractversion": lambda side: side.contracts.version,
    "contracts.contractyear": lambda side: side.contracts.year,
    "contracts.yearline": lambda side: side.contracts.line,
    "contracts.lineverdict": lambda side: side.contracts.verdict,
    "contracts.closing": lambda side: side.contracts.closing,
    "contracts.fundpayment": lambda side: side.contracts.payment,
    "contracts.otherresource": lambda side: side.contracts.resource,
    "contracts.exchange": lambda side: side.contracts.exchange,
    "contracts.journalentry": lambda side: side.contracts.entry,
    "contracts.comment": lambda side: side.contracts.comment,
    "contracts.document": lambda side: side.contracts.document,
    "contracts.assignment": lambda side: side.contracts.assignment,
    "contracts.visit": lambda side: side.contracts.visit,
    "contracts.mailchoice": lambda side: side.contracts.mail_choice,
}
