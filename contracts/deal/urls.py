"""Addresses of the room `contracts.deal`."""

from django.urls import path

from contracts.deal.views import contracts, exchanges, terms
from contracts.shared.addresses import CPTS

CONTRACT = f"{CPTS}contrat/<int:pk>/"
VERSION = f"{CPTS}versions/<int:pk>/"
EXCHANGE = f"{CPTS}echanges/<int:pk>/"

urlpatterns = [
    path(f"{CPTS}reprise/", contracts.Record.as_view(), name="record"),
    path(CONTRACT, contracts.ContractDetail.as_view(), name="contract-detail"),
    path(f"{CONTRACT}comparer/", terms.Compare.as_view(), name="contract-compare"),
    path(f"{CONTRACT}avenant/", contracts.Amend.as_view(), name="contract-amend"),
    path(f"{CONTRACT}renouveler/", contracts.Renew.as_view(), name="contract-renew"),
    path(f"{CONTRACT}resilier/", contracts.End.as_view(), name="contract-end"),
    path(f"{CONTRACT}echanges/", exchanges.Exchanges.as_view(), name="contract-exchanges"),
    path(f"{CONTRACT}echanges/prevoir/", exchanges.PlanExchanges.as_view(), name="contract-plan"),
    path(f"{CONTRACT}echanges/ajouter/", exchanges.ExchangeAdd.as_view(), name="contract-exchange-add"),
    path(f"{VERSION}termes/", terms.TermsEdit.as_view(), name="version-terms"),
    path(f"{VERSION}document.pdf", terms.VersionPdf.as_view(), name="version-pdf"),
    path(EXCHANGE, exchanges.ExchangeEdit.as_view(), name="exchange-edit"),
    path(f"{EXCHANGE}retirer/", exchanges.ExchangeDrop.as_view(), name="exchange-drop"),
]
