"""The question of the public page."""

from django import forms

from territories.map.directory import words_of

MAX_LENGTH = 80


class PublicSearchForm(forms.Form):
    q = forms.CharField(
        label="Votre commune ou votre code postal",
        max_length=MAX_LENGTH,
        required=False,
        error_messages={
            "max_length": "Ce texte est trop long : tapez seulement le nom de la commune ou son code postal."
        },
    )
    commune = forms.IntegerField(required=False, min_value=1, max_value=2**31, widget=forms.HiddenInput)

    def clean_q(self) -> str:
        text = self.cleaned_data["q"]
        if text and not words_of(text):
            raise forms.ValidationError("Tapez le nom d’une commune (des lettres) ou un code postal (des chiffres).")
        return text

    def clean(self) -> dict:
        """Something must be asked; an unreadable commune number counts as none."""
        self.errors.pop("commune", None)
        self.cleaned_data.setdefault("commune", None)
        if not self.errors and not self.has_question():
            self.add_error("q", "Tapez le nom d’une commune ou un code postal.")
        return self.cleaned_data

    def has_question(self) -> bool:
        return bool(self.cleaned_data.get("q") or self.cleaned_data.get("commune"))
