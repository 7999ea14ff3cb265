"""Accounts in the shared admin. Accounts are born from invitations; accesses are ended on the user's page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest

from cpts_portal.accounts import administration
from cpts_portal.accounts.models import Access, Invitation, User, ViewingAs
from cpts_portal.accounts.permissions import actor_of
from cpts_portal.adminsite import PortalAdmin
from cpts_portal.core.refusals import NotPossible


@admin.register(User)
class UserAdmin(PortalAdmin):
    """Names and e-mail; deactivating goes through the page, which keeps one administrator and tells what follows."""

    list_display = ("last_name", "first_name", "email", "is_active", "last_login")
    list_display_links = ("last_name", "first_name")
    list_filter = ("is_active", "accesses__role", "accesses__agency")
    search_fields = ("search",)
    fields = ("first_name", "last_name", "email", "is_active", "date_joined", "last_login")
    readonly_fields = ("is_active", "date_joined", "last_login")


class AccessAdminForm(forms.ModelForm):
    """Refuses in the form what the activity module would refuse."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("user") and data.get("role") and data.get("start"):
            access = Access(**{name: data.get(name) for name in ("user", "role", "cpts", "agency", "start", "end")})
            try:
                administration.refuse_overlap(access)
            except NotPossible as refusal:
                self.add_error(None, str(refusal))
        return data


@admin.register(Access)
class AccessAdmin(PortalAdmin):
    """An access is given here or on the user's page, and ended on the user's page only."""

    form = AccessAdminForm
    list_display = ("user", "role", "cpts", "agency", "start", "end")
    list_filter = ("role", "agency", "cpts")
    search_fields = ("user__search",)
    autocomplete_fields = ("user",)
    date_hierarchy = "start"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Invitation)
class InvitationAdmin(PortalAdmin):
    """Read here; sent, sent again and cancelled on the invitation pages, which write the e-mail."""

    list_display = ("email", "role", "cpts", "agency", "sent_at", "expires_at", "accepted_at", "cancelled_at")
    list_filter = ("role", "agency", "cpts")
    search_fields = ("email", "first_name", "last_name")
    exclude = ("token",)
    date_hierarchy = "sent_at"

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        return Invitation.objects.manageable_by(actor_of(request.user))


@admin.register(ViewingAs)
class ViewingAsAdmin(PortalAdmin):
    """The log of viewings is written by the viewings themselves."""

    list_display = ("administrator", "user", "reason", "started_at", "ended_at")
    search_fields = ("administrator__search", "user__search", "reason")
    date_hierarchy = "started_at"

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


@admin.register(LogEntry)
class LogEntryAdmin(PortalAdmin):
    """What was done through this admin, by whom."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_filter = ("action_flag", "content_type")
    list_select_related = ("user", "content_type")
    search_fields = ("user__search",)
    date_hierarchy = "action_time"
