"""Fixtures shared by the whole suite."""

from collections.abc import Iterator

import pytest

from cpts_portal.core.scoping import everything


def commits_for_real(item: pytest.Item) -> bool:
    """The database is emptied after such a test, the rows of the data migrations included."""
    marker = item.get_closest_marker("django_db")
    by_marker = bool(marker and marker.kwargs.get("transaction"))
    return by_marker or bool({"live_server", "transactional_db"} & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Tests that commit get back the rows of the data migrations, and run after all the others, which need them too.

    The sort comes after pytest's own: it groups the browser tests by browser, and so brings them back among the others.
    """
    for item in filter(commits_for_real, items):
        marker = item.get_closest_marker("django_db")
        if marker:
            marker.kwargs["serialized_rollback"] = True
        else:
            item.fixturenames.append("django_db_serialized_rollback")
    yield
    items.sort(key=commits_for_real)


@pytest.fixture
def see_everything():
    """For tests of rules that are not about scoping."""
    with everything("test of a rule that is not about scoping"):
        yield
