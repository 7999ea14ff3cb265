from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, their accesses (a role on a CPTS or an agency), invitations."""

    name = "cpts_portal.accounts"
    label = "accounts"
    verbose_name = "Comptes et accès"
