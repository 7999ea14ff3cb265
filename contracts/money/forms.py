"""Forms of payments, crisis, other resources and simulations."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from contracts.models import FundPayment, OtherResource, Part
from contracts.models.rates import OF_A_MISSION
from contracts.money.paying import Line, told
from contracts.money.simulation import Hypotheses, Start
from cpts_portal.core.forms import JudgedByTheActivity
from cpts_portal.core.text import date_fr, number_fr
from members.dues.forms import EurosField
from missions.models import OfficialMission
from territories.cpts.forms.cpts import DayField

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
        payments: Any = self.fields["payments"]
        payments.choices = choices
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
        envelope: Any = self.fields["envelope"]
        envelope.choices = [("", "Choisir…"), *own, *parts]

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


_POPULATION = re.compile(r"([+−-]?)(\d{1,7})")
SPACES = re.compile(r"\s")
PERCENT: dict[str, Any] = {"min_value": 0, "max_value": 100, "required": False}


class SimulationForm(forms.Form):
    """Whatever is left empty stays as it is; one start and one percentage per mission of the contract."""

    population = forms.CharField(required=False, label="Population")
    atteinte = forms.IntegerField(label="Cibles atteintes, toutes missions (%)", **PERCENT)
    crise = forms.BooleanField(label="Une crise sanitaire grave est reconnue par l’ARS", required=False)

    def __init__(self, *args: Any, start: Start, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.start = start
        terms = start.terms
        self.fields["population"].help_text = (
            f"Au contrat : {number_fr(terms.population)} habitants, taille {terms.size or '–'}. "
            "Écrivez un nombre, ou un écart : +6000."
        )
        for mission in start.missions:
            since = start.facts.started.get(mission.code)
            self.fields[f"debut-{mission.code}"] = DayField(
                label="Démarre le", required=False, help_text=f"Aujourd’hui : {date_fr(since) or 'pas démarrée'}."
            )
            if terms.amount_of(mission.code, Part.VARIABLE):
                self.fields[f"atteinte-{mission.code}"] = forms.IntegerField(label="Cibles atteintes (%)", **PERCENT)

    @property
    def by_mission(self) -> list[tuple[str, list[Any]]]:
        """The short name of each mission and its fields, as the page lays them out."""
        short = {each.mission: each.mission_name for each in self.start.terms.amounts}
        return [(short.get(each.code, each.name), self._fields_of(each.code)) for each in self.start.missions]

    def _fields_of(self, code: str) -> list[Any]:
        return [self[name] for name in (f"debut-{code}", f"atteinte-{code}") if name in self.fields]

    def clean_population(self) -> int | None:
        text = SPACES.sub("", self.cleaned_data["population"])
        if not text:
            return None
        found = _POPULATION.fullmatch(text)
        if found is None:
            raise forms.ValidationError("Écrivez un nombre d’habitants, par exemple 78 520, ou un écart : +6000.")
        sign, digits = found.groups()
        present = self.start.terms.population
        wanted = int(digits) if not sign else present + (int(digits) if sign == "+" else -int(digits))
        if wanted < 0:
            raise forms.ValidationError("Il ne resterait plus d’habitants.")
        return wanted

    @property
    def hypotheses(self) -> Hypotheses:
        data = self.cleaned_data
        codes = [mission.code for mission in self.start.missions]
        return Hypotheses(
            population=data["population"],
            starts={code: data[f"debut-{code}"] for code in codes if data[f"debut-{code}"]},
            percent=data["atteinte"],
            percents={code: percent for code in codes if (percent := data.get(f"atteinte-{code}")) is not None},
            has_crisis=data["crise"],
        )
