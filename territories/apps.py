from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    """The map: regions, departments, EPCI, communes, agencies, CPTS and their dated territories."""

    name = "territories"
    verbose_name = "Territoires"
    styles = ("css/territories.css",)  # sheets of its pages
