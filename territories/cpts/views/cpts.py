"""List of CPTS, card of a CPTS, its identity."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html

from cpts_portal.accounts.models import Access
from cpts_portal.accounts.roles import ADMINISTRATORS
from cpts_portal.core.changes import ChangeEvent, changes_of
from cpts_portal.core.text import number_fr
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import CptsMixin, Crumb, FormPage, ListPage, Page
from territories.cpts.composing import planned_after
from territories.cpts.filters import CptsFilter
from territories.cpts.forms.cpts import AdministrationForm, IdentityForm, ReadingForm
from territories.cpts.registration import register_cpts, update_identity
from territories.cpts.tables import CptsTable
from territories.cpts.words import card_words, difference_text, later_title, then_text
from territories.map.portfolio import with_territory
from territories.map.sizing import SizeGrid
from territories.map.vintages import loaded_vintages
from territories.models import Cpts, CptsCommune, DeclaredFigures
from territories.perimeter import Perimeter, Slice, differences, perimeter_before, perimeter_of


def cpts_crumbs(cpts: Cpts | None = None) -> list[Crumb]:
    own = [(cpts.full_name, reverse("territories:cpts-detail", args=[cpts.pk]))] if cpts else []
    return [("CPTS", reverse("territories:cpts-list")), *own]


class CptsList(ListPage):
    needs = ("view", "territories.cpts")
    title = "CPTS"
    template_name = "territories/cpts/list.html"
    filterset_class = CptsFilter
    table_class = CptsTable
    export_name = "cpts"
    is_scoped = True
    empty_title = "Aucune CPTS ne correspond"
    empty_hint = "Élargissez la recherche ou effacez les filtres : seules les CPTS que vous suivez apparaissent ici."

    @cached_property
    def grid(self) -> SizeGrid:
        return SizeGrid.on(timezone.localdate())

    def get_queryset(self) -> QuerySet:
        cpts = Cpts.objects.select_related("ars", "lead_fund").prefetch_related("departments")
        return with_territory(cpts, day=timezone.localdate(), grid=self.grid)

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"grid": self.grid}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        figures = self.object_list.order_by().aggregate(all_communes=Sum("communes"), all_people=Sum("population"))
        return {**context, **figures, "may_add": self.actor.has_any(ADMINISTRATORS)}


class CptsDetail(CptsMixin, Page):
    """The card of a CPTS; `?jour=` and `?millesime=` read its territory at another date or with other figures."""

    needs = ("view", "territories.cpts")
    template_name = "territories/cpts/detail.html"

    def get_title(self) -> str:
        return self.cpts.full_name

    def breadcrumbs(self) -> list[Crumb]:
        return cpts_crumbs()

    @cached_property
    def reading(self) -> ReadingForm:
        data = self.request.GET if {"jour", "millesime"} & set(self.request.GET) else None
        form = ReadingForm(data, vintages=loaded_vintages(), initial={"jour": timezone.localdate()})
        form.is_valid()
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        perimeter = perimeter_of(self.cpts, day=self.reading.day, vintage=self.reading.vintage)
        return super().get_context_data(
            reading=self.reading,
            is_today=self.reading.day == timezone.localdate(),
            perimeter=perimeter,
            epci_bars=bars(perimeter, perimeter.by_epci),
            department_bars=bars(perimeter, perimeter.by_department),
            declared=[self.declared_row(row, perimeter) for row in self.cpts.declared_figures.all()],
            may_declare=self.may("change", "territories.declaredfigures"),
            identity=self.identity_rows(),
            contact=self.contact_rows(),
            events=self.events(),
            **card_words(perimeter, perimeter_before(self.cpts, perimeter, loaded_vintages())),
            **self.planned(),
            **kwargs,
        )

    def planned(self) -> dict[str, str]:
        """What the territory will be once the next planned change takes effect."""
        later = planned_after(self.cpts, self.reading.day)
        if later.first is None:
            return {}
        then = perimeter_of(self.cpts, day=later.first, vintage=self.reading.vintage)
        return {"planned_title": later_title(later), "planned_text": then_text(then)}

    def declared_row(self, row: DeclaredFigures, perimeter: Perimeter) -> tuple[DeclaredFigures, str, str]:
        gaps = differences(row, perimeter)
        return row, difference_text(gaps.get("population")), difference_text(gaps.get("communes"))

    def identity_rows(self) -> list[tuple[str, Any]]:
        cpts = self.cpts
        return [
            ("Association", cpts.legal_name or cpts.full_name),
            ("Numéro RNA", cpts.rna),
            ("SIREN", cpts.siren),
            ("FINESS", cpts.finess),
            ("Siège", ", ".join(str(part) for part in (cpts.address, cpts.seat) if part)),
        ]

    def contact_rows(self) -> list[tuple[str, Any]]:
        cpts = self.cpts
        website = format_html('<a href="{0}" rel="noopener">{0}</a>', cpts.website) if cpts.website else ""
        email = format_html('<a href="mailto:{0}">{0}</a>', cpts.email) if cpts.email else ""
        return [
            ("Adresse électronique", email),
            ("Téléphone", cpts.phone),
            ("Site internet", website),
            ("ARS", cpts.ars),
            ("Caisse pilote", cpts.lead_fund),
            ("Départements", ", ".join(str(department) for department in cpts.departments.all())),
        ]

    def events(self) -> list[ChangeEvent]:
        """What changed; who may open the CPTS, for its coordination and the administration only."""
        accesses = [Access.history.filter(cpts=self.cpts)] if self.may("change") else []
        return changes_of(
            self.cpts.history,
            CptsCommune.history.filter(cpts=self.cpts),
            DeclaredFigures.history.filter(cpts=self.cpts),
            *accesses,
        )


def bars(perimeter: Perimeter, slices: list[Slice]) -> list[dict[str, Any]]:
    """Rows of `ui/bars.html`: share of the territory's inhabitants in each place."""
    return [
        {
            "label": str(part.place or "Sans EPCI"),
            "value": f"{number_fr(part.population)} hab. · {number_fr(part.communes)} comm.",
            "percent": part.percent_of(perimeter.population),
        }
        for part in slices
    ]


