"""Forms of the dues: opening a year, calling, payments, exemption."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from cpts_portal.core.typed_numbers import TypedNumberField
from members.dues.dues import PaymentOrder
from members.models import College, Due, DuesRate, Payment, Profession, StructureKind
from territories.cpts.forms.cpts import DayField
from territories.models import Cpts

BLANK_RATES = 2


class EurosField(TypedNumberField):
    """« 20 », « 20,50 » or « 20.50 »: amounts as people type them."""

    marks = ("€",)
    default_error_messages = {"invalid": "Écrivez un montant, par exemple 20 ou 20,50."}

    def __init__(self, *, decimal_places: int = 2, **kwargs: Any) -> None:
        super().__init__(max_digits=6 + decimal_places, decimal_places=decimal_places, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.{self.decimal_places}f}".replace(".", ",") if isinstance(value, Decimal) else value


class CampaignForm(forms.Form):
    year = forms.IntegerField(label="Année", min_value=2000, max_value=2100)
    voted_on = DayField(label="Montants fixés par l’assemblée générale du", required=False)
    due_on = DayField(label="À régler avant le")
    message = forms.CharField(
        label="Texte joint à l’appel à cotisation",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Comment régler : coordonnées bancaires, lien de paiement, ordre du chèque.",
    )


class CampaignEditForm(CampaignForm):
    year = None  # type: ignore[assignment]


class RateForm(forms.Form):
    """An amount and whom it is for; a row left blank is ignored."""

    kind = forms.ChoiceField(label="Pour", choices=DuesRate.Kind.choices, required=False)
    college = forms.ModelChoiceField(
        label="Collège", queryset=College.objects.none(), required=False, empty_label="Tous"
    )
    profession = forms.ModelChoiceField(
        label="Profession", queryset=Profession.objects.none(), required=False, empty_label="Toutes"
    )
    structure_kind = forms.ChoiceField(
        label="Type de structure", choices=[("", "Tous"), *StructureKind.choices], required=False
    )
    amount = EurosField(label="Montant (€)", min_value=Decimal(0))
    reason = forms.CharField(label="Motif si le montant est zéro", max_length=160, required=False)

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["college"].queryset = College.objects.filter(cpts=cpts)  # type: ignore[attr-defined]
        self.fields["profession"].queryset = Profession.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("amount") == 0 and not data.get("reason"):
            self.add_error("reason", "Un montant de zéro est une exonération : indiquez son motif.")
        if data.get("profession") and (data.get("kind") == DuesRate.Kind.STRUCTURE or data.get("structure_kind")):
            self.add_error("profession", "Une structure n’a pas de profession : choisissez « Personnes ».")
        if data.get("structure_kind") and data.get("kind") == DuesRate.Kind.PERSON:
            self.add_error("structure_kind", "Une personne n’a pas de type de structure : choisissez « Structures ».")
        return data

    def rate(self) -> DuesRate:
        """Not saved. A reason is kept for an exemption only."""
        data = self.cleaned_data
        return DuesRate(
            kind=DuesRate.Kind.STRUCTURE if data["structure_kind"] else data["kind"],
            structure_kind=data["structure_kind"],
            college=data["college"],
            profession=data["profession"],
            amount=data["amount"],
            reason=data["reason"] if data["amount"] == 0 else "",
        )


class BaseRateFormSet(BaseFormSet):
    def clean(self) -> None:
        """At least one amount, and not two amounts for the same people."""
        if any(self.errors):
            return
        rates = self.rates()
        if not rates:
            raise ValidationError("Indiquez au moins un montant.")
        keys = [(rate.kind, rate.college_id, rate.profession_id, rate.structure_kind) for rate in rates]
        if len(set(keys)) < len(keys):
            raise ValidationError("Deux montants concernent les mêmes adhérents : gardez-en un seul.")

    def rates(self) -> list[DuesRate]:
        return [form.rate() for form in self.forms if form.has_changed() and form.cleaned_data]


RateFormSet = formset_factory(RateForm, formset=BaseRateFormSet, extra=BLANK_RATES, max_num=40)


def rate_formset(cpts: Cpts, rates: Sequence[DuesRate], data: Any = None) -> BaseRateFormSet:
    """One row per rate of last year, and blank ones."""
    initial = [
        {
            "kind": rate.kind,
            "college": rate.college_id,
            "profession": rate.profession_id,
            "structure_kind": rate.structure_kind,
            "amount": rate.amount,
            "reason": rate.reason,
        }
        for rate in rates
    ]
    rows: Any = RateFormSet(data, initial=None if data else initial, form_kwargs={"cpts": cpts}, prefix="rates")
    for form in rows.forms:
        form.empty_permitted = True
    return rows


class MessageForm(forms.Form):
    message = CampaignForm.base_fields["message"]


class PaymentDefaultsForm(forms.Form):
    """What is common to the payments of one deposit."""

    paid_on = DayField(label="Payé le")
    method = forms.ChoiceField(label="Moyen de paiement", choices=[("", "Choisissez"), *Payment.Method.choices])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_paid_on(self) -> date:
        day = self.cleaned_data["paid_on"]
        if day > self.today:
            raise ValidationError("Cette date est à venir : un paiement s’enregistre quand il est reçu.")
        return day


class PaymentRowForm(forms.Form):
    """One member's payment; an empty amount leaves her out."""

    amount = EurosField(label="Montant reçu (€)", required=False, min_value=Decimal("0.01"))
    payer = forms.CharField(label="Payé par", max_length=160, required=False)

    def __init__(self, *args: Any, due: Due, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": f"due-{due.pk}"})
        self.due = due
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label}, {due.membership.holder}"
            if name == "payer":
                field.widget.attrs["placeholder"] = str(due.membership.holder)

    def clean_amount(self) -> Decimal | None:
        amount = self.cleaned_data["amount"]
        if amount is not None and amount > self.due.owed:
            raise ValidationError("Ce montant dépasse ce qui reste dû.")
        return amount

    def order(self, *, paid_on: date, method: str) -> PaymentOrder | None:
        amount = self.cleaned_data["amount"]
        if amount is None:
            return None
        return PaymentOrder(self.due, amount, paid_on, method, self.cleaned_data["payer"])


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Motif", max_length=160)


class CancelPaymentForm(forms.Form):
    reason = forms.CharField(label="Motif de l’annulation", max_length=200)


class AssemblyForm(forms.Form):
    day = DayField(label="Date de l’assemblée")
    title = forms.CharField(label="Réunion", max_length=80, initial="Assemblée générale")
