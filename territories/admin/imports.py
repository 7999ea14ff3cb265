"""Imports of communes in the admin: read there, made on the import pages."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cpts_portal.adminsite import PortalAdmin
from territories.models import CommuneChange, CommuneImport


@admin.register(CommuneImport)
class CommuneImportAdmin(PortalAdmin):
    """« Ajouter » leads to the upload page, the only way in; what was kept is read-only."""

    list_display = ("created_at", "filename", "vintage", "status", "origin", "author")
    list_filter = ("status", "vintage", "origin")
    list_select_related = ("author",)
    search_fields = ("filename", "sha256")
    date_hierarchy = "created_at"
    fields = (
        "filename", "file", "sha256", "vintage", "layout", "status", "origin", "applied_at", "undone_at", "author",
        "counts", "refused", "report",
    )  # fmt: skip

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("territories:import-upload")

    def view_on_site(self, obj: CommuneImport) -> str:
        return reverse("territories:import-detail", args=[obj.pk])


@admin.register(CommuneChange)
class CommuneChangeAdmin(PortalAdmin):
    list_display = ("commune", "field", "before", "after", "imported")
    list_filter = ("imported__vintage", "field")
    list_select_related = ("commune", "imported")
    search_fields = ("commune__search", "before", "after")
