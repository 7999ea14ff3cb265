"""How a contract ends: it expires after five years, is renewed by another one, or is terminated by one of the three.

Expiry is warned twelve, six and three months ahead. The clause of termination of the agreement is not confirmed: the
delay to answer a formal notice is what the parties wrote, and the agencies give one before they terminate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from contracts.models import AGENCIES, Contract, ContractState, Party, Review, ReviewStatus
from contracts.shared.journal import write_journal
from contracts.talk.messages import tell_parties
from cpts_portal.accounts.models import User
from cpts_portal.core.acts import changed
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, euros_fr, plural


# --- Termination ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Termination:
    """What the parties wrote about the end of their contract."""

    ended_on: date
    end_initiator: str
    end_reason: str
    notice_on: date | None = None
    answer_days: int | None = None
    end_decision: str = ""
    end_balance: Decimal | None = None

    @property
    def answer_by(self) -> date | None:
        """The last day to answer the formal notice."""
        if self.notice_on is None or self.answer_days is None:
            return None
        return self.notice_on + timedelta(days=self.answer_days)


@transaction.atomic
def terminate(contract: Contract, termination: Termination, *, version: str, day: date, by: User) -> Contract:
    """The contract ends before its term; what was due until then stays due. Raises `StaleEdit`."""
    values: Mapping[str, Any] = {name: getattr(termination, name) for name in Termination.__dataclass_fields__}
    contracts, reason = Contract.objects.select_related("cpts"), termination.end_reason.strip()
    with changed(contract, version=version, by=by, reason=reason, among=contracts) as terminated:
        _refuse_termination(terminated, termination, day)
        for name, value in values.items():
            setattr(terminated, name, value.strip() if isinstance(value, str) else value)
    write_journal(
        terminated.cpts,
        act="terminate",
        subject=terminated,
        words=termination_words(terminated),
        moment=timezone.now(),
        by=by,
        facts={"contract": terminated.pk, **values},
    )
    tell_parties(first_review(terminated), termination_words(terminated), reason=terminated.end_reason, by=by)
    return terminated


def first_review(contract: Contract) -> Review:
    return Review.objects.with_parties().get(contract_version__contract=contract, contract_version__number=0)


def _refuse_termination(contract: Contract, termination: Termination, day: date) -> None:
    if contract.ended_on:
        raise NotPossible(f"Ce contrat est déjà résilié, à effet du {date_fr(contract.ended_on)}.")
    period = contract.period
    if period is None or contract.state_on(day) == ContractState.EXPIRED:
        raise NotPossible("Seul un contrat signé et non échu se résilie.")
    if not period.start <= termination.ended_on < period.end:
        raise NotPossible("La résiliation prend effet pendant le contrat.")
    if not termination.end_reason.strip():
        raise NotPossible("Indiquez le motif de la résiliation.")
    if termination.end_initiator not in AGENCIES:
        return
    if termination.answer_by is None:
        raise NotPossible("L’ARS ou la caisse résilie après une mise en demeure : indiquez sa date et le délai laissé.")
    if termination.ended_on < termination.answer_by:
        raise NotPossible(
            f"La CPTS peut répondre jusqu’au {date_fr(termination.answer_by)} : la résiliation ne peut pas précéder."
        )


def termination_words(contract: Contract) -> str:
    """« Contrat 2026-2031 résilié à l’initiative de la CPTS, à effet du 1er juin 2028. »"""
    who = {Party.CPTS: "de la CPTS", Party.ARS: "de l’ARS", Party.FUND: "de la caisse"}[Party(contract.end_initiator)]
    return f"{contract} résilié à l’initiative {who}, à effet du {date_fr(contract.ended_on)}."


def consequences_of_ending(contract: Contract) -> list[str]:
    """What a termination does, said before it is confirmed."""
    opened = contract.versions.filter(sealed_at__isnull=True).exclude(review__status=ReviewStatus.ABANDONED)
    consequences = [
        "Le contrat cesse de s’appliquer à la date d’effet ; ses termes restent lisibles à toute date.",
        "Les sommes dues jusqu’à cette date le restent, au prorata ; le solde indiqué est celui que les parties ont "
        "arrêté.",
        "Les missions, les indicateurs et les preuves ne sont pas effacés.",
        "Les trois parties en sont averties, et la décision entre au journal.",
    ]
    return [*consequences, *(f"{each} est encore en négociation : abandonnez-le." for each in opened)]


def termination_rows(contract: Contract) -> list[tuple[str, str]]:
    """The termination as its page shows it."""
    if contract.ended_on is None:
        return []
    delay = "" if contract.answer_days is None else plural(contract.answer_days, "jour")
    return [
        ("À l’initiative de", contract.get_end_initiator_display()),
        ("Motif", contract.end_reason),
        ("Mise en demeure du", date_fr(contract.notice_on)),
        ("Délai de réponse", delay),
        ("Date d’effet", date_fr(contract.ended_on)),
        ("Décision", contract.end_decision),
        ("Solde", "" if contract.end_balance is None else euros_fr(contract.end_balance)),
    ]
