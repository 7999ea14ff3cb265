"""Home of each persona, global search and the public pages."""

from cpts_portal.accounts.roles import EVERY_ROLE
from cpts_portal.pages import Page


class PublicHome(Page):
    template_name = "home/public.html"
    public = True
    title = "Trouver sa CPTS"


class PublicSuggestions(Page):
    template_name = "home/_suggestions.html"
    public = True


class Dashboard(Page):
    template_name = "home/dashboard.html"
    roles = EVERY_ROLE
    title = "Tableau de bord"


class Search(Page):
    template_name = "home/search.html"
    roles = EVERY_ROLE
    title = "Recherche"


class Accessibility(Page):
    template_name = "home/accessibility.html"
    public = True
    title = "Accessibilité"


class Legal(Page):
    template_name = "home/legal.html"
    public = True
    title = "Mentions légales"
