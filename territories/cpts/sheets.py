"""The « fiche territoire »: a CPTS and its territory on one day, as a document to print or send."""

from datetime import date
from typing import Any

from django.utils.text import slugify

from cpts_portal.core.text import number_fr
from territories.cpts.words import difference_text, distance_text, near_text, older_words, unknown_words
from territories.models import Cpts
from territories.perimeter import Perimeter, Slice, differences, perimeter_of


def territory_sheet(cpts: Cpts, *, day: date, printed_on: date, vintage: int | None = None) -> dict[str, Any]:
    """Everything the document says; figures stay numbers, the template writes them."""
    perimeter = perimeter_of(cpts, day=day, vintage=vintage)
    declared = cpts.declared_figures.first()
    gaps = differences(declared, perimeter)
    return {
        "title": f"Fiche territoire – {cpts.full_name}",
        "cpts": cpts,
        "departments": ", ".join(str(department) for department in cpts.departments.all()),
        "day": day,
        "printed_on": printed_on,
        "perimeter": perimeter,
        "size": perimeter.size,
        "distance": distance_text(perimeter.size),
        "near": near_text(perimeter.size, perimeter.grid),
        "older": older_words(perimeter)["older_text"],
        "unknown": unknown_words(perimeter)["unknown_text"],
        "bound": perimeter.grid.bound_of(perimeter.size.size),
        "epci": _parts(perimeter, perimeter.by_epci),
        "by_department": _parts(perimeter, perimeter.by_department),
        "declared": declared,
        "people_difference": difference_text(gaps.get("population")),
        "communes_difference": difference_text(gaps.get("communes")),
    }


def _parts(perimeter: Perimeter, slices: list[Slice]) -> list[dict[str, Any]]:
    return [
        {
            "name": str(part.place or "Sans EPCI"),
            "communes": part.communes,
            "population": part.population,
            "percent": number_fr(part.percent_of(perimeter.population), 1),
        }
        for part in slices
    ]


def sheet_filename(cpts: Cpts, day: date) -> str:
    return f"fiche-territoire-{slugify(cpts.full_name)}-{day:%Y-%m-%d}.pdf"
