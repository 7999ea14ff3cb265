"""Forms about one CPTS: its identity, the figures it declares, the day a page is read at."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cpts_portal.core.identifiers import DoubtfulKey, check_finess_key, compact, validate_finess_form
from cpts_portal.core.text import fold
from territories.models import Commune, Cpts, DeclaredFigures

_COMMUNE_CODE = re.compile(r"\b(?:\d{2}|2[AB])\d{3}\b", re.IGNORECASE)
EARLIEST_YEAR = 2000
YEARS_AHEAD = 10


def validate_likely_day(day: date) -> None:
    """A year typed wrong (« 0206 », « 2206 ») is caught before it becomes a period."""
    latest = timezone.localdate().year + YEARS_AHEAD
    if not EARLIEST_YEAR <= day.year <= latest:
        raise ValidationError(f"Cette date est peu plausible : choisissez-la entre {EARLIEST_YEAR} et {latest}.")


class DayField(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_validators = [validate_likely_day]
    default_error_messages = {"invalid": "Écrivez la date sous la forme 22/11/2026."}


class IdentifierField(forms.CharField):
    """Identifiers are typed with spaces or dots; they are kept without."""

    def to_python(self, value: Any) -> str:
        return compact(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No maxlength: it would cut « 123 456 782 » short."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"} | {
            "autocomplete": "off"
        }


class CommuneField(forms.CharField):
    """A commune typed as its INSEE code, « Lamballe-Armor (22093) », or a name that only one commune bears."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return str(Commune.objects.filter(pk=value).first() or "")
        return str(value) if isinstance(value, Commune) else value

    def clean(self, value: Any) -> Commune | None:
        text = super().clean(value)
        if not text:
            return None
        code = _COMMUNE_CODE.search(text)
        candidates = list(self._candidates(text, code.group().upper() if code else ""))
        if not candidates:
            raise ValidationError(f"Aucune commune actuelle ne correspond à « {text} » : essayez son code INSEE.")
        if len(candidates) > 1:
            names = ", ".join(f"{commune} – {commune.department.name}" for commune in candidates[:6])
            raise ValidationError(f"Plusieurs communes portent ce nom : {names}. Précisez le code INSEE.")
        return candidates[0]

    def _candidates(self, text: str, code: str) -> Iterable[Commune]:
        current = Commune.objects.current().select_related("department")
        if code:
            return current.filter(code=code)
        folded = fold(text)
        return [commune for commune in current.matching(text) if fold(commune.name) == folded]


class IdentityForm(forms.ModelForm):
    """What the coordination keeps up to date itself; `version` tells whether somebody saved it meanwhile."""

    seat = CommuneField(
        label="Commune du siège", required=False, help_text="Son nom ou son code INSEE, par exemple 22093."
    )
    finess_anyway = forms.BooleanField(
        label="Enregistrer ce numéro FINESS malgré tout", required=False, widget=forms.HiddenInput
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Cpts
        fields = ["legal_name", "rna", "siren", "finess", "address", "seat", "email", "phone", "website"]
        field_classes = {"rna": IdentifierField, "siren": IdentifierField, "finess": IdentifierField}
        widgets: dict[str, forms.Widget] = {"phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})}

    field_order = [*Meta.fields[:4], "finess_anyway", *Meta.fields[4:]]

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        digits = re.sub(r"\D", "", phone)
        if phone and (not 10 <= len(digits) <= 15 or re.search(r"[^\d\s.+()\-]", phone)):
            raise ValidationError("Un numéro de téléphone compte 10 chiffres, par exemple 02 96 00 00 00.")
        return phone

    def clean_finess(self) -> str:
        """The form of the number first: a key is only worth a doubt on a number of the right length."""
        if self.cleaned_data["finess"]:
            validate_finess_form(self.cleaned_data["finess"])
        return self.cleaned_data["finess"]

    def clean(self) -> dict[str, Any]:
        """A FINESS whose key fails is probably mistyped; the person may say that it is right all the same."""
        data = super().clean() or {}
        finess = data.get("finess", "")
        if finess:
            try:
                check_finess_key(finess)
            except DoubtfulKey as doubt:
                self.fields["finess_anyway"].widget = forms.CheckboxInput()
                if not data.get("finess_anyway"):
                    self.add_error("finess", doubt)
        return data

    def identity(self) -> dict[str, Any]:
        """The fields of the CPTS, ready for `update_identity`."""
        own = {field.name for field in Cpts._meta.concrete_fields}
        return {name: value for name, value in self.cleaned_data.items() if name in own and name != "version"}


class AdministrationForm(IdentityForm):
    """Everything about a CPTS: its name, stage, agencies and departments are decided by the administration."""

    class Meta(IdentityForm.Meta):
        fields = ["name", "stage", "departments", "ars", "lead_fund", *IdentityForm.Meta.fields]
        widgets = {**IdentityForm.Meta.widgets, "departments": forms.SelectMultiple(attrs={"size": 8})}

    field_order = [*Meta.fields[:9], "finess_anyway", *Meta.fields[9:]]


class DeclaredForm(forms.ModelForm):
    declared_on = DayField(label="Date de la déclaration")

    class Meta:
        model = DeclaredFigures
        fields = ["declared_on", "population", "communes", "source"]


class ReadingForm(forms.Form):
    """At which date, and with which vintage of population, a territory is read."""

    jour = DayField(label="Territoire au", required=False)
    millesime = forms.TypedChoiceField(label="Population", coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, vintages: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(vintage, f"millésime {vintage}") for vintage in vintages]
        vintage: Any = self.fields["millesime"]
        vintage.choices = [("", "en vigueur à cette date"), *choices]

    @property
    def day(self) -> date:
        return self._value("jour") or timezone.localdate()

    @property
    def vintage(self) -> int | None:
        return self._value("millesime")

    def _value(self, name: str) -> Any:
        return self.cleaned_data.get(name) if self.is_valid() or hasattr(self, "cleaned_data") else None
