"""The territories app in the shared admin: importing a module registers its models."""

from territories.admin import imports

__all__ = ["imports"]
