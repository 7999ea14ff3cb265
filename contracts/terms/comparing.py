"""Two texts side by side, in words that a non-lawyer reads: long lists of communes or indicators are summed up.

`contracts/terms/terms.py` gives the differences field by field.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from contracts.models import Contract
from contracts.terms.drafting import with_territory
from contracts.terms.grid import amounts_for
from contracts.terms.terms import INDICATORS, SECTIONS, TERRITORY, AmountTerm, Change, Terms, differences
from cpts_portal.core.text import number_fr, plural
from territories.models import Cpts
from territories.perimeter import perimeter_of

NAMED = 3  # how many names a summary gives before « … »
LONG = 3  # more changes than this of the same kind are told in one sentence


@dataclass(frozen=True)
class Bundle:
    """Many changes of a kind in one sentence, the details below."""

    sentence: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class SectionChanges:
    title: str
    bundles: tuple[Bundle, ...]
    changes: tuple[Change, ...]

    @property
    def count(self) -> int:
        return len(self.changes) + sum(len(each.changes) for each in self.bundles)


def compare(before: Terms, after: Terms) -> list[SectionChanges]:
    """The sections that change, in the order of the contract."""
    found = differences(before, after)
    communes = {each.label for each in (*before.territory, *after.territory)}
    sections = []
    for title in SECTIONS:
        own = [each for each in found if each.section == title]
        listed = [each for each in own if title == INDICATORS or (title == TERRITORY and each.label in communes)]
        bundles, loose = _bundled(listed, _words_of(title)) if listed else ([], [])
        rest = [each for each in own if each not in listed]
        if own:
            sections.append(SectionChanges(title, tuple(bundles), (*rest, *loose)))
    return sections


def _words_of(title: str) -> Callable[[str, int], str]:
    if title == TERRITORY:
        return _commune_words
    return _indicator_words


def _commune_words(kind: str, count: int) -> str:
    communes = plural(count, "commune")
    if kind == "changed":
        return f"Population ou part modifiée dans {communes}"
    return f"{communes} {plural_word(count, {'added': 'ajoutée', 'removed': 'retirée'}[kind])}"


def _indicator_words(kind: str, count: int) -> str:
    words = {"added": "ajoutée", "removed": "retirée", "changed": "modifiée"}[kind]
    return f"{plural(count, 'cible')} d’indicateur {plural_word(count, words)}"


def plural_word(count: int, word: str) -> str:
    return word if count < 2 else f"{word}s"


def _bundled(changes: list[Change], words: Callable[[str, int], str]) -> tuple[list[Bundle], list[Change]]:
    """Those added, removed, changed: a sentence for each kind that has many, the few others one by one."""
    bundles: list[Bundle] = []
    loose: list[Change] = []
    for kind in ("added", "removed", "changed"):
        own = [each for each in changes if _kind(each) == kind]
        if len(own) > LONG:
            bundles.append(Bundle(f"{words(kind, len(own))} : {_first_names(own)}", tuple(own)))
        else:
            loose += own
    return bundles, loose


def _kind(change: Change) -> str:
    if not change.before:
        return "added"
    return "changed" if change.after else "removed"


def _first_names(changes: Iterable[Change]) -> str:
    """« Allineuc, Andel, Bréhand… »: names only, the details have the codes."""
    names = [each.label.split(" (")[0] for each in changes]
    return ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else ".")


# --- Since the signature --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Drift:
    """What the portal knows today and the text in force does not say; `reasons`: why an amendment is proposed."""

    sections: tuple[SectionChanges, ...]
    reasons: tuple[str, ...]


def drift_of(contract: Contract, frozen: Terms, day: date) -> Drift:
    """The frozen territory, population, size and rates against today's; nothing is changed by looking."""
    now = _as_today(contract.cpts, frozen, day)
    return Drift(tuple(compare(frozen, now)), tuple(_reasons(frozen, now)))


def _as_today(cpts: Cpts, frozen: Terms, day: date) -> Terms:
    """The signed terms with today's territory and rates; missions, indicators and unknown rates as signed."""
    perimeter = perimeter_of(cpts, day=day)
    now = with_territory(frozen, perimeter) if frozen.territory and perimeter.rows else frozen
    grid = {each.key: each for each in amounts_for(now.size, [each.code for each in now.missions], day)}
    return replace(now, amounts=tuple(_rate_today(each, grid.get(each.key)) for each in frozen.amounts))


def _rate_today(signed: AmountTerm, rate: AmountTerm | None) -> AmountTerm:
    return signed if rate is None or rate.amount == signed.amount else rate


def _reasons(frozen: Terms, now: Terms) -> Iterable[str]:
    before, after = ({each.code: each for each in terms.territory} for terms in (frozen, now))
    if not frozen.territory:
        return
    if frozen.size != now.size and now.size:
        yield (
            f"La CPTS est passée de la taille {frozen.size or '–'} à la taille {now.size} "
            f"({number_fr(now.population)} habitants)."
        )
    for gone, words in ((set(after) - set(before), "ajoutée"), (set(before) - set(after), "retirée")):
        if gone:
            yield f"{plural(len(gone), 'commune')} {plural_word(len(gone), words)} depuis la signature."
