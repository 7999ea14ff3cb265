"""The second door: one Django admin in French for everybody, under the same permission table and the same scope.

`PortalAdmin` is the base of every ModelAdmin. Each app only declares columns, filters and search; what a role may see
and do comes from the permission table, which rows she sees from the model's scoped manager.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from import_export.admin import ExportMixin, ImportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import ModelResource, modelresource_factory

from cpts_portal.accounts.permissions import actor_of, may, roles_for
from cpts_portal.accounts.roles import ADMINISTRATORS, NATIONAL_ROLES
from cpts_portal.core.changes import changes_of
from cpts_portal.core.text import fold
from cpts_portal.pages import NotInScope, explained_absence, who_may_open
from territories.models import Cpts

# Tables of libraries that register themselves: nobody has a permission on them, so they stay out of the admin.
LIBRARY_APPS = frozenset({"account", "auth", "mfa", "django_tasks_db", "django_tasks_database"})
NEVER_EXPORTED = ("password", "token", "search", "version", "file")


class PortalAdminSite(admin.AdminSite):
    site_title = "Portail CPTS"
    site_header = "Portail CPTS"
    index_title = "Gestion des données"
    site_url = "/tableau-de-bord/"
    empty_value_display = "–"
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        is_alone = isinstance(model_or_iterable, models.base.ModelBase)
        registered: Any = [model_or_iterable] if is_alone else model_or_iterable
        ours = [model for model in registered if model._meta.app_label not in LIBRARY_APPS]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and actor_of(request.user).accesses)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """The portal has one login page; somebody logged in without any access is told so instead of looping."""
        address = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(address)
        if not self.has_permission(request):
            return render(request, "accounts/no_access.html", {"page_title": "Aucun accès actif"}, status=403)
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:  # noqa: ARG002
        if request.method != "POST":
            return redirect("account_logout")
        logout(request)
        return redirect(settings.LOGOUT_REDIRECT_URL)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:  # noqa: ARG002
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:  # noqa: ARG002
        return redirect("accounts:profile")


class PortalResource(ModelResource):
    """Exports the readable columns of a table, never its secrets and technical columns."""


class PortalAdmin(ExportMixin, admin.ModelAdmin):
    """Base of every ModelAdmin: permissions from the table (on the object when there is one), scope, export."""

    list_per_page = 50
    show_full_result_count = False
    formats = [CSV, XLSX]

    # --- Who may do what ------------------------------------------------------------------------------------------
    def _may(self, request: HttpRequest, action: str, obj: models.Model | None = None) -> bool:
        return may(actor_of(request.user), action, self.opts.label_lower, obj)

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

    # --- What one sees and chooses --------------------------------------------------------------------------------
    def get_search_fields(self, request: HttpRequest) -> Any:  # noqa: ARG002
        """Models that keep a folded `search` column are searched in it: no accent to type."""
        has_column = any(field.name == "search" for field in self.opts.get_fields())
        return self.search_fields or (("search",) if has_column else ())

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        folded = any(str(name).endswith("search") for name in self.get_search_fields(request))
        return super().get_search_results(request, queryset, fold(search_term) if folded else search_term)

    def get_list_select_related(self, request: HttpRequest) -> Any:
        """Every foreign key shown in the list is read with it."""
        if self.list_select_related is not False:
            return self.list_select_related
        shown = {str(name) for name in self.get_list_display(request)}
        return tuple(f.name for f in self.opts.concrete_fields if f.is_relation and f.name in shown) or False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A CPTS is chosen among those where this person may write, not among all she sees."""
        if db_field.remote_field.model is Cpts and "queryset" not in kwargs:
            kwargs["queryset"] = self._writable_cpts(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _writable_cpts(self, request: HttpRequest) -> models.QuerySet:
        label, actor = self.opts.label_lower, actor_of(request.user)
        allowed = roles_for(label, "add") | roles_for(label, "change")
        if actor.has_any(allowed & NATIONAL_ROLES):
            return Cpts.objects.all()
        own = [access.cpts_id for access in actor.accesses if access.role in allowed and access.cpts_id]
        return Cpts.objects.filter(pk__in=own)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """« Voir sur le site » opens the page of the object, without Django's detour by content types."""
        if obj is None or self.view_on_site is False:
            return None
        if callable(self.view_on_site):
            return self.view_on_site(obj)
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    # --- Writing --------------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The permission is asked again on what is about to be saved: a form may have moved it to another CPTS."""
        action = "change" if change else "add"
        if not self._may(request, action, obj):
            raise PermissionDenied(who_may_open(roles_for(self.opts.label_lower, action), actor_of(request.user)))
        obj._history_user = request.user
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj._history_user = request.user
        super().delete_model(request, obj)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Another CPTS's object is not found, and the page says why (Django would go back to the index)."""
        if self.model is Cpts and object_id.isdecimal():
            raise explained_absence(actor_of(request.user), int(object_id))
        if hasattr(self.model, "scope_path"):
            places = actor_of(request.user).places
            raise NotInScope(f"Vous agissez pour {places} : cette donnée n’existe pas, ou appartient à une autre CPTS.")
        raise Http404(opts.verbose_name)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A list of what belongs to CPTS says whose rows appear."""
        sentence = actor_of(request.user).scope_sentence if hasattr(self.model, "scope_path") else ""
        shown = {"subtitle": sentence} if sentence else {}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The history of a tracked object, in the same sentences as on its page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        tracked = hasattr(self.model, "history")
        obj = self.get_object(request, unquote(object_id)) if tracked else None
        if tracked and obj is None:
            raise Http404
        if obj is None:
            return super().history_view(request, object_id, extra_context)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"Historique : {obj}",
            "opts": self.opts,
            "object": obj,
            "events": changes_of(obj.history),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/portal_history.html", context)

    # --- Export and import ----------------------------------------------------------------------------------------
    def get_resource_classes(self, request: HttpRequest) -> list[type]:  # noqa: ARG002
        if self.resource_classes:
            return list(self.resource_classes)
        return [modelresource_factory(self.model, PortalResource, meta_options={"exclude": NEVER_EXPORTED})]

    def get_export_resource_classes(self, request: HttpRequest) -> list[type]:
        return self.get_resource_classes(request)


class ImportableAdmin(ImportMixin, PortalAdmin):
    """A small reference table that administrators may also fill from a file, with a preview."""

    def has_import_permission(self, request: HttpRequest) -> bool:
        may_write = self._may(request, "add") and self._may(request, "change")
        return may_write and actor_of(request.user).has_any(ADMINISTRATORS)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The role is asked before the verb, as everywhere in the portal."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        return super().process_import(request, **kwargs)

    def get_import_resource_classes(self, request: HttpRequest) -> list[type]:
        return self.get_resource_classes(request)
