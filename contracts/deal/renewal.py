"""When a contract may be renewed: in its last year, or once it has expired or was terminated; once only."""

from datetime import date

from dateutil.relativedelta import relativedelta

from contracts.models import Contract, ReviewStatus
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr

RENEWABLE_MONTHS = 12


def is_renewed(contract: Contract) -> bool:
    """Another contract follows it, signed or in negotiation."""
    renewal = getattr(contract, "renewal", None)
    if renewal is None:
        return False
    if renewal.starts_on:
        return True
    return any(version.review.status != ReviewStatus.ABANDONED for version in renewal.versions.select_related("review"))


def refuse_renewal(contract: Contract, day: date) -> None:
    """A contract is renewed in its last year, or once expired or terminated."""
    period = contract.period
    if period is None:
        raise NotPossible("Ce contrat n’est pas signé.")
    if is_renewed(contract):
        raise NotPossible("Ce contrat a déjà un successeur.")
    opens_on = period.end - relativedelta(months=RENEWABLE_MONTHS)
    if period.ended_on is None and day < opens_on:
        raise NotPossible(f"Le renouvellement s’ouvre un an avant la fin du contrat, le {date_fr(opens_on)}.")


def may_renew(contract: Contract, day: date) -> bool:
    try:
        refuse_renewal(contract, day)
    except NotPossible:
        return False
    return True
