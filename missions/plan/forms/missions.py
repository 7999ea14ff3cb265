"""Forms of the missions of a CPTS and of the years of its contract."""

from datetime import date
from typing import Any

from django import forms

from missions.models import CptsMission, MissionTerms, OfficialMission
from missions.shared.forms import MissionsField
from territories.cpts.forms.cpts import DayField


class TakeOnForm(forms.Form):
    missions = MissionsField(label="Missions", queryset=None, widget=forms.CheckboxSelectMultiple)
    agreed_on = DayField(
        label="Contrat signé le",
        required=False,
        help_text="Les délais de démarrage et de déploiement courent à partir de cette date. Vide : pas encore signé.",
    )

    def __init__(self, *args: Any, terms: dict[int, MissionTerms], held: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["missions"]
        field.terms = terms
        field.queryset = OfficialMission.objects.exclude(pk__in=held)
        if not self.is_bound:
            self.initial["missions"] = [pk for pk, each in terms.items() if each.is_core and pk not in held]


class PlanForm(forms.ModelForm):
    """What was promised; `version` tells whether somebody saved the mission meanwhile."""

    agreed_on = DayField(label="Contrat signé le", required=False)
    planned_start = DayField(label="Démarrage prévu le", required=False)
    orientations = forms.CharField(
        label="Orientations retenues", required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = CptsMission
        fields = ("agreed_on", "planned_start", "orientations")


class StopForm(forms.Form):
    on = DayField(label="Arrêt le")
    reason = forms.CharField(label="Motif de l’arrêt", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class CorrectDatesForm(forms.Form):
    started_on = DayField(label="Démarrée le", required=False)
    deployed_on = DayField(label="Déployée le", required=False)
    stopped_on = DayField(label="Arrêtée le", required=False)
    stop_reason = forms.CharField(label="Motif de l’arrêt", max_length=300, required=False)
    reason = forms.CharField(
        label="Pourquoi cette correction", max_length=300, help_text="Gardé dans l’historique de la mission."
    )


class ExercisesForm(forms.Form):
    first_day = DayField(
        label="Premier jour de l’année 1",
        help_text="Le jour de la signature du contrat. Sans contrat, le 1er janvier convient.",
    )

    def __init__(self, *args: Any, suggested: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if suggested and not self.is_bound:
            self.initial["first_day"] = suggested
