"""The map of things: France, region, department, EPCI, commune, and what covers each."""

from cpts_portal.pages import Page

READ_COMMUNES = ("view", "territories.commune")


class France(Page):
    template_name = "territories/places/france.html"
    needs = READ_COMMUNES
    title = "Carte des territoires"


class RegionPage(Page):
    template_name = "territories/places/region.html"
    needs = READ_COMMUNES


class DepartmentPage(Page):
    template_name = "territories/places/department.html"
    needs = READ_COMMUNES


class EpciPage(Page):
    template_name = "territories/places/epci.html"
    needs = READ_COMMUNES


class CommuneSearch(Page):
    template_name = "territories/places/communes.html"
    needs = READ_COMMUNES
    title = "Chercher une commune"


class CommunePage(Page):
    template_name = "territories/places/commune.html"
    needs = READ_COMMUNES
