"""Addresses of the room `missions.indicators`."""

from django.urls import path

from missions.indicators.views import indicators, proofs, quick_entry, results, targets
from missions.shared.addresses import CPTS

INDICATOR = f"{CPTS}indicateurs/<int:pk>/"
YEAR = "annees/<int:exercise_id>/"
TARGET = f"{CPTS}cibles/<int:pk>/"
PROOF = f"{CPTS}preuves/<int:pk>/"

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
    path(f"{CPTS}annees/<int:exercise_id>/resultats/", quick_entry.QuickEntry.as_view(), name="results-entry"),
    path(f"{TARGET}saisir/", results.TargetRecord.as_view(), name="target-record"),
    path(f"{TARGET}reporter/", results.TargetCarry.as_view(), name="target-carry"),
    path(f"{CPTS}resultats/<int:pk>/retirer/", results.ResultWithdraw.as_view(), name="result-withdraw"),
    path(f"{CPTS}cibles/<int:pk>/preuves/ajouter/", proofs.TargetProof.as_view(), name="target-proof"),
    path(f"{PROOF}fichier/", proofs.ProofFile.as_view(), name="proof-file"),
    path(f"{PROOF}retirer/", proofs.ProofRemove.as_view(), name="proof-remove"),
    path(f"{PROOF}verrouiller/", proofs.ProofLock.as_view(), name="proof-lock"),
    path(f"{PROOF}deverrouiller/", proofs.ProofUnlock.as_view(), name="proof-unlock"),
]
