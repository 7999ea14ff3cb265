from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Room kept by the layout of the project; its models come with their own issue."""

    name = "members"
    verbose_name = "Adhérents et professionnels"
    styles = ("css/members.css",)  # sheets of its pages
