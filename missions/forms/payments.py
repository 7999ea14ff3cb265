"""Forms of indemnities and remunerations: declaration, rates, caps, settings."""

from decimal import Decimal
from typing import Any

from django import forms

from members.forms.choosing import PersonField, bind_to
from members.forms.dues import EurosField
from members.models import Mandate, Profession
from missions.models import Action, Attendance, CptsMission, Envelope, Nature, PayCap, PayRate, PaySettings
from missions.payment import Declaration
from territories.forms.cpts import DayField
from territories.models import Cpts

OFFICES = [("", "Aucun"), *Mandate.Office.choices]


class DeclareForm(forms.Form):
    """One activity of one person; the amount comes from the rates of the CPTS."""

    professional = PersonField(label="Personne")
    nature = forms.ChoiceField(
        label="Nature",
        choices=Nature.choices,
        help_text="Indemnité : perte de revenu due à une fonction dans la CPTS. "
        "Rémunération : participation à une mission.",
    )
    day = DayField(label="Date de l’activité")
    activity = forms.CharField(label="Activité", max_length=160, help_text="Exemple : Réunion du bureau.")
    office = forms.ChoiceField(
        label="Au titre du mandat", choices=OFFICES, required=False, help_text="Obligatoire pour une indemnité."
    )
    mission = forms.ModelChoiceField(
        label="Mission", queryset=None, required=False, help_text="Obligatoire pour une rémunération."
    )
    action = forms.ModelChoiceField(label="Action", queryset=None, required=False)
    envelope = forms.ChoiceField(label="Enveloppe", choices=Envelope.choices, initial=Envelope.FUNCTIONING)
    hours = forms.DecimalField(
        label="Heures", required=False, min_value=0, max_value=24, decimal_places=2, localize=True
    )
    with_flat = forms.BooleanField(label="Ajouter le forfait prévu par les tarifs", required=False)
    kilometres = forms.DecimalField(
        label="Kilomètres", required=False, min_value=0, max_value=5000, decimal_places=1, localize=True
    )

    def __init__(self, *args: Any, cpts: Cpts, attendance: Attendance | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attendance = attendance
        self.fields["mission"].queryset = CptsMission.objects.filter(cpts=cpts).select_related("mission")
        self.fields["action"].queryset = Action.objects.filter(cpts=cpts)
        bind_to(self, cpts)
        if attendance:
            for name in ("professional", "day", "hours"):
                self.fields[name].disabled = True

    @property
    def order(self) -> Declaration:
        data = dict(self.cleaned_data)
        for name in ("hours", "kilometres"):
            data[name] = data[name] or 0
        return Declaration(**data, attendance=self.attendance)


class RateForm(forms.ModelForm):
    start = DayField(label="À partir du")
    amount = EurosField(label="Montant (€)", min_value=Decimal("0.01"))
    profession = forms.ModelChoiceField(
        label="Profession", queryset=Profession.objects.all(), required=False, empty_label="Toutes"
    )
    office = forms.ChoiceField(label="Mandat", choices=[("", "Tous"), *Mandate.Office.choices], required=False)

    class Meta:
        model = PayRate
        fields = ("nature", "unit", "amount", "profession", "office", "activity", "start", "decided_by")
        help_texts = {"activity": "Vide : toutes. Sinon le nom exact de l’activité déclarée."}


class EndForm(forms.Form):
    end = DayField(label="Premier jour sans ce tarif")


class SettingsForm(forms.ModelForm):
    class Meta:
        model = PaySettings
        fields = ("requires_dues", "debtor_name")


class CapForm(forms.Form):
    year = forms.IntegerField(label="Année", min_value=2022, max_value=2100)
    amount = EurosField(label="Plafond (€)", min_value=Decimal(0))
    office = forms.ChoiceField(label="Mandat", choices=[("", "Tous"), *Mandate.Office.choices], required=False)
    professional = PersonField(label="Personne", required=False, help_text="Vide : toutes.")

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cpts = cpts
        bind_to(self, cpts)

    @property
    def cap(self) -> PayCap:
        return PayCap(cpts=self.cpts, **self.cleaned_data)
