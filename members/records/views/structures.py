"""Structures of the register: list, card, form."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join

from cpts_portal.core.changes import ChangeEvent, changes_of
from cpts_portal.core.forms import asked_again
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import CptsMixin, Crumb, FormPage, ListPage, Page
from members.membership.custom_fields import shown_values
from members.models import CustomField, Membership, NotDuplicate, Structure, StructureKind
from members.records.duplicates import known_apart
from members.records.forms.structures import NAMES, StructureForm
from members.records.registration import NumberTaken, register_structure, update_structure
from members.records.structure_duplicates import StructureIdentity, candidates_for
from members.records.views.card_documents import documents_of
from members.records.views.card_parts import drawn_panels
from members.records.views.card_rows import (
    current_status,
    due_rows,
    dues_of,
    has_open,
    history_of,
    membership_rows,
    people_practising_at,
)
from members.shared.exports_log import log_export
from members.shared.forms.choosing import matching
from members.shared.known_records import known_structures
from members.shared.links import card_crumb, card_url, register_crumbs

MEMBERSHIP = [("yes", "Adhérentes aujourd’hui"), ("no", "Non adhérentes")]


class StructureFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom, FINESS, SIRET ou représentant", method="search")
    kind = django_filters.ChoiceFilter(label="Type", choices=StructureKind.choices, empty_label="Tous")
    member = django_filters.ChoiceFilter(
        label="Adhésion", choices=MEMBERSHIP, method="membership", empty_label="Indifférent"
    )

    class Meta:
        model = Structure
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return matching(queryset, value)

    def membership(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.filter(is_member=value == "yes")


class StructureTable(tables.Table):
    name = tables.Column(
        "Structure", linkify=("members:structure-detail", {"cpts_id": tables.A("cpts_id"), "pk": tables.A("pk")})
    )
    kind = tables.Column("Type")
    commune = tables.Column("Commune")
    representative_name = tables.Column("Représentée par")
    finess = tables.Column("FINESS")
    is_member = tables.BooleanColumn(verbose_name="Adhérente", yesno="oui,non")

    class Meta:
        model = Structure
        fields = ["name", "kind", "commune", "representative_name", "finess", "is_member"]
        order_by = "name"

    def render_is_member(self, value: bool) -> str:
        return "oui" if value else "non"

    value_is_member = render_is_member

    def order_name(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        return queryset.order_by("-sort_name" if is_descending else "sort_name", "pk"), True


class StructureList(CptsMixin, ListPage):
    needs = ("view", "members.structure")
    title = "Structures"
    template_name = "members/records/structures.html"
    filterset_class = StructureFilter
    table_class = StructureTable
    export_name = "structures"
    empty_title = "Aucune structure"
    empty_hint = "Hôpital, EHPAD, pharmacie, association d’usagers… : ajoutez celles du territoire, adhérentes ou non."

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    def get_queryset(self) -> QuerySet:
        current = Membership.objects.members_on(timezone.localdate()).filter(structure=OuterRef("pk"))
        return known_structures(self.cpts).select_related("commune").annotate(is_member=Exists(current))

    def export(self, file_format: str) -> HttpResponse:
        """The file names those who represent the structures."""
        persons = self.object_list.exclude(representative_name="").count()
        log_export(self.request, self.cpts, what=self.title, persons=persons, file_format=file_format)
        return super().export(file_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_edit=self.may("add", "members.structure"), **kwargs)


class StructureMixin(CptsMixin):
    """A page about one structure (`pk` in its URL) of one CPTS."""

    @cached_property
    def structure(self) -> Structure:
        known = Structure.objects.select_related("commune", "merged_into", "representative")
        return get_object_or_404(known, pk=self.kwargs["pk"], cpts=self.cpts)


class StructureDetail(StructureMixin, Page):
    needs = ("view", "members.structure")
    template_name = "members/records/structure.html"

    def get_title(self) -> str:
        return str(self.structure)

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, ("Structures", reverse("members:structures", args=[self.cpts.pk])))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        structure, today = self.structure, timezone.localdate()
        may_change = self.may("change", "members.structure") and not structure.merged_into_id
        memberships = list(structure.memberships.select_related("college"))
        rows = membership_rows(memberships, today=today, may_change=may_change)
        dues = list(dues_of(memberships))
        return super().get_context_data(
            structure=structure,
            may_edit=may_change,
            state=current_status(rows),
            identity=self.identity_rows(),
            people=people_practising_at(structure, today),
            memberships=rows,
            dues=due_rows(dues, self.cpts.pk, today=today),
            documents=documents_of(memberships, dues, self.cpts.pk, today),
            panels=drawn_panels(structure, self.request),
            free_fields=shown_values(self.cpts, CustomField.Target.STRUCTURE, structure.extra),
            look_alikes=alike(self.cpts, identity_of(structure), structure) if may_change else [],
            enrol_url=(
                ""
                if has_open(memberships, today)
                else reverse("members:membership-enrol", args=[self.cpts.pk, "structures", structure.pk])
            ),
            events=self.events(),
            **kwargs,
        )

    def events(self) -> list[ChangeEvent]:
        keys = [self.structure.pk, *self.structure.merged.values_list("pk", flat=True)]
        return changes_of(*history_of(self.structure.history, "structure_id", keys))

    def identity_rows(self) -> list[tuple[str, Any]]:
        row = self.structure
        return [
            ("Type", row.get_kind_display()),
            ("Représentée par", representative_text(row)),
            ("Adresse", ", ".join(str(part) for part in (row.address, row.commune) if part)),
            ("Adresse électronique", row.email),
            ("Téléphone", row.phone),
            ("FINESS", row.finess),
            ("SIRET", row.siret),
        ]


def representative_text(row: Structure) -> str:
    """The name as written, which leads to the record when the register knows that person; then her title."""
    name = row.representative_name or str(row.representative or "")
    if row.representative:
        name = format_html('<a href="{}">{}</a>', card_url(row.representative), name)
    parts = [(part,) for part in (name, row.representative_title) if part]
    return format_html_join(", ", "{}", parts)


def identity_of(row: Structure) -> StructureIdentity:
    return StructureIdentity.of(name=row.name, commune_id=row.commune_id, finess=row.finess, siret=row.siret)


def alike(cpts: Any, identity: StructureIdentity, structure: Structure | None) -> list[dict[str, Any]]:
    """Structures that look like this identity, unless somebody said that they are different."""
    apart = known_apart(cpts, NotDuplicate.Target.STRUCTURE) if structure else set()
    own = structure.pk if structure else None
    return [
        {
            "record": other,
            "signs": ", ".join(signs),
            "url": card_url(other),
            "compare_url": reverse("members:structure-compare", args=[cpts.pk, own, other.pk]) if own else "",
        }
        for other, signs in candidates_for(cpts, identity, besides=own).items()
        if own is None or (min(own, other.pk), max(own, other.pk)) not in apart
    ]


class StructureFormPage(CptsMixin, FormPage):
    template_name = "members/records/structure_form.html"
    form_class = StructureForm

    @property
    def registered(self) -> Structure | None:
        """The structure whose card is changed; none when it is added."""
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts}

    def form_valid(self, form: StructureForm) -> HttpResponse:
        found = alike(self.cpts, form.identity(), self.registered)
        asked = {str(each["record"].pk) for each in found}
        if asked and not (form.cleaned_data["another_structure"] and asked <= set(form.cleaned_data["seen"].split())):
            asked_again(form, seen=" ".join(sorted(asked)), without=["another_structure"])
            return self.render_to_response(self.get_context_data(form=form, look_alikes=found), status=422)
        try:
            self.saved = self.save(form, [each["record"] for each in found])
        except NumberTaken as taken:
            form.add_error("finess", taken)
            return self.form_invalid(form)
        except StaleEdit:
            return self.edited_meanwhile(form)
        return super().form_valid(form)

    def save(self, form: StructureForm, apart_from: list[Structure]) -> Structure:
        raise NotImplementedError

    def edited_meanwhile(self, form: StructureForm) -> HttpResponse:
        raise NotImplementedError

    def get_success_url(self) -> str:
        return card_url(self.saved)


class StructureAdd(StructureFormPage):
    needs = ("add", "members.structure")
    title = "Ajouter une structure"
    submit_label = "Ajouter au registre"
    success_message = "La structure est ajoutée au registre."

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, ("Structures", reverse("members:structures", args=[self.cpts.pk])))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Structure(cpts=self.cpts)}

    def save(self, form: StructureForm, apart_from: list[Structure]) -> Structure:
        return register_structure(
            self.cpts, values=form.said(), extra=form.said_extra(), apart_from=apart_from, by=self.request.user
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("members:structures", args=[self.cpts.pk]), **kwargs)


class StructureEdit(StructureMixin, StructureFormPage):
    needs = ("change", "members.structure")
    success_message = "La fiche est enregistrée."

    @property
    def registered(self) -> Structure:
        return self.structure

    def get_title(self) -> str:
        return f"Modifier la fiche : {self.structure}"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, card_crumb(self.structure))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.structure.merged_into_id:
            return redirect(card_url(self.structure))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.copy_of_record()}

    def copy_of_record(self) -> Structure:
        """The form works on its own copy: what was typed never shows as saved on a page that comes back."""
        return Structure.objects.select_related("commune", "representative").get(pk=self.structure.pk)

    def save(self, form: StructureForm, apart_from: list[Structure]) -> Structure:
        return update_structure(
            self.structure,
            values=form.said(),
            extra=form.said_extra(),
            version=form.cleaned_data["version"],
            apart_from=apart_from,
            by=self.request.user,
        )

    def edited_meanwhile(self, form: StructureForm) -> HttpResponse:
        """The form comes back as typed, beside what somebody else saved; sending it again is then a choice."""
        saved = self.copy_of_record()
        typed_over(form, saved)
        typed = Structure(**form.said())
        pairs = [(form.fields[name].label, shown(saved, name), shown(typed, name)) for name in NAMES]
        comparison = [row for row in pairs if row[1] != row[2]]
        return self.render_to_response(self.get_context_data(form=form, comparison=comparison), status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=card_url(self.structure), **kwargs)


def shown(structure: Structure, name: str) -> str:
    return structure.get_kind_display() if name == "kind" else str(getattr(structure, name) or "")
