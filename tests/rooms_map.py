"""Draws docs/rooms.md from the imports: `make rooms`, or `python -m tests.rooms_map` (needs no database).

A room is a package of an app: everything but what stands where Django looks for it (`models`, `admin`, `migrations`…).
What a room does is the first sentence of its package. In `cpts_portal` the rooms are core, accounts and home.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.guards.code_rules import Source

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "rooms.md"
APPS = ("territories", "members", "missions", "contracts", "cpts_portal")
WHERE_DJANGO_LOOKS = {"models", "admin", "migrations", "management", "templatetags", "urls"}
HEAD = """# Rooms

Drawn from the imports by `make rooms`; a test checks that this page is what the command writes. A room is a package of
an app that holds one activity, with its rules, forms, pages and documents. Lower rooms come first in the tables and at
the foot of the drawings, where an arrow means « imports »; an arrow that others imply is left out, the tables say all.
"""


@dataclass
class Room:
    app: str
    name: str
    purpose: str = ""
    imports: set[str] = field(default_factory=set)  # keys of rooms, `app/name`

    @property
    def key(self) -> str:
        return f"{self.app}/{self.name}"


def first_sentence(tree: ast.Module) -> str:
    said = " ".join((ast.get_docstring(tree) or "").partition("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", said, maxsplit=1)[0]


def room_key(module: str, packages: Iterable[str]) -> str | None:
    """`contracts.deal.signing` -> `contracts/deal`; None when it is in no room."""
    app, _, rest = module.partition(".")
    name = rest.partition(".")[0]
    key = f"{app}/{name}"
    return key if key in packages else None


def rooms(sources: Sequence[Source]) -> dict[str, Room]:
    """Each room with the rooms it imports, imports inside functions included."""
    found: dict[str, Room] = {}
    for source in sources:
        app, *rest = source.path.relative_to(source.root).parts
        if app in APPS and len(rest) > 1 and rest[0] not in WHERE_DJANGO_LOOKS:
            room = found.setdefault(f"{app}/{rest[0]}", Room(app, rest[0]))
            if rest[1:] == ["__init__.py"]:
                room.purpose = first_sentence(source.tree)
    for source in sources:
        mine = room_key(source.module, found)
        if mine:
            targets = {room_key(each.target, found) for each in source.imports()}
            found[mine].imports |= {target for target in targets if target and target != mine}
    return found


def reach(key: str, edges: Mapping[str, set[str]], seen: set[str] | None = None) -> set[str]:
    """Every room reached from this one, by whatever way."""
    seen = set() if seen is None else seen
    for target in edges[key] - seen:
        seen.add(target)
        reach(target, edges, seen)
    return seen


def lower_first(edges: Mapping[str, set[str]]) -> list[str]:
    """Rooms after those they import; two rooms that import each other stand by name."""
    return sorted(edges, key=lambda key: (len(reach(key, edges)), key))


def needed(key: str, edges: Mapping[str, set[str]]) -> set[str]:
    """The arrows of a room that no other of its arrows implies."""
    implied = {far for near in edges[key] if key not in reach(near, edges) for far in reach(near, edges)}
    return edges[key] - implied


def section(app: str, every: Mapping[str, Room]) -> Iterator[str]:
    mine = {key: room for key, room in every.items() if room.app == app}
    edges = {key: {target for target in room.imports if target in mine} for key, room in mine.items()}
    order = lower_first(edges)
    yield f"\n## {app}\n"
    yield "```mermaid\ngraph TD"
    for key in order:
        yield f"  {mine[key].name}"
    for key in order:
        for target in sorted(needed(key, edges), key=order.index):
            yield f"  {mine[key].name} --> {mine[target].name}"
    yield "```\n"
    yield "| Room | What it does | Imports | In other apps |\n|---|---|---|---|"
    for key in order:
        inside = ", ".join(mine[target].name for target in order if target in edges[key])
        outside = ", ".join(sorted(target for target in mine[key].imports if target not in mine))
        yield f"| `{key}/` | {mine[key].purpose} | {inside or '–'} | {outside or '–'} |"


def page(sources: Sequence[Source]) -> str:
    every = rooms(sources)
    return "\n".join([HEAD.rstrip("\n"), *(line for app in APPS for line in section(app, every))]) + "\n"


def sources() -> list[Source]:
    files = (path for app in APPS for path in sorted((ROOT / app).rglob("*.py")))
    return [Source(path, ROOT) for path in files if "migrations" not in path.parts]


if __name__ == "__main__":
    PAGE.write_text(page(sources()), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(rooms(sources()))} rooms")
