"""Steps of the tests of payments: an officer with a rate, a declaration brought to a state."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from cpts_portal.core.scoping import everything
from members.models import Mandate, Professional
from missions.models import PayLine
from missions.pay.payment import Declaration, approve_line, check_line, declare
from territories.models import Cpts
from tests import factories, member_factories
from tests import mission_factories as make

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
TODAY = date(2026, 6, 1)
DAY = date(2026, 3, 3)


def officer(cpts: Cpts, office: str = "director", **fields) -> Professional:
    """A member who holds an office since 2025."""
    person = member_factories.member(cpts, **fields).professional
    with everything("test data"):
        Mandate.objects.create(cpts=cpts, professional=person, office=office, start=date(2025, 1, 1))
    return person


def order(person: Professional, **fields) -> Declaration:
    given = {"nature": "indemnity", "day": DAY, "activity": "Réunion du bureau", "office": "director"}
    return Declaration(person, **{**given, "hours": Decimal("2.00"), **fields})


def declared(person: Professional, by: Any = None, **fields) -> PayLine:
    with everything("test data"):
        return declare(person.cpts, order(person, **fields), today=TODAY, by=by or factories.coordinator(person.cpts))


def checked(person: Professional, by: Any = None, **fields) -> PayLine:
    with everything("test data"):
        by = by or factories.coordinator(person.cpts)
        return check_line(declared(person, by=by, **fields), moment=NOW, by=by)


def checked_for(person: Professional, amount: str, **fields) -> PayLine:
    """A checked line of this amount, whatever the rates."""
    line = make.pay_line(person, amount, status="checked", checked_at=NOW, **fields)
    with everything("test data"):
        return PayLine.objects.get(pk=line.pk)


def approved(person: Professional, amount: str = "100.00", by: Any = None, **fields) -> PayLine:
    with everything("test data"):
        by = by or factories.board_member(person.cpts)
        return approve_line(checked_for(person, amount, **fields), moment=NOW, by=by)
