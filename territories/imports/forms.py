"""Forms of the commune importer: the upload, and the successors chosen by hand."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from cpts_portal.core.text import size_fr
from territories.commune_import import Ended
from territories.commune_import.preparing import FIRST_VINTAGE, guess_vintage
from territories.models.places import INSEE_CODE

ASK_FOR_A_TABLE = "Déposez un tableau : fichier CSV, texte (.txt) ou XLSX."
# First bytes of files that are not tables, and what to call them.
NOT_TABLES = {
    b"%PDF": "Ce fichier est un PDF.",
    b"\x89PNG": "Ce fichier est une image.",
    b"\xff\xd8\xff": "Ce fichier est une image.",
    b"GIF8": "Ce fichier est une image.",
    b"RIFF": "Ce fichier est une image ou un son.",
    b"\xd0\xcf\x11\xe0": "Ce fichier est un ancien classeur Excel (.xls). Enregistrez-le au format XLSX ou CSV.",
}


class CommuneCodeField(forms.CharField):
    """An INSEE code, typed in either case."""

    default_validators = [INSEE_CODE]

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").upper()


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Fichier des communes",
        allow_empty_file=True,  # refused below, with a sentence that says what to do
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.txt,.tsv,.xlsx,.ods", "class": "form-control", "data-upload-file": ""}
        ),
        help_text="CSV, texte ou XLSX. Séparateur, encodage et ordre des colonnes sont reconnus tout seuls.",
        error_messages={"required": "Choisissez le fichier à importer."},
    )
    vintage = forms.IntegerField(
        label="Millésime",
        required=False,
        min_value=FIRST_VINTAGE,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric", "data-upload-vintage": ""}),
        help_text="L’année de la liste, au 1ᵉʳ janvier. Vide : celle qui est écrite dans le nom du fichier.",
        error_messages={"invalid": "Écrivez une année sur quatre chiffres, par exemple 2026."},
    )

    def clean_file(self) -> UploadedFile:
        sent: UploadedFile = self.cleaned_data["file"]
        if not sent.size:
            raise forms.ValidationError(f"Le fichier « {sent.name} » est vide. {ASK_FOR_A_TABLE}")
        if sent.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"Le fichier « {sent.name} » est trop lourd ({size_fr(sent.size)} ; "
                f"au plus {size_fr(settings.UPLOAD_MAX_BYTES)})."
            )
        start = sent.read(8)
        sent.seek(0)
        for magic, sentence in NOT_TABLES.items():
            if start.startswith(magic):
                raise forms.ValidationError(f"{sentence} {ASK_FOR_A_TABLE}")
        return sent

    def refused_file(self) -> tuple[UploadedFile, str] | None:
        """The file that is no table and why, to keep the trace of it; one that is too heavy is not kept."""
        sent = self.files.get("file")
        if sent is None or "file" not in self.errors or sent.size > settings.UPLOAD_MAX_BYTES:
            return None
        return sent, self.errors["file"][0]

    def clean_vintage(self) -> int | None:
        year = self.cleaned_data["vintage"]
        latest = timezone.localdate().year + 1
        if year and year > latest:
            raise forms.ValidationError(f"Le millésime {year} n’existe pas encore : indiquez {latest} au plus.")
        return year

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        sent = data.get("file")
        if sent and "vintage" not in self.errors and not data.get("vintage"):
            data["vintage"] = guess_vintage(sent.name)
            if data["vintage"] is None:
                self.add_error(
                    "vintage", f"Le nom « {sent.name} » ne dit pas l’année : indiquez le millésime du fichier."
                )
        return data


class SuccessorsForm(forms.Form):
    """One line per ended commune whose successor is unknown: a proposal to pick, or a code to type."""

    def __init__(self, *args: Any, ended: Sequence[Ended], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ended = ended
        for gone in ended:
            if gone.proposals:
                self.fields[f"pick_{gone.code}"] = forms.ChoiceField(
                    label="Commune qui la reprend",
                    required=False,
                    choices=[
                        ("", "Choisir…"),
                        *[(found.code, f"{found.name} ({found.code})") for found in gone.proposals],
                    ],
                    widget=forms.Select(attrs={"class": "form-select"}),
                )
            self.fields[f"code_{gone.code}"] = CommuneCodeField(
                label="ou son code INSEE" if gone.proposals else "Code INSEE de la commune qui la reprend",
                required=False,
                max_length=5,
                widget=forms.TextInput(attrs={"class": "form-control", "size": 8}),
            )

    def rows(self) -> list[dict[str, Any]]:
        """What the page draws: the ended commune, its select (or None) and its code field."""
        return [
            {
                "gone": gone,
                "pick": self[f"pick_{gone.code}"] if gone.proposals else None,
                "code": self[f"code_{gone.code}"],
            }
            for gone in self.ended
        ]

    def chosen(self) -> dict[str, str]:
        """Former code -> successor code; a typed code wins over a picked one."""
        data = self.cleaned_data
        found = {gone.code: data.get(f"code_{gone.code}") or data.get(f"pick_{gone.code}", "") for gone in self.ended}
        return {code: after for code, after in found.items() if after}
