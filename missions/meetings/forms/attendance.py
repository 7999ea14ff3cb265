"""Forms of the list of a meeting: who is invited, who was there."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.formsets import formset_factory

from missions.meetings.attending import Guest, Mark
from missions.meetings.forms.meetings import ClockField, PeopleForm
from missions.models import Attendance

GUESTS_AT_ONCE = 4
Presence = Attendance.Presence
NOTED = [(each.value, each.label) for each in (Presence.PRESENT, Presence.EXCUSED, Presence.ABSENT)]


class GuestForm(forms.Form):
    name = forms.CharField(label="Prénom et nom", max_length=120)
    organisation = forms.CharField(label="Organisme", max_length=120, required=False)
    email = forms.EmailField(label="Adresse électronique", required=False)


GuestFormSet = formset_factory(GuestForm, extra=GUESTS_AT_ONCE, max_num=GUESTS_AT_ONCE, absolute_max=GUESTS_AT_ONCE)


class InviteForm(PeopleForm):
    """The people of the group, people chosen by name, and guests who are not in the register (`guests`)."""

    whole_group = forms.BooleanField(label="Toutes les personnes du groupe", required=False)

    def __init__(self, *args: Any, group_size: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if group_size:
            self.fields["whole_group"].label = f"Toutes les personnes du groupe ({group_size})"
        else:
            del self.fields["whole_group"]
        self.guests = GuestFormSet(self.data if self.is_bound else None, prefix="invites")

    def is_valid(self) -> bool:
        own = super().is_valid()
        if not self.guests.is_valid():
            self.add_error(None, "Corrigez les lignes des invités.")
            return False
        if own and not (self.cleaned_data.get("whole_group") or self.people or list(self.typed_guests())):
            self.add_error(None, "Choisissez au moins une personne.")
            return False
        return own

    def typed_guests(self) -> Iterator[Guest]:
        for form in self.guests:
            if form.has_changed():
                yield Guest(**form.cleaned_data)


class MarkForm(forms.Form):
    """One person: present, excused, absent; hours only when she came late or left early."""

    presence = forms.ChoiceField(label="Présence", choices=NOTED, widget=forms.RadioSelect)
    arrived_at = ClockField(label="Arrivée à", required=False, help_text="Seulement en cas de retard.")
    left_at = ClockField(label="Départ à", required=False, help_text="Seulement en cas de départ avant la fin.")

    @property
    def mark(self) -> Mark:
        data = self.cleaned_data
        return Mark(data["presence"], data["arrived_at"], data["left_at"])


class TapForm(forms.Form):
    """A tap on the list; the same tap again takes the note back."""

    presence = forms.ChoiceField(choices=Presence.choices, required=False)


class CorrectionForm(MarkForm):
    reason = forms.CharField(
        label="Motif de la correction",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Une autre personne acceptera ou refusera la correction.",
    )
