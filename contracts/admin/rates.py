"""The funding grid: an administrator fills it by hand here, or from a file on its page, with source and confidence."""

from django.contrib import admin
from django.http import HttpRequest

from contracts.models import FundingRules, GridTotal, MailChoice, Rate
from contracts.terms.grid import use_key, used_keys
from cpts_portal.adminsite import ImportableAdmin, PortalAdmin


@admin.register(Rate)
class RateAdmin(PortalAdmin):
    """Loaded from a file on the page of the grid only; an amount that a contract uses is edited by neither door."""

    list_display = ("size", "mission", "part", "amount", "start", "end", "confidence")
    list_filter = ("size", "part", "confidence", "mission")
    search_fields = ("source",)

    def get_readonly_fields(self, request: HttpRequest, obj: Rate | None = None) -> tuple[str, ...]:  # noqa: ARG002
        is_used = obj is not None and use_key(obj) in used_keys()
        return ("mission", "part", "size", "amount", "start") if is_used else ()


@admin.register(GridTotal)
class GridTotalAdmin(ImportableAdmin):
    list_display = ("size", "with_unscheduled_care", "amount", "start", "end", "confidence")
    list_filter = ("confidence",)


@admin.register(FundingRules)
class FundingRulesAdmin(ImportableAdmin):
    list_display = ("start", "end", "advance_percent", "day_count", "confidence")
    list_filter = ("confidence",)


@admin.register(MailChoice)
class MailChoiceAdmin(PortalAdmin):
    list_display = ("user", "rhythm")
    list_filter = ("rhythm",)
