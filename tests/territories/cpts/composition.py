"""The composition screen, as the tests use it."""

from django.urls import reverse

from territories.models import Cpts
from tests import factories


class Composition:
    """The composition page of one CPTS, as its coordinator uses it."""

    def __init__(self, client, cpts: Cpts) -> None:
        self.client, self.cpts = client, cpts
        self.url = reverse("territories:cpts-compose", args=[cpts.pk])
        client.force_login(factories.coordinator(cpts))

    def get(self, **query):
        return self.client.get(self.url, query)

    def step(self, action: str, **fields):
        return self.client.post(self.url, {"action": action, **fields})

    def codes(self) -> list[str]:
        return [row.commune.code for row in self.get().context["simulation"].after.rows]

    def text(self) -> str:
        return self.get().content.decode()
