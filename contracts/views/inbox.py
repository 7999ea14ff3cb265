"""What waits for an agent or a coordinator, and to which agent her agency entrusts a file."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from contracts.filters import InboxFilter
from contracts.following import assign
from contracts.forms.talk import AssignForm
from contracts.inbox import files_of
from contracts.models import Assignment, FundPayment, Party
from contracts.parties import PARTY_ROLES, ROLES_OF, own_agency
from contracts.tables import InboxTable
from contracts.views.links import review_url
from contracts.views.reviews import ReviewMixin
from cpts_portal.accounts.roles import AGENCY_ROLES
from cpts_portal.core.changes import changes_of
from cpts_portal.pages import ActPage, ListPage


class Inbox(ListPage):
    roles = PARTY_ROLES
    title = "À traiter"
    template_name = "contracts/inbox/list.html"
    filterset_class = InboxFilter
    table_class = InboxTable
    export_name = "dossiers-a-traiter"
    is_scoped = True
    empty_title = "Rien ne vous attend"
    empty_hint = "Dans « En attente », « tous les dossiers ouverts » montre ce qui attend une autre partie."

    def get_queryset(self) -> QuerySet:
        return files_of(self.actor)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(filterset_class), "actor": self.actor}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A fund also decides payments, on a page of their own."""
        is_fund = self.actor.has_any(ROLES_OF[Party.FUND])
        waiting = FundPayment.objects.filter(status=FundPayment.Status.PROPOSED).count() if is_fund else 0
        return super().get_context_data(payments_waiting=waiting, **kwargs)

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"today": timezone.localdate(), "has_agents": self.actor.has_any(AGENCY_ROLES)}


class ReviewAssign(ReviewMixin, ActPage):
    needs = ("change", "contracts.assignment")
    title = "Confier ce dossier"
    submit_label = "Confier"
    form_class = AssignForm
    template_name = "contracts/inbox/assign.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"review": self.review, "party": self.party, "day": timezone.localdate()}
        return {**super().get_form_kwargs(), **own}

    def get_initial(self) -> dict[str, Any]:
        held = Assignment.objects.filter(review=self.review, agency=own_agency(self.review, self.party)).first()
        return {**super().get_initial(), "agent": held.agent_id if held else None}

    def back(self) -> str:
        return review_url(self.review)

    def act(self, form: Any) -> str:
        agent = form.cleaned_data["agent"]
        assign(self.review, agent, party=self.party, day=timezone.localdate(), by=self.request.user)
        if agent is None:
            return "Ce dossier n’est plus confié à personne en particulier."
        return "Ce dossier vous est confié." if agent == self.request.user else f"Ce dossier est confié à {agent}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Assignment.history.filter(review_id=self.review.pk, agency_id=own_agency(self.review, self.party))
        return super().get_context_data(review=self.review, events=changes_of(own), **kwargs)
