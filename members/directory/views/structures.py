"""Structures of FINESS on the territory of a CPTS: who is in the register, added, linked, what differs."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.text import plural
from cpts_portal.pages import CptsMixin, Crumb, ListPage, Page, PortalView
from members.directory.finess_words import place_words
from members.directory.imports import LinkRefused, last_import, moves_in, structures_of
from members.directory.structure_tables import DirectoryStructureFilter, DirectoryStructureTable
from members.directory.structures import (
    COMPARED,
    add_structure,
    differing,
    link_structure,
    record_of,
    structure_differences,
    structure_state,
    take_over_structure,
    to_link,
)
from members.directory.views.directory import READ_DIRECTORY, DirectoryMixin, directory_crumbs
from members.models import DirectoryImport, DirectoryMove, DirectoryStructure, Structure

READ_STRUCTURES = ("view", "members.directorystructure")
ADD_STRUCTURE = ("add", "members.structure")
CHANGE_STRUCTURE = ("change", "members.structure")


class DirectoryStructures(DirectoryMixin, ListPage):
    """Every open structure of FINESS on the territory; or those that the last import opened or closed."""

    title = "Structures du territoire"
    template_name = "members/directory/structures.html"
    tab = "directory-structures"
    needs = READ_STRUCTURES
    filterset_class = DirectoryStructureFilter
    table_class = DirectoryStructureTable
    export_name = "structures-du-territoire"
    empty_title = "Aucune structure ne correspond"

    @cached_property
    def last(self) -> DirectoryImport | None:
        return last_import(DirectoryImport.Source.FINESS)

    def get_queryset(self) -> QuerySet[DirectoryStructure]:
        day = timezone.localdate()
        if self.request.GET.get("movement") == DirectoryMove.Kind.DEPARTURES:
            rows = DirectoryStructure.objects.all()
        else:
            rows = structures_of(self.cpts, day)
        return rows.select_related("commune").annotate(state=structure_state(self.cpts, day))

    def get_filterset_kwargs(self, filterset_class: type[DirectoryStructureFilter]) -> dict[str, Any]:
        own = {
            "moved": lambda kind: moves_in(self.cpts, self.last, kind),
            "differing": lambda: differing(self.cpts, timezone.localdate()),
        }
        return {**super().get_filterset_kwargs(filterset_class), **own}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(last=self.last, **kwargs)

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"cpts": self.cpts, "may_add": self.may("add", "members.structure")}


class DirectoryStructureMixin(CptsMixin):
    """A page about one structure of FINESS (`directory_structure_id` in its URL) on the territory of a CPTS."""

    @cached_property
    def said(self) -> DirectoryStructure:
        here = structures_of(self.cpts, timezone.localdate()).select_related("commune")
        return get_object_or_404(here, pk=self.kwargs["directory_structure_id"])

    @cached_property
    def record(self) -> Structure | None:
        return record_of(self.cpts, self.said)

    def breadcrumbs(self) -> list[Crumb]:
        listed = ("Structures", reverse("members:directory-structures", args=[self.cpts.pk]))
        return directory_crumbs(self.cpts, listed)

    def to_the_list(self) -> HttpResponse:
        return redirect("members:directory-structures", self.cpts.pk)


class AddStructure(DirectoryStructureMixin, Page):
    """A structure that the register does not know: it is one of these records, or a new one."""

    needs = ADD_STRUCTURE
    template_name = "members/directory/structure_add.html"

    def get_title(self) -> str:
        return f"{place_words(self.said.name)} et le registre"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = [
            (record, signs, reverse("members:structure-detail", args=[self.cpts.pk, record.pk]))
            for record, signs in to_link(self.cpts, self.said).items()
        ]
        read = [(compared.label, compared.read(self.said), compared.shown) for compared in COMPARED.values()]
        facts = [("FINESS", self.said.finess), *((label, shown(value)) for label, value, shown in read if value)]
        return super().get_context_data(said=self.said, facts=facts, found=found, record=self.record, **kwargs)

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        try:
            made = add_structure(self.cpts, self.said, by=self.request.user)
        except LinkRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{made} est au registre. La structure ne devient pas adhérente pour autant.")
        return self.to_the_list()


class LinkStructure(DirectoryStructureMixin, PortalView):
    """The record chosen is this structure of FINESS."""

    needs = CHANGE_STRUCTURE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        offered = {str(record.pk): record for record in to_link(self.cpts, self.said)}
        chosen = offered.get(request.POST.get("record", ""))
        try:
            if chosen is None:
                raise LinkRefused("Cette fiche ne peut plus être rattachée : relisez les fiches proposées.")
            linked = link_structure(chosen, self.said, by=self.request.user)
        except LinkRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("members:directory-structure-add", self.cpts.pk, self.said.pk)
        messages.success(request, f"{linked} porte maintenant le FINESS {linked.finess}. Le reste n’a pas changé.")
        if structure_differences(linked, self.said):
            return redirect("members:directory-structure", self.cpts.pk, self.said.pk)
        return self.to_the_list()


class ComparedStructure(DirectoryStructureMixin, Page):
    """What was typed beside what FINESS says; each difference is taken over or left, one by one."""

    needs = READ_DIRECTORY
    template_name = "members/directory/structure.html"

    def get_title(self) -> str:
        return f"{self.record or place_words(self.said.name)} et FINESS"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = self.record
        return super().get_context_data(
            said=self.said,
            record=record,
            differences=structure_differences(record, self.said) if record else [],
            chosen=self.request.POST.getlist("field"),
            card_url=reverse("members:structure-detail", args=[self.cpts.pk, record.pk]) if record else "",
            may_write=self.may("change", "members.structure"),
            **kwargs,
        )


class StructureTakeOver(ComparedStructure):
    """Write what was ticked, and nothing else; a refusal comes back with the same boxes ticked."""

    needs = CHANGE_STRUCTURE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        try:
            if self.record is None:
                raise LinkRefused("Cette structure n’est pas au registre : ajoutez-la d’abord.")
            done = take_over_structure(self.record, self.said, request.POST.getlist("field"), by=self.request.user)
        except LinkRefused as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data(), status=422)
        sentence = plural(len(done), "donnée reprise", "données reprises")
        messages.success(request, f"{sentence} de FINESS pour {self.record}. Le reste de la fiche n’a pas changé.")
        return self.to_the_list()
