"""Forms of the money room: payments, crisis, other resources, the grid."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from contracts.models import FundPayment, OtherResource, Part
from contracts.models.rates import OF_A_MISSION
from contracts.paying import Line, told
from cpts_portal.core.forms import JudgedByTheActivity
from cpts_portal.core.text import date_fr, size_fr
from members.forms.dues import EurosField
from missions.models import OfficialMission
from territories.forms.cpts import DayField

LARGEST_GRID = 300_000
KINDS = (FundPayment.Kind.CORRECTION, FundPayment.Kind.RECOVERY)
CHANGED = "Un versement choisi a changé entre-temps : la liste est à jour, relisez-la puis recommencez."


class SignedEuros(EurosField):
    """An amount that may be typed with either minus sign."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("−", "-") if isinstance(value, str) else value)


class ChosenPayments(forms.Form):
    """Payments to tick; each value carries the version that was shown, so that a change meanwhile is told."""

    payments = forms.MultipleChoiceField(
        label="Versements",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un versement.", "invalid_choice": CHANGED},
    )

    def __init__(self, *args: Any, rows: Sequence[FundPayment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(f"{row.pk}-{row.version}", label_of(row)) for row in rows]
        self.fields["payments"].choices = choices
        if not self.is_bound:
            self.initial["payments"] = [value for value, _label in choices]

    @property
    def versions(self) -> dict[int, str]:
        pairs = (value.split("-") for value in self.cleaned_data["payments"])
        return {int(pk): version for pk, version in pairs}


def label_of(payment: FundPayment) -> str:
    cpts = payment.year.contract.cpts.full_name
    return f"{cpts}. {told(payment)}, échéance du {date_fr(payment.due_on)}"


class PaidPayments(ChosenPayments):
    """The transfer that pays them all."""

    on = DayField(label="Versé le")
    reference = forms.CharField(
        label="Référence du virement", max_length=60, help_text="La même pour tous les versements choisis."
    )
    field_order = ("on", "reference", "payments")


class SetAsideForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Motif", widget=forms.Textarea(attrs={"rows": 3}), help_text="Lu par les trois parties."
    )


class ReceivedForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput)
    on = DayField(label="Reçu sur le compte de la CPTS le")


class LineForm(forms.Form):
    """A correction or a recovery, on one envelope."""

    kind = forms.ChoiceField(
        label="Nature",
        choices=[(kind.value, kind.label) for kind in KINDS],
        widget=forms.RadioSelect,
        help_text="Récupération : une somme versée en trop, que le calcul ne proposera plus. "
        "Régularisation : une décision en plus du calcul, en plus ou en moins.",
    )
    envelope = forms.ChoiceField(label="Enveloppe")
    amount = SignedEuros(
        label="Montant (€)",
        help_text="Une récupération s’écrit sans signe : elle est retirée. Une régularisation en moins s’écrit −500.",
    )
    due_on = DayField(label="Échéance")
    reason = forms.CharField(
        label="Motif", widget=forms.Textarea(attrs={"rows": 3}), help_text="Lu par les trois parties."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missions = {mission.code: mission for mission in OfficialMission.objects.all()}
        own = [(f"/{Part.FUNCTIONING}", "Fonctionnement")]
        parts = [
            (f"{code}/{part}", f"{mission} : {part.label}")
            for code, mission in self.missions.items()
            for part in OF_A_MISSION
        ]
        self.fields["envelope"].choices = [("", "Choisir…"), *own, *parts]

    @property
    def line(self) -> Line:
        data = self.cleaned_data
        code, _, part = data["envelope"].partition("/")
        return Line(data["kind"], part, self.missions.get(code), data["amount"], data["due_on"], data["reason"])


class CrisisForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput)
    on = DayField(label="Crise reconnue le")
    decision = forms.CharField(
        label="Décision",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple : décision du directeur général de l’ARS n° 2026-14, épidémie de grippe.",
    )


class ResourceForm(JudgedByTheActivity, forms.ModelForm):
    amount = EurosField(label="Montant (€)", required=False, help_text="Vide pour un apport en nature.")
    received_on = DayField(label="Reçue le", required=False)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = OtherResource
        fields = ("label", "giver", "amount", "received_on", "note")
        help_texts = {
            "label": "Par exemple : crédits d’amorçage, local prêté.",
            "giver": "Par exemple : ARS, communauté de communes.",
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    @property
    def written(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class GridFileForm(forms.Form):
    file = forms.FileField(
        label="Fichier du barème",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx", "class": "form-control"}),
        help_text="CSV (virgule, point-virgule ou tabulation) ou XLSX, avec une ligne de titres.",
        error_messages={"required": "Choisissez le fichier à lire.", "empty": "Ce fichier est vide."},
    )

    def clean_file(self) -> UploadedFile:
        sent: UploadedFile = self.cleaned_data["file"]
        if (sent.size or 0) > LARGEST_GRID:
            raise forms.ValidationError(
                f"Ce fichier est trop lourd ({size_fr(sent.size or 0)} ; au plus {size_fr(LARGEST_GRID)})."
            )
        return sent


class EndRateForm(forms.Form):
    end = DayField(
        label="Premier jour sans ce montant", help_text="Les contrats signés gardent le leur jusqu’à leur avenant."
    )
