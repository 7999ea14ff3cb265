"""What is promised for one year: the target of an indicator, the variable part of a mission."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage
from missions.indicators.achievement import contradictions, examples, lacking_for_examples
from missions.indicators.forms import EnvelopeForm, TargetForm, initial_target
from missions.indicators.rules import TargetFields, fields_of, rule_for, set_envelope, set_target
from missions.indicators.views.indicators import IndicatorMixin
from missions.models import Exercise, Indicator, ResultEnvelope, Target
from missions.plan.views.missions import MissionMixin
from missions.shared.links import indicators_url

STALE = (
    "Quelqu’un d’autre a enregistré cette cible pendant que vous la modifiiez. Rien de ce que vous avez tapé n’est "
    "perdu : ouvrez l’indicateur dans un autre onglet, comparez, puis enregistrez de nouveau : votre version "
    "l’emportera."
)


class IndicatorTarget(IndicatorMixin, ActPage):
    """The target of one year, with what it would earn beside it.

    `verifier` saves nothing and shows the examples of what is typed: sent at each change, or by a button without
    JavaScript.
    """

    needs = ("change", "missions.target")
    form_class = TargetForm
    template_name = "missions/indicators/target.html"
    submit_label = "Enregistrer la cible"

    @cached_property
    def exercise(self) -> Exercise:
        return get_object_or_404(Exercise, pk=self.kwargs["exercise_id"], cpts=self.cpts)

    @cached_property
    def held(self) -> Target | None:
        return Target.objects.filter(indicator=self.indicator, exercise=self.exercise).first()

    def get_title(self) -> str:
        return f"Cible de l’{str(self.exercise).lower()}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "with_steps": self.indicator.method == "steps"}

    def get_initial(self) -> dict[str, Any]:
        version = self.held.version if self.held else 0
        return {"version": version, **initial_target(fields_of(self.held) if self.held else None)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "verifier" in request.POST:
            return self.render_to_response(self.get_context_data())
        return super().post(request, *args, **kwargs)

    def act(self, form: TargetForm) -> str:
        version = form.cleaned_data["version"]
        try:
            set_target(self.indicator, self.exercise, form.target_fields(), version=version, by=self.request.user)
        except StaleEdit:
            typed_over(form, Target.objects.get(indicator=self.indicator, exercise=self.exercise))
            raise NotPossible(STALE) from None
        return "La cible est enregistrée."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(indicator=self.indicator, **kwargs)
        return {**context, **self.shown(context["form"])}

    def shown(self, form: TargetForm) -> dict[str, Any]:
        """What each result would earn and what contradicts itself; or what is still needed to say it."""
        if form.is_bound and not form.is_valid():
            return {"lacking": form.lacking()}
        fields = form.target_fields() if form.is_bound else fields_of(self.held) if self.held else None
        if fields is None:
            return {"lacking": "Les exemples apparaissent ici à mesure que vous remplissez la cible."}
        return examples_of(self.indicator, fields)


def examples_of(indicator: Indicator, fields: TargetFields) -> dict[str, Any]:
    rule = rule_for(indicator, fields)
    return {
        "lacking": lacking_for_examples(rule),
        "examples": examples(rule),
        "slips": contradictions(rule, kind=fields.kind, value=fields.value, written=fields.written),
    }


class MissionEnvelope(MissionMixin, ActPage):
    needs = ("change", "missions.resultenvelope")
    form_class = EnvelopeForm
    submit_label = "Enregistrer la part variable"

    @cached_property
    def exercise(self) -> Exercise:
        return get_object_or_404(Exercise, pk=self.kwargs["exercise_id"], cpts=self.cpts)

    def get_title(self) -> str:
        return f"Part variable de la mission {self.mission}, {str(self.exercise).lower()}"

    def get_initial(self) -> dict[str, Any]:
        held = ResultEnvelope.objects.filter(mission=self.mission, exercise=self.exercise).first()
        return {"amount": held.amount} if held else {}

    def act(self, form: EnvelopeForm) -> str:
        set_envelope(self.mission, self.exercise, form.cleaned_data["amount"], by=self.request.user)
        return "La part variable est enregistrée."

    def back(self) -> str:
        return f"{indicators_url(self.cpts.pk)}?annee={self.exercise.number}"
