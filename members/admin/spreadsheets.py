"""Spreadsheets of members in the admin: read there, imported on their own pages."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from cpts_portal.adminsite import PortalAdmin
from members.admin.closed import PersonalDataAdmin
from members.models import ColumnMapping, RegisterImport


@admin.register(RegisterImport)
class RegisterImportAdmin(PersonalDataAdmin):
    """Read here: an import is made, corrected and undone on its pages, which show what it changes."""

    list_display = ("created_at", "filename", "cpts", "status", "author", "applied_at")
    list_filter = ("status", "cpts")
    list_select_related = ("author", "cpts")
    search_fields = ("filename",)
    date_hierarchy = "created_at"
    fields = (
        "cpts", "filename", "file", "sha256", "layout", "status", "mapping", "payment_dates", "decisions",
        "corrections", "counts", "report", "failure", "author", "started_at", "applied_at", "undone_at",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False

    def view_on_site(self, obj: RegisterImport) -> str:
        return reverse("members:spreadsheet-detail", args=[obj.cpts_id, obj.pk])


@admin.register(ColumnMapping)
class ColumnMappingAdmin(PortalAdmin):
    list_display = ("header", "field", "cpts")
    list_filter = ("cpts",)
    search_fields = ("header", "field")
