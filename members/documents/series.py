"""All certificates or all receipts of a year in a single PDF, made in the background and kept privately."""

from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from cpts_portal.core.pdf import PdfUnavailable, render_series
from cpts_portal.core.tasks import ProgressReporter
from members import letter_batches as batches
from members.adhesion import NotPossible
from members.documents import certificates, receipts
from members.models import DuesCampaign, LetterBatch

Kind = LetterBatch.Kind
STYLESHEET = "css/letters.css"
SERIES = {
    Kind.CERTIFICATES: (certificates.TEMPLATE, certificates.certificates),
    Kind.RECEIPTS: (receipts.TEMPLATE, receipts.receipts),
}


@transaction.atomic
def ask_for_series(campaign: DuesCampaign, *, kind: str, by: Any) -> LetterBatch:
    """Keep the request and start the layout once it is committed; the one under way is given when there is one."""
    if kind not in SERIES:
        raise NotPossible("Ce type de document n’existe pas.")
    DuesCampaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    running = batches.under_way(campaign.cpts, campaign.year, kinds=[kind])
    if running:
        return running
    batch = LetterBatch.objects.create(
        cpts_id=campaign.cpts_id, campaign=campaign, kind=kind, year=campaign.year, author=by
    )
    transaction.on_commit(partial(make_series.enqueue, batch.pk, campaign.cpts_id))
    return batch


@task()
def make_series(batch_id: int, cpts_id: int) -> None:
    batches.run(batch_id, cpts_id, _make)


def _make(batch: LetterBatch, progress: ProgressReporter) -> None:
    """The last twentieth of the progress is the writing of the file."""
    template, contexts_of = SERIES[Kind(batch.kind)]
    contexts = contexts_of(batch.cpts, year=batch.year, printed_on=timezone.localdate())

    def report(done: int, total: int) -> None:
        progress(95 * done // total, f"{done} sur {total}")

    try:
        content = render_series(template, contexts, stylesheet=STYLESHEET, report=report)
    except PdfUnavailable as problem:
        raise batches.Stopped(str(problem)) from problem
    batch.letters = len(contexts)
    batch.file.save(f"{batch.kind}-{batch.year}-{batch.pk}.pdf", ContentFile(content), save=False)
