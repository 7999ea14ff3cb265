"""Addresses of the contracts app, one module per room; everything about one CPTS stands under its number."""

from contracts.urls import contracts, money, reviews

app_name = "contracts"
urlpatterns = [
    *reviews.urlpatterns,
    *contracts.urlpatterns,
    *money.urlpatterns,
]
