"""The national directory and its imports in the admin: public facts, read only; imports are made on their pages."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cpts_portal.adminsite import PortalAdmin
from members.admin.closed import PersonalDataAdmin
from members.models import (
    DirectoryCoverage,
    DirectoryEntry,
    DirectoryImport,
    DirectoryMove,
    DirectoryMovement,
    DirectoryPractice,
    DirectoryStructure,
    RefusedLink,
)


@admin.register(DirectoryEntry)
class DirectoryEntryAdmin(PersonalDataAdmin):
    list_display = ("last_name", "first_name", "profession", "rpps")
    list_filter = ("profession",)
    list_select_related = ("profession",)


@admin.register(DirectoryPractice)
class DirectoryPracticeAdmin(PersonalDataAdmin):
    list_display = ("entry", "profession", "commune", "mode", "start", "end")
    list_filter = ("profession", "mode")
    list_select_related = ("entry", "profession", "commune")
    search_fields = ("entry__search", "commune__search")
    date_hierarchy = "start"


@admin.register(DirectoryCoverage)
class DirectoryCoverageAdmin(PortalAdmin):
    list_display = ("commune", "source", "start", "end")
    list_filter = ("source",)
    list_select_related = ("commune",)
    search_fields = ("commune__search",)
    date_hierarchy = "start"


@admin.register(DirectoryStructure)
class DirectoryStructureAdmin(PortalAdmin):
    list_display = ("name", "kind", "commune", "finess", "start", "end")
    list_filter = ("kind",)
    list_select_related = ("commune",)
    date_hierarchy = "start"


@admin.register(DirectoryImport)
class DirectoryImportAdmin(PersonalDataAdmin):
    """« Ajouter » leads to the upload page, the only way in; what was kept is read-only."""

    list_display = ("created_at", "filename", "source", "observed_on", "status", "author")
    list_filter = ("source", "status")
    list_select_related = ("author",)
    search_fields = ("filename", "sha256")
    date_hierarchy = "observed_on"
    fields = (
        "source", "status", "filename", "file", "sha256", "observed_on", "author", "counts", "refused", "failure",
    )  # fmt: skip

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("members:directory-imports")

    def view_on_site(self, obj: DirectoryImport) -> str:
        return reverse("members:directory-import", args=[obj.pk])


@admin.register(DirectoryMovement)
class DirectoryMovementAdmin(PortalAdmin):
    list_display = ("cpts", "profession", "arrivals", "departures", "moves", "imported")
    list_filter = ("profession",)
    list_select_related = ("cpts", "profession", "imported")
    search_fields = ("cpts__search",)


@admin.register(DirectoryMove)
class DirectoryMoveAdmin(PersonalDataAdmin):
    list_display = ("cpts", "kind", "entry", "structure", "imported")
    list_filter = ("kind",)
    list_select_related = ("cpts", "entry", "structure", "imported")
    search_fields = ("cpts__search", "entry__search", "structure__search")


@admin.register(RefusedLink)
class RefusedLinkAdmin(PersonalDataAdmin):
    """Read here: links are accepted and refused on the page of the directory."""

    list_display = ("professional", "entry", "cpts")
    list_filter = ("cpts",)
    list_select_related = ("professional", "entry", "cpts")
    search_fields = ("professional__search", "entry__search")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: RefusedLink | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RefusedLink | None = None) -> bool:  # noqa: ARG002
        return False

    def view_on_site(self, obj: RefusedLink) -> str:
        return reverse("members:directory-links", args=[obj.cpts_id])
