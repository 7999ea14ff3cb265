"""Forms of indemnities and remunerations: declaration, rates, caps, settings."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from cpts_portal.core.forms import choices_among
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, euros_fr
from members.dues.forms import EurosField
from members.models import Mandate, Profession
from members.shared.forms.choosing import PersonField, bind_to
from missions.models import Action, Attendance, CptsMission, Envelope, Nature, PayCap, PayLine, PayRate, PaySettings
from missions.pay.bank import checked_bic, checked_iban
from missions.pay.payment import Declaration
from missions.pay.user_records import accounts_of
from territories.cpts.forms.cpts import DayField
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
    mission: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Mission",
        queryset=None,
        required=False,
        empty_label="Aucune",
        help_text="Obligatoire pour une rémunération.",
    )
    action: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Action", queryset=None, required=False, empty_label="Aucune"
    )
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
        choices_among(self, "mission").queryset = CptsMission.objects.filter(cpts=cpts).select_related("mission")
        choices_among(self, "action").queryset = Action.objects.filter(cpts=cpts)
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
    amount = EurosField(
        label="Montant (€)",
        min_value=Decimal("0.001"),
        decimal_places=3,
        help_text="Trois décimales au plus pour un kilomètre (0,636), deux pour le reste.",
    )
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


class IbanField(forms.CharField):
    """Checked by its key; spaces are dropped."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=42, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return checked_iban(text)
        except NotPossible as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class AccountForm(forms.Form):
    holder = forms.CharField(label="Titulaire du compte", max_length=70)
    iban = IbanField(label="IBAN", help_text="Chiffré dans la base ; montré seulement aux responsables de la CPTS.")
    bic = forms.CharField(label="BIC", required=False, max_length=11, help_text="Facultatif pour un compte français.")

    def clean_bic(self) -> str:
        return checked_bic(self.cleaned_data["bic"])


class BatchForm(forms.Form):
    """Approved lines paid together; all of them unless told otherwise."""

    execute_on = DayField(label="À exécuter le")
    lines: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label="Sommes approuvées", queryset=None, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, lines: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lines"]
        field.queryset = lines
        field.label_from_instance = line_label
        if not self.is_bound:
            self.initial["lines"] = [line.pk for line in lines]


def line_label(line: PayLine) -> str:
    return f"{line.professional}, {line.activity}, {date_fr(line.day)} : {euros_fr(line.amount)}"


class SettingsForm(forms.ModelForm):
    """`version` tells whether somebody saved the settings meanwhile."""

    iban = IbanField(
        label="IBAN de la CPTS", required=False, help_text="Vide : celui qui est déjà enregistré reste en place."
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = PaySettings
        fields = ("requires_dues", "debtor_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", self.instance.version)


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


class WhoForm(forms.Form):
    """An account of the portal and the record it is; empty: somebody who is not in the register."""

    user: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Compte du portail", queryset=None, empty_label="Choisir…"
    )
    professional = PersonField(
        label="Sa fiche du registre",
        required=False,
        help_text="Vide : cette personne n’est pas au registre, et rien ne peut lui être versé.",
    )

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_among(self, "user").queryset = accounts_of(cpts)
        bind_to(self, cpts)
