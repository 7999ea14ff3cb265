"""The missions of a CPTS: overview, one mission, its dates, the years of the contract."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.changes import changes_of
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import plural
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, CptsMixin, Crumb, Page
from missions.models import CptsMission, OfficialMission
from missions.plan.forms.missions import CorrectDatesForm, ExercisesForm, PlanForm, StopForm, TakeOnForm
from missions.plan.overview import exercises_of, mission_lines
from missions.plan.planning import (
    correct_dates,
    deploy_mission,
    open_exercises,
    plan_mission,
    start_mission,
    stop_mission,
    take_on,
    terms_of,
    terms_on,
)
from missions.shared.forms import OnForm
from missions.shared.links import mission_url, missions_crumbs, missions_url


class Missions(CptsMixin, Page):
    needs = ("view", "missions.cptsmission")
    title = "Missions"
    template_name = "missions/plan/missions/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = timezone.localdate()
        lines = mission_lines(self.cpts, day)
        exercises = exercises_of(self.cpts)
        return super().get_context_data(
            lines=lines,
            warnings=[(line, each.sentence(day), each.tone(day)) for line in lines for each in line.pressing],
            exercises=exercises,
            current=next((each for each in exercises if each.covers(day)), None),
            may_edit=self.may("change", "missions.cptsmission"),
            may_record=self.may("add", "missions.result"),
            may_add=len(lines) < OfficialMission.objects.count() and self.may("add", "missions.cptsmission"),
            **kwargs,
        )


class TakeOn(ActPage):
    needs = ("add", "missions.cptsmission")
    title = "Retenir des missions"
    form_class = TakeOnForm
    submit_label = "Retenir ces missions"

    def breadcrumbs(self) -> list[Crumb]:
        return missions_crumbs(self.cpts)

    def get_form_kwargs(self) -> dict[str, Any]:
        held = list(CptsMission.objects.filter(cpts=self.cpts).values_list("mission_id", flat=True))
        return {**super().get_form_kwargs(), "terms": terms_on(timezone.localdate()), "held": held}

    def act(self, form: TakeOnForm) -> str:
        made = take_on(self.cpts, **form.cleaned_data, by=self.request.user)
        return f"{plural(len(made), 'mission retenue', 'missions retenues')}."

    def back(self) -> str:
        return missions_url(self.cpts.pk)


class OpenExercises(ActPage):
    needs = ("add", "missions.exercise")
    title = "Ouvrir les années du contrat"
    form_class = ExercisesForm
    submit_label = "Ouvrir les cinq années"

    def breadcrumbs(self) -> list[Crumb]:
        return missions_crumbs(self.cpts)

    def get_form_kwargs(self) -> dict[str, Any]:
        signed = CptsMission.objects.filter(cpts=self.cpts, agreed_on__isnull=False).order_by("agreed_on").first()
        return {**super().get_form_kwargs(), "suggested": signed.agreed_on if signed else None}

    def act(self, form: ExercisesForm) -> str:
        made = open_exercises(self.cpts, first_day=form.cleaned_data["first_day"], by=self.request.user)
        return f"{plural(len(made), 'année ouverte', 'années ouvertes')}."

    def back(self) -> str:
        return missions_url(self.cpts.pk)


class MissionMixin(CptsMixin):
    """A page about one mission (`pk`) of the CPTS."""

    @cached_property
    def mission(self) -> CptsMission:
        found = CptsMission.objects.select_related("mission", "cpts")
        return get_object_or_404(found, pk=self.kwargs["pk"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return missions_crumbs(self.cpts, self.mission)

    def back(self) -> str:
        return mission_url(self.mission)


class MissionDetail(MissionMixin, Page):
    needs = ("view", "missions.cptsmission")
    template_name = "missions/plan/missions/detail.html"

    def get_title(self) -> str:
        return self.mission.mission.name

    def breadcrumbs(self) -> list[Crumb]:
        return missions_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = timezone.localdate()
        line = next(each for each in mission_lines(self.cpts, day) if each.mission.pk == self.mission.pk)
        actions = self.mission.actions.order_by("start", "title")
        return super().get_context_data(
            mission=self.mission,
            line=line,
            terms=terms_of(self.mission, day),
            actions=[(action, action.state_on(day)) for action in actions],
            indicators=self.mission.indicators.filter(is_active=True),
            events=changes_of(self.mission.history),
            may_edit=self.may("change", "missions.cptsmission"),
            **kwargs,
        )


class MissionAct(MissionMixin, ActPage):
    needs = ("change", "missions.cptsmission")


class MissionEdit(MissionAct):
    form_class = PlanForm

    def get_title(self) -> str:
        return f"Modifier la mission {self.mission}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.mission}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.mission.version}

    def act(self, form: PlanForm) -> str:
        try:
            plan_mission(self.mission, **form.cleaned_data, by=self.request.user)
        except StaleEdit:
            self.mission.refresh_from_db()
            typed_over(form, self.mission)
            raise NotPossible(STALE) from None
        return "La mission est enregistrée."


class MissionStart(MissionAct):
    form_class = OnForm
    submit_label = "Enregistrer le démarrage"

    def get_title(self) -> str:
        return f"Démarrage de la mission {self.mission}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label": "Démarrée le"}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: OnForm) -> str:
        start_mission(self.mission, **form.cleaned_data, day=timezone.localdate(), by=self.request.user)
        return f"La mission {self.mission} est démarrée."


class MissionDeploy(MissionStart):
    submit_label = "Enregistrer le déploiement"

    def get_title(self) -> str:
        return f"Déploiement complet de la mission {self.mission}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label": "Déployée le"}

    def act(self, form: OnForm) -> str:
        deploy_mission(self.mission, **form.cleaned_data, day=timezone.localdate(), by=self.request.user)
        return f"La mission {self.mission} est entièrement déployée."


class MissionStop(MissionAct):
    form_class = StopForm
    submit_label = "Arrêter la mission"

    def get_title(self) -> str:
        return f"Arrêter la mission {self.mission}"

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: StopForm) -> str:
        stop_mission(self.mission, **form.cleaned_data, by=self.request.user)
        return f"La mission {self.mission} est arrêtée. Ses actions et ses indicateurs restent lisibles."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(danger=True, **kwargs)


class MissionCorrect(MissionAct):
    form_class = CorrectDatesForm
    submit_label = "Corriger les dates"

    def get_title(self) -> str:
        return f"Corriger les dates de la mission {self.mission}"

    def get_initial(self) -> dict[str, Any]:
        names = ("started_on", "deployed_on", "stopped_on", "stop_reason")
        return {name: getattr(self.mission, name) for name in names}

    def act(self, form: CorrectDatesForm) -> str:
        correct_dates(self.mission, **form.cleaned_data, by=self.request.user)
        return "Les dates sont corrigées ; l’historique garde les précédentes."


STALE = (
    "Quelqu’un d’autre a enregistré cette mission pendant que vous la modifiiez. Rien de ce que vous avez tapé n’est "
    "perdu : ouvrez la mission dans un autre onglet, comparez, puis enregistrez de nouveau : votre version l’emportera."
)
