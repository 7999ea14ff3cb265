"""A page about one review."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from contracts.models import ContractVersion, Review
from contracts.shared.links import review_crumbs, review_url
from contracts.shared.parties import party_on
from cpts_portal.core.workflow import Act
from cpts_portal.pages import CptsMixin, Crumb


def version_of(review: Review) -> ContractVersion | None:
    return getattr(review, "contract_version", None)


class ReviewMixin(CptsMixin):
    """A page about one review (`pk`) of the CPTS."""

    @cached_property
    def review(self) -> Review:
        found = Review.objects.with_parties().select_related("contract_version__contract")
        return get_object_or_404(found, pk=self.kwargs["pk"], cpts=self.cpts)

    @cached_property
    def party(self) -> str:
        return party_on(self.actor, self.cpts)

    def act_of(self, **fields: Any) -> Act:
        """This person moving this review now."""
        roles = frozenset(self.actor.roles_on(self.cpts))
        return Act(by=self.request.user, roles=roles, moment=timezone.now(), **fields)

    def breadcrumbs(self) -> list[Crumb]:
        return review_crumbs(self.review)

    def back(self) -> str:
        return review_url(self.review)
