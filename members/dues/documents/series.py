"""All certificates or all receipts of a year in a single PDF, made in the background and kept privately."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from cpts_portal.accounts.models import User
from cpts_portal.core.pdf import PdfUnavailable, render_series
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.tasks import ProgressReporter
from members.dues.documents import certificates, receipts
from members.models import DuesCampaign, LetterBatch
from members.shared import letter_batches as batches
from territories.models import Cpts

Kind = LetterBatch.Kind
STYLESHEET = "css/letters.css"


def _certificates(batch: LetterBatch, today: date) -> list[dict[str, Any]]:
    chosen = batch.selection or None
    return certificates.certificates(batch.cpts, year=batch.year, printed_on=today, chosen=chosen)


def _receipts(batch: LetterBatch, today: date) -> list[dict[str, Any]]:
    return receipts.receipts(batch.cpts, year=batch.year, printed_on=today)


SERIES = {
    Kind.CERTIFICATES: (certificates.TEMPLATE, _certificates),
    Kind.RECEIPTS: (receipts.TEMPLATE, _receipts),
}


@transaction.atomic
def ask_for_certificates(cpts: Cpts, *, year: int, memberships: Sequence[int], by: User) -> LetterBatch:
    """The certificates of these members only, for a year that may have no campaign."""
    if not memberships:
        raise NotPossible(f"Aucune de ces fiches n’est celle d’un adhérent de {year}.")
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    if batches.under_way(cpts, year, kinds=[Kind.CERTIFICATES]):
        raise NotPossible("Des attestations sont déjà en préparation pour cette année : attendez la fin.")
    campaign = DuesCampaign.objects.filter(cpts=cpts, year=year).first()
    return _start(cpts, campaign, kind=Kind.CERTIFICATES, year=year, selection=sorted(memberships), by=by)


@transaction.atomic
def ask_for_series(campaign: DuesCampaign, *, kind: str, by: User) -> LetterBatch:
    """Keep the request and start the layout once it is committed; the one under way is given when there is one."""
    if kind not in SERIES:
        raise NotPossible("Ce type de document n’existe pas.")
    DuesCampaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    running = batches.under_way(campaign.cpts, campaign.year, kinds=[kind])
    if running:
        return running
    return _start(campaign.cpts, campaign, kind=kind, year=campaign.year, selection=[], by=by)


def _start(cpts: Cpts, campaign: DuesCampaign | None, *, by: User, **asked: Any) -> LetterBatch:
    batch = LetterBatch.objects.create(cpts=cpts, campaign=campaign, author=by, **asked)
    transaction.on_commit(partial(make_series.enqueue, batch.pk, cpts.pk))
    return batch


@task()
def make_series(batch_id: int, cpts_id: int) -> None:
    batches.run(batch_id, cpts_id, _make)


def _make(batch: LetterBatch, progress: ProgressReporter) -> None:
    """The last twentieth of the progress is the writing of the file."""
    template, contexts_of = SERIES[Kind(batch.kind)]
    contexts = contexts_of(batch, timezone.localdate())

    def report(done: int, total: int) -> None:
        progress(95 * done // total, f"{done} sur {total}")

    try:
        content = render_series(template, contexts, stylesheet=STYLESHEET, report=report)
    except PdfUnavailable as problem:
        raise batches.Stopped(str(problem)) from problem
    batch.letters = len(contexts)
    batch.file.save(f"{batch.kind}-{batch.year}-{batch.pk}.pdf", ContentFile(content), save=False)
