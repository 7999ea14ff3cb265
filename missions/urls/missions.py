"""The missions of a CPTS and the years of its contract."""

from django.urls import path

from missions.views import missions, participation

CPTS = "<int:cpts_id>/"
MISSION = f"{CPTS}missions/<int:pk>/"

urlpatterns = [
    path(CPTS, missions.Missions.as_view(), name="missions"),
    path(f"{CPTS}participation/", participation.ParticipationPage.as_view(), name="participation"),
    path(f"{CPTS}retenir/", missions.TakeOn.as_view(), name="missions-take-on"),
    path(f"{CPTS}annees/ouvrir/", missions.OpenExercises.as_view(), name="exercises-open"),
    path(MISSION, missions.MissionDetail.as_view(), name="mission-detail"),
    path(f"{MISSION}modifier/", missions.MissionEdit.as_view(), name="mission-edit"),
    path(f"{MISSION}demarrer/", missions.MissionStart.as_view(), name="mission-start"),
    path(f"{MISSION}deployer/", missions.MissionDeploy.as_view(), name="mission-deploy"),
    path(f"{MISSION}arreter/", missions.MissionStop.as_view(), name="mission-stop"),
    path(f"{MISSION}corriger/", missions.MissionCorrect.as_view(), name="mission-correct"),
]
