"""Tables and filters of the national directory."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpts_portal.core.links import address
from cpts_portal.core.text import date_fr, fold, plural
from members.directory_import.linking import spelled
from members.directory_register import Known, ProfessionCount, records_of
from members.models import DirectoryEntry, DirectoryImport, DirectoryPractice, ExerciseMode, Professional
from territories.models import Cpts

KNOWN_TONES = {Known.MEMBER: "success", Known.REGISTER: "info", Known.UNKNOWN: "neutral"}
STATUS_TONES = {
    DirectoryImport.Status.WAITING: "info",
    DirectoryImport.Status.RUNNING: "info",
    DirectoryImport.Status.APPLIED: "success",
    DirectoryImport.Status.FAILED: "danger",
}
ONE_LINE = {"td": {"class": "text-nowrap"}}


def badge(label: str, tone: str) -> SafeString:
    return SafeString(render_to_string("ui/badge.html", {"label": label, "tone": tone}))


class DirectoryFilter(django_filters.FilterSet):
    """Conditions on the persons of a territory; `here`: their practices on this territory, today."""

    q = django_filters.CharFilter(label="Nom ou RPPS", method="search")
    profession = django_filters.ChoiceFilter(label="Profession", method="by_profession", empty_label="Toutes")
    commune = django_filters.CharFilter(label="Commune", method="by_commune")
    mode = django_filters.ChoiceFilter(
        label="Mode d’exercice", choices=ExerciseMode.choices, method="by_mode", empty_label="Tous"
    )
    state = django_filters.ChoiceFilter(label="Dans le registre", choices=Known.choices, empty_label="Indifférent")

    class Meta:
        model = DirectoryEntry
        fields: list[str] = []

    def __init__(
        self, *args: Any, here: QuerySet[DirectoryPractice], professions: list[ProfessionCount], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.here = here
        choices = [(str(row.profession.pk), row.profession.name) for row in professions]
        self.filters["profession"].extra["choices"] = choices

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        for word in fold(value).split():
            queryset = queryset.filter(search__contains=word)
        return queryset

    def by_profession(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.filter(pk__in=self.here.filter(profession=value).order_by().values("entry"))

    def by_commune(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        here = self.here
        for word in fold(value).split():
            here = here.filter(commune__search__contains=word)
        return queryset.filter(pk__in=here.order_by().values("entry"))

    def by_mode(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.filter(pk__in=self.here.filter(mode=value).order_by().values("entry"))


class DirectoryTable(tables.Table):
    """Persons of the directory who practise on the territory, each once, and what the register knows of them."""

    caption = "Professionnels du territoire"
    name = tables.Column("Nom", accessor="last_name", order_by=("last_name", "first_name", "rpps"))
    profession = tables.Column("Profession", accessor="profession__name", order_by=("profession__rank", "last_name"))
    places = tables.Column("Exercice sur le territoire", empty_values=(), orderable=False)
    rpps = tables.Column("RPPS", orderable=False)
    state = tables.Column("Dans le registre")
    action = tables.Column("Action", empty_values=(), orderable=False, exclude_from_export=True)

    class Meta:
        order_by = "name"

    def __init__(self, *args: Any, cpts: Cpts, may_add: bool, **kwargs: Any) -> None:
        self.cpts = cpts
        super().__init__(*args, **kwargs)
        if not may_add:
            self.columns.hide("action")

    @cached_property
    def records(self) -> dict[int, Professional]:
        """The records of the register of the rows of this page, read at once."""
        return records_of(self.cpts, [row.record for row in self.paginated_rows])

    def render_name(self, record: DirectoryEntry) -> str:
        name = full_name(record)
        known = self.records.get(record.pk)
        card = address("members:person-detail", self.cpts.pk, known.pk) if known else ""
        return format_html('<a class="fw-semibold" href="{}">{}</a>', card, name) if card else name

    def value_name(self, record: DirectoryEntry) -> str:
        return full_name(record)

    def render_places(self, record: DirectoryEntry) -> str:
        return " ; ".join(dict.fromkeys(place_of(row) for row in record.here))

    def render_state(self, value: str) -> SafeString:
        known = Known(value)
        return badge(known.label, KNOWN_TONES[known])

    def value_state(self, value: str) -> str:
        return str(Known(value).label)

    def render_action(self, record: DirectoryEntry) -> str:
        if record.state != Known.UNKNOWN:
            return ""
        url = reverse("members:directory-add", args=[self.cpts.pk, record.pk])
        return format_html(
            '<a class="btn btn-sm btn-outline-secondary text-nowrap" href="{}">Ajouter au registre'
            '<span class="visually-hidden"> : {}</span></a>',
            url,
            full_name(record),
        )


class DirectoryImportTable(tables.Table):
    caption = "Imports des annuaires nationaux"
    created_at = tables.DateTimeColumn(verbose_name="Déposé le", format="j F Y à H:i", attrs=ONE_LINE)
    filename = tables.Column(verbose_name="Fichier")
    source = tables.Column(verbose_name="Source")
    observed_on = tables.Column(verbose_name="Données du", attrs=ONE_LINE)
    author = tables.Column(verbose_name="Par", empty_values=())
    counts = tables.Column(verbose_name="Bilan", empty_values=())
    status = tables.Column(verbose_name="État", attrs=ONE_LINE)

    class Meta:
        orderable = False

    def render_filename(self, record: DirectoryImport) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("members:directory-import", args=[record.pk]), record.filename
        )

    def render_source(self, record: DirectoryImport) -> str:
        return "FINESS" if record.source == DirectoryImport.Source.FINESS else "Annuaire Santé"

    def render_observed_on(self, value: Any) -> str:
        return date_fr(value)

    def render_author(self, record: DirectoryImport) -> str:
        return record.author.get_full_name() if record.author else "une commande"

    def render_counts(self, record: DirectoryImport) -> str:
        if record.status != DirectoryImport.Status.APPLIED:
            return "–"
        kept = plural(record.counts.get("kept", 0), "ligne gardée", "lignes gardées")
        refused = record.counts.get("refused", 0)
        return f"{kept}, {plural(refused, 'refusée', 'refusées')}" if refused else kept

    def render_status(self, record: DirectoryImport) -> SafeString:
        return badge(record.get_status_display(), STATUS_TONES[DirectoryImport.Status(record.status)])


def full_name(entry: DirectoryEntry) -> str:
    return f"{spelled(entry.first_name)} {spelled(entry.last_name)}"


def place_of(row: DirectoryPractice) -> str:
    """« Saint-Brieuc (libéral) »."""
    mode = f" ({row.get_mode_display().lower()})" if row.mode else ""
    return f"{row.commune.name}{mode}"
