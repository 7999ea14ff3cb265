"""Fixtures shared by the whole suite."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from hypothesis import HealthCheck
from hypothesis import settings as property_settings
from pytest_django import DjangoDbBlocker

from cpts_portal.core.scoping import everything
from members.dues.received import wrongly_counted
from tests import migrated
from tests.drawing import draw_as_one
from tests.migrated import MigratedTemplate

# A busy machine draws slowly: what a property says does not depend on how long it took.
property_settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
property_settings.load_profile("portal")


DATABASE = {"db", "live_server", "transactional_db"}


def commits_for_real(item: pytest.Item) -> bool:
    """The database is emptied after such a test, the rows of the data migrations included."""
    marker = item.get_closest_marker("django_db")
    by_marker = bool(marker and marker.kwargs.get("transaction"))
    return by_marker or bool({"live_server", "transactional_db"} & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Tests that commit get back the rows of the data migrations, and run after all the others, which need them too.

    The sort comes after pytest's own: it groups the browser tests by browser, and so brings them back among the others.
    """
    if "nightly" not in config.option.markexpr:
        put_off = [item for item in items if item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=put_off)
        items[:] = [item for item in items if item not in put_off]
    for item in filter(commits_for_real, items):
        marker = item.get_closest_marker("django_db")
        if marker:
            marker.kwargs["serialized_rollback"] = True
        else:
            item.fixturenames.append("django_db_serialized_rollback")
    yield
    items.sort(key=commits_for_real)


@pytest.fixture(scope="session")
def migrated_template(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> MigratedTemplate | None:
    """On PostgreSQL: the database of the tests is created from it."""
    if connection.vendor != "postgresql":
        return None
    template = MigratedTemplate(connection)
    with django_db_blocker.unblock():
        template.bring()
    return template


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None, migrated_template: MigratedTemplate | None) -> bool:
    """Start from the copy of a migrated SQLite database, when there is one for these very migrations."""
    database = connection.settings_dict
    return connection.vendor == "sqlite" and migrated.bring(Path(database["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_keepdb: bool,
    migrated_template: MigratedTemplate | None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """pytest-django's own, then the migrated database is kept for the next run.

    What the data migrations wrote is kept on one connection, but once Playwright leaves its event loop running in the
    thread, Django opens other ones there: kept on their class, it is given back whichever connection a test uses.
    """
    contents = vars(connections[DEFAULT_DB_ALIAS]).get("_test_serialized_contents")
    if contents is not None:
        setattr(type(connections[DEFAULT_DB_ALIAS]), "_test_serialized_contents", contents)  # noqa: B010
    if connection.vendor == "sqlite" and not django_db_keepdb:
        with django_db_blocker.unblock():
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        migrated.keep(Path(connection.settings_dict["NAME"]))
    if migrated_template:
        with django_db_blocker.unblock():
            migrated_template.keep()


@pytest.fixture(scope="session", autouse=True)
def _pages_drawn_as_one(django_test_environment: None) -> Iterator[None]:
    stop = draw_as_one()
    yield
    stop()


@pytest.fixture(autouse=True)
def _sums_received(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did to payments, each due keeps their sum: a writer that forgets to count fails here."""
    if not (request.node.get_closest_marker("django_db") or DATABASE & set(request.fixturenames)):
        yield
        return
    request.getfixturevalue("db")
    yield
    if not connection.needs_rollback:
        with everything("check of the sums after a test"):
            assert not wrongly_counted().exists()


@pytest.fixture
def see_everything():
    """For tests of rules that are not about scoping."""
    with everything("test of a rule that is not about scoping"):
        yield
