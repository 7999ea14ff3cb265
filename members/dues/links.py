"""What the pages of dues and applications share: their way back, acts that may be refused, links to other rooms."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from cpts_portal.pages import ActPage, CptsMixin, Crumb  # noqa: F401 (the pages of dues take ActPage from here)
from members.models import DuesCampaign
from members.shared.links import register_crumbs
from territories.models import Cpts


def dues_crumbs(cpts: Cpts, campaign: DuesCampaign | None = None) -> list[Crumb]:
    found = register_crumbs(cpts, ("Cotisations", reverse("members:dues", args=[cpts.pk])))
    if campaign:
        found.append((str(campaign), campaign_url(campaign)))
    return found


def campaign_url(campaign: DuesCampaign) -> str:
    return reverse("members:campaign-detail", args=[campaign.cpts_id, campaign.pk])


class CampaignMixin(CptsMixin):
    """A page about one campaign (`campaign_id` in its URL)."""

    @cached_property
    def campaign(self) -> DuesCampaign:
        return get_object_or_404(
            DuesCampaign.objects.select_related("cpts__seat"), pk=self.kwargs["campaign_id"], cpts=self.cpts
        )

    def breadcrumbs(self) -> list[Crumb]:
        return dues_crumbs(self.cpts, self.campaign)

    def back(self) -> str:
        return campaign_url(self.campaign)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(campaign=self.campaign, **kwargs)
