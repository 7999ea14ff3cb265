"""Tables and filters of the national directory."""

from collections.abc import Callable
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpts_portal.core.text import date_fr, fold, plural
from members.directory.register import KnownPerson, ProfessionCount, records_of
from members.models import (
    DirectoryEntry,
    DirectoryImport,
    DirectoryMove,
    DirectoryPractice,
    ExerciseMode,
    Professional,
)
from members.shared.directory_differences import spelled
from territories.models import Cpts

KNOWN_TONES = {KnownPerson.MEMBER: "success", KnownPerson.REGISTER: "info", KnownPerson.UNKNOWN: "neutral"}
STATUS_TONES = {
    DirectoryImport.Status.WAITING: "info",
    DirectoryImport.Status.RUNNING: "info",
    DirectoryImport.Status.APPLIED: "success",
    DirectoryImport.Status.FAILED: "danger",
}
MOVEMENTS = [("arrivals", "Arrivés"), ("departures", "Partis"), ("moves", "Ont changé de commune")]
ONE_LINE = {"td": {"class": "text-nowrap"}}


def badge(label: str, tone: str) -> SafeString:
    return SafeString(render_to_string("ui/badge.html", {"label": label, "tone": tone}))


class DirectoryFilter(django_filters.FilterSet):
    """Conditions on the persons of a territory; `here`: their practices on this territory, today (or just ended).

    `moved`: kind of movement -> the moves of the last import.
    """

    q = django_filters.CharFilter(label="Nom ou RPPS", method="search")
    profession = django_filters.ChoiceFilter(label="Profession", method="by_profession", empty_label="Toutes")
    commune = django_filters.CharFilter(label="Commune", method="by_commune")
    mode = django_filters.ChoiceFilter(
        label="Mode d’exercice", choices=ExerciseMode.choices, method="by_mode", empty_label="Tous"
    )
    state = django_filters.ChoiceFilter(
        label="Dans le registre", choices=KnownPerson.choices, empty_label="Indifférent"
    )
    movement = django_filters.ChoiceFilter(
        label="Depuis le dernier import", choices=MOVEMENTS, method="by_movement", empty_label="Tout le monde"
    )

    class Meta:
        model = DirectoryEntry
        fields: list[str] = []

    def __init__(
        self,
        *args: Any,
        here: QuerySet[DirectoryPractice],
        professions: list[ProfessionCount],
        moved: Callable[[str], QuerySet[DirectoryMove]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.here = here
        self.moved = moved
        choices = [(str(row.profession.pk), row.profession.name) for row in professions]
        choices += self._gone_professions({value for value, _ in choices})
        self.filters["profession"].extra["choices"] = choices

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        for word in fold(value).split():
            queryset = queryset.filter(search__contains=word)
        return queryset

    def by_profession(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.filter(pk__in=self.here.filter(profession_id=value).order_by().values("entry"))

    def by_commune(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        here = self.here
        for word in fold(value).split():
            here = here.filter(commune__search__contains=word)
        return queryset.filter(pk__in=here.order_by().values("entry"))

    def by_mode(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.filter(pk__in=self.here.filter(mode=value).order_by().values("entry"))

    def by_movement(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        """Those who arrived in the profession asked for, even when they practised another one before."""
        moves = self.moved(value)
        profession = self.form.cleaned_data.get("profession")
        if profession:
            moves = moves.filter(profession=profession)
        return queryset.filter(pk__in=moves.filter(entry__isnull=False).order_by().values("entry"))

    def _gone_professions(self, known: set[str]) -> list[tuple[str, str]]:
        """The last one of a profession may have left: among those who left, it can be asked for."""
        if self.data.get("movement") != DirectoryMove.Kind.DEPARTURES:
            return []
        gone = self.moved(DirectoryMove.Kind.DEPARTURES).filter(profession__isnull=False).order_by()
        rows = gone.values_list("profession", "profession__name").distinct()
        return [(str(pk), name) for pk, name in rows if str(pk) not in known]


class DirectoryTable(tables.Table):
    """Persons of the directory who practise on the territory, each once, and what the register knows of them."""

    caption = "Professionnels du territoire"
    name = tables.Column("Nom", accessor="last_name", order_by=("last_name", "first_name", "rpps"))
    profession = tables.Column(
        "Profession", accessor="profession__name", order_by=("profession__rank", "last_name", "first_name", "pk")
    )
    places = tables.Column("Exercice sur le territoire", empty_values=(), orderable=False)
    rpps = tables.Column("RPPS", orderable=False)
    state = tables.Column("Dans le registre", order_by=("state", "last_name", "first_name", "pk"))
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

    def render_name(self, record: Any) -> str:
        name = full_name(record)
        known = self.records.get(record.pk)
        card = reverse("members:person-detail", args=[self.cpts.pk, known.pk]) if known else ""
        return format_html('<a class="fw-semibold" href="{}">{}</a>', card, name) if card else name

    def value_name(self, record: Any) -> str:
        return full_name(record)

    def render_places(self, record: Any) -> str:
        return " ; ".join(dict.fromkeys(place_of(row) for row in record.here))

    def render_state(self, value: str) -> SafeString:
        known = KnownPerson(value)
        return badge(known.label, KNOWN_TONES[known])

    def value_state(self, value: str) -> str:
        return str(KnownPerson(value).label)

    def render_action(self, record: Any) -> str:
        if record.state != KnownPerson.UNKNOWN:
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
