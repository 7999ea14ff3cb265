from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, their accesses (a role on a CPTS or an agency), invitations."""

    name = "cpts_portal.accounts"
    label = "accounts"
    verbose_name = "Comptes et accès"

    def ready(self) -> None:
        from cpts_portal.accounts import signals  # noqa: F401, PLC0415 (receivers need the models loaded)
