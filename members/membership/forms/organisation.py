"""Forms of the organisation of the association: mandates, elections, colleges, free fields."""

from datetime import date
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from cpts_portal.core.forms import choices_among
from cpts_portal.core.text import date_fr
from members.models import CustomField, Mandate
from members.shared.forms.cells import PastDayField
from members.shared.forms.choosing import PersonField, bind_to
from territories.models import Cpts

NEW_OFFICES = 6
BLANK = ("", "Choisir…")


class OfficeForm(forms.Form):
    """Who holds which office."""

    professional = PersonField(label="Personne", help_text="Le nom d’une personne du registre.")
    office = forms.ChoiceField(label="Mandat", choices=[BLANK, *Mandate.Office.choices])
    subject = forms.CharField(
        label="Mission", max_length=120, required=False, help_text="Pour une référence de mission."
    )

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bind_to(self, cpts)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("office") == Mandate.Office.MISSION_LEAD and not data.get("subject"):
            self.add_error("subject", "Indiquez la mission dont cette personne est référente.")
        return data


class MandateForm(OfficeForm):
    start = PastDayField(label="Depuis le")
    end = PastDayField(
        label="Fin prévue le",
        required=False,
        help_text="Le premier jour où il n’est plus tenu. Laissez vide si la fin n’est pas connue.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("start") and data.get("end") and data["end"] <= data["start"]:
            self.add_error("end", "La date de fin doit être postérieure à la date de début.")
        return data


class MandateEndForm(forms.Form):
    on = PastDayField(label="Fin du mandat le", help_text="Le premier jour où il n’est plus tenu.")


class MandatesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Mandate) -> str:
        subject = f" ({obj.subject})" if obj.subject else ""
        return f"{obj}{subject}" + (f", prévu jusqu’au {date_fr(obj.end)}" if obj.end else "")


class ElectionForm(forms.Form):
    """The meeting: its day and the mandates that end with it."""

    on = PastDayField(label="Date de l’élection")
    ended = MandatesField(
        label="Mandats qui prennent fin ce jour",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, cpts: Cpts, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = Mandate.objects.not_over_on(today).filter(cpts=cpts).by_office().select_related("professional")
        choices_among(self, "ended").queryset = current


class ElectedRows(BaseFormSet):
    """The persons elected; untouched lines count for nothing."""

    def elected(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.has_changed() and form.cleaned_data]


ElectedFormSet = formset_factory(OfficeForm, formset=ElectedRows, extra=NEW_OFFICES, max_num=20, absolute_max=40)


class CollegeForm(forms.Form):
    name = forms.CharField(label="Nom du collège", max_length=120)


class CustomFieldForm(forms.Form):
    label = forms.CharField(label="Intitulé", max_length=80)
    target = forms.ChoiceField(label="Pour", choices=CustomField.Target.choices)
    kind = forms.ChoiceField(label="Type", choices=CustomField.Kind.choices)
    choices = forms.CharField(
        label="Choix possibles",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Un choix par ligne, pour une liste de choix seulement.",
    )


class CustomFieldChangeForm(forms.Form):
    """The kind and the target stay: the values typed are of that kind."""

    label = forms.CharField(label="Intitulé", max_length=80)
    choices = forms.CharField(
        label="Choix possibles",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Un choix par ligne. Une valeur déjà saisie reste, même si son choix disparaît.",
    )

    def __init__(self, *args: Any, has_choices: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_choices:
            del self.fields["choices"]
