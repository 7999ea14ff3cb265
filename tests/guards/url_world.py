"""Two CPTS, everything that belongs to each, and one person of each role with her session: the world of the walk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from cpts_portal.accounts.middleware import ActorMiddleware
from cpts_portal.accounts.models import User
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from tests import factories
from tests.guards.url_answers import ANONYMOUS, STRICTER_ADMIN, WITHOUT_ACCESS, wrong_answer
from tests.guards.url_samples import NoSample, Side, kwargs_for, make_shared, make_side
from tests.guards.url_walk import ANYBODY, Address, every_address


@dataclass
class World:
    ours: Side
    other: Side
    people: dict[Role, User]
    without_access: User
    clients: dict[Any, Client]

    def client(self, who: Role | str) -> Client:
        """A new browser that carries the session of this person (logging in once each)."""
        fresh = Client(raise_request_exception=False)
        if who != ANONYMOUS:
            fresh.cookies = self.clients[who].cookies.copy()
        return fresh

    def url(self, address: Address, side: Side) -> str:
        with everything("samples"):
            return address.url(kwargs_for(address, side))

    def ask(self, who: Role | str, method: str, address: Address, side: Side) -> HttpResponse:
        """One request whose writes are taken back."""
        url = self.url(address, side)
        with transaction.atomic():
            response = getattr(self.client(who), method)(url)
            transaction.set_rollback(True)
        return response

    def problem(self, who: Role | str, method: str, address: Address) -> list[str]:
        """What is wrong with the answer of one address to one person: a sentence, or nothing."""
        problem = wrong_answer(self.ask(who, method, address, self.ours), address, who, method)
        return [f"{method.upper()} {address.name} as {who}: {problem}"] if problem else []

    def inside(self, who: Role, question: Callable[[HttpRequest], Any]) -> Any:
        """What this question answers inside a request of this person: her accesses, her scope."""
        answers = []
        request = RequestFactory().get("/")
        request.user, request.session = User.objects.get(pk=self.people[who].pk), {}
        ActorMiddleware(lambda request: answers.append(question(request)) or HttpResponse())(request)
        return answers[0]

    def is_scoped(self, address: Address) -> bool:
        """Does this address lead to something that belongs to one CPTS?"""
        if address.allowed == ANYBODY or address.kwargs == ():
            return False
        with everything("samples"):
            return kwargs_for(address, self.ours) != kwargs_for(address, self.other)

    def problem_elsewhere(self, role: Role, method: str, address: Address) -> list[str]:
        """What another CPTS has at this address does not exist for this person, who opens it in her own."""
        closed = method == "post" or address.admin_model_and_action in STRICTER_ADMIN
        refusals = {404, 405, 403} if closed and address.is_admin else {404, 405}
        status = self.ask(role, method, address, self.other).status_code
        return [] if status in refusals else [f"{method.upper()} {address.name} of another CPTS as {role}: {status}"]

    def walkable(self) -> list[Address]:
        """The addresses that have a sample (the missing ones fail in their own test)."""
        return [address for address in every_address() if address.allowed is not None and self._has_sample(address)]

    def _has_sample(self, address: Address) -> bool:
        try:
            self.url(address, self.ours)
        except NoSample:
            return False
        return True


def make_world() -> World:
    administrator = factories.administrator()
    shared = make_shared(administrator)
    with everything("both sides of the walk"):
        ours, other = make_side(shared, administrator), make_side(shared, administrator)
    people = {
        Role.COORDINATOR: factories.coordinator(ours.cpts),
        Role.BOARD: factories.board_member(ours.cpts),
        Role.ARS_AGENT: factories.ars_agent(ours.cpts.ars),
        Role.FUND_AGENT: factories.fund_agent(ours.cpts.lead_fund),
        Role.OBSERVER: factories.observer(),
        Role.ADMINISTRATOR: administrator,
    }
    without_access = factories.user()
    clients = {}
    for who, person in [*people.items(), (WITHOUT_ACCESS, without_access)]:
        clients[who] = Client()
        clients[who].force_login(person)
    return World(ours, other, people, without_access, clients)
