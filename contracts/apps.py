from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Room kept by the layout of the project; its models come with their own issue."""

    name = "contracts"
    verbose_name = "Contrats ACI"
