"""The journal of a CPTS with five thousand lines: how long its chain takes to check.

pytest tests/benchmarks/bench_journal.py -s
"""

import time

import pytest

from contracts.shared.journal import check_journal
from cpts_portal.core.scoping import everything
from tests import factories
from tests.contracts.shared.test_journal import chain

LINES, MOST = 5_000, 2  # seconds


@pytest.mark.django_db
def test_five_thousand_lines_are_checked_in_less_than_two_seconds(capsys):
    cpts = factories.cpts()
    chain(cpts, LINES)
    with everything("benchmark"):
        start = time.perf_counter()
        state = check_journal(cpts)
        seconds = time.perf_counter() - start
    with capsys.disabled():
        print(f"\n{LINES} lines checked in {seconds:.2f} s")
    assert (state.holds, state.lines) == (True, LINES)
    assert seconds < MOST
