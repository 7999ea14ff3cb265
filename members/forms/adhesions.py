"""Forms of the decisions of the board, departures, and enrolment."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

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
        if self.cleaned_data["on"] > self.today:
            raise ValidationError("Cette date est à venir : la décision s’enregistre une fois prise.")
        return self.cleaned_data["on"]


class RefuseForm(forms.Form):
    on = DayField(label="Décision du bureau du")
    reason = forms.CharField(label="Motif du refus", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class LeaveForm(forms.Form):
    on = DayField(label="Départ le", help_text="Premier jour qui ne compte plus.")
    reason = forms.CharField(label="Motif du départ", max_length=300)


class EnrolForm(forms.Form):
    """An application for the board to decide, or a membership already decided elsewhere."""

    decided = forms.ChoiceField(
        label="L’adhésion est",
        choices=[("no", "à soumettre au bureau"), ("yes", "déjà décidée")],
        widget=forms.RadioSelect,
        initial="no",
    )
    on = DayField(label="Date", help_text="De la demande, ou du début de l’adhésion si elle est déjà décidée.")
    charter = DayField(label="Charte acceptée le", required=False)

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["college"] = CollegeField(cpts=cpts)
