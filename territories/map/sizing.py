"""Size classes (« tailles » 1 to 4) of a population.

The bounds are dated reference data (`SizeClass`): each class starts at `min_population` inhabitants, included, and
goes up to the next one, excluded. Source: accord conventionnel interprofessionnel (ACI) of 20 June 2019. Everything
here is pure once the grid is loaded, with one query, by `SizeGrid.on(day)`.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from territories.models import SizeClass

NEAR_PERCENT = 2


@dataclass(frozen=True)
class SizeBound:
    """The first number of inhabitants of a class, and whether its source was verified."""

    size: int
    min_population: int
    to_confirm: bool = False
    source: str = ""


@dataclass(frozen=True)
class SizePosition:
    """Where a population stands in the grid; distances in inhabitants.

    `to_next` is how many are missing to enter the next class (None in the last one); `to_lose` how many may leave
    before falling into the class below (None in the first one).
    """

    population: int
    size: int | None
    next_threshold: int | None = None
    previous_threshold: int | None = None
    near_threshold: int | None = None

    @property
    def to_next(self) -> int | None:
        return None if self.next_threshold is None else self.next_threshold - self.population

    @property
    def to_lose(self) -> int | None:
        """Losing one more than this number changes the class."""
        return None if self.previous_threshold is None else self.population - self.previous_threshold

    @property
    def is_near(self) -> bool:
        """Within 2 % of a threshold, on either side: the next census may change the class."""
        return self.near_threshold is not None


@dataclass(frozen=True)
class SizeGrid:
    """The classes in force on one day, in order. Empty before the first agreement: no class then."""

    bounds: tuple[SizeBound, ...] = ()

    @classmethod
    def on(cls, day: date) -> "SizeGrid":
        classes = SizeClass.objects.in_force_on(day).order_by("min_population")
        return cls(
            tuple(
                SizeBound(row.size, row.min_population, row.confidence == SizeClass.Confidence.TO_CONFIRM, row.source)
                for row in classes
            )
        )

    def class_of(self, population: int) -> int | None:
        rank = self._rank(population)
        return None if rank < 0 else self.bounds[rank].size

    def place(self, population: int) -> SizePosition:
        """The class of this population and its distance to the thresholds around it."""
        rank = self._rank(population)
        if rank < 0:
            return SizePosition(population, None)
        following = self.bounds[rank + 1].min_population if rank + 1 < len(self.bounds) else None
        current = self.bounds[rank].min_population if rank else None
        near = [limit for limit in (current, following) if limit is not None and _is_near(population, limit)]
        return SizePosition(
            population,
            self.bounds[rank].size,
            next_threshold=following,
            previous_threshold=current,
            near_threshold=min(near, key=lambda limit: abs(limit - population), default=None),
        )

    def bound_of(self, size: int | None) -> SizeBound | None:
        return next((bound for bound in self.bounds if bound.size == size), None)

    def _rank(self, population: int) -> int:
        return bisect_right([bound.min_population for bound in self.bounds], population) - 1


def _is_near(population: int, threshold: int) -> bool:
    return abs(population - threshold) * 100 <= threshold * NEAR_PERCENT
