"""The file of a CPTS, the page of a review and its moves, the inbox."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property

from contracts.deal.contracting import CONTRACT_TONES
from contracts.deal.expiring import expiry_of
from contracts.deal.renewal import may_renew
from contracts.models import (
    Contract,
    ContractState,
    FundPayment,
    Party,
    Review,
    ReviewKind,
)
from contracts.review.file_state import FileState, file_of
from contracts.review.filters import InboxFilter
from contracts.review.forms import form_of
from contracts.review.inbox import files_of
from contracts.review.lifecycle import REVIEWS
from contracts.review.openings import Opening, open_review, openings
from contracts.review.panels import panels_for
from contracts.review.tables import InboxTable
from contracts.shared.journal import moves_of
from contracts.shared.links import file_crumbs, file_url
from contracts.shared.pages import ReviewMixin, version_of
from contracts.shared.parties import PARTY_ROLES, ROLES_OF, party_on
from contracts.shared.standing import agreeing, standing_of
from contracts.talk.panels import Talk, talk_of
from cpts_portal.accounts.roles import AGENCY_ROLES
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, ListPage, Page


class ContractFile(CptsMixin, Page):
    """Everything between the CPTS, its ARS and its fund, on one page."""

    needs = ("view", "contracts.review")
    title = "Contrat"
    template_name = "contracts/review/file.html"

    def breadcrumbs(self) -> list[Crumb]:
        return file_crumbs(self.cpts)[:1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day, party = timezone.localdate(), party_on(self.actor, self.cpts)
        state = file_of(self.cpts.pk, day)
        return super().get_context_data(
            state=state,
            open_reviews=[
                (review, standing_of(review, party, day, version_of(review))) for review in state.open_reviews
            ],
            past_reviews=[
                (review, standing_of(review, party, day, version_of(review))) for review in state.past_reviews
            ],
            contracts=[contract_line(each, day) for each in state.contracts],
            may_record=self.may("add", "contracts.contract"),
            may_amend=self.may("add", "contracts.contractversion") and not has_open_amendment(state),
            openings=openings(state) if self.may("add", "contracts.review") else [],
            party=party,
            **kwargs,
        )


def has_open_amendment(state: FileState) -> bool:
    return any(review.kind == ReviewKind.AMENDMENT for review in state.open_reviews)


def contract_line(contract: Contract, day: date) -> dict[str, Any]:
    """A contract as the file shows it: its state, its expiry, what may follow."""
    state = contract.state_on(day)
    return {
        "contract": contract,
        "state": state,
        "tone": CONTRACT_TONES[state],
        "expiry": expiry_of(contract, day),
        "is_running": state == ContractState.IN_FORCE,
        "may_renew": may_renew(contract, day),
    }


class ReviewDetail(ReviewMixin, Page):
    needs = ("view", "contracts.review")
    template_name = "contracts/review/detail.html"

    @cached_property
    def talk(self) -> Talk | None:
        """Its comments, for the panel at the end and for the tag `comments_on` beside each part."""
        return talk_of(self)

    def get_title(self) -> str:
        return self.review.title

    def breadcrumbs(self) -> list[Crumb]:
        return file_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = version_of(self.review)
        standing = standing_of(self.review, self.party, timezone.localdate(), version)
        return super().get_context_data(
            review=self.review,
            contract_version=version,
            standing=standing,
            stands=[(self.review.holder(each), *self._stand(each)) for each in agreeing(self.review)],
            offers=REVIEWS.offers(self.review, self.act_of()) if standing.is_open else [],
            panels=panels_for(self),
            talk=self.talk,
            events=moves_of(self.review),
            **kwargs,
        )

    def _stand(self, party: str) -> tuple[Any, str, str, bool]:
        """When a party agreed, its opinion and reasons, and whether what it saw has changed since."""
        visa = self.review.visa(party)
        return visa.at, visa.opinion_label, visa.reasons, visa.is_older_than(self.review.number)


class ReviewMove(ReviewMixin, ActPage):
    """One move of the life cycle: what it will do, what it asks, what still blocks it."""

    needs = ("change", "contracts.review")
    template_name = "contracts/review/move.html"
    stale = "Ce dossier a changé depuis que vous l’avez ouvert : relisez-le, puis confirmez."

    def check_subject(self) -> None:
        super().check_subject()
        if self.kwargs["move"] not in REVIEWS.moves:
            raise Http404

    @property
    def offer(self) -> Any:
        """The move as offered now, with what blocks it; None when it is not offered to this person."""
        offers = {each.move.name: each for each in REVIEWS.offers(self.review, self.act_of())}
        return offers.get(self.move.name)

    @property
    def move(self) -> Any:
        return REVIEWS.moves[self.kwargs["move"]]

    def get_title(self) -> str:
        return self.move.label

    @property
    def submit_label(self) -> str:
        return self.move.label

    def get_form_class(self) -> type[forms.Form]:
        return form_of(self.move)

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "version": self.review.version, "on": timezone.localdate()}

    def act(self, form: Any) -> str:
        data = dict(form.cleaned_data)
        act = self.act_of(version=data.pop("version"), reason=data.pop("reason", ""), data=data)
        REVIEWS.make(self.review, self.move.name, act)
        return self.move.told

    def edited(self) -> Review:
        return self.review

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            review=self.review,
            offer=self.offer,
            danger=self.move.danger,
            **kwargs,
        )


class OpenReview(CptsMixin, ConfirmPage):
    """Open the next step of the file: a letter, a project, a contract to negotiate."""

    needs = ("add", "contracts.review")
    template_name = "ui/confirm_page.html"
    submit_label = "Ouvrir"
    danger = False

    @cached_property
    def opening(self) -> Opening:
        found = [
            each
            for each in openings(file_of(self.cpts.pk, timezone.localdate()))
            if each.kind == self.kwargs["opening_kind"]
        ]
        if not found:
            raise Http404
        return found[0]

    def get_title(self) -> str:
        return self.opening.label

    def get_question(self) -> str:
        return f"{self.opening.label} ?"

    def consequences(self) -> list[str]:
        return [self.opening.hint, "L’ARS et la caisse le voient dès l’ouverture ; elles l’examinent une fois déposé."]

    def breadcrumbs(self) -> list[Crumb]:
        return file_crumbs(self.cpts)

    def back(self) -> str:
        return file_url(self.cpts.pk)

    def act(self) -> str:
        open_review(self.cpts, self.opening.kind, day=timezone.localdate(), by=self.request.user)
        return f"{ReviewKind(self.opening.kind).label} : le dossier est ouvert."


class Inbox(ListPage):
    roles = PARTY_ROLES
    title = "À traiter"
    template_name = "contracts/review/inbox.html"
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
