"""The people at their browsers, over the territory and the small extracts of the import tests."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests import factories
from tests.members.directory.imports.conftest import territory  # noqa: F401 (a fixture)

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()  # the progress of an import of another test that had the same number


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def coordinator(territory) -> Client:  # noqa: F811
    return browser(factories.coordinator(territory.cpts))


@pytest.fixture
def board(territory) -> Client:  # noqa: F811
    return browser(factories.board_member(territory.cpts))


@pytest.fixture
def as_admin(db) -> Client:
    return browser(factories.administrator())
