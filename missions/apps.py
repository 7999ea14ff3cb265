from django.apps import AppConfig


class MissionsConfig(AppConfig):
    """What a CPTS does all year: missions, actions, indicators with proof, meetings, indemnities."""

    name = "missions"
    verbose_name = "Missions, actions et indicateurs"
