"""Tables of the import pages: 50 rows at a time, whatever the size of the file."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join

from cpts_portal.core.text import NO_BREAK_SPACE, number_fr
from territories.commune_import import Change, CptsEffect, Ended
from territories.imports.views.words import change_label, nature_label, summary
from territories.models import Commune, CommuneImport, Epci

STATUS_TONES = {
    CommuneImport.Status.READING: "info",
    CommuneImport.Status.PREVIEW: "info",
    CommuneImport.Status.RUNNING: "info",
    CommuneImport.Status.APPLIED: "success",
    CommuneImport.Status.FAILED: "danger",
    CommuneImport.Status.REFUSED: "danger",
    CommuneImport.Status.UNDONE: "neutral",
    CommuneImport.Status.NOTHING: "neutral",
}


ONE_LINE = {"td": {"class": "text-nowrap"}}
FIGURE = {"td": {"class": "num"}, "th": {"class": "num"}}


def badge(label: str, tone: str) -> str:
    return render_to_string("ui/badge.html", {"label": label, "tone": tone})


class ImportTable(tables.Table):
    """The imports kept, the latest first."""

    created_at = tables.DateTimeColumn(verbose_name="Déposé le", format="j F Y à H:i", attrs=ONE_LINE)
    filename = tables.Column(verbose_name="Fichier")
    vintage = tables.Column(verbose_name="Millésime")
    author = tables.Column(verbose_name="Par", empty_values=())
    counts = tables.Column(verbose_name="Bilan", empty_values=())
    status = tables.Column(verbose_name="État", attrs=ONE_LINE)

    class Meta:
        orderable = False

    def render_filename(self, record: CommuneImport) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("territories:import-detail", args=[record.pk]), record.filename
        )

    def render_author(self, record: CommuneImport) -> str:
        return record.author.get_full_name() if record.author else record.get_origin_display()

    def render_vintage(self, value: int) -> str:
        return str(value or "–")

    def render_counts(self, record: CommuneImport) -> str:
        if record.status == CommuneImport.Status.REFUSED:
            return summary({"refused": record.counts.get("refused", 0)}, nothing="rien n’a été enregistré")
        return "–" if record.status == CommuneImport.Status.READING else summary(record.counts)

    def render_status(self, record: CommuneImport) -> str:
        return badge(record.get_status_display(), STATUS_TONES[CommuneImport.Status(record.status)])


class ChangeTable(tables.Table):
    """Changes of a preview. Codes are shown with the names found for the rows of the page, all at once."""

    name = tables.Column(verbose_name="Commune")
    field = tables.Column(verbose_name="Ce qui change", empty_values=())
    before = tables.Column(verbose_name="Avant")
    after = tables.Column(verbose_name="Après")

    class Meta:
        orderable = False
        empty_text = "Aucun changement de cette nature."

    def render_name(self, record: Change) -> str:
        return commune(record.code, record.name)

    def render_field(self, record: Change) -> str:
        return change_label(record)

    def render_before(self, record: Any, value: str) -> str:
        return self.readable(record.field, value)

    def render_after(self, record: Any, value: str) -> str:
        return self.readable(record.field, value)

    def readable(self, field: str, value: str) -> str:
        if field.startswith("population") and value.isdigit():
            return number_fr(int(value))
        if field == "ended_on":
            return date_format(date.fromisoformat(value))
        found = self.names.get(value)
        return commune(value, found) if found else value

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of the EPCI and communes that the rows of this page give by code."""
        rows = [row.record for row in self.paginated_rows]
        codes = {value for row in rows for value in (row.before, row.after)}
        return {
            **dict(Epci.objects.filter(siren__in=codes).values_list("siren", "name")),
            **dict(Commune.objects.current().filter(code__in=codes).values_list("code", "name")),
        }


