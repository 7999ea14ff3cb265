"""The form of a person: who she is, how to reach her, where she practises, all on one page."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict

from cpts_portal.core.forms import JudgedByTheActivity, choices_among
from cpts_portal.core.identifiers import check_rpps_key, strip_national_prefix, validate_rpps_form
from members.membership.custom_fields import fields_of as custom_fields_of
from members.models import Contact, CustomField, ExerciseMode, Profession, Professional, Specialty
from members.records.duplicates import Identity
from members.records.registration import ContactLine, PersonFields, PracticeLine
from members.shared.forms.cells import (
    PastDayField,
    add_extra_fields,
    anyway_field,
    clean_phone,
    extra_values,
    refuse_doubtful,
)
from members.shared.forms.choosing import KnownCommuneField, StructureField, bind_to
from territories.cpts.forms.cpts import IdentifierField
from territories.models import Cpts

MOST_ROWS = 40
BLANK = ("", "Choisir…")


class RppsField(IdentifierField):
    """Also typed as the national identifier, which puts an 8 before the RPPS."""

    def to_python(self, value: Any) -> str:
        return strip_national_prefix(super().to_python(value))


class ContactForm(forms.Form):
    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    channel = forms.ChoiceField(label="Moyen", choices=[BLANK, *Contact.Channel.choices])
    value = forms.CharField(label="Coordonnée", max_length=160, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    consent = forms.BooleanField(label="Visible dans l’annuaire des adhérents", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        value, channel = data.get("value"), data.get("channel")
        if not value or not channel:
            return data
        try:
            if channel in (Contact.Channel.EMAIL, Contact.Channel.SECURE_MAIL):
                validate_email(value)
                data["value"] = value.lower()
            else:
                data["value"] = clean_phone(value)
        except ValidationError as error:
            self.add_error("value", error)
        return data


class PracticeForm(forms.Form):
    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    mode = forms.ChoiceField(label="Mode", choices=[("", "Non précisé"), *ExerciseMode.choices], required=False)
    structure = StructureField(label="Structure du registre", required=False)
    place = forms.CharField(label="Cabinet ou lieu", max_length=160, required=False)
    address = forms.CharField(label="Adresse", max_length=200, required=False)
    commune = KnownCommuneField()
    start = PastDayField(label="Depuis le", required=False)
    end = PastDayField(label="Jusqu’au (exclu)", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("structure") and not data.get("commune") and "commune" not in self.errors:
            data["commune"] = data["structure"].commune
        named = any(data.get(name) for name in ("structure", "place", "address", "commune"))
        if self.has_changed() and not named and not self.errors:
            self.add_error("commune", "Indiquez au moins la commune, la structure ou le lieu.")
        if data.get("start") and data.get("end") and data["end"] <= data["start"]:
            self.add_error("end", "La date de fin doit être postérieure à la date de début.")
        return data


class RowFormSet(BaseFormSet):
    """Rows of a person: those kept, in order; a row marked « Retirer » goes away."""

    def kept(self) -> Iterator[forms.Form]:
        for form in self.forms:
            if form.cleaned_data and not form.cleaned_data.get("DELETE") and form.has_changed():
                yield form

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Retirer cette ligne"


class ContactRows(RowFormSet):
    def clean(self) -> None:
        seen = set()
        for form in self.kept():
            line = form.cleaned_data.get("channel"), form.cleaned_data.get("value")
            if all(line) and line in seen:
                form.add_error("value", "Cette coordonnée figure deux fois.")
            seen.add(line)


_LIMITS: dict[str, Any] = {
    **{"extra": 0, "can_delete": True, "validate_max": True},
    **dict.fromkeys(("max_num", "absolute_max"), MOST_ROWS),
}
ContactFormSet: type[RowFormSet] = formset_factory(ContactForm, formset=ContactRows, **_LIMITS)  # type: ignore[assignment]  # of its own base
PracticeFormSet: type[RowFormSet] = formset_factory(PracticeForm, formset=RowFormSet, **_LIMITS)  # type: ignore[assignment]


class PersonForm(JudgedByTheActivity, forms.ModelForm):
    """`contacts` and `practices` are its rows; `version` tells whether somebody saved the person meanwhile."""

    rpps_anyway = anyway_field("RPPS")
    another_person = forms.BooleanField(label="C’est bien une autre personne", required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Professional
        fields = ["civil_last_name", "civil_first_name", "last_name", "profession", "specialties", "rpps"]
        field_classes = {"rpps": RppsField}
        widgets = {"specialties": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cpts = cpts
        self._set_professions()
        self.initial["version"] = self.instance.version
        add_extra_fields(self, custom_fields_of(cpts, CustomField.Target.PERSON), self.instance.extra)
        self.contacts = self._rows(ContactFormSet, "contacts", blank_rows=2)
        self.practices = self._rows(PracticeFormSet, "practices", blank_rows=1)
        for row in [*self.contacts.forms, *self.practices.forms]:
            bind_to(row, cpts)

    def _set_professions(self) -> None:
        own = self.instance.profession_id
        offered = Profession.objects.filter(is_active=True) | Profession.objects.filter(pk=own)
        choices_among(self, "profession").queryset = offered
        choices_among(self, "profession").empty_label = "Choisir…"
        chosen = self.data.get("profession") if self.is_bound else own
        chosen = chosen if str(chosen or "").isdigit() else None
        choices_among(self, "specialties").queryset = Specialty.objects.filter(profession_id=chosen or 0)

    def _rows(self, kind: type[RowFormSet], prefix: str, *, blank_rows: int) -> RowFormSet:
        if self.is_bound:
            return kind(self.data, prefix=prefix)
        rows = kind(prefix=prefix, initial=self._saved_rows(prefix))
        rows.extra = 0 if self.instance.pk and rows.initial else blank_rows
        return rows

    def _saved_rows(self, prefix: str) -> list[dict[str, Any]]:
        if not self.instance.pk:
            return []
        if prefix == "contacts":
            return [
                {"pk": row.pk, "channel": row.channel, "value": row.value, "consent": row.consent}
                for row in self.instance.contacts.all()
            ]
        names = ("pk", "mode", "structure", "place", "address", "commune", "start", "end")
        practices = self.instance.practices.select_related("structure", "commune")
        return [{name: getattr(row, name) for name in names} for row in practices]

    # --- Judging --------------------------------------------------------------------------------------------------
    def clean_rpps(self) -> str:
        if self.cleaned_data["rpps"]:
            validate_rpps_form(self.cleaned_data["rpps"])
        return self.cleaned_data["rpps"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        refuse_doubtful(self, "rpps", check_rpps_key)
        return data

    def is_valid(self) -> bool:
        """The rows are judged with the person, and told in the same summary."""
        own = super().is_valid()
        labels = {"contacts": "coordonnées", "practices": "lieux d’exercice"}
        for name, label in labels.items():
            rows = getattr(self, name)
            if not rows.is_valid():
                wrong = next((i for i, errors in enumerate(rows.errors, start=1) if errors), 0)
                self.add_error(None, f"Corrigez la ligne {wrong} des {label}." if wrong else _said(rows, label))
                own = False
        return own

    def left_unjudged(self) -> "PersonForm":
        """The form drawn again as typed (a line was added, the profession changed): nothing was sent yet."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        for rows in (self.contacts, self.practices):
            formset: Any = rows  # Django keeps what it has judged under these names
            formset._errors, formset._non_form_errors = [], rows.error_class()
            for row in rows.forms:
                row._errors, row.cleaned_data = ErrorDict(), {}
        return self

    # --- What it says ---------------------------------------------------------------------------------------------
    def said(self) -> PersonFields:
        data = self.cleaned_data
        names = ("civil_last_name", "civil_first_name", "last_name", "profession", "rpps")
        return PersonFields(
            values={name: data[name] for name in names},
            specialties=list(data["specialties"]),
            contacts=[_contact(row.cleaned_data) for row in self.contacts.kept()],
            practices=[_practice(row.cleaned_data) for row in self.practices.kept()],
            extra=extra_values(self),
        )

    def identity(self) -> Identity:
        said = self.said()
        mails = (Contact.Channel.EMAIL, Contact.Channel.SECURE_MAIL)
        return Identity.of(
            rpps=said.values["rpps"],
            first_name=said.values["civil_first_name"],
            last_name=said.values["last_name"] or said.values["civil_last_name"],
            profession_id=said.values["profession"].pk,
            emails=[line.value for line in said.contacts or () if line.channel in mails],
        )

    def main_fields(self) -> list[forms.BoundField]:
        names = ("civil_last_name", "civil_first_name", "last_name", "rpps", "rpps_anyway")
        return [self[name] for name in names]

    def free_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("libre-")]


def _contact(data: dict[str, Any]) -> ContactLine:
    return ContactLine(data["channel"], data["value"], data["consent"], data["pk"])


def _practice(data: dict[str, Any]) -> PracticeLine:
    return PracticeLine(**{name: value for name, value in data.items() if name != "DELETE"})


def _said(rows: BaseFormSet, label: str) -> str:
    return " ".join(str(error) for error in rows.non_form_errors()) or f"Vérifiez les {label}."


def with_one_more(data: Any, prefix: str) -> Any:
    """The data sent, with one blank line more."""
    more = data.copy()
    count = data.get(f"{prefix}-TOTAL_FORMS", "0")
    if count.isdigit():
        more[f"{prefix}-TOTAL_FORMS"] = str(min(int(count) + 1, MOST_ROWS))
    return more
