"""Addresses of the room `members.dues.dues`."""

from django.urls import path

from members.dues.views import dues, letters, payments, renewals, selection
from members.shared.addresses import CPTS

CAMPAIGN = f"{CPTS}cotisations/<int:campaign_id>/"

urlpatterns = [
    path("<int:cpts_id>/selection/paiements/", selection.BulkPayments.as_view(), name="bulk-payments"),
    path("<int:cpts_id>/selection/rappel/", selection.BulkReminder.as_view(), name="bulk-reminder"),
    path("<int:cpts_id>/selection/attestations/", selection.BulkCertificates.as_view(), name="bulk-certificates"),
    path(f"{CPTS}cotisations/", dues.Campaigns.as_view(), name="dues"),
    path(f"{CPTS}cotisations/ouvrir/", dues.CampaignOpen.as_view(), name="campaign-open"),
    path(CAMPAIGN, dues.CampaignDetail.as_view(), name="campaign-detail"),
    path(f"{CAMPAIGN}modifier/", dues.CampaignEdit.as_view(), name="campaign-edit"),
    path(f"{CAMPAIGN}completer/", dues.CampaignComplete.as_view(), name="campaign-complete"),
    path(f"{CAMPAIGN}appel/", letters.Call.as_view(), name="campaign-call"),
    path(f"{CAMPAIGN}rappel/", letters.Remind.as_view(), name="campaign-remind"),
    path(f"{CAMPAIGN}paiements/", payments.RecordPayments.as_view(), name="payments-record"),
    path(f"{CAMPAIGN}non-renouveles/", renewals.NotRenewedList.as_view(), name="not-renewed-list"),
    path(f"{CAMPAIGN}non-renouveles.pdf", letters.NotRenewedFile.as_view(), name="not-renewed"),
    path(f"{CAMPAIGN}attestations/", letters.Series.as_view(), {"letters": "attestations"}, name="certificates"),
    path(f"{CAMPAIGN}recus/", letters.Series.as_view(), {"letters": "recus"}, name="receipts"),
    path(f"{CPTS}envois/<int:batch_id>/", letters.BatchDetail.as_view(), name="letters-detail"),
    path(f"{CPTS}envois/<int:batch_id>/fichier/", letters.BatchFile.as_view(), name="letters-file"),
    path(f"{CPTS}cotisation/<int:due_id>/", payments.DueDetail.as_view(), name="due-detail"),
    path(f"{CPTS}cotisation/<int:due_id>/exonerer/", payments.Exempt.as_view(), name="due-exempt"),
    path(f"{CPTS}paiements/<int:payment_id>/annuler/", payments.CancelPayment.as_view(), name="payment-cancel"),
    path(f"{CPTS}paiements/<int:payment_id>/recu.pdf", letters.Receipt.as_view(), name="payment-receipt"),
    path(
        f"{CPTS}adhesions/<int:membership_id>/attestation-<int:year>.pdf",
        letters.Certificate.as_view(),
        name="membership-certificate",
    ),
    path(f"{CPTS}feuille-de-presence/", letters.Assembly.as_view(), name="attendance-list"),
]
