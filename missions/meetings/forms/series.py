"""Form of a series of meetings."""

from typing import Any

from django import forms

from cpts_portal.core.forms import choice_field
from missions.models import MeetingSeries
from territories.cpts.forms.cpts import DayField


class SeriesForm(forms.ModelForm):
    until = DayField(
        label="Jusqu’au (inclus)",
        help_text="Les réunions suivantes reprennent l’objet, les heures, le lieu et l’ordre du jour ; "
        "chacune se modifie ensuite.",
    )

    class Meta:
        model = MeetingSeries
        fields = ("rhythm", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "rhythm").choices = MeetingSeries.Rhythm.choices
        self.fields["rhythm"].initial = MeetingSeries.Rhythm.MONTHLY_DAY
