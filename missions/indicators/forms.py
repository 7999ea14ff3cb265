"""Forms of indicators: definition, target of a year, result of a period, proof."""

from decimal import Decimal
from typing import Any

from django import forms

from cpts_portal.core.forms import JudgedByTheActivity, choice_field, choices_among
from cpts_portal.core.typed_numbers import TypedNumberField
from members.dues.forms import EurosField
from missions.indicators.achievement import Rung, figure
from missions.indicators.proving import ProofFields
from missions.indicators.rules import TargetFields
from missions.models import (
    Action,
    Counted,
    CptsMission,
    Indicator,
    Meeting,
    Proof,
    ProofKind,
    Target,
)
from territories.cpts.forms.cpts import DayField
from territories.models import Cpts

STEPS = 4
DEFINITION = (
    *("name", "kind", "unit", "decimals", "source", "formula", "direction", "baseline", "baseline_on"),
    *("method", "cadence", "aggregation", "counted", "action"),
)


class FigureField(TypedNumberField):
    """« 66 811 », « 72,4 » or « 72.4 »: figures as people type them."""

    marks = ("%", "+")
    default_error_messages = {"invalid": "Écrivez un nombre, par exemple 219 ou 72,4."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("−", "-") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return figure(value).replace("\u202f", " ") if isinstance(value, Decimal) else value


class IndicatorForm(JudgedByTheActivity, forms.ModelForm):
    """`version` tells whether somebody saved the indicator meanwhile; the mission is chosen once."""

    mission: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Mission", queryset=None, empty_label="Choisir la mission"
    )
    baseline = FigureField(label="Valeur de départ", required=False)
    baseline_on = DayField(label="Constatée le", required=False)
    proofs = forms.MultipleChoiceField(
        label="Preuves attendues", choices=ProofKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Indicator
        fields = ("mission", *DEFINITION)
        widgets = {"formula": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_among(self, "mission").queryset = CptsMission.objects.filter(cpts=cpts).select_related("mission")
        choices_among(self, "action").queryset = Action.objects.filter(cpts=cpts, dropped_on__isnull=True)
        choices_among(self, "action").empty_label = "Toute la mission"
        choice_field(self, "counted").choices = Counted.choices
        self.initial.setdefault("version", self.instance.version)
        if self.instance.pk:
            self.fields["mission"].disabled = True
            self.initial["proofs"] = [each.kind for each in self.instance.expected_proofs.all()]

    def definition(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in DEFINITION}


class TargetForm(forms.Form):
    """The target of one year; the steps are read when the indicator is paid by steps."""

    kind = forms.ChoiceField(label="Cible exprimée en", choices=Target.Kind.choices)
    value = FigureField(label="Cible", required=False)
    written = FigureField(
        label="Valeur écrite au contrat",
        required=False,
        help_text="La valeur finale telle que le contrat l’écrit : le portail vérifie qu’elle concorde.",
    )
    amount = EurosField(label="Montant maximal (€)", min_value=0)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, with_steps: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ranks = range(1, STEPS + 1) if with_steps else ()
        for rank in self.ranks:
            self.fields[f"bound_{rank}"] = FigureField(label=f"Seuil du palier {rank}", required=False)
            self.fields[f"paid_{rank}"] = EurosField(label=f"Montant du palier {rank} (€)", required=False, min_value=0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for rank in self.ranks:
            bound, paid = data.get(f"bound_{rank}"), data.get(f"paid_{rank}")
            if (bound is None) != (paid is None) and not self.errors:
                self.add_error(f"paid_{rank}", "Un palier a un seuil et un montant : remplissez les deux.")
        return data

    def lacking(self) -> str:
        """What is still to be typed, or typed otherwise, before examples can be given."""
        names = ", ".join(f"« {self.fields[name].label} »" for name in self.errors if name in self.fields)
        return f"Les exemples suivront dès que ces champs seront remplis avec un nombre : {names}."

    def target_fields(self) -> TargetFields:
        data = self.cleaned_data
        rungs = [
            Rung(data[f"bound_{rank}"], data[f"paid_{rank}"])
            for rank in self.ranks
            if data.get(f"bound_{rank}") is not None
        ]
        return TargetFields(data["kind"], data["value"], data["written"], data["amount"], tuple(rungs))


def initial_target(fields: TargetFields | None) -> dict[str, Any]:
    if fields is None:
        return {"amount": Decimal("0.00")}
    found: dict[str, Any] = {name: getattr(fields, name) for name in ("kind", "value", "written", "amount")}
    for rank, rung in enumerate(fields.rungs[:STEPS], 1):
        found |= {f"bound_{rank}": rung.bound, f"paid_{rank}": rung.amount}
    return found


class ResultForm(forms.Form):
    """One number, one comment: a minute on a phone."""

    value = FigureField(label="Valeur")
    comment = forms.CharField(label="Commentaire", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, unit: str, period: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = f"Valeur ({unit})"
        self.fields["value"].help_text = period


class QuickResultForm(ResultForm):
    """One row among others: a row left blank is not an entry."""

    field_order = ("value", "comment", "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"] = forms.CharField(label="Commentaire", required=False)
        self.fields["value"].required, self.fields["value"].help_text = False, ""
        self.order_fields(self.field_order)

    def clean_value(self) -> Decimal:
        value: Decimal | None = self.cleaned_data["value"]
        if value is None:
            raise forms.ValidationError("Écrivez la valeur, ou videz le commentaire.")
        return value

    @property
    def is_typed(self) -> bool:
        return any(str(self[name].value() or "").strip() for name in ("value", "comment"))


class EnvelopeForm(forms.Form):
    """The variable part that the contract attaches to a mission in a year."""

    amount = EurosField(label="Part variable (€)", min_value=0)


class ProofForm(JudgedByTheActivity, forms.ModelForm):
    """One of a file, a link or a meeting whose attendance is locked."""

    file = forms.FileField(
        label="Fichier",
        required=False,
        help_text="Aucune donnée de patient : ni nom, ni numéro de sécurité sociale. Le portail ne garde que des "
        "comptes ; un fichier qui ressemble à une liste de patients est refusé.",
    )
    dated = DayField(label="Date du document", required=False)

    class Meta:
        model = Proof
        fields = ("kind", "title", "file", "link", "meeting", "dated")

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        locked = Meeting.objects.filter(cpts=cpts, attendance_locked_at__isnull=False)
        choices_among(self, "meeting").queryset = locked.order_by("-starts_at")
        self.fields["meeting"].label = "Ou une réunion tenue"
        choices_among(self, "meeting").empty_label = "Aucune"
        self.fields["link"].label = "Ou un lien"
        choice_field(self, "kind").choices = [("", "Choisir…"), *ProofKind.choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [name for name in ("file", "link", "meeting") if data.get(name)]
        if not self.errors and len(given) != 1:
            self.add_error(None, "Donnez un fichier, un lien ou une réunion : l’un des trois.")
        return data

    def proof_fields(self) -> ProofFields:
        data = self.cleaned_data
        file = data.get("file")
        return ProofFields(
            kind=data["kind"],
            title=data["title"],
            dated=data["dated"],
            link=data["link"] or "",
            meeting=data["meeting"],
            filename=file.name if file else "",
            content=file.read() if file else b"",
        )
