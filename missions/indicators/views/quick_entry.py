"""« Saisir les résultats »: every value a year still waits for, on one page, saved together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.text import plural
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import CptsMixin, Crumb, Page
from missions.indicators.achievement import figure
from missions.indicators.forms import QuickResultForm
from missions.indicators.periods_of_year import Period
from missions.indicators.results import EntriesRefused, Entry, YearState, record_together, year_states
from missions.models import CptsMission, Exercise, Result
from missions.shared.links import indicators_crumbs, indicators_url

STALE = (
    "Quelqu’un d’autre vient de saisir {value} pour cette période. Gardez votre valeur et enregistrez de nouveau pour "
    "la remplacer, ou videz la ligne."
)


@dataclass
class EntryRow:
    """One period of one indicator, with its form."""

    state: YearState
    period: Period
    form: QuickResultForm

    @property
    def first_mistake(self) -> BoundField:
        return self.form[next(iter(self.form.errors))]

    @property
    def entry(self) -> Entry:
        return Entry(self.state.target, self.period, **self.form.cleaned_data)


class QuickEntry(CptsMixin, Page):
    """`?tout=oui` adds the periods under way to those that are over; what the portal counts is shown, not typed."""

    needs = ("add", "missions.result")
    title = "Saisir les résultats"
    template_name = "missions/indicators/quick_entry.html"

    @cached_property
    def exercise(self) -> Exercise:
        return get_object_or_404(Exercise, pk=self.kwargs["exercise_id"], cpts=self.cpts)

    @cached_property
    def day(self) -> date:
        return timezone.localdate()

    @cached_property
    def states(self) -> list[YearState]:
        return year_states(self.cpts, self.exercise, self.day)

    @cached_property
    def with_all(self) -> bool:
        return self.request.GET.get("tout") == "oui"

    @cached_property
    def rows(self) -> list[EntryRow]:
        return list(self._rows())

    def _rows(self) -> Iterator[EntryRow]:
        """What waits for a value, and on the way back what was typed, even if somebody entered it meanwhile."""
        for state in self.states:
            for period, result in state.begun:
                form = self.form_of(state, period)
                if form.is_bound or (result is None and (self.with_all or period.is_over(self.day))):
                    yield EntryRow(state, period, form)

    def form_of(self, state: YearState, period: Period) -> QuickResultForm:
        """Bound when something was typed in its row: a row left blank has no mistake."""
        prefix = f"{state.target.pk}-{period.start.isoformat()}"
        own = {"unit": state.indicator.unit, "period": period.label, "prefix": prefix, "initial": {"version": "0"}}
        sent = QuickResultForm(self.request.POST, **own)
        return sent if sent.is_typed else QuickResultForm(**own)

    @property
    def typed(self) -> list[EntryRow]:
        return [row for row in self.rows if row.form.is_bound]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        rows = self.typed
        if any(row.form.errors for row in rows):
            return self.not_saved()
        try:
            written = record_together([row.entry for row in rows], day=self.day, by=self.request.user)
        except EntriesRefused as refusal:
            for rank, reason in refusal.reasons.items():
                tell(rows[rank], reason)
            return self.not_saved()
        if not written:
            messages.info(request, "Aucune valeur n’était remplie : rien n’a été enregistré.")
            return redirect(request.get_full_path())
        messages.success(request, f"{plural(len(written), 'résultat enregistré', 'résultats enregistrés')}.")
        return redirect(self.back())

    def not_saved(self) -> HttpResponse:
        mistakes = [row for row in self.typed if row.form.errors]
        refusal = (
            f"{plural(len(mistakes), 'ligne à revoir', 'lignes à revoir')}. "
            "Rien n’est encore enregistré, et rien de ce que vous avez tapé n’est perdu."
        )
        return self.render_to_response(self.get_context_data(refusal=refusal, mistakes=mistakes), status=422)

    def breadcrumbs(self) -> list[Crumb]:
        return indicators_crumbs(self.cpts)

    def back(self) -> str:
        return f"{indicators_url(self.cpts.pk)}?annee={self.exercise.number}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            exercise=self.exercise,
            missions=list(by_mission(self.rows)),
            counted=[state for state in self.states if state.indicator.counted],
            with_all=self.with_all,
            all_url=f"{quick_entry_url(self.exercise)}?tout=oui",
            due_url=quick_entry_url(self.exercise),
            back_url=self.back(),
            **kwargs,
        )


def quick_entry_url(exercise: Exercise) -> str:
    return reverse("missions:results-entry", args=[exercise.cpts_id, exercise.pk])


def by_mission(rows: list[EntryRow]) -> Iterator[tuple[CptsMission, list[EntryRow]]]:
    for mission, own in groupby(rows, key=lambda row: row.state.indicator.mission):
        yield mission, list(own)


def tell(row: EntryRow, reason: Exception) -> None:
    """The refusal of a row, on its own field; typed on an older version, it may be sent again."""
    if isinstance(reason, StaleEdit):
        saved = Result.objects.filter(target=row.state.target, start=row.period.start).first()
        if saved is not None:
            typed_over(row.form, saved)
        row.form.add_error("value", STALE.format(value=figure(saved.value) if saved else "et de retirer une valeur"))
    else:
        row.form.add_error("value", str(reason))
