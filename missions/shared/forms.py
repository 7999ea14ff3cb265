"""Fields and short forms that several rooms ask with."""

from typing import Any

from django import forms

from missions.models import MissionTerms, OfficialMission
from territories.cpts.forms.cpts import DayField


class MissionsField(forms.ModelMultipleChoiceField):
    """Each mission with what the agreement says of it."""

    terms: dict[int, MissionTerms] = {}

    def label_from_instance(self, obj: OfficialMission) -> str:
        terms = self.terms.get(obj.pk)
        kind = "" if terms is None else " (socle)" if terms.is_core else " (complémentaire)"
        return f"{obj.name}{kind}"


class OnForm(forms.Form):
    """The day something happened."""

    on = DayField(label="Date")

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["on"].label = label


class ReasonForm(forms.Form):
    """Why something already said is taken back."""

    reason = forms.CharField(label="Motif", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str = "", help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label or "Motif"
        self.fields["reason"].help_text = help_text
