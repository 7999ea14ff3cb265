from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Mechanics without business models: scoping, history, periods, text, tasks, PDF, components."""

    name = "cpts_portal.core"
    label = "core"
    verbose_name = "Socle"

    def ready(self) -> None:
        from cpts_portal.core import checks  # noqa: F401, PLC0415 (registers the deployment checks, once apps are loaded)
