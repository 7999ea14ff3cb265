"""Results of a year, period by period."""

from django.urls import path

from missions.views import quick_entry, results

CPTS = "<int:cpts_id>/"
TARGET = f"{CPTS}cibles/<int:pk>/"

urlpatterns = [
    path(f"{CPTS}annees/<int:exercise_id>/resultats/", quick_entry.QuickEntry.as_view(), name="results-entry"),
    path(f"{TARGET}saisir/", results.TargetRecord.as_view(), name="target-record"),
    path(f"{TARGET}reporter/", results.TargetCarry.as_view(), name="target-carry"),
    path(f"{CPTS}resultats/<int:pk>/retirer/", results.ResultWithdraw.as_view(), name="result-withdraw"),
]
