"""Tables of the territories app, grouped by what they describe."""

from territories.models.agencies import Agency
from territories.models.cpts import Cpts, CptsCommune, DeclaredFigures, Stage
from territories.models.imports import CommuneChange, CommuneImport
from territories.models.places import Commune, CommuneMovement, Department, Epci, Population, Region
from territories.models.sizes import SizeClass

__all__ = [
    "Agency",
    "Commune",
    "CommuneChange",
    "CommuneImport",
    "CommuneMovement",
    "Cpts",
    "CptsCommune",
    "DeclaredFigures",
    "Department",
    "Epci",
    "Population",
    "Region",
    "SizeClass",
    "Stage",
]
