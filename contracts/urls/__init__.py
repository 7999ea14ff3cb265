"""Addresses of the contracts app, one module per room; everything about one CPTS stands under its number."""

from contracts.urls import contracts, documents, money, reviews, statements, talk, years

app_name = "contracts"
urlpatterns = [
    *reviews.urlpatterns,
    *statements.urlpatterns,
    *documents.urlpatterns,
    *contracts.urlpatterns,
    *money.urlpatterns,
    *talk.urlpatterns,
    *years.urlpatterns,
]
