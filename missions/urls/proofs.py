"""Proofs of a year's result."""

from django.urls import path

from missions.views import results

CPTS = "<int:cpts_id>/"
PROOF = f"{CPTS}preuves/<int:pk>/"

urlpatterns = [
    path(f"{CPTS}cibles/<int:pk>/preuves/ajouter/", results.TargetProof.as_view(), name="target-proof"),
    path(f"{PROOF}fichier/", results.ProofFile.as_view(), name="proof-file"),
    path(f"{PROOF}retirer/", results.ProofRemove.as_view(), name="proof-remove"),
    path(f"{PROOF}verrouiller/", results.ProofLock.as_view(), name="proof-lock"),
    path(f"{PROOF}deverrouiller/", results.ProofUnlock.as_view(), name="proof-unlock"),
]
