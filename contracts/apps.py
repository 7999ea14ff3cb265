from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """The file shared by the CPTS, the ARS and the fund, from the letter of intent to the last euro."""

    name = "contracts"
    verbose_name = "Contrats ACI"
    styles = ("css/missions.css", "css/contracts.css")  # sheets of its pages
