"""The certificates of 400 members in one PDF: time, peak memory, size, one page each, what the page that waits is told.

On demand, on an empty database of its own (SQLite unless TEST_DATABASE_URL says PostgreSQL); `LETTERS_FOLDER` keeps the
series, a receipt and an attendance list there, to be looked at (pdftoppm -r 70 -png FILE):

    pytest tests/benchmarks/bench_letters.py -s
"""

import io
import os
import resource
import threading
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from django.db import connection

from cpts_portal.core.pdf import render_pdf
from cpts_portal.core.scoping import everything
from cpts_portal.core.tasks import read_progress
from members.dues.documents import assembly, receipts
from members.dues.documents.series import ask_for_series, make_series
from members.dues.dues import PaymentOrder, record_payments
from members.membership.adhesion import give_mandate
from members.models import DuesCampaign, LetterBatch, Membership
from members.shared.letter_batches import progress_key
from tests import factories, member_factories

MEMBERS = 400
MOST_SECONDS = 120
LONG_NAME = "Établissement d’hébergement pour personnes âgées dépendantes Notre-Dame-de-la-Visitation du Haut-Pays"
TODAY = date(2026, 11, 25)


def peak() -> int:
    """Of the whole process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def fill(cpts) -> DuesCampaign:
    """400 members in four colleges, one in ten a structure, all of whom paid."""
    colleges = [member_factories.college(cpts, f"Collège {name}") for name in ("A", "B", "C", "des établissements")]
    for n in range(MEMBERS):
        if n % 10:
            member_factories.member(cpts, college=colleges[n % 3], civil_last_name=f"Nom-Composé{n:03d}")
        else:
            name = LONG_NAME if n == 0 else f"EHPAD n° {n}"
            member_factories.member_structure(
                cpts, college=colleges[3], name=name, representative_name="Dominique Exemple-Représentante"
            )
    give_mandate(Membership.objects.filter(professional__isnull=False)[0].professional, office="president",
                 start=date(2024, 1, 1), by=None)  # fmt: skip
    campaign = member_factories.campaign(cpts, 2026)
    orders = [PaymentOrder(due, Decimal("20.00"), date(2026, 2, 1), "transfer") for due in campaign.dues.all()]
    record_payments(orders, by=None)
    return campaign


class Watcher(threading.Thread):
    """Asks where the series stands as the page does, until it is told to stop."""

    def __init__(self, batch: LetterBatch) -> None:
        super().__init__(daemon=True)
        self.key, self.seen, self.done = progress_key(batch.pk), [], threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.1):
            found = read_progress(self.key)
            if found and (not self.seen or found.percent != self.seen[-1]):
                self.seen.append(found.percent)


def keep(cpts, campaign: DuesCampaign, series: bytes) -> None:
    """The series, a receipt and the attendance list, for the eye."""
    if not (folder := os.environ.get("LETTERS_FOLDER")):
        return
    payment = campaign.dues.filter(membership__structure__isnull=False)[0].payments.get()
    paper = receipts.receipt(payment, printed_on=TODAY, head=receipts.receipt_head(cpts, day=TODAY))
    meeting = assembly.attendance_list(cpts, day=TODAY, title="Assemblée générale", printed_on=TODAY)
    made = {
        "attestations.pdf": series,
        "recu.pdf": render_pdf(receipts.TEMPLATE, paper),
        "presence.pdf": render_pdf(assembly.ATTENDANCE_TEMPLATE, meeting),
        "non-renouveles.pdf": render_pdf(
            assembly.NOT_RENEWED_TEMPLATE, assembly.not_renewed_list(cpts, year=2027, printed_on=TODAY)
        ),
    }
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (Path(folder) / name).write_bytes(content)


@pytest.mark.django_db
def test_four_hundred_certificates_in_one_file(capsys):
    cpts = factories.cpts(
        "du Penthièvre", email="contact@cpts.example.org", rna="W223001234", address="4 rue de la Gare",
        seat=factories.commune("22093", "Lamballe-Armor"), legal_name="Association CPTS du Penthièvre",
    )  # fmt: skip
    with everything("benchmark"):
        campaign = fill(cpts)
        batch = ask_for_series(campaign, kind=LetterBatch.Kind.CERTIFICATES, by=factories.coordinator(cpts))
    before, watcher = peak(), Watcher(batch)
    watcher.start()
    start = time.perf_counter()
    make_series.func(batch.pk, cpts.pk)
    seconds = time.perf_counter() - start
    watcher.done.set()
    watcher.join()
    with everything("benchmark"):
        batch.refresh_from_db()
        with batch.file.open("rb") as file:
            content = file.read()
        keep(cpts, campaign, content)
    with pikepdf.open(io.BytesIO(content)) as document:
        pages = len(document.pages)
    with capsys.disabled():
        print(
            f"\n{connection.vendor}, {MEMBERS} certificates: {seconds:.1f} s ({1000 * seconds / MEMBERS:.0f} ms each)"
        )
        print(f"peak memory {peak()} MB ({before} MB before), file {len(content) // 1024} kB, {pages} pages")
        print(f"progress seen: {watcher.seen[:5]} … {watcher.seen[-3:]} ({len(watcher.seen)} steps)")
    assert (batch.status, batch.failure, batch.letters, pages) == ("done", "", MEMBERS, MEMBERS)
    assert watcher.seen == sorted(watcher.seen)
    assert len(watcher.seen) > 20
    assert seconds < MOST_SECONDS
