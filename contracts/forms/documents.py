"""Documents of a review: several files at once, one field for each place of the step."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings

from contracts.models import Document, Slot
from contracts.paperwork import Given
from cpts_portal.core.text import size_fr
from missions.proving import ACCEPTED, SIGNATURES


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
