"""The grid, what each year brings, the payments of the fund, other resources."""

from django.urls import path

from contracts.views import fund_payments, funding, grid, other_resources

MONEY = "<int:cpts_id>/financement/"
YEAR = f"{MONEY}<int:pk>/"
PAYMENT = f"{MONEY}versements/<int:pk>/"
RESOURCES = f"{MONEY}ressources/"

urlpatterns = [
    path("bareme/", grid.GridPage.as_view(), name="grid"),
    path("bareme/charger/", grid.GridImport.as_view(), name="grid-import"),
    path("bareme/modele.csv", grid.GridTemplate.as_view(), name="grid-template"),
    path("bareme/<int:rate_id>/fin/", grid.RateEnd.as_view(), name="rate-end"),
    path("versements/", fund_payments.PaymentList.as_view(), name="payments"),
    path("versements/decider/", fund_payments.DecidePayments.as_view(), name="payments-decide"),
    path("versements/virement/", fund_payments.PayPayments.as_view(), name="payments-pay"),
    path(MONEY, funding.Funding.as_view(), name="funding"),
    path(f"{MONEY}annee-civile/<int:year>/", funding.CivilYearPage.as_view(), name="funding-civil"),
    path(YEAR, funding.YearMoneyPage.as_view(), name="year-money"),
    path(f"{YEAR}et-si/", funding.YearSimulation.as_view(), name="year-simulation"),
    path(f"{YEAR}echeancier/", funding.YearSchedule.as_view(), name="year-schedule"),
    path(f"{YEAR}crise/", funding.YearCrisis.as_view(), name="year-crisis"),
    path(f"{YEAR}proposer/", fund_payments.YearPropose.as_view(), name="year-propose"),
    path(f"{YEAR}regulariser/", fund_payments.YearLineAdd.as_view(), name="year-line-add"),
    path(PAYMENT, fund_payments.PaymentDetail.as_view(), name="payment-detail"),
    path(f"{PAYMENT}ecarter/", fund_payments.PaymentSetAside.as_view(), name="payment-set-aside"),
    path(f"{PAYMENT}recu/", fund_payments.PaymentReceive.as_view(), name="payment-receive"),
    path(RESOURCES, other_resources.ResourceList.as_view(), name="resources"),
    path(f"{RESOURCES}ajouter/", other_resources.ResourceAdd.as_view(), name="resource-add"),
    path(f"{RESOURCES}<int:pk>/modifier/", other_resources.ResourceEdit.as_view(), name="resource-edit"),
    path(f"{RESOURCES}<int:pk>/retirer/", other_resources.ResourceRemove.as_view(), name="resource-remove"),
]
