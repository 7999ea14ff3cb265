"""Forms of the minutes, decisions and tasks of a meeting."""

from typing import Any

from django import forms

from members.shared.forms.choosing import PersonField, bind_to
from territories.cpts.forms.cpts import DayField
from territories.models import Cpts


class MinutesForm(forms.Form):
    minutes = forms.CharField(
        label="Compte rendu",
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Jamais de nom de patient, ni rien qui permette d’en reconnaître un.",
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)


class DecisionForm(forms.Form):
    text = forms.CharField(label="Décision", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    votes = forms.CharField(label="Vote", max_length=120, required=False, help_text="Par exemple : à l’unanimité.")


class TaskForm(forms.Form):
    what = forms.CharField(label="À faire", max_length=200)
    professional = PersonField(label="Par", required=False)
    due_on = DayField(label="Pour le", required=False)

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bind_to(self, cpts)
