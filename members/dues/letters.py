"""Calls for dues and reminders by e-mail: who receives one, who has no address, the message, the sending.

A letter is stamped on its due once the mail server took it: a sending that stopped half-way is simply asked for again,
and reaches those who are still without.
"""

import smtplib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django_tasks import task

from cpts_portal.accounts.models import User
from cpts_portal.core.emails import compose
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.tasks import ProgressReporter
from members.dues.campaigns import by_name, dues_of
from members.dues.dues import late, mark_called, mark_reminded
from members.models import Contact, Due, DuesCampaign, LetterBatch
from members.shared import letter_batches as batches

Kind = LetterBatch.Kind
TEMPLATES = {Kind.CALL: "dues_call", Kind.REMINDER: "dues_reminder"}


@dataclass(frozen=True)
class Mailing:
    """Who a letter goes to: the dues with an address, and those without one."""

    reachable: Sequence[tuple[Due, str]]
    unreachable: Sequence[Due]


def to_call(campaign: DuesCampaign) -> list[Due]:
    """Dues not settled whose call was not sent yet."""
    return list(by_name(dues_of(campaign).filter(owed__gt=0, called_at__isnull=True)))


def to_remind(campaign: DuesCampaign, *, today: date) -> list[Due]:
    """Late dues only: past their date and not settled."""
    found = late(campaign.cpts, year=campaign.year, today=today)
    return list(by_name(found.select_related("campaign", "membership__structure", "membership__professional")))


def mailing_for(dues: Iterable[Due]) -> Mailing:
    reachable, unreachable = [], []
    dues = list(dues)
    found = addresses(dues)
    for due in dues:
        if due.pk in found:
            reachable.append((due, found[due.pk]))
        else:
            unreachable.append(due)
    return Mailing(reachable, unreachable)


def addresses(dues: Sequence[Due]) -> dict[int, str]:
    """due -> the first e-mail address of the member; one query. Secure health mail is not reached from outside it."""
    people = {due.membership.professional_id for due in dues if due.membership.professional_id}
    emails: dict[int, str] = {}
    rows = Contact.objects.filter(channel=Contact.Channel.EMAIL, professional__in=people).order_by("pk")
    for person, value in rows.values_list("professional_id", "value"):
        emails.setdefault(person, value)
    found = {}
    for due in dues:
        structure = due.membership.structure
        address = structure.email if structure else emails.get(due.membership.professional_id or 0, "")
        if address:
            found[due.pk] = address
    return found


def letter(due: Due, to: str, *, kind: str, message: str, connection: Any = None) -> EmailMultiAlternatives:
    """The message to one member; answers go to the CPTS."""
    campaign = due.campaign
    context = {
        "cpts": campaign.cpts,
        "campaign": campaign,
        "due": due,
        "holder": due.membership.holder,
        "message": message,
    }
    return compose(TEMPLATES[Kind(kind)], to, context, reply_to=campaign.cpts.email, connection=connection)


@transaction.atomic
def ask_for_letters(campaign: DuesCampaign, *, kind: str, dues: Sequence[Due], by: User) -> LetterBatch:
    """Keep the request and start the sending once it is committed; one sending at a time for a campaign."""
    DuesCampaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not dues:
        raise NotPossible("Personne n’a de message à recevoir : la liste est vide.")
    if batches.under_way(campaign.cpts, campaign.year, kinds=list(TEMPLATES)):
        raise NotPossible("Un envoi est déjà en cours pour cette campagne : attendez qu’il soit terminé.")
    batch = LetterBatch.objects.create(
        cpts_id=campaign.cpts_id,
        campaign=campaign,
        kind=kind,
        year=campaign.year,
        selection=[due.pk for due in dues],
        author=by,
    )
    transaction.on_commit(partial(send_letters.enqueue, batch.pk, campaign.cpts_id))
    return batch


@task()
def send_letters(batch_id: int, cpts_id: int) -> None:
    batches.run(batch_id, cpts_id, _send)


def _send(batch: LetterBatch, progress: ProgressReporter) -> None:
    if batch.campaign is None:
        raise ValueError(f"Letter batch {batch.pk} bears no campaign: only those of a campaign are sent.")
    dues = list(dues_of(batch.campaign).select_related("campaign__cpts").filter(pk__in=batch.selection, owed__gt=0))
    found = mailing_for(by_name(dues))
    batch.problems = [{"who": str(due.membership.holder), "why": "sans adresse"} for due in found.unreachable]
    try:
        with get_connection() as connection:
            for done, (due, address) in enumerate(found.reachable, start=1):
                _send_one(batch, due, address, connection)
                progress(100 * done // len(found.reachable), f"{done} sur {len(found.reachable)}")
    except OSError as error:  # the errors of smtplib are OSErrors
        raise batches.Stopped(
            "Le serveur de courrier ne répond pas : demandez de nouveau l’envoi plus tard."
        ) from error


def _send_one(batch: LetterBatch, due: Due, address: str, connection: Any) -> None:
    """Send, then stamp: a letter counts once the mail server took it."""
    try:
        letter(due, address, kind=batch.kind, message=due.campaign.message, connection=connection).send()
    except smtplib.SMTPRecipientsRefused:
        batch.problems.append({"who": str(due.membership.holder), "why": f"adresse refusée : {address}"})
        return
    stamp = mark_called if batch.kind == Kind.CALL else mark_reminded
    stamp([due], by=batch.author)
    batch.letters += 1
