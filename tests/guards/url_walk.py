"""Every address of the portal, and who its view says may come.

A view of ours (`PortalView`) declares it itself; the admin follows the permission table; the few views of libraries
are listed in `LIBRARY_VIEWS`. Anything else is a URL that nobody declared.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cpts_portal.accounts.permissions import roles_for
from cpts_portal.accounts.roles import ADMINISTRATORS, EVERY_ROLE, Role
from cpts_portal.pages import PortalView

ANYBODY, LOGGED_IN, VISITORS = "anybody", "logged in", "visitors"

# Views of libraries: who they are for. They check it themselves; the walk checks that they do.
LIBRARY_VIEWS = {
    "account_login": ANYBODY,
    "account_logout": ANYBODY,
    "account_inactive": ANYBODY,
    "account_reauthenticate": LOGGED_IN,
    "account_change_password": LOGGED_IN,
    "account_reset_password": ANYBODY,
    "account_reset_password_done": ANYBODY,
    "account_reset_password_from_key": ANYBODY,
    "account_reset_password_from_key_done": ANYBODY,
    "mfa_index": LOGGED_IN,
    "mfa_authenticate": ANYBODY,
    "mfa_reauthenticate": LOGGED_IN,
    "mfa_activate_totp": LOGGED_IN,
    "mfa_deactivate_totp": LOGGED_IN,
    "mfa_view_recovery_codes": LOGGED_IN,
    "mfa_generate_recovery_codes": LOGGED_IN,
    "mfa_download_recovery_codes": LOGGED_IN,
    "mfa_list_webauthn": LOGGED_IN,
    "mfa_add_webauthn": LOGGED_IN,
    "mfa_reauthenticate_webauthn": LOGGED_IN,
    "mfa_remove_webauthn": LOGGED_IN,
    "mfa_edit_webauthn": LOGGED_IN,
}
# Pages of the admin that are about no model. The catch-all answers 404 to whoever has an access.
ADMIN_PAGES = {
    "admin:index": LOGGED_IN,
    "admin:login": ANYBODY,
    "admin:logout": ANYBODY,
    "admin:password_change": LOGGED_IN,
    "admin:password_change_done": LOGGED_IN,
    "admin:jsi18n": LOGGED_IN,
    "admin:autocomplete": LOGGED_IN,
    "admin:app_list": LOGGED_IN,
    "admin:view_on_site": LOGGED_IN,
    "admin:": LOGGED_IN,
}
ADMIN_ACTIONS = {
    "changelist": "view",
    "add": "add",
    "change": "view",
    "history": "view",
    "delete": "delete",
    "export": "view",
    "import": "import",
    "process_import": "import",
    "": "view",  # the bare address of an object redirects to its form
}


@dataclass(frozen=True)
class Address:
    """One URL pattern: its name, what it needs, what answers it."""

    name: str
    kwargs: tuple[str, ...]
    view: Any = field(compare=False)
    pattern: str = field(default="", compare=False)

    @property
    def is_admin(self) -> bool:
        return self.name.startswith("admin:")

    @property
    def app(self) -> str:
        """The app it belongs to, the model's own in the admin; « libraries » for the pages of libraries."""
        if self.admin_model_and_action:
            return self.admin_model_and_action[0].partition(".")[0]
        namespace, colon, _name = self.name.rpartition(":")
        return namespace if colon else "libraries"

    @property
    def view_class(self) -> type | None:
        return getattr(self.view, "view_class", None)

    @property
    def is_ours(self) -> bool:
        return bool(self.view_class) and issubclass(self.view_class, PortalView)

    @property
    def allowed(self) -> frozenset[Role] | str | None:
        """The roles that may come, one of the three words above, or None when nothing declares it."""
        if self.is_ours:
            return ANYBODY if self.view_class.public else self.view_class.allowed_roles()
        if self.name in LIBRARY_VIEWS:
            return LIBRARY_VIEWS[self.name]
        return self._allowed_in_admin() if self.is_admin else None

    def _allowed_in_admin(self) -> frozenset[Role] | str | None:
        if self.name in ADMIN_PAGES:
            return ADMIN_PAGES[self.name]
        return declared_in_admin(*self.admin_model_and_action) if self.admin_model_and_action else None

    @property
    def admin_model_and_action(self) -> tuple[str, str] | None:
        return admin_names().get(self.name)

    @property
    def declares_nobody(self) -> bool:
        """A page of ours whose declaration lets nobody in: surely forgotten."""
        return bool(self.view_class) and self.allowed == frozenset()

    def url(self, kwargs: dict[str, Any]) -> str:
        if self.name == "admin:":  # Django's catch-all has no name
            return reverse("admin:index") + kwargs["url"]
        return reverse(self.name, kwargs=kwargs)


@cache
def admin_names() -> dict[str, tuple[str, str]]:
    """The name of each page of the admin about a model → its model and what is done there."""
    return {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}": (model._meta.label_lower, action)
        for model in admin.site._registry
        for page, action in ADMIN_ACTIONS.items()
    }


@cache
def every_address() -> tuple[Address, ...]:
    return tuple(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inside)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{namespace}{pattern.name or ''}", _kwargs(pattern), pattern.callback, str(pattern.pattern))


def _kwargs(pattern: URLPattern) -> tuple[str, ...]:
    named = tuple(pattern.pattern.converters) or tuple(re.findall(r"\(\?P<(\w+)>", str(pattern.pattern)))
    return tuple(name for name in named if name not in pattern.default_args)


def declared_in_admin(label: str, action: str) -> frozenset[Role]:
    """Whoever may change may see; files come in by administrators."""
    if action == "import":
        return ADMINISTRATORS
    return roles_for(label, action) | (roles_for(label, "change") if action == "view" else frozenset())


def lets_in(allowed: frozenset[Role] | str, role: Role) -> bool:
    return True if isinstance(allowed, str) else role in allowed


__all__ = ["ANYBODY", "EVERY_ROLE", "LOGGED_IN", "Address", "every_address", "lets_in"]
