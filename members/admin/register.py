"""The register in the admin: searched, read and exported there; written through the pages, which hold the rules.

A bare form would go around the duplicates, the concurrent edits and the decisions of the board. Exports of persons
are made from the list, which writes them down.
"""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from cpts_portal.adminsite import ImportableAdmin
from members.admin.closed import PersonalDataAdmin
from members.admin.dues import DuesReadOnlyAdmin
from members.models import (
    Contact,
    Membership,
    PersonalDataExport,
    Practice,
    Profession,
    Professional,
    SavedFilter,
    Specialty,
    Structure,
)


@admin.register(Profession)
class ProfessionAdmin(ImportableAdmin):
    list_display = ("name", "plural", "nomenclature", "code", "is_active", "rank")
    list_filter = ("nomenclature", "is_active")


@admin.register(Specialty)
class SpecialtyAdmin(ImportableAdmin):
    list_display = ("name", "code", "profession")
    list_filter = ("profession",)
    list_select_related = ("profession",)
    search_fields = ("name", "code")


@admin.register(Professional)
class ProfessionalAdmin(PersonalDataAdmin, DuesReadOnlyAdmin):
    list_display = ("civil_last_name", "civil_first_name", "profession", "rpps", "cpts")
    list_filter = ("profession", "cpts")
    list_select_related = ("profession", "cpts")

    def view_on_site(self, obj: Professional) -> str:
        return reverse("members:person-detail", args=[obj.cpts_id, obj.pk])


@admin.register(Structure)
class StructureAdmin(PersonalDataAdmin, DuesReadOnlyAdmin):
    list_display = ("name", "kind", "commune", "finess", "representative_name", "cpts")
    list_filter = ("kind", "cpts")
    list_select_related = ("commune", "cpts")

    def view_on_site(self, obj: Structure) -> str:
        return reverse("members:structure-detail", args=[obj.cpts_id, obj.pk])


@admin.register(Contact)
class ContactAdmin(PersonalDataAdmin, DuesReadOnlyAdmin):
    list_display = ("professional", "channel", "value", "consent", "consent_on")
    list_filter = ("channel", "consent")
    list_select_related = ("professional",)
    search_fields = ("professional__search",)


@admin.register(Practice)
class PracticeAdmin(PersonalDataAdmin, DuesReadOnlyAdmin):
    list_display = ("professional", "mode", "structure", "place", "commune", "start", "end")
    list_filter = ("mode",)
    list_select_related = ("professional", "structure", "commune")
    search_fields = ("professional__search", "commune__search", "structure__search")


@admin.register(Membership)
class MembershipAdmin(PersonalDataAdmin, DuesReadOnlyAdmin):
    list_display = ("holder", "college", "applied_on", "accepted_on", "start", "end", "cpts")
    list_filter = ("cpts", "college")
    list_select_related = ("professional", "structure", "college", "cpts")
    search_fields = ("professional__search", "structure__search")
    date_hierarchy = "start"


@admin.register(SavedFilter)
class SavedFilterAdmin(PersonalDataAdmin):
    """Each reader's own searches; kept from the list, where their filters are chosen."""

    list_display = ("name", "cpts", "query")
    list_select_related = ("cpts",)
    search_fields = ("name",)
    readonly_fields = ("cpts", "owner", "query")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(owner=request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


@admin.register(PersonalDataExport)
class PersonalDataExportAdmin(PersonalDataAdmin, DuesReadOnlyAdmin):
    """The log of exports of personal data: nobody writes in it by hand."""

    list_display = ("made_at", "author", "what", "persons", "file_format", "cpts")
    list_filter = ("file_format",)
    list_select_related = ("author", "cpts")
    search_fields = ("what", "author__last_name")
    date_hierarchy = "made_at"
