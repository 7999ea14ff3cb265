"""Forms of the decisions of the board, departures, and enrolment."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members.models import College
from members.shared.forms.cells import PastDayField
from territories.models import Cpts


class CollegeField(forms.ModelChoiceField):
    def __init__(self, *, cpts: Cpts | None = None, **kwargs: Any) -> None:
        found = College.objects.filter(cpts=cpts) if cpts else College.objects.none()
        super().__init__(queryset=found, required=False, **{"label": "Collège", "empty_label": "Aucun", **kwargs})


def taken(on: date, today: date) -> date:
    """The day of a decision, which is not ahead."""
    if on > today:
        raise ValidationError("Cette date est à venir : la décision s’enregistre une fois prise.")
    return on


class LeaveForm(forms.Form):
    """`recorded`: the departure that the page showed, empty when there was none."""

    on = PastDayField(label="Départ le", help_text="Premier jour qui ne compte plus ; une date à venir est possible.")
    reason = forms.CharField(label="Motif du départ", max_length=300)
    recorded = forms.DateField(required=False, widget=forms.HiddenInput)


class EnrolForm(forms.Form):
    """An application for the board to decide, or a membership already decided elsewhere."""

    decided = forms.ChoiceField(
        label="L’adhésion est",
        choices=[("no", "à soumettre au bureau"), ("yes", "déjà décidée")],
        widget=forms.RadioSelect,
        initial="no",
    )
    on = PastDayField(
        label="Date de la demande ou de l’adhésion",
        help_text="Le jour de la demande si elle est à soumettre, le premier jour d’adhésion si elle est déjà décidée.",
    )
    decided_on = PastDayField(
        label="Décision du bureau du",
        required=False,
        help_text="Pour une adhésion déjà décidée. Laissez vide si la date n’est pas connue.",
    )
    charter = PastDayField(label="Charte acceptée le", required=False)

    def __init__(self, *args: Any, cpts: Cpts, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["college"] = CollegeField(cpts=cpts)

    def clean_decided_on(self) -> date | None:
        on = self.cleaned_data["decided_on"]
        if on and self.cleaned_data.get("decided") == "no":
            raise ValidationError("Videz cette date, ou cochez « déjà décidée » : le bureau s’est prononcé.")
        return taken(on, self.today) if on else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decided") == "no" and data.get("on") and data["on"] > self.today:
            self.add_error("on", "Cette date est à venir : une demande s’enregistre une fois reçue.")
        return data
