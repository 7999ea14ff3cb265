"""The grid as rows to download."""

from collections.abc import Iterator, Sequence
from typing import Any

from contracts.models import Rate
from missions.models import Confidence

GRID_HEADERS = ("mission", "enveloppe", "taille", "montant", "debut", "fin", "source", "fiabilite")
_CONFIDENCE = {each.value: each.label for each in Confidence}


def grid_lines(rates: Sequence[Rate]) -> Iterator[tuple[Any, ...]]:
    """Lines that the import reads back: loading them again changes nothing."""
    for each in rates:
        yield (
            *(each.mission.code if each.mission else "", each.get_part_display(), each.size),
            *(
                f"{each.amount:.2f}".replace(".", ","),
                f"{each.start:%d/%m/%Y}",
                f"{each.end:%d/%m/%Y}" if each.end else "",
            ),
            *(each.source, each.get_confidence_display()),
        )
