"""Forms of the yearly review: a decision about one indicator, the record of the meeting."""

from typing import Any

from django import forms

from contracts.models import Verdict
from contracts.yearly.deciding import Choice
from cpts_portal.core.forms import asked_again
from cpts_portal.core.typed_numbers import TypedNumberField
from missions.models.indicators import VALUE
from territories.cpts.forms.cpts import DayField


class DecisionForm(forms.Form):
    """Validated, corrected with a value, contested, carried over: all but the first with a reason."""

    verdict = forms.ChoiceField(label="Décision", choices=Verdict.choices, widget=forms.RadioSelect)
    value = TypedNumberField(label="Valeur corrigée", required=False, help_text="Pour une correction.", **VALUE)
    reason = forms.CharField(
        label="Motif",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Pour tout ce qui n’est pas une validation. Lu par les trois parties.",
    )
    stamp = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        verdict = data.get("verdict")
        if verdict == Verdict.CORRECTED and data.get("value") is None and "value" not in self.errors:
            self.add_error("value", "Indiquez la valeur corrigée.")
        if verdict and verdict != Verdict.VALIDATED and not data.get("reason", "").strip():
            self.add_error("reason", "Indiquez le motif.")
        return data

    @property
    def choice(self) -> Choice:
        data = self.cleaned_data
        return Choice(data["verdict"], data["value"], data["reason"])

    def retyped(self, stamp: str) -> None:
        """What was typed stays, on what a colleague decided meanwhile: sending it again is then a choice."""
        asked_again(self, stamp=stamp)


class YearMeetingForm(forms.Form):
    meeting_on = DayField(label="Date de la réunion")
    record = forms.CharField(
        label="Relevé de décisions",
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=(
            "Ce que les trois parties ont décidé, et ce qui reste à faire. "
            "Le tableau des indicateurs et les montants s’y ajoutent dans le PDF."
        ),
    )
    version = forms.CharField(widget=forms.HiddenInput)
