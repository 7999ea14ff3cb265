"""An administrator at her browser, and files stored apart for each test."""

import pytest
from django.test import Client

from cpts_portal.accounts.models import User
from territories.models import CommuneImport
from tests import factories
from tests.territories.imports.steps import BACKEND


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def admin(db) -> User:
    return factories.administrator()


@pytest.fixture
def as_admin(client: Client, admin: User) -> Client:
    client.force_login(admin, backend=BACKEND)
    return client


@pytest.fixture
def kept(db) -> CommuneImport:
    factories.department("22")
    return CommuneImport.objects.create(filename="x.csv", sha256="0" * 64, vintage=2026)
