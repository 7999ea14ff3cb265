from django.apps import AppConfig


class MissionsConfig(AppConfig):
    """Room kept by the layout of the project; its models come with their own issue."""

    name = "missions"
    verbose_name = "Missions, actions et indicateurs"
