"""The sections of a letter of intent or of a health project, on one page."""

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.statements import Section

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
        self.data = self.data.copy()
        self.data[code] = text

    def typed(self, code: str) -> str:
        return str(self.data.get(code, ""))


class CompareForm(forms.Form):
    """What a submission is compared with: a later one, or the text as it stands."""

    until = forms.TypedChoiceField(label="Comparer avec", coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, numbers: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = [(number, f"le dépôt n° {number}") for number in numbers]
        self.fields["until"].choices = [("", "le texte actuel"), *later]
