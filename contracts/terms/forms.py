"""Forms of the terms and of the grid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField

from contracts.terms.drafting import Envelope, TypedAmount, envelopes_of
from contracts.terms.terms import AmountTerm, Terms
from cpts_portal.core.text import euros_fr, number_fr, size_fr
from cpts_portal.core.typed_numbers import TypedNumberField
from missions.models import OfficialMission
from missions.plan.planning import terms_on
from territories.cpts.forms.cpts import DayField

BLANK_CLAUSES = 2


class EurosField(TypedNumberField):
    """Blank: as the grid says."""

    marks = ("€",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=11, decimal_places=2, min_value=Decimal(0), required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return number_fr(value, 2) if isinstance(value, Decimal) else value


@dataclass(frozen=True)
class AmountRow:
    label: str
    amount: BoundField
    source: BoundField | None
    note: str
    tone: str


@dataclass(frozen=True)
class MissionBlock:
    """One mission of the form: chosen or not, its start, its envelopes."""

    name: str
    is_core: bool
    chosen: BoundField
    start: BoundField
    amounts: tuple[AmountRow, ...]


class MissionsForm(forms.Form):
    """The official missions, one block each; a subclass adds what stands around."""

    asks_source = True

    def __init__(self, *args: Any, terms: Terms, grid: Mapping[tuple[str, str], AmountTerm], day: date, **kw: Any):
        super().__init__(*args, **kw)
        self.terms, self.grid = terms, grid
        self.official = list(OfficialMission.objects.all())
        self._core = {pk for pk, rules in terms_on(day).items() if rules.is_core}
        self.envelopes = envelopes_of(self.official)
        for mission in self.official:
            self._add_mission(mission)
        for envelope in self.envelopes:
            self._add_envelope(envelope)

    def _add_mission(self, mission: OfficialMission) -> None:
        held = self.terms.mission(mission.code)
        self.fields[f"mission-{mission.code}"] = forms.BooleanField(
            label="Mission inscrite au contrat", required=False, initial=held is not None
        )
        start = held.start if held else None
        self.fields[f"start-{mission.code}"] = DayField(label="Démarrage le", required=False, initial=start)

    def _add_envelope(self, envelope: Envelope) -> None:
        held, name = self.terms.amount_of(*envelope.key), _name(envelope)
        label = f"{envelope.label.split(' : ')[-1].capitalize()} (€ par an)"
        self.fields[f"amount-{name}"] = EurosField(label=label, initial=held.amount if held else None)
        if self.asks_source:
            self.fields[f"source-{name}"] = forms.CharField(
                label="Source, si le montant n’est pas celui du barème",
                max_length=200,
                required=False,
                initial=held.source if held and held.by_hand else "",
            )

    # --- Drawn ----------------------------------------------------------------------------------------------------
    def functioning(self) -> AmountRow:
        return self._row(self.envelopes[0])

    def blocks(self) -> Iterator[MissionBlock]:
        for mission in self.official:
            yield MissionBlock(
                name=mission.name,
                is_core=mission.pk in self._core,
                chosen=self[f"mission-{mission.code}"],
                start=self[f"start-{mission.code}"],
                amounts=tuple(self._row(each) for each in self.envelopes if each.mission == mission.code),
            )

    def _row(self, envelope: Envelope) -> AmountRow:
        name, held, rate = _name(envelope), self.terms.amount_of(*envelope.key), self.grid.get(envelope.key)
        note, tone = _note(held, rate) if self.asks_source else ("", "")
        source = self[f"source-{name}"] if self.asks_source else None
        return AmountRow(envelope.label, self[f"amount-{name}"], source, note, tone)

    # --- What it says ---------------------------------------------------------------------------------------------
    def starts(self) -> dict[str, date | None]:
        """The missions chosen, by code, with their start."""
        data = self.cleaned_data
        codes = [each.code for each in self.official if data.get(f"mission-{each.code}")]
        return {code: data.get(f"start-{code}") for code in codes}

    def typed_amounts(self) -> dict[tuple[str, str], TypedAmount]:
        data = self.cleaned_data
        return {
            each.key: TypedAmount(data.get(f"amount-{_name(each)}"), data.get(f"source-{_name(each)}", ""))
            for each in self.envelopes
        }


def _name(envelope: Envelope) -> str:
    return f"{envelope.mission or 'cpts'}-{envelope.part}"


def _note(held: AmountTerm | None, rate: AmountTerm | None) -> tuple[str, str]:
    """Where the amount comes from, and whether it is confirmed."""
    if held and held.by_hand:
        now = f" Le barème dit {euros_fr(rate.amount)}." if rate else ""
        return f"Saisi à la main, {'vérifié' if held.is_verified else 'à confirmer'}.{now}", "warning"
    if rate is None:
        return "Aucun montant connu au barème.", "warning"
    if rate.is_verified:
        return f"Barème : {euros_fr(rate.amount)}. {rate.source}.", ""
    return f"Barème, montant à confirmer : {euros_fr(rate.amount)}. {rate.source}.", "warning"


class TermsForm(MissionsForm):
    """The terms under negotiation; territory and indicators are taken up from the portal, not typed."""

    version = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(label="Accord appliqué", max_length=300)
    calendar = forms.CharField(
        label="Calendrier",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Les étapes de mise en œuvre, dans vos mots. Le démarrage de chaque mission s’indique avec elle.",
    )

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, terms=terms, **kwargs)
        self.fields["text"].initial, self.fields["calendar"].initial = terms.text, terms.calendar
        sent = [name for name in self.data if name.startswith("clause-title-")] if self.is_bound else []
        known = [*terms.clauses.items()]
        for rank in range(max(len(known) + BLANK_CLAUSES, len(sent))):
            title, text = known[rank] if rank < len(known) else ("", "")
            self.fields[f"clause-title-{rank}"] = forms.CharField(
                label=f"Titre de la clause {rank + 1}", max_length=160, required=False, initial=title
            )
            self.fields[f"clause-text-{rank}"] = forms.CharField(
                label="Texte", required=False, widget=forms.Textarea(attrs={"rows": 3}), initial=text
            )
        self.clause_count = max(len(known) + BLANK_CLAUSES, len(sent))

    def clause_rows(self) -> list[tuple[BoundField, BoundField]]:
        return [(self[f"clause-title-{rank}"], self[f"clause-text-{rank}"]) for rank in range(self.clause_count)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        titles: set[str] = set()
        for rank in range(self.clause_count):
            title, text = data.get(f"clause-title-{rank}", ""), data.get(f"clause-text-{rank}", "")
            if bool(title) != bool(text):
                self.add_error(f"clause-title-{rank}", "Une clause a un titre et un texte.")
            elif title and title in titles:
                self.add_error(f"clause-title-{rank}", "Deux clauses portent ce titre.")
            titles.add(title)
        return data

    def clauses(self) -> dict[str, str]:
        """By title, in the order typed; an emptied one goes away."""
        rows = [
            (self.cleaned_data[f"clause-title-{rank}"], self.cleaned_data[f"clause-text-{rank}"])
            for rank in range(self.clause_count)
        ]
        return {title: text for title, text in rows if title}


LARGEST_GRID = 300_000


class GridFileForm(forms.Form):
    file = forms.FileField(
        label="Fichier du barème",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls,.ods", "class": "form-control"}),
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
