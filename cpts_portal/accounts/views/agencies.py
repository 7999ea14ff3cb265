"""Agencies (ARS, CPAM, CGSS): list, card, form."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.accounts import administration
from cpts_portal.accounts.filters import AgencyFilter
from cpts_portal.accounts.forms import AgencyForm
from cpts_portal.accounts.models import Access, User
from cpts_portal.accounts.tables import AgencyTable
from cpts_portal.core.changes import changes_of
from cpts_portal.pages import Crumb, FormPage, ListPage, Page
from territories.models import Agency, Cpts


def agencies_crumb() -> Crumb:
    return ("Agences", reverse("accounts:agency-list"))


class AgencyList(ListPage):
    needs = ("view", "territories.agency")
    title = "Agences"
    filterset_class = AgencyFilter
    table_class = AgencyTable
    template_name = "accounts/agency_list.html"
    export_name = "agences"
    empty_title = "Aucune agence ne correspond"

    def get_queryset(self) -> QuerySet[Agency]:
        return Agency.objects.prefetch_related("departments")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_add=self.request.user.has_perm("territories.add_agency"), **kwargs)


class AgencyDetail(Page):
    needs = ("view", "territories.agency")
    template_name = "accounts/agency_detail.html"

    @cached_property
    def agency(self) -> Agency:
        return get_object_or_404(Agency.objects.prefetch_related("departments"), pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.agency.name

    def breadcrumbs(self) -> list[Crumb]:
        return [agencies_crumb()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_manage = self.request.user.has_perm("territories.change_agency")
        return super().get_context_data(
            agency=self.agency,
            description=self._description(),
            cpts_list=Cpts.objects.of_agency(self.agency),
            may_manage=may_manage,
            agents=self._agents() if may_manage else None,
            events=changes_of(self.agency.history) if may_manage else None,
            **kwargs,
        )

    def _description(self) -> list[tuple[str, Any]]:
        return [
            ("Type", self.agency.get_kind_display()),
            ("Départements", ", ".join(str(department) for department in self.agency.departments.all())),
            ("Adresse électronique", self.agency.email),
            ("État", "Active" if self.agency.is_active else "Inactive"),
        ]

    def _agents(self) -> QuerySet[User]:
        accesses = Access.objects.active_on(timezone.localdate()).filter(agency=self.agency)
        return User.objects.filter(pk__in=accesses.values("user"), is_active=True)


class AgencyForms(FormPage):
    """What the two forms of an agency share."""

    form_class = AgencyForm
    success_message = "L’agence est enregistrée."
    template_name = "accounts/agency_form.html"

    def breadcrumbs(self) -> list[Crumb]:
        return [agencies_crumb()]

    def carry_out(self, form: AgencyForm) -> None:
        data = form.cleaned_data
        self.agency = administration.save_agency(
            agency=form.instance, departments=data["departments"], seen=data["seen"], by=self.request.user
        )

    def get_success_url(self) -> str:
        return reverse("accounts:agency-detail", args=[self.agency.pk])


class AgencyNew(AgencyForms):
    needs = ("add", "territories.agency")
    title = "Nouvelle agence"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Agency()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("accounts:agency-list"), **kwargs)


class AgencyEdit(AgencyForms):
    needs = ("change", "territories.agency")
    title = "Modifier l’agence"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": get_object_or_404(Agency, pk=self.kwargs["pk"])}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            cancel_url=reverse("accounts:agency-detail", args=[self.kwargs["pk"]]), **kwargs
        )
