"""Forms of the national directory: the upload of an extract, and what is ticked in lists."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from cpts_portal.core.text import size_fr
from cpts_portal.imports.refusals import ImportRefused
from members.directory.imports import observed_on_in
from members.directory.imports.running import refuse_future, refuse_older
from members.models import DirectoryImport

ENDINGS = (".txt", ".csv", ".zip")
NOT_EXTRACTS = {
    b"%PDF": "un PDF",
    b"\x89PNG": "une image",
    b"\xff\xd8\xff": "une image",
    b"\xd0\xcf\x11\xe0": "un classeur",
}
BY_COMMAND = (
    "Un fichier déjà présent sur le serveur, ou plus lourd, s’importe par la commande « manage.py import_directory "
    "FICHIER » (ou « import_finess FICHIER »)."
)


class DirectoryUploadForm(forms.Form):
    source = forms.ChoiceField(
        label="Source",
        choices=DirectoryImport.Source.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    file = forms.FileField(
        label="Fichier",
        allow_empty_file=True,  # refused below, with a sentence that says what to do
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS), "class": "form-control"}),
        error_messages={"required": "Choisissez le fichier à importer."},
    )
    observed_on = forms.DateField(
        label="Date des données",
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        help_text="Le jour de l’extraction. Vide : celui qui est écrit dans le nom du fichier.",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        limit = size_fr(settings.DIRECTORY_UPLOAD_MAX_BYTES)
        self.fields["file"].help_text = f"TXT, CSV ou ZIP, tel qu’il a été téléchargé, {limit} au plus. {BY_COMMAND}"

    def clean_file(self) -> UploadedFile:
        sent: UploadedFile = self.cleaned_data["file"]
        if not sent.size:
            raise forms.ValidationError(f"Le fichier « {sent.name} » est vide : téléchargez-le de nouveau.")
        if not (sent.name or "").lower().endswith(ENDINGS):
            raise forms.ValidationError("Déposez l’extraction telle qu’elle est téléchargée : TXT, CSV ou ZIP.")
        if sent.size > settings.DIRECTORY_UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"Le fichier « {sent.name} » est trop lourd ({size_fr(sent.size)} ; au plus "
                f"{size_fr(settings.DIRECTORY_UPLOAD_MAX_BYTES)}). Déposez le ZIP, ou utilisez la commande."
            )
        start = sent.read(8)
        sent.seek(0)
        for magic, what in NOT_EXTRACTS.items():
            if start.startswith(magic):
                raise forms.ValidationError(f"Ce fichier est {what} : déposez l’extraction, TXT, CSV ou ZIP.")
        return sent

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        sent = data.get("file")
        if "observed_on" in self.errors or sent is None:
            return data
        data["observed_on"] = data.get("observed_on") or observed_on_in(sent.name)
        if data["observed_on"] is None:
            self.add_error("observed_on", f"Le nom « {sent.name} » ne dit pas le jour des données : indiquez-le.")
            return data
        try:
            refuse_future(data["observed_on"], self.today)
            refuse_older(data["observed_on"], data.get("source", ""))
        except ImportRefused as refusal:
            self.add_error("observed_on", str(refusal))
        return data


def pairs_of(values: list[str]) -> list[tuple[int, int]]:
    """« 12-345 », as the boxes of the proposals send them; anything else is left out."""
    parts = (value.split("-") for value in values if len(value) < 36)
    return [(int(two[0]), int(two[1])) for two in parts if len(two) == 2 and all(part.isdecimal() for part in two)]
