"""Payment batches, and the account where a person is paid."""

from django.urls import path

from missions.views import batches

CPTS = "<int:cpts_id>/"
BATCHES = f"{CPTS}indemnites/lots/"
BATCH = f"{BATCHES}<int:pk>/"

urlpatterns = [
    path(BATCHES, batches.BatchList.as_view(), name="batches"),
    path(f"{BATCHES}ajouter/", batches.BatchAdd.as_view(), name="batch-add"),
    path(BATCH, batches.BatchDetail.as_view(), name="batch-detail"),
    path(f"{BATCH}virements/", batches.BatchTransfers.as_view(), name="batch-transfers"),
    path(f"{BATCH}tableau/", batches.BatchTable.as_view(), name="batch-table"),
    path(f"{BATCH}payer/", batches.BatchPaid.as_view(), name="batch-paid"),
    path(f"{BATCH}defaire/", batches.BatchUndo.as_view(), name="batch-undo"),
    path(f"{CPTS}indemnites/comptes/<int:person_id>/", batches.AccountEdit.as_view(), name="payments-account"),
]
