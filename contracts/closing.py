"""The yearly review: the indicators as submitted, what each agency decides of them, the year as closed."""

from contracts.models import LineVerdict, Review, YearLine
from cpts_portal.core.workflow import Act


def missing_from_the_year(review: Review) -> list[str]:
    """What the CPTS still has to enter before it submits its year."""
    return [] if YearLine.objects.filter(year__review=review).exists() else ["Aucun indicateur présenté."]


def undecided_lines(review: Review, party: str) -> int:
    lines = YearLine.objects.filter(year__review=review)
    return lines.count() - LineVerdict.objects.filter(line__year__review=review, party=party).count()


def close_year(_review: Review, _act: Act) -> None:
    """Written with the yearly review."""


def reopen_year(_review: Review, _act: Act) -> None:
    """Written with the yearly review."""
