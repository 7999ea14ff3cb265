"""Results of a year: entered, taken back, carried over to the next year."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb
from missions.indicators.counting import Facts
from missions.indicators.forms import ResultForm
from missions.indicators.periods_of_year import Period, periods_of
from missions.indicators.results import YearState, record, state_of, withdraw
from missions.indicators.rules import carry_over
from missions.models import Result, Target
from missions.shared.links import indicator_url, indicators_crumbs

STALE = "Quelqu’un d’autre vient de saisir {value} pour cette période. Votre valeur est restée dans le formulaire."


class TargetMixin(CptsMixin):
    """A page about one indicator in one year (`pk` is its target)."""

    @cached_property
    def target(self) -> Target:
        found = Target.objects.select_related("indicator__mission__mission", "indicator__mission__cpts", "exercise")
        return get_object_or_404(found, pk=self.kwargs["pk"], exercise__cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return indicators_crumbs(self.cpts, self.target.indicator)

    def back(self) -> str:
        return year_url(self.target)


def year_url(target: Target) -> str:
    return f"{indicator_url(target.indicator)}?annee={target.exercise.number}"


class TargetRecord(TargetMixin, ActPage):
    """`?debut=2026-10-09`: the period that begins that day; the first one to enter by default."""

    needs = ("add", "missions.result")
    form_class = ResultForm
    submit_label = "Enregistrer"

    def get_title(self) -> str:
        return self.target.indicator.name

    @cached_property
    def period(self) -> Period:
        periods = periods_of(self.target.exercise, self.target.indicator.cadence)
        asked = self.request.GET.get("debut", "")
        known = set(self.target.results.values_list("start", flat=True))
        begun = [each for each in periods if each.start <= timezone.localdate()]
        waiting = [each for each in begun if each.start not in known]
        return next((each for each in periods if each.start.isoformat() == asked), (waiting or begun or periods)[0])

    @cached_property
    def result(self) -> Result | None:
        return self.target.results.filter(start=self.period.start).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"unit": self.target.indicator.unit, "period": self.period.label}
        return {**super().get_form_kwargs(), **own}

    def get_initial(self) -> dict[str, Any]:
        if self.result is None:
            return {"version": "0"}
        return {"value": self.result.value, "comment": self.result.comment, "version": self.result.version}

    def act(self, form: ResultForm) -> str:
        day: date = timezone.localdate()
        try:
            record(self.target, self.period, **form.cleaned_data, day=day, by=self.request.user)
        except StaleEdit:
            found = self.target.results.get(start=self.period.start)
            typed_over(form, found)
            raise NotPossible(STALE.format(value=found.value)) from None
        return "Le résultat est enregistré."


class ResultWithdraw(CptsMixin, ConfirmPage):
    needs = ("delete", "missions.result")
    title = "Retirer ce résultat"
    submit_label = "Retirer"

    @cached_property
    def result(self) -> Result:
        found = Result.objects.select_related("target__indicator__mission__cpts", "target__exercise")
        return get_object_or_404(found, pk=self.kwargs["pk"], target__exercise__cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return indicators_crumbs(self.cpts, self.result.target.indicator)

    def get_question(self) -> str:
        return f"Retirer la valeur saisie pour « {self.result.target.indicator} » ?"

    def consequences(self) -> list[str]:
        return ["L’historique de l’indicateur la garde."]

    def act(self) -> str:
        withdraw(self.result, by=self.request.user)
        return "La valeur est retirée."

    def back(self) -> str:
        return year_url(self.result.target)


class TargetCarry(TargetMixin, ConfirmPage):
    needs = ("add", "missions.target")
    title = "Reporter sur l’année suivante"
    submit_label = "Reporter"
    danger = False

    @cached_property
    def state(self) -> YearState:
        facts = Facts.counted_by(self.target.indicator, self.target.exercise)
        return state_of(self.target, facts, timezone.localdate())

    def get_question(self) -> str:
        return f"Reporter sur l’année suivante ce qui n’est pas atteint pour « {self.target.indicator} » ?"

    def consequences(self) -> list[str]:
        return [
            self.state.achieved.explanation,
            "La même cible est demandée l’année suivante, pour le reste du montant.",
        ]

    def act(self) -> str:
        made = carry_over(self.target, result=self.state.value, by=self.request.user)
        return f"La cible est reportée sur l’{str(made.exercise).lower()}."
