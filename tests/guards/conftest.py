"""The world of the walk of every address, made once for each module that walks."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.template import Template
from pytest_django import DjangoDbBlocker

from tests.guards.url_world import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Inside a transaction of its own: each test works in another one, within, and gives it back as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def refusals_unlogged() -> Iterator[None]:
    """Refusals and errors are the answers read here: their log lines would hide the list of problems."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def drawn_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's test client keeps a copy of every context of every template: nobody reads them here."""
    monkeypatch.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))
