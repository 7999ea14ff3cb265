"""Indicators of a CPTS, their targets, the variable part of its missions."""

from django.urls import path

from missions.views import indicators, targets

CPTS = "<int:cpts_id>/"
INDICATOR = f"{CPTS}indicateurs/<int:pk>/"
YEAR = "annees/<int:exercise_id>/"

urlpatterns = [
    path(f"{CPTS}indicateurs/", indicators.Indicators.as_view(), name="indicators"),
    path(f"{CPTS}indicateurs/ajouter/", indicators.IndicatorAdd.as_view(), name="indicators-add"),
    path(f"{CPTS}indicateurs/bibliotheque/", indicators.IndicatorLibrary.as_view(), name="indicators-library"),
    path(
        f"{CPTS}indicateurs/bibliotheque/<int:template_id>/",
        indicators.IndicatorTake.as_view(),
        name="indicators-take",
    ),
    path(INDICATOR, indicators.IndicatorDetail.as_view(), name="indicator-detail"),
    path(f"{INDICATOR}modifier/", indicators.IndicatorEdit.as_view(), name="indicator-edit"),
    path(f"{INDICATOR}suivi/", indicators.IndicatorFollow.as_view(), name="indicator-follow"),
    path(f"{INDICATOR}{YEAR}cible/", targets.IndicatorTarget.as_view(), name="indicator-target"),
    path(f"{CPTS}missions/<int:pk>/{YEAR}part-variable/", targets.MissionEnvelope.as_view(), name="mission-envelope"),
]
