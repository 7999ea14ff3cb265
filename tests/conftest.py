"""Fixtures shared by the whole suite."""

from collections.abc import Iterable

import pytest

from cpts_portal.core.scoping import everything


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Tests that commit for real get back the rows of the data migrations (size classes), emptied by the one before."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        wanted = bool(marker and marker.kwargs.get("transaction"))
        wanted = wanted or bool({"live_server", "transactional_db"} & set(getattr(item, "fixturenames", ())))
        if wanted and marker:
            marker.kwargs["serialized_rollback"] = True
        elif wanted:
            item.fixturenames.append("django_db_serialized_rollback")


@pytest.fixture
def see_everything():
    """For tests of rules that are not about scoping."""
    with everything("test of a rule that is not about scoping"):
        yield
