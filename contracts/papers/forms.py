"""Forms of the statements and of the documents joined to a review."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings

from contracts.models import Document, Slot
from contracts.papers.files import Given
from contracts.papers.statements import Section
from cpts_portal.core.forms import asked_again
from cpts_portal.core.text import size_fr
from missions.indicators.proving import ACCEPTED, SIGNATURES

LONGEST = 30_000


class SectionsForm(forms.Form):
    """One field for each section that may be written, under its code; all may stay empty: a draft is saved any time."""

    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, sections: Iterable[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in sections:
            self.fields[each.code] = forms.CharField(
                label=each.title,
                help_text=each.help_text,
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 8, "class": "grows"}),
            )

    def put(self, code: str, text: str) -> None:
        """Write in a field of the form as sent; nothing is saved."""
        asked_again(self, **{code: text})

    def typed(self, code: str) -> str:
        return str(self.data.get(code, ""))


class CompareForm(forms.Form):
    """What a submission is compared with: a later one, or the text as it stands."""

    until = forms.TypedChoiceField(label="Comparer avec", coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, numbers: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = [(number, f"le dépôt n° {number}") for number in numbers]
        until: Any = self.fields["until"]
        until.choices = [("", "le texte actuel"), *later]


class DocumentsForm(forms.Form):
    """`first`: the slot asked for by the link, its field comes first."""

    title = forms.CharField(
        label="Intitulé de l’autre document",
        required=False,
        max_length=Document._meta.get_field("title").max_length,
        help_text="Le même intitulé ajoute une nouvelle version ; un autre intitulé, un autre document.",
    )

    def __init__(self, *args: Any, slots: Iterable[Slot], first: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        title = self.fields.pop("title")
        for slot in sorted(slots, key=lambda slot: slot != first):
            self.fields[slot.value] = forms.FileField(
                label=slot.label,
                required=False,
                widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{ending}" for ending in SIGNATURES)}),
            )
            if slot == Slot.OTHER:
                self.fields["title"] = title
        self.note = f"{ACCEPTED}. {size_fr(settings.UPLOAD_MAX_BYTES)} au plus par fichier."

    def given(self) -> list[Given]:
        files = {slot: self.cleaned_data.get(slot.value) for slot in Slot}
        title = self.cleaned_data.get("title", "")
        return [
            Given(slot, file.name, file.read(), title if slot == Slot.OTHER else "")
            for slot, file in files.items()
            if file
        ]
