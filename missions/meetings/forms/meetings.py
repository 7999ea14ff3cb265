"""Forms of groups and meetings."""

from typing import Any

from django import forms
from django.utils import timezone

from cpts_portal.core.forms import JudgedByTheActivity, choices_among
from cpts_portal.core.periods import local_moment
from members.models import Professional
from members.shared.forms.choosing import PersonField, bind_to
from missions.meetings.convening import GroupSheet, MeetingSheet
from missions.models import Action, CptsMission, Group, Meeting
from territories.cpts.forms.cpts import DayField
from territories.models import Cpts

PEOPLE_AT_ONCE = 8
SHEET_FIELDS = ("title", "group", "action", "place", "link", "agenda")


class ClockField(forms.TimeField):
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    default_error_messages = {"invalid": "Écrivez l’heure sous la forme 19:30."}


def missions_field() -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        label="Missions servies", queryset=None, widget=forms.CheckboxSelectMultiple, required=False
    )


class GroupForm(JudgedByTheActivity, forms.ModelForm):
    missions = missions_field()

    class Meta:
        model = Group
        fields = ("kind", "name", "purpose", "missions")
        widgets = {"purpose": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_among(self, "missions").queryset = CptsMission.objects.filter(cpts=cpts).select_related("mission")

    def sheet(self) -> GroupSheet:
        data = self.cleaned_data
        return GroupSheet({name: data[name] for name in ("kind", "name", "purpose")}, list(data["missions"]))


class PeopleForm(forms.Form):
    """Several people of the register at once, typed by name."""

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rank in range(PEOPLE_AT_ONCE):
            self.fields[f"person_{rank}"] = PersonField(label=f"Personne {rank + 1}", required=False)
        bind_to(self, cpts)

    @property
    def person_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("person_")]

    @property
    def people(self) -> list[Professional]:
        return [value for name, value in self.cleaned_data.items() if name.startswith("person_") and value]


class GroupPeopleForm(PeopleForm):
    start = DayField(label="Dans le groupe depuis le")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.people:
            self.add_error("person_0", "Indiquez au moins une personne.")
        return data


class MeetingForm(JudgedByTheActivity, forms.ModelForm):
    """`version` tells whether somebody saved the meeting meanwhile."""

    day = DayField(label="Jour")
    begins = ClockField(label="Début")
    finishes = ClockField(label="Fin")
    missions = missions_field()
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Meeting
        fields = [*SHEET_FIELDS]
        widgets = {"agenda": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_among(self, "missions").queryset = CptsMission.objects.filter(cpts=cpts).select_related("mission")
        groups = Group.objects.filter(cpts=cpts, closed_on__isnull=True)
        choices_among(self, "group").queryset = groups | Group.objects.filter(cpts=cpts, pk=self.instance.group_id)
        choices_among(self, "group").empty_label = "Aucun : réunion ponctuelle"
        choices_among(self, "action").queryset = Action.objects.filter(cpts=cpts, dropped_on__isnull=True)
        choices_among(self, "action").empty_label = "Aucune"
        self.initial.setdefault("version", self.instance.version)
        if self.instance.pk:
            starts, ends = timezone.localtime(self.instance.starts_at), timezone.localtime(self.instance.ends_at)
            self.initial = {**self.initial, "day": starts.date(), "begins": starts.time(), "finishes": ends.time()}
            self.initial["missions"] = list(self.instance.missions.values_list("pk", flat=True))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("begins") and data.get("finishes") and data["finishes"] <= data["begins"]:
            self.add_error("finishes", "L’heure de fin doit suivre l’heure de début.")
        return data

    def sheet(self) -> MeetingSheet:
        data = self.cleaned_data
        fields = {name: data[name] for name in SHEET_FIELDS}
        moments = {
            "starts_at": local_moment(data["day"], data["begins"]),
            "ends_at": local_moment(data["day"], data["finishes"]),
        }
        return MeetingSheet({**fields, **moments}, list(data["missions"]))