class KeptChangeTable(ChangeTable):
    """Changes kept with an applied import."""

    name = tables.Column(verbose_name="Commune", accessor="commune__name")

    class Meta(ChangeTable.Meta):
        pass

    def render_name(self, record: Any) -> str:
        return commune(record.commune.code, record.commune.name)

    def render_field(self, record: Any) -> str:
        return nature_label("", record.field)


class CreatedTable(tables.Table):
    """Communes (and parts of communes) that an applied import created."""

    name = tables.Column(verbose_name="Commune")
    kind = tables.Column(verbose_name="Type")
    department = tables.Column(verbose_name="Département")
    epci = tables.Column(verbose_name="EPCI")

    class Meta:
        orderable = False

    def render_name(self, record: Commune) -> str:
        return commune(record.code, record.name)


class EndedTable(tables.Table):
    name = tables.Column(verbose_name="Commune disparue")
    successor = tables.Column(verbose_name="Devenue", empty_values=())
    found_by = tables.Column(verbose_name="D’après")
    cpts_names = tables.Column(verbose_name="Dans le territoire de", empty_values=())

    class Meta:
        orderable = False

    def render_name(self, record: Ended) -> str:
        return commune(record.code, record.name)

    def render_successor(self, record: Ended) -> str:
        if not record.successor_code:
            return badge("à choisir", "danger")
        return commune(record.successor_code, record.successor_name)

    def render_cpts_names(self, record: Ended) -> str:
        return ", ".join(record.cpts_names) or "aucune CPTS"


class EffectTable(tables.Table):
    name = tables.Column(verbose_name="CPTS")
    population_before = tables.Column(verbose_name="Habitants avant", attrs=FIGURE)
    population_after = tables.Column(verbose_name="Habitants après", attrs=FIGURE)
    difference = tables.Column(verbose_name="Écart", empty_values=(), attrs=FIGURE)
    size = tables.Column(verbose_name="Taille", empty_values=())
    sentences = tables.Column(verbose_name="Détail", empty_values=())

    class Meta:
        orderable = False
        empty_text = "Aucun territoire de CPTS n’est modifié."

    def render_name(self, record: CptsEffect) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("territories:cpts-detail", args=[record.cpts_id]), record.name
        )

    def render_population_before(self, value: int) -> str:
        return number_fr(value)

    def render_population_after(self, value: int) -> str:
        return number_fr(value)

    def render_difference(self, record: CptsEffect) -> str:
        return signed(record.difference)

    def render_size(self, record: CptsEffect) -> str:
        if not record.changes_size:
            return size_label(record.size_after)
        return badge(
            f"{size_label(record.size_before)}{NO_BREAK_SPACE}→{NO_BREAK_SPACE}{size_label(record.size_after)}",
            "warning",
        )

    def render_sentences(self, record: CptsEffect) -> str:
        items = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in record.sentences))
        return format_html('<ul class="list-unstyled small mb-0">{}</ul>', items)


class RefusalTable(tables.Table):
    line = tables.Column(verbose_name="Ligne", attrs=FIGURE)
    column = tables.Column(verbose_name="Colonne")
    value = tables.Column(verbose_name="Valeur lue")
    reason = tables.Column(verbose_name="Motif du refus")

    class Meta:
        orderable = False


class RemarkTable(tables.Table):
    sentence = tables.Column(verbose_name="Lecture retenue")

    class Meta:
        orderable = False


def commune(code: str, name: str) -> str:
    return format_html('{} <span class="text-body-secondary text-nowrap">{}</span>', name, code)


def signed(value: int) -> str:
    return f"+{number_fr(value)}" if value > 0 else number_fr(value)


def size_label(size: int | None) -> str:
    return str(size) if size else "aucune"


def rows_of(table: type[tables.Table], rows: Any, request: Any, per_page: int = 50) -> tables.Table:
    """The table of the page asked for; a page number out of bounds shows the last one."""
    made = table(rows)
    tables.RequestConfig(request, paginate={"per_page": per_page, "silent": True}).configure(made)
    return made
