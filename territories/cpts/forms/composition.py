"""What is typed while composing a territory."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from territories.cpts.code_files import UnreadableList, codes_in_file
from territories.cpts.codes import MAX_CODES, split_codes
from territories.cpts.forms.cpts import DayField

LARGEST_FILE = 2 * 1024 * 1024


class EffectForm(forms.Form):
    """From which day the territory changes, and which population it is counted with."""

    day = DayField(label="Date d’effet")
    vintage = forms.TypedChoiceField(label="Population", coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, vintages: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(vintage, f"millésime {vintage}") for vintage in vintages]
        vintage: Any = self.fields["vintage"]
        vintage.choices = [("", "en vigueur à cette date"), *choices]


class CodesForm(forms.Form):
    """A list of codes, pasted or in a small file; `codes()` gives them all."""

    codes = forms.CharField(
        label="Codes INSEE",
        required=False,
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="Séparés comme vous voulez : espaces, virgules, retours à la ligne.",
    )
    file = forms.FileField(
        label="Ou un fichier CSV ou Excel",
        required=False,
        allow_empty_file=True,
        help_text="Une colonne de codes INSEE ; les autres colonnes sont ignorées.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        tokens = split_codes(data.get("codes") or "")
        if data.get("file"):
            tokens += self._from_file(data["file"])
        if not tokens and not self.errors:
            raise ValidationError("Collez des codes de communes, ou choisissez un fichier.")
        if len(tokens) > MAX_CODES:
            raise ValidationError(f"Cette liste compte plus de {MAX_CODES} codes : partagez-la en plusieurs.")
        data["tokens"] = tokens
        return data

    def _from_file(self, file: Any) -> list[str]:
        if file.size > LARGEST_FILE:
            self.add_error("file", "Ce fichier est trop lourd (2 Mo au plus) pour une liste de communes.")
            return []
        try:
            return codes_in_file(file.read())
        except UnreadableList as error:
            self.add_error("file", str(error))
            return []


class ShareForm(forms.Form):
    """The inhabitants taken in a shared commune; empty: the whole commune."""

    inhabitants = forms.IntegerField(label="Habitants retenus", required=False, min_value=1, max_value=10_000_000)
