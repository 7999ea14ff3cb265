"""The French of history: how a field is called, how a value reads, which sentence tells a change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from cpts_portal.core.text import NO_BREAK_SPACE, date_fr, de, moment_fr, number_fr

NAMES_SHOWN = 8
LONGEST_VALUE = 120
FEMININE = frozenset({"CPTS", "commune", "caisse", "population", "date", "source", "fin", "origine", "étape", "taille"})
ELIDED = tuple("aeéèêiouyâîôh")
NAMED_FIELDS = {"start": "la date de début", "end": "la date de fin"}


@dataclass(frozen=True)
class HistoryWords:
    """How the history of a model is told. Each sentence follows the person's name.

    `{field}` is the readable value after the change, `{field:de}` the same after « de » or « d’ », `{count}` how many
    objects are told at once. `created_many`, `deleted_many` and the second text of `moves` tell several objects at
    once; there `{field}` lists their values.
    `moves` maps « field=value » (`=*`: any value where there was none) to (one object, several objects); other fields
    that moved with it must be told by the sentence too.
    `silent` fields are not told: they follow from another one (« by whom », when the sentence already names her).
    `about` says which object a change concerns, when the page shows several: « (commune {commune}) ».
    `named_with`: the relations that the name of such an object reads, fetched with it.
    """

    created: str = "a créé la fiche"
    created_many: str = ""
    deleted: str = "a supprimé la fiche"
    deleted_many: str = ""
    about: str = ""
    moves: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    named_with: tuple[str, ...] = ()
    silent: frozenset[str] = frozenset()


NO_WORDS = HistoryWords()


def with_article(label: str) -> str:
    """« téléphone » -> « le téléphone », « étape » -> « l’étape », « habitants » -> « les habitants »."""
    first = label.split(maxsplit=1)[0]
    if first.endswith("s") and first not in ("accès", "temps") and not first.isupper():
        return f"les {label}"
    if first[0].lower() in ELIDED or first == "ARS":
        return f"l’{label}"
    return f"la {label}" if first in FEMININE else f"le {label}"


class Told(str):
    """A value in a sentence; `{user:de}` is « d’Estelle Martin », `{value:figure}` has no needless decimals."""

    __slots__ = ()

    def __format__(self, how: str) -> str:
        if how == "figure":
            return self.rstrip("0").rstrip(",") if "," in self else str(self)
        return de(str(self)) if how == "de" else super().__format__(how)


class Reader:
    """Reads the rows of one tracked model: which fields moved, and how their values read."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.words: HistoryWords = getattr(model, "history_words", NO_WORDS)
        self._rows: list[Any] = []
        self._links: dict[tuple[int, str], frozenset] = {}
        self._labels: dict[tuple[type, Any], str] = {}
        self._fields: list[models.Field] = []
        self._m2m: list[models.ManyToManyField] = []

    def learn(self, rows: list[Any]) -> None:
        """Take these history rows in, and read the many-to-many values recorded with them (one query per field)."""
        history = type(rows[0])
        self._rows += rows
        self._m2m = list(getattr(history, "_history_m2m_fields", ()))
        tracked = {f.name for f in history.tracked_fields}
        self._fields = [f for f in self.model._meta.concrete_fields if f.name in tracked and not f.primary_key]
        for m2m in self._m2m:
            through = getattr(history, m2m.name).model
            column = m2m.m2m_reverse_field_name() + "_id"
            pairs = through.objects.filter(history__in=[row.history_id for row in rows])
            linked: dict[int, set] = {}
            for history_id, value in pairs.values_list("history_id", column):
                linked.setdefault(history_id, set()).add(value)
            self._links.update({(row.history_id, m2m.name): frozenset(linked.get(row.history_id, ())) for row in rows})

    @staticmethod
    def load_labels(readers: Iterable["Reader"]) -> None:
        """The names of everything the rows point to: one query per kind of thing, for all the readers together."""
        readers = list(readers)
        pointed: dict[type[models.Model], set] = {}
        for reader in readers:
            for model, pk in reader._pointed():
                pointed.setdefault(model, set()).add(pk)
        labels: dict[tuple[type, Any], str] = {}
        for model, pks in pointed.items():
            # Names of CPTS are public facts: a row of history may point outside the reader's own CPTS.
            manager = getattr(model, "directory", model._default_manager)
            rows = manager.filter(pk__in=pks)
            if named_with := getattr(model, "history_words", NO_WORDS).named_with:
                rows = rows.select_related(*named_with)
            labels.update({(model, row.pk): str(row) for row in rows})
        for reader in readers:
            reader._labels = labels

    def _pointed(self) -> Iterable[tuple[type, Any]]:
        for row in self._rows:
            for f in self._fields:
                if f.related_model and getattr(row, f.attname) is not None:
                    yield f.related_model, getattr(row, f.attname)
            for m2m in self._m2m:
                yield from ((m2m.related_model, pk) for pk in self._links[row.history_id, m2m.name])

    def stored(self, row: Any, f: Any) -> Any:
        return self._links[row.history_id, f.name] if f in self._m2m else getattr(row, f.attname)

    def moved(self, step: Any) -> list[Any]:
        """The fields to be told whose value differs between the two rows of a step."""
        if step.before is None:
            return []
        spoken = [f for f in [*self._fields, *self._m2m] if f.name not in self.words.silent]
        return [f for f in spoken if self.stored(step.before, f) != self.stored(step.after, f)]

    def says_something(self, step: Any) -> bool:
        return step.kind != "~" or bool(self.moved(step))

    def label(self, f: Any) -> str:
        return self.words.fields.get(f.name) or NAMED_FIELDS.get(f.name) or with_article(str(f.verbose_name))

    def read(self, row: Any, f: Any) -> str:
        """The value as a reader sees it; empty when there is none."""
        value = self.stored(row, f)
        if value in (None, "", frozenset(), {}, []):
            return ""
        if f in self._m2m:
            return ", ".join(sorted(self._name(f, pk) for pk in value))
        if f.related_model:
            return self._name(f, value)
        if isinstance(value, dict):
            said = ((key.replace("-", " "), readable(item, {})) for key, item in value.items())
            return ", ".join(f"{key}{NO_BREAK_SPACE}: {item}" for key, item in said)
        if isinstance(value, list):
            return f"{len(value)}{NO_BREAK_SPACE}{'ligne' if len(value) < 2 else 'lignes'}"
        return readable(value, dict(f.flatchoices))

    def _name(self, f: Any, pk: Any) -> str:
        return self._labels.get((f.related_model, pk), f"n°{NO_BREAK_SPACE}{pk} (supprimé)")

    def values(self, row: Any) -> dict[str, str]:
        """Every field by name, readable, for the sentences of `HistoryWords`; `{place}` is the CPTS or the agency,
        unless the model has a field of this name."""
        values = {f.name: Told(self.read(row, f)) for f in [*self._fields, *self._m2m]}
        return {"place": values.get("cpts") or values.get("agency") or "France entière", **values}


