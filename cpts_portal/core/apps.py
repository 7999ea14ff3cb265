from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Mechanics without business models: scoping, history, periods, text, tasks, PDF, components."""

    name = "cpts_portal.core"
    label = "core"
    verbose_name = "Socle"
