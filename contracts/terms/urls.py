"""Addresses of the room `contracts.terms.terms`."""

from django.urls import path

from contracts.terms import views

urlpatterns = [
    path("bareme/", views.GridPage.as_view(), name="grid"),
    path("bareme/charger/", views.GridImport.as_view(), name="grid-import"),
    path("bareme/modele.csv", views.GridTemplate.as_view(), name="grid-template"),
    path("bareme/<int:rate_id>/fin/", views.RateEnd.as_view(), name="rate-end"),
]
