from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Dashboards per persona, search and public pages: the only room that may read every app."""

    name = "cpts_portal.home"
    label = "home"
    verbose_name = "Accueil"
