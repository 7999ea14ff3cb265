from django.apps import AppConfig


class MissionsConfig(AppConfig):
    """What a CPTS does all year: missions, actions, indicators with proof, meetings, indemnities."""

    name = "missions"
    verbose_name = "Missions, actions et indicateurs"
    styles = ("css/missions.css",)  # sheets of its pages

    def ready(self) -> None:
        from members.models import Professional  # noqa: PLC0415 (models are loaded once apps are ready)
        from members.shared.card_panels import register  # noqa: PLC0415 (models are loaded once apps are ready)
        from members.shared.merged_records import register_mover  # noqa: PLC0415 (models are loaded once apps are ready)
        from missions.joints.merged_people import move_work  # noqa: PLC0415 (models are loaded once apps are ready)
        from missions.joints.person_panel import meetings_panel, payments_panel  # noqa: PLC0415 (models are loaded once apps are ready)

        register(Professional, meetings_panel)
        register(Professional, payments_panel)
        register_mover(move_work)