def readable(value: Any, choices: Mapping[Any, Any]) -> str:
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return moment_fr(timezone.localtime(value))
    if isinstance(value, date):
        return date_fr(value)
    if isinstance(value, int | float | Decimal):
        return number_fr(float(value), _decimals(value)) if isinstance(value, Decimal) else number_fr(value)
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE].rstrip()}…"


def _decimals(value: Decimal) -> int:
    """Two, as amounts are written; three when the third says something (0,636 € by the kilometre)."""
    return 2 if value == round(value, 2) else 3


def quoted(text: str) -> str:
    return f"«{NO_BREAK_SPACE}{text}{NO_BREAK_SPACE}»"


def step_key(step: Any, reader: Reader) -> tuple:
    """Two steps with the same key, at the same moment, are told as one event."""
    if step.kind == "+":
        sentence = reader.words.created_many
    elif step.kind == "-":
        sentence = reader.words.deleted_many
    else:
        sentence = _move(step, reader)[1]
    return (step.model, step.kind, sentence) if sentence else (step.model, step.kind, id(step))


def _move(step: Any, reader: Reader) -> tuple[str, str]:
    """The sentences of `moves` for a step that moved a field in a way the model has words for, and no other field
    but those the sentence tells too."""
    moved = reader.moved(step)
    for f in moved:
        before, after = reader.stored(step.before, f), reader.stored(step.after, f)
        sentences = reader.words.moves.get(f"{f.name}={after}")
        if sentences is None and not before:
            sentences = reader.words.moves.get(f"{f.name}=*")
        if sentences and all(other is f or f"{{{other.name}}}" in sentences[0] for other in moved):
            return sentences
    return "", ""


def event_sentence(group: list[Any], reader: Reader) -> str:
    step = group[0]
    one, many = {
        "+": (reader.words.created, reader.words.created_many),
        "-": (reader.words.deleted, reader.words.deleted_many),
        "~": _move(step, reader),
    }[step.kind]
    if len(group) > 1:
        return _several(group, reader, many)
    if one:
        return " ".join(one.format(count=1, **reader.values(step.after)).split())
    return changed_sentence(step, reader)


def _several(group: list[Any], reader: Reader, sentence: str) -> str:
    rows = [reader.values(step.after) for step in group]
    listed = {name: Told(_listed([row[name] for row in rows])) for name in rows[0]}
    return sentence.format(count=number_fr(len(group)), **listed)


def _listed(values: list[str]) -> str:
    """« Lannion, Paimpol, Tréguier… et 12 autres »; one value when they all agree."""
    distinct = sorted(dict.fromkeys(values))
    shown = ", ".join(distinct[:NAMES_SHOWN])
    others = len(distinct) - NAMES_SHOWN
    return f"{shown} et {others} autre{'s' if others > 1 else ''}" if others > 0 else shown


def changed_sentence(step: Any, reader: Reader) -> str:
    """« a changé le téléphone : « 02 » → « 03 » ; a renseigné le SIREN : « 123456782 » »."""
    parts = []
    for f in reader.moved(step):
        before, after = reader.read(step.before, f), reader.read(step.after, f)
        if not before:
            parts.append(f"a renseigné {reader.label(f)}{NO_BREAK_SPACE}: {quoted(after)}")
        elif not after:
            parts.append(f"a effacé {reader.label(f)} (c’était {quoted(before)})")
        else:
            parts.append(f"a changé {reader.label(f)}{NO_BREAK_SPACE}: {quoted(before)} → {quoted(after)}")
    about = reader.words.about.format(**reader.values(step.after)) if reader.words.about else ""
    return f"{f'{NO_BREAK_SPACE}; '.join(parts)} {about}".strip()
