"""The second door: one Django admin in French for everybody, under the same permission table and the same scope."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from import_export.admin import ExportMixin
from simple_history.admin import SimpleHistoryAdmin

from cpts_portal.accounts.permissions import may


class PortalAdminSite(admin.AdminSite):
    site_title = "Portail CPTS"
    site_header = "Portail CPTS"
    index_title = "Administration"
    empty_value_display = "–"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.actor.accesses)


class PortalAdmin(ExportMixin, SimpleHistoryAdmin):
    """Base of every ModelAdmin: permissions from the table (on the object when there is one), scope, export."""

    list_per_page = 50
    show_full_result_count = False

    def _may(self, request: HttpRequest, action: str, obj: models.Model | None = None) -> bool:
        return may(request.actor, action, self.opts.label_lower, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj) or self._may(request, "change", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "view")
