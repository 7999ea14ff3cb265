"""The territories app in the shared admin: importing a module registers its models."""

from territories.admin import cpts, imports, reference

__all__ = ["cpts", "imports", "reference"]
