"""The contracts app in the shared admin: importing a module registers its models; every module of this folder is."""

from importlib import import_module
from pkgutil import iter_modules

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")
