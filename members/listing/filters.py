"""Filters of the register: a form whose answers become the criteria of the list."""

from typing import Any

import django_filters
from django import forms
from django.utils import timezone

from cpts_portal.core.text import fold
from members.listing import OUTSIDE, Criteria, DuesState, Kind, Options, RegisterRows, Situation
from members.models import ExerciseMode, Mandate, Professional, StructureKind
from territories.map.views.ui_parts import date_input
from territories.models import Cpts

MOST_WORDS = 6
KINDS = [
    (Kind.PERSON.value, "Personnes seulement"),
    (Kind.STRUCTURE.value, "Structures seulement"),
    *((kind.value, f"Structures : {kind.label}") for kind in StructureKind),
]
MANDATES = [("any", "Un mandat, quel qu’il soit"), *Mandate.Office.choices]


class RegisterFilter(django_filters.FilterSet):
    """`situation` is chosen by the tabs of the page, not in the form. A value that means nothing asks nothing."""

    q = django_filters.CharFilter(label="Nom, RPPS, commune, structure ou cabinet")
    situation = django_filters.ChoiceFilter(choices=Situation.choices, widget=forms.HiddenInput)
    profession = django_filters.ChoiceFilter(label="Profession", empty_label="Toutes")
    kind = django_filters.ChoiceFilter(label="Personnes et structures", choices=KINDS, empty_label="Toutes")
    college = django_filters.ChoiceFilter(label="Collège", empty_label="Tous")
    commune = django_filters.ChoiceFilter(label="Commune", empty_label="Toutes")
    epci = django_filters.ChoiceFilter(label="Intercommunalité", empty_label="Toutes")
    mode = django_filters.ChoiceFilter(label="Mode d’exercice", choices=ExerciseMode.choices, empty_label="Tous")
    mandate = django_filters.ChoiceFilter(label="Mandat", choices=MANDATES, empty_label="Indifférent")
    dues = django_filters.ChoiceFilter(label="Cotisation", choices=DuesState.choices, empty_label="Indifférent")
    year = django_filters.ChoiceFilter(label="Année de cotisation", empty_label="Année en cours")
    on = django_filters.DateFilter(label="Situation au", widget=date_input())

    class Meta:
        model = Professional
        fields: list[str] = []

    def __init__(self, *args: Any, cpts: Cpts, options: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cpts = cpts
        choices = {
            "profession": options.professions,
            "college": [*options.colleges, ("0", "Sans collège")],
            "commune": [*options.communes, (str(OUTSIDE), "Hors du territoire")],
            "epci": options.epcis,
            "year": [(str(year), str(year)) for year in options.years],
        }
        for name, offered in choices.items():
            self.filters[name].extra["choices"] = offered

    @property
    def qs(self) -> RegisterRows:
        return RegisterRows(self.criteria)

    @property
    def criteria(self) -> Criteria:
        answers = self._answers()
        kind = answers.get("kind") or ""
        day = answers.get("on") or timezone.localdate()
        return Criteria(
            cpts=self.cpts,
            day=day,
            year=int(answers.get("year") or day.year),
            situation=answers.get("situation") or Situation.MEMBER,
            words=tuple(fold(answers.get("q") or "").split()[:MOST_WORDS]),
            kind=kind if kind in Kind.values else "",
            structure_kind="" if kind in Kind.values else kind,
            profession=_number(answers.get("profession")),
            college=_number(answers.get("college")),
            commune=_number(answers.get("commune")),
            epci=_number(answers.get("epci")),
            mode=answers.get("mode") or "",
            dues=answers.get("dues") or "",
            mandate=answers.get("mandate") or "",
        )

    def _answers(self) -> dict[str, Any]:
        if not self.form.is_bound:
            return {}
        self.form.is_valid()
        return self.form.cleaned_data

    @property
    def is_narrowed(self) -> bool:
        """Does anything besides the tab restrict the list?"""
        return any(value not in (None, "") for name, value in self._answers().items() if name != "situation")


def _number(answer: str | None) -> int | None:
    return int(answer) if answer else None
