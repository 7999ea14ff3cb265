"""Approved sums paid together: a batch, its file of transfers (SEPA pain.001), the day it was paid.

A batch is undone until its file is produced; afterwards the bank may have it, and it can only be paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.db.models import Max, QuerySet
from sepaxml import SepaTransfer

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as, update_many
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr
from members.models import Professional
from missions.models import BankAccount, PayBatch, PayLine, PaySettings, PayStatus
from missions.pay.bank import decrypted
from territories.models import Cpts

SCHEMA = "pain.001.001.03"


def payable(cpts: Cpts) -> QuerySet:
    found = PayLine.objects.filter(cpts=cpts, status=PayStatus.APPROVED).select_related("professional")
    return found.order_by("professional__sort_name", "day", "pk")


@transaction.atomic
def create_batch(cpts: Cpts, lines: Sequence[PayLine], *, execute_on: date, today: date, by: User) -> PayBatch:
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    if execute_on < today:
        raise NotPossible("Un virement s’exécute aujourd’hui ou plus tard.")
    wanted = {line.pk for line in lines}
    held = list(PayLine.objects.filter(cpts=cpts, pk__in=wanted).select_for_update(of=("self",)))
    if not held or len(held) != len(wanted) or any(line.status != PayStatus.APPROVED for line in held):
        raise NotPossible("Une de ces sommes a changé entre-temps : rouvrez la page.")
    last = PayBatch.objects.filter(cpts=cpts).aggregate(last=Max("number"))["last"] or 0
    batch = PayBatch(cpts=cpts, number=last + 1, execute_on=execute_on)
    save_as(batch, by=by)
    for line in held:
        line.batch, line.status = batch, PayStatus.IN_BATCH
    update_many(PayLine, held, ["batch", "status"], by=by, reason=f"Lot n° {batch.number}")
    return batch


def _held(batch: PayBatch) -> PayBatch:
    return PayBatch.objects.select_for_update(of=("self",)).select_related("cpts").get(pk=batch.pk)


def lines_of_batch(batch: PayBatch) -> QuerySet:
    return PayLine.objects.filter(batch=batch).select_related("professional").order_by("professional__sort_name", "day")


@transaction.atomic
def undo_batch(batch: PayBatch, *, by: User) -> None:
    """The sums are approved again, ready for another batch."""
    found = _held(batch)
    if found.exported_at or found.paid_on:
        raise NotPossible("Le fichier de virements de ce lot est déjà produit : la banque l’a peut-être reçu.")
    lines = list(PayLine.objects.filter(batch=found).select_for_update(of=("self",)))
    for line in lines:
        line.batch, line.status = None, PayStatus.APPROVED
    update_many(PayLine, lines, ["batch", "status"], by=by, reason=f"Lot n° {found.number} défait")
    delete_as(found, by=by)


@transaction.atomic
def mark_paid(batch: PayBatch, *, on: date, today: date, by: User) -> PayBatch:
    found = _held(batch)
    if found.paid_on:
        raise NotPossible(f"Ce lot est déjà payé, le {date_fr(found.paid_on)}.")
    if on > today:
        raise NotPossible("Ce paiement est à venir : il se constate une fois fait.")
    lines = list(PayLine.objects.filter(batch=found).select_for_update(of=("self",)))
    if not lines:
        raise NotPossible("Ce lot est vide.")
    for line in lines:
        line.status, line.paid_on = PayStatus.PAID, on
    update_many(PayLine, lines, ["status", "paid_on"], by=by, reason=f"Lot n° {found.number} payé")
    found.paid_on = on
    save_as(found, by=by)
    return found


# --- The transfers --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Transfer:
    """What one person receives: her lines of the batch added up; no account when none is recorded."""

    person: Professional
    amount: Decimal
    lines: int
    account: BankAccount | None


def transfers_of(batch: PayBatch) -> list[Transfer]:
    by_person: dict[int, list[PayLine]] = {}
    for line in lines_of_batch(batch):
        by_person.setdefault(line.professional_id, []).append(line)
    accounts = {each.professional_id: each for each in BankAccount.objects.filter(professional__in=by_person)}
    return [
        Transfer(lines[0].professional, sum((line.amount for line in lines), Decimal(0)), len(lines), accounts.get(pk))
        for pk, lines in by_person.items()
    ]


def missing_for_export(batch: PayBatch, transfers: Sequence[Transfer]) -> list[str]:
    settings = PaySettings.objects.filter(cpts=batch.cpts_id).first()
    found = []
    if not (settings and settings.debtor_iban and settings.debtor_name):
        found.append("Le titulaire et l’IBAN du compte de la CPTS manquent dans les réglages.")
    found += [f"L’IBAN de {each.person} n’est pas enregistré." for each in transfers if each.account is None]
    return found if transfers else ["Ce lot est vide."]


@transaction.atomic
def export_transfers(batch: PayBatch, *, moment: datetime, by: User) -> bytes:
    """The pain.001 file of the batch, validated against its schema; the first one closes the batch."""
    found = _held(batch)
    if found.paid_on:
        raise NotPossible("Ce lot est déjà payé : son fichier n’est plus produit.")
    transfers = transfers_of(found)
    if missing := missing_for_export(found, transfers):
        raise NotPossible(" ".join(missing))
    content = _pain_001(found, PaySettings.objects.get(cpts=found.cpts_id), transfers)
    found.exported_at = found.exported_at or moment
    found.exported_sha256 = sha256(content).hexdigest()
    save_as(found, by=by)
    return content


def _pain_001(batch: PayBatch, settings: PaySettings, transfers: Sequence[Transfer]) -> bytes:
    config = {
        "name": settings.debtor_name,
        "IBAN": decrypted(settings.debtor_iban),
        "currency": "EUR",
        "batch": True,
    }
    file = SepaTransfer(config, schema=SCHEMA, clean=True)
    for each in transfers:
        if each.account is None:
            continue
        file.add_payment(
            {
                "name": each.account.holder,
                "IBAN": decrypted(each.account.iban),
                "amount": int(each.amount * 100),
                "execution_date": batch.execute_on,
                "description": f"{settings.debtor_name}, lot {batch.number}",
                "endtoend_id": f"LOT{batch.number}-{each.person.pk}",
                **({"BIC": each.account.bic} if each.account.bic else {}),
            }
        )
    return bytes(file.export(validate=True))
