"""The funding grid: an administrator fills it by hand or from a file, with its source and confidence."""

from django.contrib import admin

from contracts.models import FundingRules, GridTotal, MailChoice, Rate
from cpts_portal.adminsite import ImportableAdmin, PortalAdmin


@admin.register(Rate)
class RateAdmin(ImportableAdmin):
    list_display = ("size", "mission", "part", "amount", "start", "end", "confidence")
    list_filter = ("size", "part", "confidence", "mission")
    search_fields = ("source",)


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
