"""Addresses of the contracts app, one module per room; everything about one CPTS stands under its number."""

from contracts.urls import reviews, years

app_name = "contracts"
urlpatterns = [
    *reviews.urlpatterns,
    *years.urlpatterns,
]
