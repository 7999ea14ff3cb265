"""The territory of a CPTS: reading it on any day, seeing what a change would do, changing it."""

from territories.map.vintages import loaded_vintages, vintage_for
from territories.perimeter.changing import set_territory
from territories.perimeter.conflicts import Conflict, TerritoryConflict
from territories.perimeter.reading import (
    Difference,
    Perimeter,
    PerimeterRow,
    Slice,
    differences,
    perimeter_before,
    perimeter_of,
    perimeters_of,
    populations_in,
)
from territories.perimeter.simulation import Simulation, compare, simulate

__all__ = [
    "Conflict",
    "Difference",
    "Perimeter",
    "PerimeterRow",
    "Simulation",
    "Slice",
    "TerritoryConflict",
    "compare",
    "differences",
    "loaded_vintages",
    "perimeter_before",
    "perimeter_of",
    "perimeters_of",
    "populations_in",
    "set_territory",
    "simulate",
    "vintage_for",
]
