"""The inbox of an agency with two thousand files, three hundred of them commented: how long its page takes.

pytest tests/benchmarks/bench_inbox.py -s
"""

import time

import pytest

from tests import factories
from tests.contracts.review.test_inbox import INBOX, client_of, fill_inbox, rows

FILES, COMMENTED, MOST = 2_000, 300, 1.5  # seconds


@pytest.mark.django_db
def test_two_thousand_files_stay_fast(capsys):
    ars, fund = factories.agency("ars"), factories.agency("cpam")
    fill_inbox([factories.cpts(name, ars, fund) for name in ("A", "B")], FILES, COMMENTED)
    client = client_of(factories.ars_agent(ars))
    client.get(INBOX)
    start = time.perf_counter()
    assert len(rows(client)) == 50
    seconds = time.perf_counter() - start
    with capsys.disabled():
        print(f"\n{FILES} files: {seconds:.2f} s")
    assert seconds < MOST
