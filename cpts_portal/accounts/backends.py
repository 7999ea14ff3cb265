"""Django's permission questions (« territories.change_cpts »), answered by the permission table."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from cpts_portal.accounts.permissions import actor_of, may


class PermissionTableBackend(BaseBackend):
    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        app_label, _, codename = perm.partition(".")
        action, _, model_name = codename.partition("_")
        return may(actor_of(user_obj), action, f"{app_label}.{model_name}", obj)
