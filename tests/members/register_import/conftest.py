"""A coordinator of one CPTS at her browser, and files stored apart for each test."""

import pytest
from django.core.cache import cache
from django.test import Client

from cpts_portal.accounts.models import User
from territories.models import Cpts
from tests import factories

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    """Files and plans of another test, whose import had the same number, are not found."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def cpts(db) -> Cpts:
    return factories.cpts()


@pytest.fixture
def coordinator(cpts: Cpts) -> User:
    return factories.coordinator(cpts)


@pytest.fixture
def as_coordinator(client: Client, coordinator: User) -> Client:
    client.force_login(coordinator, backend=BACKEND)
    return client
