"""Tests that empty the database run last: those after them would miss the rows of the data migrations."""

import pytest

from tests.conftest import commits_for_real


def test_no_test_runs_after_one_that_empties_the_database(request: pytest.FixtureRequest):
    found = [commits_for_real(item) for item in request.session.items]
    assert found == sorted(found)
