"""Lines that may be somebody already known: twice in the file, or a card of the register."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from cpts_portal.core.text import fold
from members.models import Contact, Structure
from members.records.duplicates import SAME_NAME, SAME_RPPS, Identity, Register
from members.register_import.cards import Card, Cards, people, structures
from members.register_import.differences import differences
from members.register_import.known import Known
from members.register_import.plan import CREATE, LINK, SKIP, UPDATE, Candidate, Decisions, Match
from members.register_import.records import Notes, Record, Refusal

SAME_STRUCTURE = "même nom de structure"
SAME_FINESS = "même numéro FINESS"
SAME_WORDS = "même nom"
SURE = {SAME_RPPS, SAME_FINESS}
_MAILS = (str(Contact.Channel.EMAIL), str(Contact.Channel.SECURE_MAIL))


def identity_of(record: Record) -> Identity:
    return Identity.of(
        rpps=record.rpps,
        first_name=record.first_name,
        last_name=record.used_name or record.last_name,
        profession_id=record.profession_id,
        emails=[value for channel, value in record.contacts if channel in _MAILS],
    )


class TwiceInFile:
    """Refuses a line that repeats an earlier one, unless it was said to be somebody else."""

    def __init__(self, notes: Notes, decisions: Decisions) -> None:
        self.notes, self.decisions = notes, decisions
        self.seen: dict[tuple, Record] = {}

    def repeats(self, record: Record, identity: Identity | None) -> bool:
        keys = _file_keys(record, identity)
        first = next((self.seen[key] for key in keys if key in self.seen), None)
        if first is None or self._are_different(first, record):
            for key in keys:
                self.seen.setdefault(key, record)
            return False
        reason = f"déjà à la ligne {first.line} : {_same(first, record)}. Laissez l’une des deux de côté"
        self.notes.refusals.append(Refusal(record.line, -1, "La ligne", record.label, reason, "twice"))
        return True

    def _are_different(self, first: Record, record: Record) -> bool:
        if first.rpps and record.rpps:
            return first.rpps != record.rpps
        if first.finess and record.finess:
            return first.finess != record.finess
        return self.decisions.action(record.line) == CREATE


def _file_keys(record: Record, identity: Identity | None) -> list[tuple]:
    if identity is None:
        own: list[tuple] = [("finess", record.finess)] if record.finess else []
        return [*own, ("structure", fold(record.last_name), record.commune_id)]
    keys: list[tuple] = [("rpps", identity.rpps)] if identity.rpps else []
    return [*keys, ("name", identity.name, identity.profession_id)]


def _same(first: Record, record: Record) -> str:
    if record.rpps and first.rpps == record.rpps:
        return SAME_RPPS
    if record.finess and first.finess == record.finess:
        return SAME_FINESS
    return SAME_STRUCTURE if record.kind else SAME_NAME


class Matcher:
    """Finds the cards each line may be, reads those cards, and applies the decisions."""

    def __init__(self, known: Known, decisions: Decisions, notes: Notes) -> None:
        self.known, self.decisions, self.notes = known, decisions, notes
        self.taken: dict[tuple[bool, int], int] = {}

    def match(self, records: Sequence[Record], identities: dict[int, Identity]) -> list[Match]:
        """One `Match` per line that looks like a card; the others are new."""
        found = self._candidates(records, identities)
        cards = people({pk for record in records if not record.kind for pk in found.get(record.line, ())})
        held = structures({pk for record in records if record.kind for pk in found.get(record.line, ())})
        matches = []
        for record in records:
            signs = found.get(record.line)
            if signs:
                matches.append(self._match(record, signs, held if record.kind else cards))
        return matches

    def _candidates(
        self, records: Sequence[Record], identities: dict[int, Identity]
    ) -> dict[int, dict[int, tuple[str, ...]]]:
        register = Register.of(self.known.cpts) if identities else Register({})
        by_words = _by_words(register) if any(each.profession_id is None for each in identities.values()) else {}
        by_name, by_finess = self._structures() if len(identities) < len(records) else ({}, {})
        found: dict[int, dict[int, tuple[str, ...]]] = {}
        for record in records:
            signs: dict[int, tuple[str, ...]]
            if record.kind:
                signs = dict.fromkeys(by_name.get(fold(record.last_name), ()), (SAME_STRUCTURE,))
                if record.finess in by_finess:
                    signs[by_finess[record.finess]] = (SAME_FINESS,)
            else:
                identity = identities[record.line]
                signs = {pk: tuple(why) for pk, why in register.candidates(identity).items()}
                if identity.profession_id is None:
                    for pk in by_words.get(identity.name, ()):
                        signs[pk] = (*signs.get(pk, ()), SAME_WORDS)
            if signs:
                found[record.line] = _fitting(signs)
        return found

    def _structures(self) -> tuple[dict[str, list[int]], dict[str, int]]:
        """Structures of the register by folded name and by FINESS."""
        found, numbered = defaultdict(list), {}
        rows = Structure.objects.filter(cpts=self.known.cpts, merged_into__isnull=True).order_by("pk")
        for pk, name, finess in rows.values_list("pk", "name", "finess"):
            found[fold(name)].append(pk)
            if finess:
                numbered[finess] = pk
        return found, numbered

    def _match(self, record: Record, signs: dict[int, tuple[str, ...]], cards: Cards) -> Match:
        candidates = [
            Candidate(cards[pk], why, differences(record, cards[pk], self.known)) for pk, why in signs.items()
        ]
        match = Match(record, candidates)
        _decide(match, self.decisions.rows.get(record.line, {}))
        if match.chosen is not None:
            self._refuse_twice(match, match.chosen.card)
        return match

    def _refuse_twice(self, match: Match, card: Card) -> None:
        """Two lines of the file cannot both be the same card."""
        key, line = (bool(card.kind), card.id), match.record.line
        first = self.taken.setdefault(key, line)
        if first != line:
            reason = f"la ligne {first} est déjà rattachée à la fiche de {card.label}. Laissez l’une des deux de côté"
            self.notes.refusals.append(Refusal(line, -1, "La ligne", match.record.label, reason, "twice"))


def _by_words(register: Register) -> dict[str, list[int]]:
    """Cards by name alone, for files that do not say the profession (HelloAsso)."""
    found: dict[str, list[int]] = defaultdict(list)
    for pk, identity in register.identities.items():
        found[identity.name].append(pk)
    return found


def _fitting(signs: dict[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    """The same RPPS or FINESS settles who it is: other likenesses are not asked about."""
    sure = {pk: why for pk, why in signs.items() if SURE & set(why)}
    return sure or signs


def _decide(match: Match, choice: dict[str, Any]) -> None:
    """The decision taken for the line if it still holds, else the default one, else none."""
    action = choice.get("action", "")
    wanted = next((each for each in match.candidates if each.card.id == choice.get("with")), None)
    if action in (CREATE, SKIP) and not (action == CREATE and _is_sure(match)):
        match.action = action
    elif action in (LINK, UPDATE) and (wanted or len(match.candidates) == 1):
        match.chosen = wanted or match.candidates[0]
        match.action = action
        keys = tuple(each.key for each in match.chosen.differences)
        match.fields = tuple(key for key in choice.get("fields", keys) if key in keys) if action == UPDATE else ()
    else:
        _default(match)


def _is_sure(match: Match) -> bool:
    return bool(SURE & set(match.candidates[0].signs))


def _default(match: Match) -> None:
    """Same RPPS, or a card that already says everything the line says: the line is that card, left as it is."""
    sure = [each for each in match.candidates if SURE & set(each.signs)]
    said = [each for each in match.candidates if not each.differences and each.signs != ("même adresse électronique",)]
    for found in (sure, said):
        if len(found) == 1:
            match.action, match.chosen, match.is_default = LINK, found[0], True
            return
