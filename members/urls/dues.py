"""Memberships, dues, payments and letters: see `members/urls/__init__.py`."""

from django.urls import path, re_path

from members.views import adhesions, dues, letters, payments, renewals

CPTS = "<int:cpts_id>/"
CAMPAIGN = f"{CPTS}cotisations/<int:campaign_id>/"

urlpatterns = [
    path(f"{CPTS}cotisations/", dues.Campaigns.as_view(), name="dues"),
    path(f"{CPTS}cotisations/ouvrir/", dues.CampaignOpen.as_view(), name="campaign-open"),
    path(CAMPAIGN, dues.CampaignDetail.as_view(), name="campaign-detail"),
    path(f"{CAMPAIGN}modifier/", dues.CampaignEdit.as_view(), name="campaign-edit"),
    path(f"{CAMPAIGN}completer/", dues.CampaignComplete.as_view(), name="campaign-complete"),
    path(f"{CAMPAIGN}appel/", letters.Call.as_view(), name="campaign-call"),
    path(f"{CAMPAIGN}rappel/", letters.Remind.as_view(), name="campaign-remind"),
    path(f"{CAMPAIGN}paiements/", payments.RecordPayments.as_view(), name="payments-record"),
    path(f"{CAMPAIGN}non-renouveles/", renewals.NotRenewedList.as_view(), name="not-renewed-list"),
    path(f"{CAMPAIGN}non-renouveles.pdf", letters.NotRenewed.as_view(), name="not-renewed"),
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
    path(f"{CPTS}demandes/", adhesions.Applications.as_view(), name="applications"),
    path(f"{CPTS}demandes/accepter/", adhesions.AcceptMany.as_view(), name="applications-accept"),
    path(f"{CPTS}adhesions/<int:membership_id>/refuser/", adhesions.Refuse.as_view(), name="membership-refuse"),
    path(f"{CPTS}adhesions/<int:membership_id>/depart/", adhesions.Leave.as_view(), name="membership-leave"),
    path(f"{CPTS}adhesions/<int:membership_id>/annuler-depart/", adhesions.ComeBack.as_view(), name="membership-back"),
    re_path(
        r"^(?P<cpts_id>\d+)/(?P<holder>personnes|structures)/(?P<holder_id>\d+)/adhesion/$",
        adhesions.Enrol.as_view(),
        name="membership-enrol",
    ),
]
