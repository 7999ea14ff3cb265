"""The permission table: who may view, add, change or delete what.

Each app declares its rows in `<app>/permissions.py` (`PERMISSIONS = {"app.model": Rule(...)}`); pages and the admin
read the same table, so that the two doors cannot disagree. A model without a row may be touched by nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.roles import NOBODY, Role

ACTIONS = ("view", "add", "change", "delete")


@dataclass(frozen=True)
class Rule:
    """The roles allowed for each action. On a table of a CPTS, the role must be held *on that CPTS*."""

    view: frozenset[Role]
    add: frozenset[Role] = NOBODY
    change: frozenset[Role] = NOBODY
    delete: frozenset[Role] = NOBODY

    def roles(self, action: str) -> frozenset[Role]:
        return getattr(self, action)


@cache
def permission_table() -> Mapping[str, Rule]:
    """All rows of all apps, keyed by « app_label.model_name » in lower case."""
    table: dict[str, Rule] = {}
    for config in apps.get_app_configs():
        module = f"{config.name}.permissions"
        if config.name != "cpts_portal.accounts" and find_spec(module):
            table.update(getattr(import_module(module), "PERMISSIONS", {}))
    table.update(import_module("cpts_portal.accounts.permission_rows").PERMISSIONS)
    return table


def roles_for(label: str, action: str) -> frozenset[Role]:
    rule = permission_table().get(label.lower())
    return rule.roles(action) if rule and action in ACTIONS else NOBODY


def may(actor: Actor, action: str, label: str, obj: Any = None) -> bool:
    """May this person do this, on this object when there is one?"""
    allowed = roles_for(label, action)
    if obj is None:
        return actor.has_any(allowed)
    cpts = cpts_of(obj)
    roles = actor.roles if cpts is None else actor.roles_on(cpts)
    return not roles.isdisjoint(allowed)


def cpts_of(obj: Any) -> Any:
    """The CPTS an object belongs to, following its `scope_path`; None for reference data."""
    path = getattr(type(obj), "scope_path", None)
    if path is None:
        return None
    owner = obj
    if path in ("pk", "id"):
        return owner
    for step in path.removesuffix("_id").split("__"):
        owner = getattr(owner, step)
    return owner


def actor_of(user: Any) -> Actor:
    """The actor kept on the user by the middleware, or a new one (commands, tests)."""
    if not hasattr(user, "_actor"):
        keep_actor(Actor(user))
    return user._actor


def keep_actor(actor: Actor) -> Actor:
    """Put the actor on her user, where Django's own questions of permission find it."""
    actor.user._actor = actor
    return actor


def may_open_app(user: Any, app_label: str) -> bool:
    actor = actor_of(user)
    return any(
        label.split(".")[0] == app_label and actor.has_any(rule.view) for label, rule in permission_table().items()
    )
