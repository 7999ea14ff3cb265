"""The official map, its populations and the size classes in the admin."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from cpts_portal.accounts.permissions import actor_of, may
from cpts_portal.adminsite import ImportableAdmin, PortalAdmin, PortalResource
from territories.models import Commune, CommuneMovement, Department, Epci, Population, Region, SizeClass
from territories.resources import CommuneResource


class RegionResource(PortalResource):
    class Meta:
        model = Region
        fields = ("code", "name")
        import_id_fields = ("code",)
        skip_unchanged = True


class DepartmentResource(PortalResource):
    region = Field(attribute="region", column_name="region", widget=ForeignKeyWidget(Region, "code"))

    class Meta:
        model = Department
        fields = ("code", "name", "region")
        import_id_fields = ("code",)
        skip_unchanged = True


class EpciResource(PortalResource):
    class Meta:
        model = Epci
        fields = ("siren", "name", "kind")
        import_id_fields = ("siren",)
        skip_unchanged = True


@admin.register(Region)
class RegionAdmin(ImportableAdmin):
    list_display = ("code", "name")
    list_display_links = ("code", "name")
    search_fields = ("code", "name")
    resource_classes = [RegionResource]

    def view_on_site(self, obj: Region) -> str:
        return reverse("territories:region", args=[obj.code])


@admin.register(Department)
class DepartmentAdmin(ImportableAdmin):
    list_display = ("code", "name", "region")
    list_display_links = ("code", "name")
    list_filter = ("region",)
    search_fields = ("code", "name", "region__name")
    autocomplete_fields = ("region",)
    resource_classes = [DepartmentResource]

    def view_on_site(self, obj: Department) -> str:
        return reverse("territories:department", args=[obj.code])


@admin.register(Epci)
class EpciAdmin(ImportableAdmin):
    list_display = ("siren", "name", "kind")
    list_display_links = ("siren", "name")
    list_filter = ("kind",)
    search_fields = ("search",)
    resource_classes = [EpciResource]

    def view_on_site(self, obj: Epci) -> str:
        return reverse("territories:epci", args=[obj.siren])


class PopulationInline(admin.TabularInline):
    """Populations come with the imports; here they are read."""

    model = Population
    fields = ("vintage", "municipal")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class IsCurrent(admin.SimpleListFilter):
    title = "existence"
    parameter_name = "existence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("current", "Communes actuelles"), ("ended", "Communes disparues")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:  # noqa: ARG002
        if self.value() == "current":
            return queryset.filter(ended_on__isnull=True)
        return queryset.filter(ended_on__isnull=False) if self.value() == "ended" else queryset


@admin.register(Commune)
class CommuneAdmin(PortalAdmin):
    """« Importer » leads to the portal's own importer: the stock one takes minutes on 35 000 communes."""

    import_export_change_list_template = "admin/territories/commune/change_list.html"
    resource_classes = [CommuneResource]
    list_display = ("code", "name", "kind", "department", "epci", "postal_codes", "started_on", "ended_on")
    list_display_links = ("code", "name")
    list_filter = (IsCurrent, "kind", "department__region", "department")
    search_fields = ("search",)
    autocomplete_fields = ("department", "epci", "parent", "successor")
    list_select_related = ("department", "epci")
    inlines = [PopulationInline]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        may_import = may(actor_of(request.user), "add", "territories.communeimport")
        return super().changelist_view(request, {"may_import": may_import, **(extra_context or {})})

    def view_on_site(self, obj: Commune) -> str:
        return reverse("territories:commune", args=[obj.pk])


@admin.register(Population)
class PopulationAdmin(PortalAdmin):
    list_display = ("commune", "vintage", "municipal")
    list_filter = ("vintage", "commune__department")
    search_fields = ("commune__search",)
    autocomplete_fields = ("commune",)
    list_select_related = ("commune",)


@admin.register(CommuneMovement)
class CommuneMovementAdmin(PortalAdmin):
    list_display = ("before", "after", "kind", "effective_on", "source")
    list_filter = ("kind", "effective_on")
    search_fields = ("before", "after", "source")
    date_hierarchy = "effective_on"


@admin.register(SizeClass)
class SizeClassAdmin(ImportableAdmin):
    """A bound that changes is a new row from its date on: the old one is ended, never rewritten."""

    list_display = ("size", "min_population", "start", "end", "confidence", "source")
    list_filter = ("size", "confidence")
    search_fields = ("source",)
