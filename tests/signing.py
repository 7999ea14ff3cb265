"""Logging in without the form, for tests that are about another page."""

from django.test import Client

from cpts_portal.accounts.models import User


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
