"""Figures of the registers: see `members/urls/__init__.py`."""

from django.urls import URLPattern, path

from members.views import statistics

urlpatterns: list[URLPattern] = [
    path("comparaison/", statistics.Comparison.as_view(), name="comparison"),
    path("<int:cpts_id>/statistiques/", statistics.Statistics.as_view(), name="statistics"),
    path("<int:cpts_id>/chiffres/", statistics.AgencyOverview.as_view(), name="agency-overview"),
]
