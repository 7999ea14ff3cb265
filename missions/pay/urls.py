"""Addresses of the room `missions.pay`."""

from django.urls import path

from missions.pay.views import batches, bulk, payments, setup, statement
from missions.shared.addresses import CPTS

PAY = f"{CPTS}indemnites/"
RATE = f"{PAY}tarifs/<int:pk>/"
CAP = f"{PAY}plafonds/<int:pk>/"
LINE = f"{PAY}<int:pk>/"
BATCHES = f"{CPTS}indemnites/lots/"
BATCH = f"{BATCHES}<int:pk>/"

urlpatterns = [
    path(PAY, payments.PaymentList.as_view(), name="payments"),
    path(f"{PAY}presences/", payments.Presences.as_view(), name="payments-presences"),
    path(f"{PAY}declarer/", payments.Declare.as_view(), name="payments-declare"),
    path(f"{PAY}declarer/montant/", payments.DeclareWorth.as_view(), name="payments-worth"),
    path(f"{PAY}plafond/", setup.PayRoom.as_view(), name="payments-room"),
    path(f"{PAY}tarifs/", setup.RateList.as_view(), name="rates"),
    path(f"{PAY}tarifs/ajouter/", setup.RateAdd.as_view(), name="rate-add"),
    path(f"{RATE}fin/", setup.RateEnd.as_view(), name="rate-end"),
    path(f"{PAY}reglages/", setup.PaySettingsPage.as_view(), name="payments-settings"),
    path(f"{PAY}reglages/modifier/", setup.PaySettingsEdit.as_view(), name="payments-settings-edit"),
    path(f"{PAY}reglages/comptes/", setup.WhoIsWho.as_view(), name="payments-who"),
    path(f"{PAY}plafonds/ajouter/", setup.CapAdd.as_view(), name="cap-add"),
    path(f"{CAP}retirer/", setup.CapRemove.as_view(), name="cap-remove"),
    path(f"{PAY}releves/<int:person_id>/<int:year>.pdf", statement.PayStatement.as_view(), name="payments-statement"),
    path(f"{PAY}verifier/", bulk.BulkCheck.as_view(), name="lines-check"),
    path(f"{PAY}approuver/", bulk.BulkApprove.as_view(), name="lines-approve"),
    path(LINE, payments.LineDetail.as_view(), name="line-detail"),
    path(f"{LINE}verifier/", payments.LineCheck.as_view(), name="line-check"),
    path(f"{LINE}approuver/", payments.LineApprove.as_view(), name="line-approve"),
    path(f"{LINE}refuser/", payments.LineRefuse.as_view(), name="line-refuse"),
    path(BATCHES, batches.BatchList.as_view(), name="batches"),
    path(f"{BATCHES}ajouter/", batches.BatchAdd.as_view(), name="batch-add"),
    path(BATCH, batches.BatchDetail.as_view(), name="batch-detail"),
    path(f"{BATCH}virements/", batches.BatchTransfers.as_view(), name="batch-transfers"),
    path(f"{BATCH}tableau/", batches.BatchTable.as_view(), name="batch-table"),
    path(f"{BATCH}payer/", batches.BatchPaid.as_view(), name="batch-paid"),
    path(f"{BATCH}defaire/", batches.BatchUndo.as_view(), name="batch-undo"),
    path(f"{CPTS}indemnites/comptes/<int:person_id>/", batches.AccountEdit.as_view(), name="payments-account"),
]
