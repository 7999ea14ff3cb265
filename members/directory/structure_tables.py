"""Table and filters of the structures of FINESS on a territory."""

from collections.abc import Callable
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpts_portal.core.text import fold, plural
from members.directory.finess_words import place_words
from members.directory.structures import KnownStructure, differences_among, records_by_finess
from members.directory.tables import badge
from members.models import DirectoryMove, DirectoryStructure, Structure, StructureKind
from members.shared.directory_differences import Difference
from territories.models import Cpts

TONES = {
    KnownStructure.MEMBER: "success",
    KnownStructure.REGISTER: "info",
    KnownStructure.LOOK_ALIKE: "warning",
    KnownStructure.UNKNOWN: "neutral",
}
MOVEMENTS = [("arrivals", "Nouvelles"), ("departures", "Disparues")]


class DirectoryStructureFilter(django_filters.FilterSet):
    """`moved`: kind of movement -> the moves of the last import of FINESS; `differing`: ids of those that differ."""

    q = django_filters.CharFilter(label="Nom ou FINESS", method="search")
    kind = django_filters.ChoiceFilter(label="Type", choices=StructureKind.choices, empty_label="Tous")
    commune = django_filters.CharFilter(label="Commune", method="by_commune")
    state = django_filters.ChoiceFilter(
        label="Dans le registre", choices=KnownStructure.choices, empty_label="Indifférent"
    )
    movement = django_filters.ChoiceFilter(
        label="Depuis le dernier import", choices=MOVEMENTS, method="by_movement", empty_label="Toutes"
    )
    differs = django_filters.ChoiceFilter(
        label="Différences",
        choices=[("yes", "Avec des différences")],
        method="by_difference",
        empty_label="Indifférent",
    )

    class Meta:
        model = DirectoryStructure
        fields: list[str] = []

    def __init__(
        self,
        *args: Any,
        moved: Callable[[str], QuerySet[DirectoryMove]],
        differing: Callable[[], dict[int, list[Difference]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.moved, self.differing = moved, differing

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        for word in fold(value).split():
            queryset = queryset.filter(search__contains=word)
        return queryset

    def by_commune(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        for word in fold(value).split():
            queryset = queryset.filter(commune__search__contains=word)
        return queryset

    def by_movement(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        moves = self.moved(value).filter(structure__isnull=False).order_by()
        return queryset.filter(pk__in=moves.values("structure"))

    def by_difference(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.filter(pk__in=list(self.differing()))


class DirectoryStructureTable(tables.Table):
    """Structures of FINESS on the territory, and what the register knows of each."""

    caption = "Structures du territoire"
    name = tables.Column("Structure", order_by=("name", "pk"))
    kind = tables.Column("Type", order_by=("kind", "name"))
    commune = tables.Column("Commune", accessor="commune__name", order_by=("commune__name", "name"))
    finess = tables.Column("FINESS", orderable=False)
    state = tables.Column("Dans le registre", order_by=("state", "name", "pk"))
    action = tables.Column("Action", empty_values=(), orderable=False, exclude_from_export=True)

    class Meta:
        order_by = "name"

    def __init__(self, *args: Any, cpts: Cpts, may_add: bool, **kwargs: Any) -> None:
        self.cpts, self.may_add = cpts, may_add
        super().__init__(*args, **kwargs)

    @cached_property
    def shown(self) -> list[DirectoryStructure]:
        return [row.record for row in self.paginated_rows]

    @cached_property
    def records(self) -> dict[str, Structure]:
        """The records of the register of the rows of this page, read at once."""
        return records_by_finess(self.cpts, [said.finess for said in self.shown])

    @cached_property
    def differences(self) -> dict[int, list[Difference]]:
        return differences_among(self.cpts, self.shown)

    def render_name(self, record: Any) -> str:
        known = self.records.get(record.finess)
        card = reverse("members:structure-detail", args=[self.cpts.pk, known.pk]) if known else ""
        name = place_words(record.name)
        return format_html('<a class="fw-semibold" href="{}">{}</a>', card, name) if card else name

    def value_name(self, record: Any) -> str:
        return place_words(record.name)

    def render_state(self, value: str) -> SafeString:
        known = KnownStructure(value)
        return badge(known.label, TONES[known])

    def value_state(self, value: str) -> str:
        return str(KnownStructure(value).label)

    def render_action(self, record: Any) -> str:
        if record.end is not None:
            return ""
        if record.finess in self.records:
            count = len(self.differences.get(record.pk, ()))
            return self._button("directory-structure", record, plural(count, "différence")) if count else ""
        if not self.may_add:
            return ""
        is_alike = record.state == KnownStructure.LOOK_ALIKE
        return self._button("directory-structure-add", record, "Rattacher ou ajouter" if is_alike else "Ajouter")

    def _button(self, name: str, record: DirectoryStructure, label: str) -> str:
        return format_html(
            '<a class="btn btn-sm btn-outline-secondary text-nowrap" href="{}">{}'
            '<span class="visually-hidden"> : {}</span></a>',
            reverse(f"members:{name}", args=[self.cpts.pk, record.pk]),
            label,
            place_words(record.name),
        )
