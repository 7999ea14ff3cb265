"""Addresses of the room `missions.plan`."""

from django.urls import path

from missions.plan.views import action_lists, actions, missions
from missions.shared.addresses import CPTS

MISSION = f"{CPTS}missions/<int:pk>/"
ACTION = f"{CPTS}actions/<int:pk>/"

urlpatterns = [
    path(CPTS, missions.Missions.as_view(), name="missions"),
    path(f"{CPTS}retenir/", missions.TakeOn.as_view(), name="missions-take-on"),
    path(f"{CPTS}annees/ouvrir/", missions.OpenExercises.as_view(), name="exercises-open"),
    path(MISSION, missions.MissionDetail.as_view(), name="mission-detail"),
    path(f"{MISSION}modifier/", missions.MissionEdit.as_view(), name="mission-edit"),
    path(f"{MISSION}demarrer/", missions.MissionStart.as_view(), name="mission-start"),
    path(f"{MISSION}deployer/", missions.MissionDeploy.as_view(), name="mission-deploy"),
    path(f"{MISSION}arreter/", missions.MissionStop.as_view(), name="mission-stop"),
    path(f"{MISSION}corriger/", missions.MissionCorrect.as_view(), name="mission-correct"),
    path(f"{CPTS}actions/", action_lists.ActionList.as_view(), name="actions"),
    path(f"{CPTS}actions/tableau/", action_lists.ActionBoard.as_view(), name="actions-board"),
    path(f"{CPTS}actions/calendrier/", action_lists.ActionCalendar.as_view(), name="actions-calendar"),
    path(f"{CPTS}actions/bibliotheque/", action_lists.Library.as_view(), name="actions-library"),
    path(f"{CPTS}actions/ajouter/", actions.ActionAdd.as_view(), name="action-add"),
    path(ACTION, actions.ActionDetail.as_view(), name="action-detail"),
    path(f"{ACTION}modifier/", actions.ActionEdit.as_view(), name="action-edit"),
    path(f"{ACTION}commencer/", actions.ActionStart.as_view(), name="action-start"),
    path(f"{ACTION}terminer/", actions.ActionFinish.as_view(), name="action-finish"),
    path(f"{ACTION}avancement/", actions.ActionProgress.as_view(), name="action-progress"),
    path(f"{ACTION}abandonner/", actions.ActionDrop.as_view(), name="action-drop"),
    path(f"{ACTION}reprendre/", actions.ActionResume.as_view(), name="action-resume"),
    path(f"{ACTION}fiche-action.pdf", actions.ActionSheetPdf.as_view(), name="action-sheet"),
]
