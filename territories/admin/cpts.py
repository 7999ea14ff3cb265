"""CPTS, agencies, territories and declared figures in the admin: the same rules as the pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from import_export.fields import Field
from import_export.widgets import ManyToManyWidget

from cpts_portal.accounts.permissions import actor_of
from cpts_portal.accounts.roles import ADMINISTRATORS
from cpts_portal.adminsite import ImportableAdmin, PortalAdmin, PortalResource
from cpts_portal.core.identifiers import DoubtfulKey, check_finess_key, validate_finess_form
from cpts_portal.core.versions import next_version
from territories.models import Agency, Cpts, CptsCommune, DeclaredFigures, Department

# Decided by the administration of the portal: the coordination reads them.
ADMINISTRATION_FIELDS = ("name", "stage", "ars", "lead_fund", "departments")


class AgencyResource(PortalResource):
    """One line an agency, known by its name; its departments by their codes, « 22,29,35,56 »."""

    departments = Field(
        attribute="departments", column_name="departments", widget=ManyToManyWidget(Department, ",", "code")
    )

    class Meta:
        model = Agency
        fields = ("name", "kind", "departments", "email", "is_active")
        import_id_fields = ("name",)
        skip_unchanged = True


@admin.register(Agency)
class AgencyAdmin(ImportableAdmin):
    resource_classes = [AgencyResource]
    list_display = ("name", "kind", "email", "is_active")
    list_filter = ("kind", "is_active", "departments__region")
    search_fields = ("name", "email")
    filter_horizontal = ("departments",)

    def view_on_site(self, obj: Agency) -> str:
        return reverse("accounts:agency-detail", args=[obj.pk])


class CptsForm(forms.ModelForm):
    """A FINESS whose key fails is refused here; the form of the portal offers to keep it all the same."""

    def clean_finess(self) -> str:
        finess = self.cleaned_data.get("finess", "")
        if finess:
            validate_finess_form(finess)
        try:
            check_finess_key(finess)
        except DoubtfulKey as doubt:
            if finess != self.instance.finess:
                raise ValidationError(
                    [*doubt.messages, "S’il est exact, enregistrez-le depuis la fiche de la CPTS."], code="finess_key"
                ) from doubt
        return finess


@admin.register(Cpts)
class CptsAdmin(PortalAdmin):
    """The identity. The territory is composed on its own page, which shows what each commune changes."""

    form = CptsForm
    list_display = ("name", "stage", "ars", "lead_fund", "email", "phone")
    list_filter = ("stage", "departments__region", "departments", "ars", "lead_fund")
    search_fields = ("search",)
    autocomplete_fields = ("seat", "departments")
    list_select_related = ("ars", "lead_fund")
    fieldsets = (
        (None, {"fields": ADMINISTRATION_FIELDS}),
        ("Identité", {"fields": ("legal_name", "rna", "siren", "finess", "address", "seat")}),
        ("Contact", {"fields": ("email", "phone", "website")}),
    )

    def view_on_site(self, obj: Cpts) -> str:
        return reverse("territories:cpts-detail", args=[obj.pk])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return () if actor_of(request.user).has_any(ADMINISTRATORS) else ADMINISTRATION_FIELDS

    def save_model(self, request: HttpRequest, obj: Cpts, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change:
            next_version(obj)


@admin.register(CptsCommune)
class CptsCommuneAdmin(PortalAdmin):
    """Read here, changed on the composition page: a period typed by hand would escape the rules on overlaps."""

    list_display = ("commune", "cpts", "start", "end", "inhabitants", "origin")
    list_filter = ("origin", "cpts__ars", "cpts")
    search_fields = ("commune__search",)
    list_select_related = ("commune", "cpts")
    date_hierarchy = "start"

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def view_on_site(self, obj: CptsCommune) -> str:
        return reverse("territories:cpts-detail", args=[obj.cpts_id])


@admin.register(DeclaredFigures)
class DeclaredFiguresAdmin(PortalAdmin):
    list_display = ("cpts", "declared_on", "population", "communes", "source")
    list_filter = ("cpts__ars", "cpts")
    search_fields = ("cpts__search", "source")
    list_select_related = ("cpts",)
    date_hierarchy = "declared_on"

    def view_on_site(self, obj: DeclaredFigures) -> str:
        return f"{reverse('territories:cpts-detail', args=[obj.cpts_id])}#chiffres-declares"
