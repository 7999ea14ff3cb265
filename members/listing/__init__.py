"""The register of a CPTS as lists read it: who matches what is asked, in which order, and how many of each."""

from members.listing.criteria import OUTSIDE, Criteria, Kind, Situation
from members.listing.options import Options, options_of
from members.listing.rows import Entry, Group, RegisterRows
from members.models import DuesState

__all__ = [
    "OUTSIDE",
    "Criteria",
    "DuesState",
    "Entry",
    "Group",
    "Kind",
    "Options",
    "RegisterRows",
    "Situation",
    "options_of",
]
