"""Home of each persona and the public page."""

from cpts_portal.accounts.roles import EVERY_ROLE
from cpts_portal.pages import Page


class PublicHome(Page):
    template_name = "home/public.html"
    public = True
    title = "Trouver sa CPTS"


class Dashboard(Page):
    template_name = "home/dashboard.html"
    roles = EVERY_ROLE
    title = "Tableau de bord"
