"""Territories follow their communes: what each CPTS holds after mergers, splits and changes of code.

From the day the vintage takes effect, the row of a vanished commune ends and one opens on its successor. A row that
only starts on or after that day (a territory composed late, on an old list) never held the vanished commune on any
real day: it is moved to the successor in place, under the same history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from cpts_portal.core.text import number_fr, plural
from territories.commune_import.state import Row
from territories.models import CptsCommune


class Link(NamedTuple):
    """A row of a territory that counts on the day or later."""

    id: int
    cpts_id: int
    commune_id: int
    start: date
    end: date | None
    inhabitants: int | None


class Opening(NamedTuple):
    cpts_id: int
    commune_id: int
    start: date
    end: date | None
    inhabitants: int | None
    carried_from: int


@dataclass
class Carry:
    """Rows to end on `day`, to move in place (row id -> commune, inhabitants), to withdraw, to open."""

    day: date
    ended: list[int] = field(default_factory=list)
    moved: dict[int, tuple[int, int | None]] = field(default_factory=dict)
    withdrawn: list[int] = field(default_factory=list)
    opened: list[Opening] = field(default_factory=list)
    sentences: dict[int, list[str]] = field(default_factory=dict)
    disputed: set[int] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return len(self.ended) + len(self.moved) + len(self.withdrawn) + len(self.opened)

    def say(self, cpts_id: int, sentence: str, *, disputed: bool = False) -> None:
        self.sentences.setdefault(cpts_id, []).append(sentence)
        if disputed:
            self.disputed.add(cpts_id)

    def after(self, links: Iterable[Link]) -> list[tuple[int, int, int | None]]:
        """The territories once carried over: (cpts, commune, inhabitants)."""
        gone = {*self.ended, *self.withdrawn}
        kept = [
            (link.cpts_id, *self.moved.get(link.id, (link.commune_id, link.inhabitants)))
            for link in links
            if link.id not in gone
        ]
        return kept + [(row.cpts_id, row.commune_id, row.inhabitants) for row in self.opened]


def live_links(day: date) -> list[Link]:
    """Every territory row that counts on this day or later: which commune is in which CPTS is public."""
    found = CptsCommune.directory.filter(Q(end__isnull=True) | Q(end__gt=day)).order_by("start", "pk")
    return [Link._make(row) for row in found.values_list("pk", "cpts", "commune", "start", "end", "inhabitants")]


class Carrier:
    """Plans the `Carry`. Ids of communes may be temporary (below zero) for those the import creates."""

    def __init__(
        self,
        day: date,
        links: Iterable[Link],
        *,
        names: Mapping[int, Row],
        new_names: Mapping[int, Row],
        before: Mapping[int, int],
        after: Mapping[int, int],
    ) -> None:
        self.carry = Carry(day)
        self.day = day
        self.names, self.new_names = names, new_names
        self.before, self.after = before, after
        self.holders: dict[int, list[Link]] = {}
        for link in links:
            self.holders.setdefault(link.commune_id, []).append(link)

    def follow(self, successor_of: Mapping[int, int], restored_from: Mapping[int, int]) -> Carry:
        sources: dict[int, list[int]] = {}
        for ended, successor in successor_of.items():
            sources.setdefault(successor, []).append(ended)
        for successor, merged in sources.items():
            self._merge(successor, merged)
        for restored, parent in restored_from.items():
            self._split(restored, parent)
        return self.carry

    def _merge(self, successor: int, ended: list[int]) -> None:
        arrivals: dict[int, list[Link]] = {}
        for commune in ended:
            for link in self.holders.get(commune, []):
                arrivals.setdefault(link.cpts_id, []).append(link)
        if not arrivals:
            return
        already = {link.cpts_id: link for link in self.holders.get(successor, [])}
        if len(ended) == 1 and successor < 0 and len(arrivals) > 1:
            self._keep_shares(successor, ended[0], arrivals)
            return
        if len(arrivals.keys() | already.keys()) > 1:
            self._share(successor, arrivals, already)
            return
        ((cpts_id, links),) = arrivals.items()
        holder = already.get(cpts_id)
        if holder is not None:
            self._join(successor, cpts_id, links, holder)
            return
        whole = all(link.inhabitants is None for link in links)
        inhabitants = None if whole else sum(self._amount(link) for link in links)
        self._arrive(successor, links, inhabitants)
        self.carry.say(cpts_id, self._arrival_sentence(successor, ended, links))

    def _keep_shares(self, successor: int, ended: int, arrivals: dict[int, list[Link]]) -> None:
        """A shared commune that only changes its code: each CPTS keeps its share."""
        for cpts_id, links in arrivals.items():
            self._arrive(successor, links, sum(self._amount(link) for link in links))
            self.carry.say(cpts_id, f"{self._label(ended)} change de code : {self.names[successor].code}.")

    def _amount(self, link: Link) -> int:
        """Inhabitants this row stands for: those declared, or the former population; at least one."""
        return link.inhabitants or self.before.get(link.commune_id) or 1

    def _join(self, successor: int, cpts_id: int, links: list[Link], holder: Link) -> None:
        """The CPTS already holds the successor: the rows of the vanished communes just end."""
        for link in links:
            self._leave(link)
        gone = self._list(link.commune_id for link in links)
        self.carry.say(cpts_id, f"{gone} : dans {self._new_label(successor)}, qui est déjà dans le territoire.")
        if holder.inhabitants is not None:
            self._resize(holder, holder.inhabitants + sum(self._amount(link) for link in links), successor)

    def _share(self, successor: int, arrivals: dict[int, list[Link]], already: dict[int, Link]) -> None:
        """Several CPTS meet on the successor: each keeps its former inhabitants, until somebody arbitrates."""
        wanted: dict[int, int] = {}
        for cpts_id in sorted(arrivals.keys() | already.keys()):
            links = [*arrivals.get(cpts_id, []), *([already[cpts_id]] if cpts_id in already else [])]
            wanted[cpts_id] = sum(self._amount(link) for link in links)
        shares = fitted(wanted, self.after.get(successor))
        for cpts_id, share in shares.items():
            holder = already.get(cpts_id)
            links = arrivals.get(cpts_id, [])
            if holder is not None:
                for link in links:
                    self._leave(link)
                self._resize(holder, share, successor)
            else:
                self._arrive(successor, links, share)
            others = len(shares) - 1
            self.carry.say(
                cpts_id,
                f"À arbitrer : {self._new_label(successor)} est désormais partagée avec "
                f"{plural(others, 'autre CPTS', 'autres CPTS')} ; {number_fr(share)} habitants sont retenus ici, "
                "d’après les populations des anciennes communes.",
                disputed=True,
            )

    def _split(self, restored: int, parent: int) -> None:
        """A commune restored from one that a CPTS holds whole stays in that CPTS: it is the same land."""
        for link in self.holders.get(parent, []):
            label, source = self._new_label(restored), self._label(parent)
            if link.inhabitants is not None:
                self.carry.say(
                    link.cpts_id,
                    f"À arbitrer : {label} s’est détachée de {source}, qui est partagée entre plusieurs CPTS ; "
                    "elle n’est dans aucun territoire.",
                    disputed=True,
                )
                continue
            self.carry.opened.append(
                Opening(link.cpts_id, restored, max(self.day, link.start), link.end, None, link.id)
            )
            self.carry.say(
                link.cpts_id, f"{label}, rétablie, s’est détachée de {source} : elle reste dans le territoire."
            )

    def _arrive(self, successor: int, links: list[Link], inhabitants: int | None) -> None:
        """One row for the successor, whatever the number of vanished communes the CPTS held."""
        early = [link for link in links if link.start < self.day]
        for link in early:
            self.carry.ended.append(link.id)
        late = [link for link in links if link.start >= self.day]
        if not early:
            first, *late = late
            self.carry.moved[first.id] = (successor, inhabitants)
        else:
            end = None if any(link.end is None for link in links) else max(link.end for link in links if link.end)
            self.carry.opened.append(Opening(links[0].cpts_id, successor, self.day, end, inhabitants, early[0].id))
        self.carry.withdrawn += [link.id for link in late]

    def _leave(self, link: Link) -> None:
        (self.carry.ended if link.start < self.day else self.carry.withdrawn).append(link.id)

    def _resize(self, holder: Link, share: int, successor: int) -> None:
        """The row of the successor itself takes another share from the day on."""
        if holder.inhabitants == share:
            return
        if holder.start >= self.day:
            self.carry.moved[holder.id] = (successor, share)
            return
        self.carry.ended.append(holder.id)
        self.carry.opened.append(Opening(holder.cpts_id, successor, self.day, holder.end, share, holder.id))

    def _arrival_sentence(self, successor: int, ended: list[int], links: list[Link]) -> str:
        """What was in the territory, what it became, and the land that comes with it."""
        held = {link.commune_id for link in links}
        outside = [commune for commune in ended if commune not in held]
        if successor > 0:
            outside.append(successor)
        label = self._new_label(successor)
        if len(ended) == 1 and not outside and self.names[ended[0]].name == self.names[successor].name:
            return f"{self._label(ended[0])} change de code : {self.names[successor].code}."
        sentence = f"{self._list(held)} : désormais dans {label}, qui entre dans le territoire."
        if outside:
            former = ", ".join(self._outside(commune, successor) for commune in outside)
            sentence += f" Elle comprend aussi, hors du territoire jusqu’ici : {former}."
        return sentence

    def _outside(self, commune: int, successor: int) -> str:
        what = f"l’ancienne commune de {self._label(commune)}" if commune == successor else self._label(commune)
        return f"{what} ({plural(self.before.get(commune, 0), 'habitant')})"

    def _label(self, commune: int) -> str:
        """Under its name of yesterday."""
        return self.names[commune].label

    def _new_label(self, commune: int) -> str:
        return (self.new_names.get(commune) or self.names[commune]).label

    def _list(self, communes: Iterable[int]) -> str:
        return ", ".join(sorted(self._label(commune) for commune in communes))


def fitted(wanted: Mapping[int, int], population: int | None) -> dict[int, int]:
    """Shares that together do not exceed the population: reduced in proportion, at least one inhabitant each."""
    total = sum(wanted.values())
    if population is None or total <= population:
        return dict(wanted)
    return {key: max(1, share * population // total) for key, share in wanted.items()}
