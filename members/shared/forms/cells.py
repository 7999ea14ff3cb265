"""Pieces shared by the forms of the register: phones, dates, numbers whose key is doubtful, free fields."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpts_portal.core.identifiers import DoubtfulKey
from members.models import CustomField
from territories.cpts.forms.cpts import DayField

EXTRA_PREFIX = "libre-"
YES_NO = [("", "Non précisé"), ("oui", "Oui"), ("non", "Non")]


def clean_phone(text: str) -> str:
    """« 0296000000 » -> « 02 96 00 00 00 », overseas departments as well; « +590 … » and the like are kept as typed."""
    phone = " ".join(text.split())
    digits = re.sub(r"\D", "", phone)
    if re.search(r"[^\d\s.+()\-/]", phone) or not 8 <= len(digits) <= 15:
        raise ValidationError("Écrivez un numéro de téléphone, par exemple 02 96 00 00 00 ou +262 262 00 00 00.")
    if phone.startswith("+") or digits.startswith("00"):
        return phone
    if len(digits) != 10 or not digits.startswith("0"):
        raise ValidationError("Un numéro de téléphone français compte 10 chiffres, par exemple 02 96 00 00 00.")
    return " ".join(digits[i : i + 2] for i in range(0, 10, 2))


class PastDayField(DayField):
    """A day of the life of a register: practices may have begun long before the portal."""

    default_validators: list[Callable[[Any], None]] = []

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not 1940 <= value.year <= 2100:
            raise ValidationError("Cette date est peu plausible : vérifiez l’année.")


def refuse_doubtful(form: forms.BaseForm, name: str, check: Callable[[str], None]) -> None:
    """A number whose key fails is probably mistyped; « <name>_anyway » says that it is right all the same.

    A number already saved as it is raises no doubt any more.
    """
    value = form.cleaned_data.get(name, "")
    if not value or value == form.initial.get(name):
        return
    try:
        check(value)
    except DoubtfulKey as doubt:
        form.fields[f"{name}_anyway"].widget = forms.CheckboxInput()
        if not form.cleaned_data.get(f"{name}_anyway"):
            form.add_error(name, doubt)


def anyway_field(label: str) -> forms.BooleanField:
    return forms.BooleanField(
        label=f"Enregistrer ce numéro {label} malgré tout", required=False, widget=forms.HiddenInput
    )


# --- Free fields ------------------------------------------------------------------------------------------------
def add_extra_fields(form: forms.BaseForm, customs: list[CustomField], values: dict[str, Any]) -> None:
    """One field per free field of the CPTS, filled with what the record holds."""
    for custom in customs:
        name = f"{EXTRA_PREFIX}{custom.key}"
        form.fields[name] = extra_field(custom, values.get(custom.key))
        value = values.get(custom.key)
        form.initial.setdefault(
            name, {True: "oui", False: "non"}.get(value, value) if value in (True, False) else value
        )


def extra_field(custom: CustomField, value: Any = None) -> forms.Field:
    kinds: dict[str, Callable[..., forms.Field]] = {
        CustomField.Kind.NUMBER: forms.FloatField,
        CustomField.Kind.DATE: PastDayField,
        CustomField.Kind.YES_NO: lambda **own: forms.ChoiceField(choices=YES_NO, **own),
        CustomField.Kind.CHOICE: lambda **own: forms.ChoiceField(choices=_choices(custom, value), **own),
    }
    make = kinds.get(custom.kind, lambda **own: forms.CharField(max_length=500, **own))
    return make(label=custom.label, required=False)


def _choices(custom: CustomField, value: Any) -> list[tuple[str, str]]:
    """The choices of today, and the value kept when it is no longer one of them."""
    listed = custom.choice_list
    kept = [value] if isinstance(value, str) and value and value not in listed else []
    return [("", "Non précisé"), *((choice, choice) for choice in [*listed, *kept])]


def extra_values(form: forms.BaseForm) -> dict[str, Any]:
    """What was typed in the free fields, ready for `extra` (blanks too, so that a value may be erased)."""
    found = {}
    for name, value in form.cleaned_data.items():
        if name.startswith(EXTRA_PREFIX):
            found[name.removeprefix(EXTRA_PREFIX)] = _stored(form.fields[name], value)
    return found


def _stored(field: forms.Field, value: Any) -> Any:
    if isinstance(field, forms.DateField):
        return value.isoformat() if value else None
    if isinstance(field, forms.FloatField):
        return int(value) if value is not None and value.is_integer() else value
    if getattr(field, "choices", None) == YES_NO:
        return {"oui": True, "non": False}.get(value)
    return value
