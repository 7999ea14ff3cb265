"""Addresses of the room `members.figures.figures`."""

from django.urls import path

from members.figures import views

urlpatterns = [
    path("comparaison/", views.Comparison.as_view(), name="comparison"),
    path("<int:cpts_id>/statistiques/", views.Statistics.as_view(), name="statistics"),
    path("<int:cpts_id>/chiffres/", views.AgencyOverview.as_view(), name="agency-overview"),
]
