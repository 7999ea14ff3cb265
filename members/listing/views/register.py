"""The register of a CPTS: members, those who asked, those who left, and everybody else she knows."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.text import plural
from cpts_portal.pages import CptsMixin, Crumb, ListPage
from members.listing import Group, Kind, Options, RegisterRows, Situation, options_of
from members.listing.filters import RegisterFilter
from members.listing.tables import BULK_FORM, RegisterTable
from members.models import CustomField, Professional, Structure
from members.shared.exports_log import log_export
from territories.models import Cpts

ADDRESSES = {
    "import_url": "members:spreadsheet-upload",
    "add_person_url": "members:person-add",
    "add_structure_url": "members:structure-add",
    "public_form_url": "members:settings",
}


def register_crumbs(cpts: Cpts) -> list[Crumb]:
    return [
        (cpts.full_name, reverse("territories:cpts-detail", args=[cpts.pk])),
        ("Registre", reverse("members:register", args=[cpts.pk])),
    ]


def register_address(cpts: Cpts, query: str) -> str:
    """The list with these filters."""
    address = reverse("members:register", args=[cpts.pk])
    return f"{address}?{query}" if query else address


def free_fields(cpts: Cpts) -> list[CustomField]:
    """Those in use, of persons then of structures: the columns that an export adds."""
    return list(CustomField.objects.filter(cpts=cpts, is_active=True))


class RegisterFilters(CptsMixin):
    """A page that reads the same query string as the list: what it filters is what the list shows."""

    @cached_property
    def offered(self) -> Options:
        return options_of(self.cpts, day=timezone.localdate(), reader=self.request.user)

    def asked(self, data: Any) -> RegisterFilter:
        return RegisterFilter(data, queryset=Professional.objects.none(), cpts=self.cpts, options=self.offered)


class RegisterList(RegisterFilters, ListPage):
    object_list: RegisterRows
    needs = ("view", "members.professional")
    title = "Registre"
    template_name = "members/listing/list.html"
    filterset_class = RegisterFilter
    table_class = RegisterTable
    export_name = "registre"
    is_exported = False

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)[:1]

    def get_filterset(self, filterset_class: type[RegisterFilter]) -> RegisterFilter:  # noqa: ARG002
        return self.asked(self.request.GET or None)

    def get_table_kwargs(self) -> dict[str, Any]:
        customs = free_fields(self.cpts) if self.is_exported else ()
        return {"cpts": self.cpts, "year": self.filterset.criteria.year, "customs": customs}

    def export(self, file_format: str) -> HttpResponse:
        """What is filtered, with all that is kept of it; who took it is written down first."""
        rows: RegisterRows = self.object_list
        log_export(self.request, self.cpts, what="Registre", persons=rows.count(), file_format=file_format)
        self.object_list = rows.for_export()
        self.is_exported = True
        return super().export(file_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows: RegisterRows = self.object_list
        return {
            **context,
            **{name: reverse(url_name, args=[self.cpts.pk]) for name, url_name in ADDRESSES.items()},
            "tabs": self.tabs(),
            "groups": [(group, self.group_url(group)) for group in rows.groups()],
            "saved": [(row, f"{self.request.path}?{row.query}") for row in self.offered.saved],
            "may_write": self.may("change", "members.membership"),
            "bulk_form": BULK_FORM,
            "asked": [(name, value) for name, value in self.request.GET.items() if name not in ("page", "export")],
            "all_label": f"Toute la recherche : {plural(rows.count(), 'fiche')}",
            **self.emptiness(rows),
        }

    def tabs(self) -> list[tuple[str, str, bool]]:
        current = self.filterset.criteria.situation
        return [(str(each.label), self.url_with(situation=each.value), each == current) for each in Situation]

    def group_url(self, group: Group) -> str:
        """The same list, of this profession or type of structure only."""
        name, other = ("profession", "kind") if group.kind == Kind.PERSON else ("kind", "profession")
        return self.url_with(**{name: group.value, other: ""})

    def url_with(self, **values: str) -> str:
        query = self.request.GET.copy()
        for name, value in {**values, "page": "", "export": ""}.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"{self.request.path}?{query.urlencode()}"

    def emptiness(self, rows: RegisterRows) -> dict[str, Any]:
        """Why nothing is shown: nothing matches, nobody in this tab, or a register not begun."""
        if rows.count():
            return {}
        if self.filterset.is_narrowed:
            return {"empty_title": "Aucune fiche ne correspond"}
        begun = any(model.objects.filter(cpts=self.cpts).exists() for model in (Professional, Structure))
        if not begun:
            return {"nothing_yet": True}
        tab = Situation(self.filterset.criteria.situation)
        return {"empty_title": EMPTY_TABS[tab], "empty_hint": "Les autres onglets montrent le reste du registre."}


EMPTY_TABS = {
    Situation.MEMBER: "Aucun adhérent pour l’instant",
    Situation.AWAITED: "Aucune demande en attente",
    Situation.LEFT: "Personne n’a quitté l’association",
    Situation.REFUSED: "Aucune demande refusée",
    Situation.NEVER: "Toutes les fiches du registre sont celles d’adhérents ou d’anciens adhérents",
    Situation.ANY: "Le registre est vide",
}
