"""Reference data of missions: small tables that administrators may also fill from a file."""

from django.contrib import admin

from cpts_portal.adminsite import ImportableAdmin
from missions.models import (
    ActionTemplate,
    CeilingValue,
    IndicatorTemplate,
    MissionTerms,
    OfficialMission,
    SubMission,
)


@admin.register(OfficialMission)
class OfficialMissionAdmin(ImportableAdmin):
    list_display = ("rank", "short_name", "name", "legal_reference")
    list_display_links = ("short_name",)
    search_fields = ("name", "short_name")


@admin.register(SubMission)
class SubMissionAdmin(ImportableAdmin):
    list_display = ("name", "mission", "rank")
    list_filter = ("mission",)
    search_fields = ("name",)


@admin.register(MissionTerms)
class MissionTermsAdmin(ImportableAdmin):
    list_display = ("mission", "is_core", "start_within", "deployed_within", "start", "end", "confidence")
    list_filter = ("is_core", "confidence")
    search_fields = ("mission__name",)


@admin.register(ActionTemplate)
class ActionTemplateAdmin(ImportableAdmin):
    list_display = ("title", "theme", "audience", "source")
    list_filter = ("missions",)
    filter_horizontal = ("missions",)


@admin.register(IndicatorTemplate)
class IndicatorTemplateAdmin(ImportableAdmin):
    list_display = ("name", "mission", "kind", "unit", "method", "source")
    list_filter = ("mission", "kind", "method")


@admin.register(CeilingValue)
class CeilingValueAdmin(ImportableAdmin):
    list_display = ("year", "amount", "source", "confidence")
    list_filter = ("confidence",)
    search_fields = ("year",)
