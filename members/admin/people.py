"""Colleges, mandates, free fields, settings and reviewed duplicates in the admin; the pages hold the rules."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from cpts_portal.adminsite import PortalAdmin
from members.admin.closed import PersonalDataAdmin
from members.models import College, CustomField, Mandate, NotDuplicate


class ReadOnlyAdmin(PortalAdmin):
    """Read here; written on the pages, which know the rules."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False


@admin.register(College)
class CollegeAdmin(PortalAdmin):
    list_display = ("name", "rank", "cpts")
    list_filter = ("cpts",)
    search_fields = ("name",)

    def view_on_site(self, obj: College) -> str:
        return reverse("members:colleges", args=[obj.cpts_id])


@admin.register(Mandate)
class MandateAdmin(PersonalDataAdmin, ReadOnlyAdmin):
    """Read here: a mandate is given and ended on its own page, where one holder at a time is checked."""

    list_display = ("office", "professional", "subject", "start", "end", "cpts")
    list_filter = ("office", "cpts")
    search_fields = ("professional__search", "subject")
    date_hierarchy = "start"

    def view_on_site(self, obj: Mandate) -> str:
        return reverse("members:mandates", args=[obj.cpts_id])


@admin.register(CustomField)
class CustomFieldAdmin(ReadOnlyAdmin):
    """Read here: the key of a field is made on its own page and never changes."""

    list_display = ("label", "target", "kind", "rank", "is_active", "cpts")
    list_filter = ("target", "kind", "is_active", "cpts")
    search_fields = ("label",)

    def view_on_site(self, obj: CustomField) -> str:
        return reverse("members:custom-fields", args=[obj.cpts_id])


@admin.register(NotDuplicate)
class NotDuplicateAdmin(ReadOnlyAdmin):
    """Read here: pairs are decided on the review of duplicates."""

    list_display = ("cpts", "target", "first_id", "second_id")
    list_filter = ("target", "cpts")

    def view_on_site(self, obj: NotDuplicate) -> str:
        return reverse("members:duplicates", args=[obj.cpts_id])
