"""The form of an action (« fiche action »): what, for whom, with whom, when, with which money, what comes out of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.urls import reverse

from cpts_portal.core.forms import JudgedByTheActivity, choices_among
from cpts_portal.core.typed_numbers import SPACES, TypedNumberField
from members.shared.forms.choosing import PersonField, StructureField, bind_to
from missions.models import Action, ActionTemplate, CptsMission, Envelope, SubMission
from missions.plan.action_plan import ActionSheet, BudgetRow, DeliverableRow
from territories.cpts.forms.cpts import DayField
from territories.models import Cpts

LEADS, PARTNERS, BLANK_ROWS, MOST_ROWS = 3, 4, 2, 30
BLANK = ("", "Choisir…")
SHEET_FIELDS = (*("title", "theme", "objective", "audience", "partners", "start", "end", "progress", "progress_note"),)


class OptionalEurosField(TypedNumberField):
    """Euros of a row that may stay blank: an empty box is zero."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_digits=10,
            decimal_places=2,
            min_value=Decimal("0.00"),
            required=False,
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.rstrip("".join((*SPACES, "€")))
        return super().to_python(value) or Decimal("0.00")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """An empty box is the zero it stands for: a blank row stays blank."""
        try:
            return self.to_python(data) != (initial or Decimal("0.00"))
        except ValidationError:
            return True

    def prepare_value(self, value: Any) -> Any:
        if value == 0:
            return ""
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else value


class BudgetForm(forms.Form):
    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    label = forms.CharField(label="Dépense", max_length=160)
    envelope = forms.ChoiceField(label="Enveloppe", choices=[BLANK, *Envelope.choices])
    mission: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Mission qui paie", queryset=None, required=False, empty_label="Sans objet"
    )
    planned = OptionalEurosField(label="Prévu (€)")
    committed = OptionalEurosField(label="Engagé (€)")
    spent = OptionalEurosField(label="Dépensé (€)")

    def __init__(self, *args: Any, missions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_among(self, "mission").queryset = missions

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("envelope") == Envelope.MISSION and not data.get("mission"):
            self.add_error("mission", "Indiquez la mission dont l’enveloppe paie cette dépense.")
        return data


class DeliverableForm(forms.Form):
    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="Livrable", max_length=160)
    due_on = DayField(label="Attendu le", required=False)
    delivered_on = DayField(label="Remis le", required=False)


class Rows(BaseFormSet):
    """Rows of the form: those filled in; one marked « Retirer » goes away."""

    def kept(self) -> Iterator[dict[str, Any]]:
        for form in self.forms:
            if form.cleaned_data and (form.has_changed() or form.cleaned_data.get("pk")):
                gone = bool(form.cleaned_data.get("DELETE"))
                yield {**{name: form.cleaned_data.get(name) for name in form.fields if name != "DELETE"}, "gone": gone}

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Retirer cette ligne"


_LIMITS: dict[str, Any] = {"can_delete": True, "max_num": MOST_ROWS, "absolute_max": MOST_ROWS, "validate_max": True}
BudgetFormSet: Any = formset_factory(BudgetForm, formset=Rows, extra=BLANK_ROWS, **_LIMITS)
DeliverableFormSet: Any = formset_factory(DeliverableForm, formset=Rows, extra=BLANK_ROWS, **_LIMITS)


