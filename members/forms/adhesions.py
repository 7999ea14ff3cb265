"""Forms of the decisions of the board, departures, and enrolment."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members.forms.cells import PastDayField
from members.models import College
from territories.forms.cpts import DayField
from territories.models import Cpts


class CollegeField(forms.ModelChoiceField):
    def __init__(self, *, cpts: Cpts | None = None, **kwargs: Any) -> None:
        found = College.objects.filter(cpts=cpts) if cpts else College.objects.none()
        super().__init__(queryset=found, required=False, **{"label": "Collège", "empty_label": "Aucun", **kwargs})


class AcceptForm(forms.Form):
    """One meeting of the board: its date is common to all the applications accepted."""

    on = DayField(label="Décision du bureau du")
    start = DayField(label="Adhérent à partir du", required=False, help_text="Vide : le jour de la décision.")

    def __init__(self, *args: Any, cpts: Cpts, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["college"] = CollegeField(
            cpts=cpts, empty_label="Celui de la demande", help_text="Si un seul collège convient à toutes les demandes."
        )

    def clean_on(self) -> date:
        return taken(self.cleaned_data["on"], self.today)


def taken(on: date, today: date) -> date:
    """The day of a decision, which is not ahead."""
    if on > today:
        raise ValidationError("Cette date est à venir : la décision s’enregistre une fois prise.")
    return on


class RefuseForm(forms.Form):
    on = DayField(label="Décision du bureau du")
    reason = forms.CharField(label="Motif du refus", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_on(self) -> date:
        return taken(self.cleaned_data["on"], self.today)


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
