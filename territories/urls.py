"""Addresses of the app: each room has its own; what concerns one CPTS stands under its number."""

from territories.cpts import urls as cpts
from territories.imports import urls as imports
from territories.map import urls as map

app_name = "territories"
urlpatterns = [
    *map.urlpatterns,
    *imports.urlpatterns,
    *cpts.urlpatterns,
]
