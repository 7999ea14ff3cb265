"""Panels that apps above the register add to the card of a person or of a structure, without the register knowing.

An app registers a maker once, in `AppConfig.ready`:

    from members.card_panels import register
    register(Professional, meetings_of)

    def meetings_of(record, actor) -> Panel | None: ...

The maker answers None when there is nothing to show or nothing this actor may read. It reads with a fixed number of
queries. Its template is drawn below the dues with the context given; it writes its own links.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cpts_portal.accounts.actor import Actor
from members.models import Professional, Structure

Record = Professional | Structure


@dataclass(frozen=True)
class Panel:
    """A titled part of a card; `key` is its anchor."""

    key: str
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


Maker = Callable[[Any, Actor], Panel | None]
_makers: dict[type, list[Maker]] = {Professional: [], Structure: []}


def register(model: type[Record], maker: Maker) -> None:
    """Once only, however often it is asked: apps may be made ready twice."""
    if maker not in _makers[model]:
        _makers[model].append(maker)


def withdraw(model: type[Record], maker: Maker) -> None:
    _makers[model].remove(maker)


def panels_of(record: Record, actor: Actor) -> list[Panel]:
    """What the other apps say about this record to this person, in the order in which they registered."""
    made = (maker(record, actor) for maker in _makers[type(record)])
    return [panel for panel in made if panel is not None]
