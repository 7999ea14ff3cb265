"""Indemnities and remunerations: declarations, rates, caps, yearly ceiling."""

from django.urls import path

from missions.views import pay_bulk, pay_setup, pay_statement, payments

CPTS = "<int:cpts_id>/"
PAY = f"{CPTS}indemnites/"
LINE = f"{PAY}<int:pk>/"
RATE = f"{PAY}tarifs/<int:pk>/"
CAP = f"{PAY}plafonds/<int:pk>/"

urlpatterns = [
    path(PAY, payments.PaymentList.as_view(), name="payments"),
    path(f"{PAY}presences/", payments.Presences.as_view(), name="payments-presences"),
    path(f"{PAY}declarer/", payments.Declare.as_view(), name="payments-declare"),
    path(f"{PAY}declarer/montant/", payments.DeclareWorth.as_view(), name="payments-worth"),
    path(f"{PAY}plafond/", pay_setup.PayRoom.as_view(), name="payments-room"),
    path(f"{PAY}tarifs/", pay_setup.RateList.as_view(), name="rates"),
    path(f"{PAY}tarifs/ajouter/", pay_setup.RateAdd.as_view(), name="rate-add"),
    path(f"{RATE}fin/", pay_setup.RateEnd.as_view(), name="rate-end"),
    path(f"{PAY}reglages/", pay_setup.PaySettingsPage.as_view(), name="payments-settings"),
    path(f"{PAY}reglages/modifier/", pay_setup.PaySettingsEdit.as_view(), name="payments-settings-edit"),
    path(f"{PAY}reglages/comptes/", pay_setup.WhoIsWho.as_view(), name="payments-who"),
    path(f"{PAY}plafonds/ajouter/", pay_setup.CapAdd.as_view(), name="cap-add"),
    path(f"{CAP}retirer/", pay_setup.CapRemove.as_view(), name="cap-remove"),
    path(
        f"{PAY}releves/<int:person_id>/<int:year>.pdf", pay_statement.PayStatement.as_view(), name="payments-statement"
    ),
    path(f"{PAY}verifier/", pay_bulk.BulkCheck.as_view(), name="lines-check"),
    path(f"{PAY}approuver/", pay_bulk.BulkApprove.as_view(), name="lines-approve"),
    path(LINE, payments.LineDetail.as_view(), name="line-detail"),
    path(f"{LINE}verifier/", payments.LineCheck.as_view(), name="line-check"),
    path(f"{LINE}approuver/", payments.LineApprove.as_view(), name="line-approve"),
    path(f"{LINE}refuser/", payments.LineRefuse.as_view(), name="line-refuse"),
]
