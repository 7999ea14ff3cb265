"""Addresses of the room `contracts.money`."""

from django.urls import path

from contracts.money.views import funding, other_resources, payments

MONEY = "<int:cpts_id>/financement/"
YEAR = f"{MONEY}<int:pk>/"
PAYMENT = f"{MONEY}versements/<int:pk>/"
RESOURCES = f"{MONEY}ressources/"

urlpatterns = [
    path("versements/", payments.PaymentList.as_view(), name="payments"),
    path("versements/decider/", payments.DecidePayments.as_view(), name="payments-decide"),
    path("versements/virement/", payments.PayPayments.as_view(), name="payments-pay"),
    path(MONEY, funding.Funding.as_view(), name="funding"),
    path(f"{MONEY}annee-civile/<int:year>/", funding.CivilYearPage.as_view(), name="funding-civil"),
    path(YEAR, funding.YearMoneyPage.as_view(), name="year-money"),
    path(f"{YEAR}et-si/", funding.YearSimulation.as_view(), name="year-simulation"),
    path(f"{YEAR}echeancier/", funding.YearSchedule.as_view(), name="year-schedule"),
    path(f"{YEAR}crise/", funding.YearCrisis.as_view(), name="year-crisis"),
    path(f"{YEAR}proposer/", payments.YearPropose.as_view(), name="year-propose"),
    path(f"{YEAR}regulariser/", payments.YearLineAdd.as_view(), name="year-line-add"),
    path(PAYMENT, payments.PaymentDetail.as_view(), name="payment-detail"),
    path(f"{PAYMENT}ecarter/", payments.PaymentSetAside.as_view(), name="payment-set-aside"),
    path(f"{PAYMENT}recu/", payments.PaymentReceive.as_view(), name="payment-receive"),
    path(RESOURCES, other_resources.ResourceList.as_view(), name="resources"),
    path(f"{RESOURCES}ajouter/", other_resources.ResourceAdd.as_view(), name="resource-add"),
    path(f"{RESOURCES}<int:pk>/modifier/", other_resources.ResourceEdit.as_view(), name="resource-edit"),
    path(f"{RESOURCES}<int:pk>/retirer/", other_resources.ResourceRemove.as_view(), name="resource-remove"),
]
