"""The national directory on the territory of a CPTS: who practises there, what moved, who may join the register."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.pages import ConfirmPage, CptsMixin, Crumb, ListPage, Page
from members.directory.imports import (
    LinkRefused,
    Sentence,
    last_import,
    left_practices,
    listed_kinds,
    moves_in,
    practices_in,
    practitioners_of,
    sentences_for,
    structure_counts,
)
from members.directory.register import KnownPerson, add_to_register, known_state, look_alikes, profession_counts
from members.directory.tables import DirectoryFilter, DirectoryTable, full_name, place_of
from members.models import DirectoryEntry, DirectoryImport, DirectoryMove, DirectoryPractice
from members.shared.exports_log import log_export
from territories.models import Cpts

READ_DIRECTORY = ("view", "members.directoryentry")
TABS = (
    ("Par profession", "directory"),
    ("Professionnels", "directory-people"),
    ("Structures", "directory-structures"),
    ("Rattachements", "directory-links"),
    ("Différences", "directory-differences"),
)


def directory_crumbs(cpts: Cpts, *more: Crumb) -> list[Crumb]:
    return [
        (cpts.full_name, reverse("territories:cpts-detail", args=[cpts.pk])),
        ("Annuaire national", reverse("members:directory", args=[cpts.pk])),
        *more,
    ]


def tabs_for(cpts: Cpts, opened: str) -> list[tuple[str, str, bool]]:
    return [(label, reverse(f"members:{name}", args=[cpts.pk]), name == opened) for label, name in TABS]


class DirectoryMixin(CptsMixin):
    """A tab of the directory of one CPTS."""

    needs = READ_DIRECTORY
    tab = ""

    def breadcrumbs(self) -> list[Crumb]:
        crumbs = directory_crumbs(self.cpts)
        return crumbs[:1] if self.tab == "directory" else crumbs

    @cached_property
    def last(self) -> DirectoryImport | None:
        return last_import()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs_for(self.cpts, self.tab), **kwargs)


class Directory(DirectoryMixin, Page):
    """Professions of the territory with who is known, and what the last import changed."""

    title = "Annuaire national"
    template_name = "members/directory/overview.html"
    tab = "directory"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        professions = profession_counts(self.cpts, timezone.localdate()) if self.last else []
        finess = last_import(DirectoryImport.Source.FINESS)
        totals = {state: sum(row.by_state[state] for row in professions) for state in KnownPerson.values}
        return super().get_context_data(
            last=self.last,
            professions=professions,
            totals=totals,
            total=sum(totals.values()),
            sentences=[self.linked(sentence) for sentence in sentences_for(self.cpts)] if self.last else [],
            structure_moves=[] if finess is None or finess.counts.get("first") else self.structure_moves(),
            structures_url=reverse("members:directory-structures", args=[self.cpts.pk]),
            people_url=reverse("members:directory-people", args=[self.cpts.pk]),
            statistics_url=reverse("members:statistics", args=[self.cpts.pk]),
            **kwargs,
        )

    def linked(self, sentence: Sentence) -> list[tuple[str, str, str]]:
        """The parts of a sentence: text, the list it opens (or nothing), what follows."""
        people = reverse("members:directory-people", args=[self.cpts.pk])
        return [
            (
                part.text,
                f"{people}?movement={part.kind}&profession={part.profession_id}" if part.kind else "",
                part.tail,
            )
            for part in sentence
        ]

    def structure_moves(self) -> list[tuple[str, list[tuple[str, str, int]]]]:
        """(movement, kinds of structures with their number), as the last import of FINESS counted them."""
        found = structure_counts(self.cpts)
        return [(kind, listed) for kind in ("arrivals", "departures") if (listed := listed_kinds(kind, found))]


class DirectoryPeople(DirectoryMixin, ListPage):
    """Every person of the directory on the territory, each once; or those who arrived, left or moved."""

    title = "Professionnels du territoire"
    template_name = "members/directory/people.html"
    tab = "directory-people"
    filterset_class = DirectoryFilter
    table_class = DirectoryTable
    export_name = "professionnels-du-territoire"
    empty_title = "Aucun professionnel ne correspond"

    @cached_property
    def has_left(self) -> bool:
        """The list is that of those who left: their places are the ones that the last import ended."""
        return self.request.GET.get("movement") == DirectoryMove.Kind.DEPARTURES and self.last is not None

    @cached_property
    def here(self) -> QuerySet[DirectoryPractice]:
        day = timezone.localdate()
        if self.has_left and self.last:
            return left_practices(self.cpts, self.last, day)
        return practices_in(self.cpts, day)

    def get_queryset(self) -> QuerySet[DirectoryEntry]:
        day = timezone.localdate()
        here = self.here.select_related("commune").order_by("commune__name", "mode", "pk")
        people = DirectoryEntry.objects.all() if self.has_left else practitioners_of(self.cpts, day)
        return (
            people.select_related("profession")
            .annotate(state=known_state(self.cpts, day))
            .prefetch_related(Prefetch("practices", here, to_attr="here"))
        )

    def get_filterset_kwargs(self, filterset_class: type[DirectoryFilter]) -> dict[str, Any]:
        own = {
            "here": self.here,
            "professions": profession_counts(self.cpts, timezone.localdate()),
            "moved": lambda kind: moves_in(self.cpts, self.last, kind),
        }
        return {**super().get_filterset_kwargs(filterset_class), **own}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "is_loaded": bool(context["total"]) or self.last is not None}

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"cpts": self.cpts, "may_add": self.may("add", "members.professional") and not self.has_left}

    def export(self, file_format: str) -> HttpResponse:
        """The directory is public, but the export says who is a member: it is written down."""
        count = self.object_list.count()
        log_export(self.request, self.cpts, what=self.title, persons=count, file_format=file_format)
        return super().export(file_format)


class DirectoryAdd(CptsMixin, ConfirmPage):
    """A person of the directory becomes a record of the register, linked; nothing makes her a member."""

    needs = ("add", "members.professional")
    submit_label = "Ajouter au registre"
    danger = False

    @cached_property
    def entry(self) -> DirectoryEntry:
        return get_object_or_404(DirectoryEntry.objects.select_related("profession"), pk=self.kwargs["entry_id"])

    def breadcrumbs(self) -> list[Crumb]:
        return directory_crumbs(self.cpts, ("Professionnels", reverse("members:directory-people", args=[self.cpts.pk])))

    def get_title(self) -> str:
        return f"Ajouter {full_name(self.entry)} au registre"

    def get_question(self) -> str:
        return f"Ajouter {full_name(self.entry)} ({self.entry.profession.name}, RPPS {self.entry.rpps}) au registre ?"

    def consequences(self) -> list[str]:
        day = timezone.localdate()
        here = practices_in(self.cpts, day).filter(entry=self.entry).select_related("commune").order_by("pk")
        places = list(dict.fromkeys(place_of(row) for row in here))
        found = ["La fiche reprend le nom, le RPPS et la profession de l’annuaire national, et y reste rattachée."]
        if places:
            found.append(f"Lieux d’exercice repris : {', '.join(places)}.")
        found.append("La personne ne devient pas adhérente pour autant.")
        alike = ", ".join(
            f"{record} ({', '.join(signs)})" for record, signs in look_alikes(self.cpts, self.entry).items()
        )
        if alike:
            found.append(
                f"Attention, le registre contient déjà : {alike}. Si c’est la même personne, rattachez sa fiche."
            )
        return found

    def back(self) -> str:
        return reverse("members:directory-people", args=[self.cpts.pk])

    def act(self) -> str:
        try:
            person = add_to_register(self.cpts, self.entry, day=timezone.localdate(), by=self.request.user)
        except LinkRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return f"{person} est au registre."
