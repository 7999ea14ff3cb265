"""Coverage of the country by CPTS: summary, white zones, communes held by several CPTS."""

from cpts_portal.pages import Page

READ_COVERAGE = ("view", "territories.commune")


class Coverage(Page):
    template_name = "territories/coverage/summary.html"
    needs = READ_COVERAGE
    title = "Couverture du territoire"


class WhiteZones(Page):
    template_name = "territories/coverage/white_zones.html"
    needs = READ_COVERAGE
    title = "Communes sans CPTS"


class SharedCommunes(Page):
    template_name = "territories/coverage/shared.html"
    needs = READ_COVERAGE
    title = "Communes partagées entre plusieurs CPTS"