class IdentityPage(FormPage):
    """What the two forms of a CPTS share: the administration sees every field, the coordination its own."""

    template_name = "territories/cpts/form.html"
    saved: Cpts

    def get_form_class(self) -> type[IdentityForm]:
        return AdministrationForm if self.actor.has_any(ADMINISTRATORS) else IdentityForm

    def get_success_url(self) -> str:
        return reverse("territories:cpts-detail", args=[self.saved.pk])


class CptsCreate(IdentityPage):
    needs = ("add", "territories.cpts")
    title = "Nouvelle CPTS"
    submit_label = "Créer la CPTS"
    success_message = "La CPTS est créée. Composez maintenant son territoire."

    def breadcrumbs(self) -> list[Crumb]:
        return cpts_crumbs()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Cpts()}

    def carry_out(self, form: IdentityForm) -> None:
        self.saved = register_cpts(
            fields=form.identity(), departments=list(form.cleaned_data["departments"]), by=self.request.user
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("territories:cpts-list"), **kwargs)


class CptsEdit(CptsMixin, IdentityPage):
    needs = ("change", "territories.cpts")
    success_message = "La fiche est enregistrée."

    def get_title(self) -> str:
        return f"Modifier la {self.cpts.full_name}"

    def breadcrumbs(self) -> list[Crumb]:
        return cpts_crumbs(self.cpts)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form works on its own copy: what was typed never shows as saved on a page that comes back."""
        copy = Cpts.objects.get(pk=self.cpts.pk)
        return {**super().get_form_kwargs(), "instance": copy, "initial": {"version": self.cpts.version}}

    def carry_out(self, form: IdentityForm) -> None:
        departments = form.cleaned_data.get("departments")
        self.saved = update_identity(
            self.cpts,
            fields=form.identity(),
            departments=None if departments is None else list(departments),
            version=form.cleaned_data["version"],
            by=self.request.user,
        )

    def form_valid(self, form: IdentityForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except StaleEdit:
            return self.edited_meanwhile(form)

    def edited_meanwhile(self, form: IdentityForm) -> HttpResponse:
        """The form comes back as typed, beside what somebody else saved; sending it again is then a choice."""
        saved = self.get_form_class()(instance=self.cpts)
        typed_over(form, self.cpts)
        names = [name for name in form.fields if name not in ("version", "finess_anyway")]
        pairs = [(form.fields[name].label, shown(saved, name), shown(form, name)) for name in names]
        return self.render_to_response(
            self.get_context_data(form=form, comparison=[row for row in pairs if row[1] != row[2]]), status=409
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            cancel_url=reverse("territories:cpts-detail", args=[self.cpts.pk]),
            seats=[row.commune for row in perimeter_of(self.cpts, day=timezone.localdate()).rows],
            **kwargs,
        )


def shown(form: IdentityForm, name: str) -> str:
    """The value of a field as a reader sees it: what was typed, or what is saved when the form holds nothing typed."""
    field: Any = form.fields[name]
    value = form.cleaned_data.get(name) if form.is_bound else form.initial.get(name)
    if hasattr(field, "queryset"):
        chosen = value if form.is_bound else field.clean(value)
        many = [str(item) for item in chosen] if isinstance(chosen, Iterable) else [str(chosen or "")]
        return ", ".join(sorted(many))
    if hasattr(field, "choices"):
        return str(dict(field.choices).get(value, value))
    return str(field.prepare_value(value) or "")
