"""Forms about a contract: amending it, ending it, entering one signed before the portal, its exchanges."""

from typing import Any

from django import forms

from contracts.deal.amending import Subject
from contracts.deal.exchanges import ExchangeSheet
from contracts.deal.recorded import SignedPaper
from contracts.deal.termination import Termination
from contracts.models import Party
from contracts.terms.drafting import AGREEMENT
from contracts.terms.forms import EurosField, MissionsForm
from territories.cpts.forms.cpts import DayField

LINES = {"rows": 4}
HOLDERS = {Party.CPTS: "la CPTS", Party.ARS: "l’ARS", Party.FUND: "la caisse"}
PARTIES = [(party, name[0].upper() + name[1:]) for party, name in HOLDERS.items()]


class AmendmentForm(forms.Form):
    subjects = forms.MultipleChoiceField(
        label="Ce que l’avenant modifie",
        choices=Subject.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Ce qui est coché est repris du portail à la date d’effet ; le reste garde les termes en vigueur.",
    )
    reason = forms.CharField(
        label="Pourquoi",
        widget=forms.Textarea(attrs=LINES),
        help_text="Lu par les trois parties, et imprimé sur l’avenant.",
    )
    asked_by = forms.ChoiceField(label="Demandé par", choices=PARTIES, widget=forms.RadioSelect)
    effective_on = DayField(label="Prend effet le")


class TerminationForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput)
    end_initiator = forms.ChoiceField(label="Résilié par", choices=PARTIES, widget=forms.RadioSelect)
    end_reason = forms.CharField(label="Motif", widget=forms.Textarea(attrs=LINES))
    notice_on = DayField(
        label="Mise en demeure du", required=False, help_text="Nécessaire quand l’ARS ou la caisse résilie."
    )
    answer_days = forms.IntegerField(
        label="Délai de réponse (jours)",
        required=False,
        min_value=0,
        max_value=365,
        help_text="Celui que la mise en demeure a laissé à la CPTS.",
    )
    ended_on = DayField(label="Date d’effet", help_text="Le premier jour où le contrat ne s’applique plus.")
    end_decision = forms.CharField(
        label="Décision",
        required=False,
        widget=forms.Textarea(attrs=LINES),
        help_text="Qui a décidé, quand, sous quelle référence.",
    )
    end_balance = EurosField(
        label="Solde arrêté (€)", help_text="Ce qui reste dû à la CPTS à la date d’effet, si les parties l’ont arrêté."
    )
    confirmed = forms.BooleanField(label="J’ai lu ce que la résiliation entraîne.")

    def termination(self) -> Termination:
        data = self.cleaned_data
        return Termination(**{name: data[name] for name in Termination.__dataclass_fields__})


class ExchangeForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput, required=False)
    planned_on = DayField(label="Prévu le")
    held_on = DayField(label="Tenu le", required=False)
    agenda = forms.CharField(label="Ordre du jour", required=False, widget=forms.Textarea(attrs={"rows": 5}))
    minutes = forms.CharField(label="Compte rendu", required=False, widget=forms.Textarea(attrs={"rows": 8}))
    decisions = forms.CharField(label="Décisions", required=False, widget=forms.Textarea(attrs={"rows": 5}))

    def sheet(self) -> ExchangeSheet:
        return ExchangeSheet(**{name: self.cleaned_data[name] for name in ExchangeSheet.__dataclass_fields__})


class RecordForm(MissionsForm):
    """What is read on a contract signed before the portal."""

    asks_source = False
    FROM_PORTAL, TYPED = "portal", "typed"

    reference = forms.CharField(label="Référence du contrat", max_length=40, required=False)
    starts_on = DayField(label="Prend effet le", help_text="Les cinq ans du contrat courent de ce jour.")
    text = forms.CharField(label="Accord appliqué", max_length=300, initial=AGREEMENT)
    territory = forms.ChoiceField(
        label="Territoire inscrit au contrat",
        choices=[
            (FROM_PORTAL, "Celui que le portail connaît à la date d’effet"),
            (TYPED, "Celui que j’écris ci-dessous"),
        ],
        initial=FROM_PORTAL,
        widget=forms.RadioSelect,
    )
    communes = forms.CharField(
        label="Communes et populations",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Une par ligne : « 22093 Lamballe-Armor 16\u00a0800 ». Sans nombre, celui que le portail connaît.",
    )
    size = forms.TypedChoiceField(
        label="Taille inscrite au contrat",
        choices=[("", "Celle de cette population"), *((size, f"Taille {size}") for size in range(1, 5))],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for party in Party:
            self.fields[f"{party}_signed_on"] = DayField(label=f"Signé par {HOLDERS[party]} le")
            self.fields[f"{party}_signatory"] = forms.CharField(
                label=f"Signataire pour {HOLDERS[party]}", max_length=120, required=False
            )

    def signature_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"{party}_signed_on"], self[f"{party}_signatory"]) for party in Party]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("territory") == self.TYPED and not data.get("communes", "").strip():
            self.add_error("communes", "Écrivez les communes, ou choisissez le territoire du portail.")
        return data

    def signed_paper(self) -> SignedPaper:
        data = self.cleaned_data
        return SignedPaper(
            starts_on=data["starts_on"],
            signed_on={party: data[f"{party}_signed_on"] for party in Party},
            signatories={party: data[f"{party}_signatory"] for party in Party},
            starts=self.starts(),
            amounts=self.typed_amounts(),
            communes=data["communes"] if data["territory"] == self.TYPED else "",
            size=data["size"],
            reference=data["reference"],
            text=data["text"],
        )
