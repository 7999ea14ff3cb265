"""Forms of the spreadsheet importer: the upload, the meaning of the columns, what is typed on the preview."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from cpts_portal.core.text import size_fr
from members.models import CustomField
from members.register_import.columns import CUSTOM, FIELDS, IGNORE
from members.register_import.fields import has_content, missing_fields, repeated_fields
from members.register_import.plan import CREATE, LINK, SKIP, UPDATE
from members.register_import.reading import Table, letters
from members.register_import.undated import columns_without_dates

SAMPLES = 3
_CELL = re.compile(r"cell-(\d+)-(\d+)")
_CHOICE = re.compile(r"do-(\d+)")


class SpreadsheetForm(forms.Form):
    file = forms.FileField(
        label="Tableur des adhérents",
        allow_empty_file=True,  # refused below, with a sentence that says what to do
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls,.ods", "class": "form-control"}),
        help_text="XLSX ou CSV, une ligne par adhérent, avec une ligne d’en-tête. Les titres des colonnes sont libres.",
        error_messages={"required": "Choisissez le fichier à importer."},
    )

    def clean_file(self) -> UploadedFile:
        sent: UploadedFile = self.cleaned_data["file"]
        if not sent.size:
            raise forms.ValidationError(f"Le fichier « {sent.name} » est vide. Déposez un tableau XLSX ou CSV.")
        if sent.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"Le fichier « {sent.name} » est trop lourd ({size_fr(sent.size)} ; "
                f"au plus {size_fr(settings.UPLOAD_MAX_BYTES)})."
            )
        return sent


def field_choices(custom: Sequence[CustomField]) -> list[tuple[str, list[tuple[str, str]]] | tuple[str, str]]:
    """The data a column may hold, by group, « ne pas importer » first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for field in FIELDS:
        groups.setdefault(field.group, []).append((field.key, field.label))
    own = {f"{CUSTOM}{each.key}": each.label for each in custom}
    return [(IGNORE, "Ne pas importer"), *groups.items(), *([("Champs libres", list(own.items()))] if own else [])]


class MappingForm(forms.Form):
    """One select per column of the file."""

    def __init__(
        self,
        *args: Any,
        table: Table,
        proposed: Mapping[int, str],
        custom: Sequence[CustomField],
        dates: Mapping[int, date],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.table, self.today = table, today
        choices = field_choices(custom)
        self.places = [place for place in range(len(table.headers)) if has_content(table, place)]
        for place in self.places:
            self.fields[f"col-{place}"] = forms.ChoiceField(
                label=table.label(place),
                choices=choices,
                initial=proposed.get(place, IGNORE),
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
            )
        for place in columns_without_dates(table, self._chosen(proposed)):
            self.fields[f"date-{place}"] = _day_field(table.label(place), dates.get(place))

    def _chosen(self, proposed: Mapping[int, str]) -> dict[int, str]:
        """What the selects say now: as sent, or as proposed."""
        if self.is_bound:
            return {place: self.data.get(f"col-{place}", IGNORE) for place in self.places}
        return {place: proposed.get(place, IGNORE) for place in self.places}

    def rows(self) -> list[dict[str, Any]]:
        """What the page draws: the column, its first values, its select."""
        return [
            {
                "letter": letters(place),
                "title": self.table.label(place),
                "samples": samples(self.table, place),
                "field": self[f"col-{place}"],
                "day": self[f"date-{place}"] if f"date-{place}" in self.fields else None,
            }
            for place in self.places
        ]

    def mapping(self) -> dict[int, str]:
        return {place: self.cleaned_data[f"col-{place}"] for place in self.places}

    def dates(self) -> dict[int, date]:
        """The day of the payments without a day, by column of amounts."""
        return {place: day for place in self.places if (day := self.cleaned_data.get(f"date-{place}"))}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in [name for name in data if name.startswith("date-") and data[name] > self.today]:
            self.add_error(name, "Cette date est dans le futur.")
        if not self.errors:
            chosen = self.mapping()
            for sentence in missing_fields(chosen):
                self.add_error(None, sentence)
            for label in repeated_fields(chosen):
                self.add_error(None, f"« {label} » est choisi pour deux colonnes : gardez-en une seule.")
        return data


def _day_field(label: str, initial: date | None) -> forms.DateField:
    return forms.DateField(
        label=f"Date des paiements sans date de la colonne « {label} »",
        initial=initial,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control form-control-sm"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Des paiements de cette colonne n’ont pas de date : indiquez celle à retenir pour eux.",
            "invalid": "Cette date n’est pas valable.",
        },
    )


def samples(table: Table, place: int) -> list[str]:
    """The first different values of a column."""
    found: dict[str, None] = {}
    for _line, cells in table.rows[:500]:
        if text := cells[place].strip():
            found[text[:60]] = None
        if len(found) == SAMPLES:
            break
    return list(found)


def corrected_cells(sent: QueryDict, shown: Mapping[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    """The cells of the page that were typed differently from what is shown."""
    found = {}
    for name, text in sent.items():
        if at := _CELL.fullmatch(name):
            place = (int(at[1]), int(at[2]))
            if place in shown and text.strip() != shown[place].strip():
                found[place] = text.strip()
    return found


def line_numbers(values: Sequence[str]) -> list[int]:
    return [int(value) for value in values if value.isdigit()]


def chosen_lines(sent: QueryDict) -> dict[int, dict[str, Any]]:
    """« do-12 = update:34 », « fields-12 = email » -> what to do with line 12."""
    found: dict[int, dict[str, Any]] = {}
    for name, value in sent.items():
        at = _CHOICE.fullmatch(name)
        action, _colon, card = value.partition(":")
        if not at or action not in (LINK, UPDATE, CREATE, SKIP):
            continue
        choice: dict[str, Any] = {"action": action}
        if card.isdigit():
            choice["with"] = int(card)
            if action == UPDATE:
                choice["fields"] = sent.getlist(f"fields-{at[1]}-{card}")
        found[int(at[1])] = choice
    return found
