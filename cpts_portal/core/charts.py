"""Charts as plain numbers: where each bar and word goes, for the SVG templates `templates/ui/chart_*.html`.

A chart helps the eye; the table beside it says the figures. Everything is in whole units of a drawing 360 wide, so that
it reads on a phone, grows on a screen and prints in a PDF, and no decimal comma slips into the markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 360
ROW_HEIGHT = 34
COLUMNS_HEIGHT, BASE_LINE, TOP_LINE = 190, 160, 24
LONGEST_LABEL = 38


@dataclass(frozen=True)
class Point:
    """One thing compared: its name, its quantity (None: unknown) and the quantity as a reader sees it."""

    label: str
    value: float | None
    text: str


@dataclass(frozen=True)
class Bar:
    label: str
    text: str
    x: int
    y: int
    width: int
    height: int
    label_y: int
    middle: int = 0


@dataclass(frozen=True)
class Chart:
    """`key` makes its ids unique in the page; `description` says in words what the drawing shows."""

    key: str
    title: str
    description: str
    height: int
    bars: tuple[Bar, ...]
    width: int = WIDTH

    @property
    def base_line(self) -> int:
        return BASE_LINE


def bar_chart(key: str, title: str, points: Sequence[Point], *, full: float | None = None) -> Chart:
    """Horizontal bars under their names; `full` is the quantity of a whole bar (the largest one by default)."""
    whole = full or largest(points)
    bars = tuple(
        Bar(
            label=_short(point.label),
            text=point.text,
            x=0,
            y=rank * ROW_HEIGHT + 20,
            width=_share(point.value, whole, WIDTH),
            height=8,
            label_y=rank * ROW_HEIGHT + 14,
        )
        for rank, point in enumerate(points)
    )
    return Chart(key, title, described(points), max(len(points), 1) * ROW_HEIGHT, bars)


def column_chart(key: str, title: str, points: Sequence[Point]) -> Chart:
    """Columns side by side, for what changes over time."""
    step = WIDTH // max(len(points), 1)
    whole, thick = largest(points), min(max(step - 10, 6), 44)
    bars = []
    for rank, point in enumerate(points):
        height = _share(point.value, whole, BASE_LINE - TOP_LINE)
        middle = rank * step + step // 2
        bars.append(
            Bar(
                label=point.label,
                text=point.text,
                x=middle - thick // 2,
                y=BASE_LINE - height,
                width=thick,
                height=height,
                label_y=BASE_LINE - height - 6,
                middle=middle,
            )
        )
    return Chart(key, title, described(points), COLUMNS_HEIGHT, tuple(bars))


def largest(points: Sequence[Point]) -> float:
    return max((point.value or 0 for point in points), default=0) or 1


def described(points: Sequence[Point]) -> str:
    """« 2024 : 12 ; 2025 : 15. »"""
    return " ; ".join(f"{point.label}\u00a0: {point.text}" for point in points) + "."


def _share(value: float | None, whole: float, room: int) -> int:
    """Room of this quantity; a quantity that exists always shows, however small."""
    if not value:
        return 0
    return min(max(round(room * value / whole), 2), room)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"
