"""Dues, payments, applications and letters in the admin: read there, written on their pages, where the rules are."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cpts_portal.adminsite import PortalAdmin
from members.admin.closed import PersonalDataAdmin
from members.models import Application, Due, DuesCampaign, DuesRate, LetterBatch, MembershipSettings, Payment


class DuesReadOnlyAdmin(PortalAdmin):
    """Amounts, receipt numbers and decisions follow rules that a bare form would go around."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002
        return [field.name for field in self.model._meta.fields if field.name != "id"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(DuesCampaign)
class DuesCampaignAdmin(DuesReadOnlyAdmin):
    list_display = ("cpts", "year", "due_on", "voted_on")
    list_filter = ("year",)
    list_select_related = ("cpts",)
    search_fields = ("cpts__search",)


@admin.register(DuesRate)
class DuesRateAdmin(DuesReadOnlyAdmin):
    list_display = ("campaign", "kind", "college", "profession", "structure_kind", "amount", "reason")
    list_select_related = ("campaign", "college", "profession")


@admin.register(Due)
class DueAdmin(PersonalDataAdmin, DuesReadOnlyAdmin):
    list_display = ("membership", "campaign", "amount", "forgiven", "exemption_reason", "called_at")
    list_filter = ("campaign__year",)
    list_select_related = ("campaign", "membership__professional", "membership__structure")
    search_fields = ("membership__professional__search", "membership__structure__search")


@admin.register(Payment)
class PaymentAdmin(PersonalDataAdmin, DuesReadOnlyAdmin):
    list_display = ("receipt_number", "payer", "amount", "paid_on", "method", "cancelled_on")
    list_filter = ("method", "due__campaign__year")
    search_fields = ("receipt_number", "payer")
    date_hierarchy = "paid_on"


@admin.register(Application)
class ApplicationAdmin(PersonalDataAdmin, DuesReadOnlyAdmin):
    list_display = ("__str__", "cpts", "kind", "received_at", "decided_on", "discarded_on")
    list_filter = ("kind",)
    list_select_related = ("cpts",)
    search_fields = ("civil_last_name", "civil_first_name", "name", "email")


@admin.register(LetterBatch)
class LetterBatchAdmin(PersonalDataAdmin, DuesReadOnlyAdmin):
    list_display = ("kind", "year", "cpts", "status", "letters", "created_at", "author")
    list_filter = ("kind", "status")
    list_select_related = ("cpts", "author")
    search_fields = ("cpts__search",)


@admin.register(MembershipSettings)
class MembershipSettingsAdmin(DuesReadOnlyAdmin):
    """The secret link of the form stays out of it, and out of its exports."""

    list_display = ("cpts", "form_is_open", "receipt_prefix")
    list_select_related = ("cpts",)
    search_fields = ("cpts__search",)
    exclude = ("form_token",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in super().get_readonly_fields(request, obj) if name != "form_token"]
