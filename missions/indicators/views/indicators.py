"""Indicators: the year at a glance, one indicator, its definition, the library."""

from collections import Counter
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.changes import changes_of
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, plural
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page
from missions.indicators.achievement import contradictions
from missions.indicators.counting import Facts
from missions.indicators.forms import IndicatorForm
from missions.indicators.proof_files import ProofLine, proof_lines
from missions.indicators.rules import add_from_library, add_indicator, change_indicator, rule_of, set_followed
from missions.indicators.views.years import chosen_exercise, year_tabs
from missions.indicators.year_board import board_of_year, completion, status_of, trajectory, trajectory_chart
from missions.models import (
    Action,
    CptsMission,
    Exercise,
    Indicator,
    IndicatorTemplate,
    Meeting,
    Proof,
    Result,
    Target,
)
from missions.shared.links import action_url, indicator_url, indicators_crumbs, indicators_url, meeting_url

STALE = (
    "Quelqu’un d’autre a enregistré cet indicateur pendant que vous le modifiiez. Rien de ce que vous avez tapé n’est "
    "perdu : ouvrez la fiche dans un autre onglet, comparez, puis enregistrez de nouveau : votre version l’emportera."
)


class Indicators(CptsMixin, Page):
    """`?annee=3`: the third year of the contract; the current one by default."""

    needs = ("view", "missions.indicator")
    title = "Indicateurs"
    template_name = "missions/indicators/year.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = timezone.localdate()
        exercises = list(Exercise.objects.filter(cpts=self.cpts))
        exercise = chosen_exercise(exercises, self.request.GET.get("annee", ""), day)
        board = board_of_year(self.cpts, exercise, day) if exercise else []
        return super().get_context_data(
            tabs=year_tabs(exercises, exercise, indicators_url(self.cpts.pk)),
            exercise=exercise,
            board=[(line, [(state, *status_of(state)) for state in line.states]) for line in board],
            completion=completion(board),
            without_target=Indicator.objects.filter(mission__cpts=self.cpts, is_active=True).exclude(
                targets__exercise=exercise
            ),
            may_edit=self.may("add", "missions.indicator"),
            may_record=self.may("add", "missions.result"),
            may_open_meetings=self.may("view", "missions.meeting"),
            **kwargs,
        )


class IndicatorMixin(CptsMixin):
    """A page about one indicator (`pk`) of the CPTS."""

    @cached_property
    def indicator(self) -> Indicator:
        found = Indicator.objects.select_related("mission__mission", "mission__cpts", "action")
        return get_object_or_404(found, pk=self.kwargs["pk"], mission__cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return indicators_crumbs(self.cpts, self.indicator)

    def back(self) -> str:
        return indicator_url(self.indicator)


class IndicatorDetail(IndicatorMixin, Page):
    needs = ("view", "missions.indicator")
    template_name = "missions/indicators/detail.html"

    def get_title(self) -> str:
        return self.indicator.name

    def breadcrumbs(self) -> list[Crumb]:
        return indicators_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day, indicator = timezone.localdate(), self.indicator
        years = trajectory(indicator, day)
        exercise = chosen_exercise([year.exercise for year in years], self.request.GET.get("annee", ""), day)
        year = next((each for each in years if each.exercise == exercise), None)
        state = year.state if year else None
        return super().get_context_data(
            indicator=indicator,
            years=years,
            chart=trajectory_chart(indicator, years),
            tabs=year_tabs([year.exercise for year in years], exercise, indicator_url(indicator)),
            exercise=exercise,
            state=state,
            status=status_of(state) if state else None,
            slips=slips_of(state.target) if state else [],
            proofs=self.proofs_of(state.target) if state else [],
            expected=indicator.expected_proofs.all(),
            counted_rows=counted_rows(indicator, year.facts, self.may("view", "missions.meeting")) if year else [],
            events=changes_of(
                indicator.history,
                Target.history.filter(indicator_id=indicator.pk),
                Result.history.filter(target__indicator_id=indicator.pk),
                Proof.history.filter(target__indicator_id=indicator.pk),
            ),
            day=day,
            may_edit=self.may("change", "missions.indicator"),
            may_record=self.may("add", "missions.result"),
            **kwargs,
        )

    def proofs_of(self, target: Target) -> list[ProofLine]:
        sees_names = self.may("view", "missions.attendance")
        return proof_lines(target.proofs.select_related("meeting"), sees_names=sees_names)


def counted_rows(indicator: Indicator, facts: Facts, may_open_meetings: bool) -> list[tuple[Any, str, str]]:
    """(object, words, address) of what the portal counted; agencies read the words without the address."""
    present = Counter(row.meeting_id for row in facts.attendances_about(indicator))
    rows = []
    for each in facts.objects_of(indicator):
        words, url = str(each), ""
        if isinstance(each, Meeting):
            day = date_fr(timezone.localtime(each.starts_at).date())
            words = f"{each}, {day} : {plural(present[each.pk], 'présent')}"
            url = meeting_url(each) if may_open_meetings else ""
        else:
            url = action_url(each if isinstance(each, Action) else each.action)
        rows.append((each, words, url))
    return rows


def slips_of(target: Target) -> list[str]:
    return contradictions(rule_of(target), kind=target.kind, value=target.value, written=target.written)


class IndicatorFormPage(ActPage):
    form_class = IndicatorForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts}


