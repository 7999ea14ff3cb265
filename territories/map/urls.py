"""Addresses of the room `territories.map`."""

from django.urls import path

from territories.map.views import coverage, places

urlpatterns = [
    path("", places.France.as_view(), name="places"),
    path("regions/<str:region_code>/", places.RegionPage.as_view(), name="region"),
    path("departements/<str:department_code>/", places.DepartmentPage.as_view(), name="department"),
    path("epci/<str:epci_siren>/", places.EpciPage.as_view(), name="epci"),
    path("communes/", places.CommuneSearch.as_view(), name="communes"),
    path("communes/<int:commune_id>/", places.CommunePage.as_view(), name="commune"),
    path("couverture/", coverage.Coverage.as_view(), name="coverage"),
    path("couverture/communes-sans-cpts/", coverage.WhiteZones.as_view(), name="white-zones"),
    path("couverture/communes-partagees/", coverage.SharedCommunes.as_view(), name="shared-communes"),
]
