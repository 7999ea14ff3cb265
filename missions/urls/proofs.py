"""Proofs of a year's result."""

from django.urls import path

from missions.views import proofs

CPTS = "<int:cpts_id>/"
PROOF = f"{CPTS}preuves/<int:pk>/"

urlpatterns = [
    path(f"{CPTS}cibles/<int:pk>/preuves/ajouter/", proofs.TargetProof.as_view(), name="target-proof"),
    path(f"{PROOF}fichier/", proofs.ProofFile.as_view(), name="proof-file"),
    path(f"{PROOF}retirer/", proofs.ProofRemove.as_view(), name="proof-remove"),
    path(f"{PROOF}verrouiller/", proofs.ProofLock.as_view(), name="proof-lock"),
    path(f"{PROOF}deverrouiller/", proofs.ProofUnlock.as_view(), name="proof-unlock"),
]