class IndicatorAdd(IndicatorFormPage):
    needs = ("add", "missions.indicator")
    title = "Ajouter un indicateur"
    made: Indicator | None = None

    def breadcrumbs(self) -> list[Crumb]:
        return indicators_crumbs(self.cpts)

    def act(self, form: IndicatorForm) -> str:
        data = form.cleaned_data
        self.made = add_indicator(
            data["mission"], fields=form.definition(), proofs=data["proofs"], by=self.request.user
        )
        return "L’indicateur est ajouté. Fixez maintenant sa cible."

    def back(self) -> str:
        return indicator_url(self.made) if self.made else indicators_url(self.cpts.pk)


class IndicatorEdit(IndicatorMixin, IndicatorFormPage):
    needs = ("change", "missions.indicator")

    def get_title(self) -> str:
        return f"Modifier « {self.indicator} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.indicator}

    def act(self, form: IndicatorForm) -> str:
        data = form.cleaned_data
        try:
            change_indicator(
                self.indicator,
                fields=form.definition(),
                proofs=data["proofs"],
                version=data["version"],
                by=self.request.user,
            )
        except StaleEdit:
            self.indicator.refresh_from_db()
            typed_over(form, self.indicator)
            raise NotPossible(STALE) from None
        return "L’indicateur est enregistré."


class IndicatorFollow(IndicatorMixin, ConfirmPage):
    """Stop following an indicator, or follow it again: nothing recorded is lost."""

    needs = ("change", "missions.indicator")
    danger = False

    def get_title(self) -> str:
        return "Ne plus suivre l’indicateur" if self.indicator.is_active else "Suivre de nouveau l’indicateur"

    def get_question(self) -> str:
        return f"{self.get_title()} « {self.indicator} » ?"

    def consequences(self) -> list[str]:
        return ["Ses cibles, ses résultats et ses preuves restent."]

    def act(self) -> str:
        done = set_followed(self.indicator, followed=not self.indicator.is_active, by=self.request.user)
        return "L’indicateur est suivi." if done.is_active else "L’indicateur n’est plus suivi."


class IndicatorLibrary(CptsMixin, Page):
    needs = ("add", "missions.indicator")
    title = "Bibliothèque d’indicateurs"
    template_name = "missions/indicators/library.html"

    def breadcrumbs(self) -> list[Crumb]:
        return indicators_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        missions = {each.mission_id: each for each in CptsMission.objects.filter(cpts=self.cpts)}
        held = set(Indicator.objects.filter(mission__cpts=self.cpts).values_list("name", flat=True))
        templates = IndicatorTemplate.objects.select_related("mission").order_by("mission__rank", "pk")
        rows = [(each, each.name in held) for each in templates if each.mission_id in missions]
        return super().get_context_data(rows=rows, **kwargs)


class IndicatorTake(CptsMixin, ConfirmPage):
    needs = ("add", "missions.indicator")
    title = "Prendre cet indicateur"
    submit_label = "Prendre cet indicateur"
    danger = False
    made: Indicator | None = None

    @cached_property
    def template(self) -> IndicatorTemplate:
        return get_object_or_404(IndicatorTemplate, pk=self.kwargs["template_id"])

    def breadcrumbs(self) -> list[Crumb]:
        return indicators_crumbs(self.cpts)

    def get_question(self) -> str:
        return f"Ajouter « {self.template} » aux indicateurs de la CPTS ?"

    def act(self) -> str:
        mission = CptsMission.objects.filter(cpts=self.cpts, mission=self.template.mission_id).first()
        if mission is None:
            raise NotPossible("La CPTS n’a pas retenu cette mission.")
        self.made = add_from_library(mission, self.template, by=self.request.user)
        return "L’indicateur est ajouté. Fixez maintenant sa cible."

    def back(self) -> str:
        return indicator_url(self.made) if self.made else reverse("missions:indicators-library", args=[self.cpts.pk])
