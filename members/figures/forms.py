"""The day at which the figures of a register are read."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from territories.cpts.forms.cpts import DayField


class DayForm(forms.Form):
    jour = DayField(label="Chiffres au", required=False)

    def clean_jour(self) -> date | None:
        day = self.cleaned_data["jour"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("Cette date est à venir : choisissez aujourd’hui ou une date passée.")
        return day

    @property
    def day(self) -> date:
        """The day asked for; today when there is none or it was refused."""
        asked: Any = self.cleaned_data.get("jour") if self.is_valid() else None
        return asked or timezone.localdate()
