"""The hypotheses of a simulation, as a form read from the address: it can be shared, and the back button works."""

import re
from typing import Any

from django import forms

from contracts.models import Part
from contracts.simulation import Hypotheses, Start
from cpts_portal.core.text import date_fr, number_fr
from territories.forms.cpts import DayField

_POPULATION = re.compile(r"([+−-]?)(\d{1,7})")
SPACES = re.compile(r"\s")
PERCENT = {"min_value": 0, "max_value": 100, "required": False}


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
