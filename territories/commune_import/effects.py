"""What an import does to each CPTS: its territory, its population, its size class, one sentence per reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from cpts_portal.core.text import number_fr
from territories.commune_import.carry import Carrier, Carry, Link, live_links
from territories.commune_import.plan import CommunePlan, CptsEffect, Ended
from territories.commune_import.state import CommuneNotes, Row, State, Work
from territories.map.populations import Figures, endings_by, latest_figures
from territories.map.sizing import SizeGrid
from territories.models import Cpts, Population


@dataclass
class Populations:
    """Municipal populations in force before and after the import, by commune id, by the rule of `populations`."""

    before_vintage: int | None
    before: dict[int, int]
    after: dict[int, int]
    in_force: bool = True

    @classmethod
    def load(cls, state: State, work: Work) -> "Populations":
        """A commune that the file leaves out keeps its latest earlier population."""
        newest = Population.objects.order_by("-vintage").values_list("vintage", flat=True).first()
        earlier = Population.objects.filter(vintage__lte=state.vintage).order_by("-vintage")
        vintage = earlier.values_list("vintage", flat=True).first()
        known = Figures(None) if vintage is None else latest_figures(vintage)
        endings = endings_by(state.day)
        before = known.with_endings(endings).inhabitants
        coming = [(pk, successor, state.vintage) for pk, successor in work.endings.items() if successor is not None]
        after = _with_file(known, state.vintage, work).with_endings([*endings, *coming]).inhabitants
        return cls(vintage, before, after, newest is None or state.vintage >= newest)


def _with_file(known: Figures, vintage: int, work: Work) -> Figures:
    """The figures once the populations of the file are written in its vintage."""
    new = dict(work.populations)
    new.update({pk: value for pk, _, value in work.corrections})
    if known.vintage == vintage:
        older = {pk: year for pk, year in known.older.items() if pk not in new}
        return Figures(vintage, {**known.inhabitants, **new}, older)
    older = {pk: known.vintage_of(pk) for pk in known.inhabitants if pk not in new}
    return Figures(vintage, {**known.inhabitants, **new}, older)


def add_effects(
    plan: CommunePlan,
    state: State,
    work: Work,
    notes: CommuneNotes,
    *,
    successor_of: Mapping[int, int],
    restored_from: Mapping[int, int],
    ended: Iterable[Row] = (),
) -> None:
    """Plan the carry-over of the territories and say, CPTS by CPTS, what changes."""
    links = live_links(state.day)
    vanished = {row.code: row for row in ended}
    _hold_back(plan, notes, vanished, links)
    if not links:
        return
    figures = Populations.load(state, work)
    names = {row.id: row for row in state.rows.values() if row.kind == "COM"}
    names.update({row.id: row for row in work.new_rows if row.kind == "COM"})
    carrier = Carrier(state.day, links, names=names, new_names=work.updates, before=figures.before, after=figures.after)
    carry = work.carry = carrier.follow(successor_of, restored_from)
    plan.counts["territory_rows"] = carry.rows
    if figures.in_force:
        plan.effects = _effects(state, figures, links, carry)


def _hold_back(plan: CommunePlan, notes: CommuneNotes, vanished: Mapping[str, Row], links: list[Link]) -> None:
    """A vanished commune that a CPTS holds needs a successor; for another, a remark is enough."""
    if not vanished:
        return
    codes = {row.id: code for code, row in vanished.items()}
    held: dict[str, set[int]] = {}
    for link in links:
        if link.commune_id in codes:
            held.setdefault(codes[link.commune_id], set()).add(link.cpts_id)
    names = cpts_names({cpts for found in held.values() for cpts in found})
    plan.ended = [
        replace(row, cpts_names=tuple(sorted(names[cpts] for cpts in held.get(row.code, ())))) for row in plan.ended
    ]
    for row in plan.ended:
        if row.needs_choice:
            plan.blocking.append(_choice_sentence(row))
        elif row.successor_code is None:
            notes.say(
                f"{row.name} ({row.code}) disparaît sans que l’on sache quelle commune lui succède ; aucune CPTS n’est "
                "concernée. Le fichier des mouvements de l’INSEE le dira.",
                value=row.code,
            )


def _choice_sentence(row: Ended) -> str:
    where = ", ".join(row.cpts_names)
    return (
        f"{row.name} ({row.code}), du territoire de la {where}, disparaît sans que le fichier dise quelle commune lui "
        "succède : choisissez-la, ou importez d’abord le fichier des mouvements de l’INSEE."
    )


def cpts_names(ids: Iterable[int]) -> dict[int, str]:
    """Full names: that a CPTS exists is public, and an import speaks of all of them."""
    found = Cpts.directory.filter(pk__in=set(ids)).only("pk", "name").order_by()
    return {cpts.pk: cpts.full_name for cpts in found}


def _totals(rows: Iterable[tuple[int, int, int | None]], populations: Mapping[int, int]) -> dict[int, int]:
    totals: dict[int, int] = {}
    for cpts_id, commune_id, inhabitants in rows:
        count = populations.get(commune_id, 0) if inhabitants is None else inhabitants
        totals[cpts_id] = totals.get(cpts_id, 0) + count
    return totals


def _effects(state: State, figures: Populations, links: list[Link], carry: Carry) -> list[CptsEffect]:
    before = _totals(((link.cpts_id, link.commune_id, link.inhabitants) for link in links), figures.before)
    after = _totals(carry.after(links), figures.after)
    touched = {
        pk for pk in before.keys() | after.keys() if before.get(pk, 0) != after.get(pk, 0) or pk in carry.sentences
    }
    if not touched:
        return []
    names = cpts_names(touched)
    old_grid, new_grid = SizeGrid.on(state.day - timedelta(days=1)), SizeGrid.on(state.day)
    found = []
    for pk in sorted(touched, key=names.__getitem__):
        was, now = before.get(pk, 0), after.get(pk, 0)
        size_before = None if figures.before_vintage is None else old_grid.class_of(was)
        size_after = new_grid.class_of(now)
        sentences = [*carry.sentences.get(pk, []), *_population_sentences(state, figures, was, now)]
        if size_before is not None and size_before != size_after:
            sentences.append(f"La CPTS passe de la taille {size_before} à la taille {size_after}.")
        found.append(
            CptsEffect(pk, names[pk], was, now, size_before, size_after, tuple(sentences), pk in carry.disputed)
        )
    return found


def _population_sentences(state: State, figures: Populations, was: int, now: int) -> list[str]:
    if was == now:
        return []
    if figures.before_vintage is None:
        return [f"Population du millésime {state.vintage} : {number_fr(now)} habitants."]
    if figures.before_vintage == state.vintage:
        return [f"Population {state.vintage} corrigée : {number_fr(was)} → {number_fr(now)} habitants."]
    return [
        f"Population : {number_fr(was)} habitants au millésime {figures.before_vintage}, "
        f"{number_fr(now)} au millésime {state.vintage}."
    ]
