"""Fixtures shared by the whole suite."""

import pytest

from cpts_portal.core.scoping import everything


@pytest.fixture
def see_everything():
    """For tests of rules that are not about scoping."""
    with everything("test of a rule that is not about scoping"):
        yield