class ActionForm(JudgedByTheActivity, forms.ModelForm):
    """`budget` and `deliverables` are its rows; `version` tells whether somebody saved the action meanwhile."""

    missions: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label="Missions servies", queryset=None, widget=forms.CheckboxSelectMultiple, help_text="Une, ou deux."
    )
    parts: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label="Volets", queryset=None, widget=forms.CheckboxSelectMultiple, required=False
    )
    start = DayField(label="Début prévu", required=False)
    end = DayField(label="Fin prévue", required=False, help_text="Le premier jour où elle est finie.")
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Action
        fields = [*SHEET_FIELDS]
        widgets = {
            "objective": forms.Textarea(attrs={"rows": 4}),
            "progress_note": forms.Textarea(attrs={"rows": 3}),
            "progress": forms.NumberInput(attrs={"min": 0, "max": 100, "step": 5}),
        }

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cpts = cpts
        held = CptsMission.objects.filter(cpts=cpts).select_related("mission")
        choices_among(self, "missions").queryset = held
        choices_among(self, "parts").queryset = SubMission.objects.filter(mission__in=held.values("mission"))
        self._add_records("lead", LEADS, PersonField, "Référent", "leads")
        self._add_records("partner", PARTNERS, StructureField, "Structure partenaire", "partner_structures")
        bind_to(self, cpts)
        self.initial.setdefault("version", self.instance.version)
        if self.instance.pk:
            self.initial["missions"] = list(self.instance.missions.values_list("pk", flat=True))
            self.initial["parts"] = list(self.instance.parts.values_list("pk", flat=True))
        own: dict[str, Any] = {"data": self.data if self.is_bound else None}
        budget, deliverables = self._saved_rows()
        self.budget = BudgetFormSet(**own, prefix="budget", initial=budget, form_kwargs={"missions": held})
        self.deliverables = DeliverableFormSet(**own, prefix="livrables", initial=deliverables)

    def _add_records(self, prefix: str, count: int, kind: type, label: str, relation: str) -> None:
        known = list(getattr(self.instance, relation).all()) if self.instance.pk else []
        for rank in range(max(count, len(known))):
            self.fields[f"{prefix}_{rank}"] = kind(label=f"{label} {rank + 1}", required=False)
            if rank < len(known):
                self.initial[f"{prefix}_{rank}"] = known[rank]

    def _saved_rows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        if not self.instance.pk:
            return [], []
        money = ("pk", "label", "envelope", "mission", "planned", "committed", "spent")
        budget = [{name: getattr(row, name) for name in money} for row in self.instance.budget.all()]
        wanted = ("pk", "name", "due_on", "delivered_on")
        return budget, [{name: getattr(row, name) for name in wanted} for row in self.instance.deliverables.all()]

    # --- Judging --------------------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] <= data["start"]:
            self.add_error("end", "La fin prévue doit suivre le début prévu.")
        return data

    def is_valid(self) -> bool:
        """The rows are judged with the action, and told in the same summary."""
        own = super().is_valid()
        for rows, label in ((self.budget, "du budget"), (self.deliverables, "des livrables")):
            if not rows.is_valid():
                wrong = next((rank for rank, errors in enumerate(rows.errors, start=1) if errors), 1)
                self.add_error(None, f"Corrigez la ligne {wrong} {label}.")
                own = False
        return own

    # --- What it says ---------------------------------------------------------------------------------------------
    def _records(self, prefix: str) -> list[Any]:
        names = [name for name in self.fields if name.startswith(f"{prefix}_")]
        return [self.cleaned_data[name] for name in names if self.cleaned_data.get(name)]

    def sheet(self) -> ActionSheet:
        data = self.cleaned_data
        return ActionSheet(
            fields={name: data[name] for name in SHEET_FIELDS if name in data},
            missions=list(data["missions"]),
            parts=list(data["parts"]),
            leads=self._records("lead"),
            partner_structures=self._records("partner"),
            budget=[BudgetRow(**row) for row in self.budget.kept()],
            deliverables=[DeliverableRow(**row) for row in self.deliverables.kept()],
        )

    @property
    def lead_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("lead_")]

    @property
    def partner_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("partner_")]


class ProgressForm(forms.Form):
    progress = forms.IntegerField(label="Avancement (%)", min_value=0, max_value=100)
    note = forms.CharField(label="Où en est l’action", required=False, widget=forms.Textarea(attrs={"rows": 4}))


class DropForm(forms.Form):
    on = DayField(label="Abandonnée le")
    reason = forms.CharField(label="Motif de l’abandon", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def initial_from(template: ActionTemplate, cpts: Cpts) -> dict[str, Any]:
    """What the form starts with when an action of the library was picked."""
    held = CptsMission.objects.filter(cpts=cpts, mission__in=template.missions.all())
    return {
        "title": template.title,
        "objective": template.objective,
        "audience": template.audience,
        "theme": template.theme,
        "missions": list(held.values_list("pk", flat=True)),
        "parts": [template.part_id] if template.part_id else [],
    }


def library_url(cpts: Cpts) -> str:
    return reverse("missions:actions-library", args=[cpts.pk])
