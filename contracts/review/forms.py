"""What a move asks: a reason, an opinion, a signature; and on which version of the file it is made."""

from typing import Any

from django import forms

from contracts.models import Opinion
from cpts_portal.core.workflow import Move


class MoveForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput)


class ReasonForm(MoveForm):
    reason = forms.CharField(
        label="Motif", widget=forms.Textarea(attrs={"rows": 4}), help_text="Lu par les trois parties."
    )


class VisaForm(MoveForm):
    opinion = forms.ChoiceField(
        label="Avis", choices=Opinion.choices, initial=Opinion.FAVOURABLE, widget=forms.RadioSelect
    )
    reasons = forms.CharField(
        label="Motifs",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="À indiquer pour un avis avec réserves ou défavorable. Lus par les trois parties.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("opinion") not in (None, Opinion.FAVOURABLE) and not data.get("reasons", "").strip():
            self.add_error("reasons", "Indiquez les motifs de cet avis.")
        return data


class SignatureForm(MoveForm):
    on = forms.DateField(label="Signé le", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    signatory = forms.CharField(
        label="Nom et qualité du signataire", max_length=120, help_text="Par exemple : Dominique Exemple, présidente."
    )


def form_of(move: Move) -> type[forms.Form]:
    if move.name == "visa":
        return VisaForm
    if move.name == "sign":
        return SignatureForm
    return ReasonForm if move.needs_reason else MoveForm
