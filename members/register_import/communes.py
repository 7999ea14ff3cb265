"""Finding the commune a line names: by INSEE code, by name and postal code, by name alone when it is the only one."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from cpts_portal.core.sheets import BadCell, tidy
from cpts_portal.core.text import fold
from territories.models import Commune

_CODE = re.compile(r"(?:\d\d|2[AB])\d{3}", re.IGNORECASE)
_POSTAL_FIRST = re.compile(r"(\d{5})[\s,-]+(\D.*)")
_POSTAL_LAST = re.compile(r"(\D.*?)[\s,(-]+(\d{5})\)?")
_NOISE = re.compile(r"\b(?:cedex(?: \d+)?|bp \d+|france)\b")
_WORDS = {"st": "saint", "ste": "sainte", "s": "sur", "sts": "saints"}
MOST_NAMED = 4


def folded_name(text: str) -> str:
    """« ST-BRIEUC CEDEX 1 » -> « saint brieuc »."""
    return " ".join(_WORDS.get(word, word) for word in _NOISE.sub(" ", fold(text)).split())


class Communes:
    """The communes of today, read once (one query), found in constant time."""

    def __init__(self, rows: Iterable[tuple[int, str, str, str]] | None = None) -> None:
        self._rows = rows
        self._found: dict[tuple[str, str], tuple[int | None, str, str]] = {}

    @cached_property
    def rows(self) -> list[tuple[int, str, str, str]]:
        if self._rows is not None:
            return list(self._rows)
        current = Commune.objects.current().order_by("code")
        return list(current.values_list("pk", "code", "name", "postal_codes"))

    @cached_property
    def _names(self) -> dict[int, str]:
        return {pk: name for pk, _code, name, _postal in self.rows}

    def name(self, pk: int | None) -> str:
        return self._names.get(pk, "") if pk else ""

    @cached_property
    def by_code(self) -> dict[str, tuple[int, str]]:
        return {code: (pk, name) for pk, code, name, _postal in self.rows}

    @cached_property
    def by_name(self) -> dict[str, list[tuple[int, str, str, frozenset[str]]]]:
        found = defaultdict(list)
        for pk, code, name, postal in self.rows:
            found[folded_name(name)].append((pk, code, name, frozenset(postal.split())))
        return found

    @cached_property
    def by_postal_code(self) -> dict[str, list[tuple[int, str]]]:
        found = defaultdict(list)
        for pk, _code, name, postal in self.rows:
            for each in postal.split():
                found[each].append((pk, name))
        return found

    def find(self, text: str, postal_code: str) -> tuple[int | None, str]:
        """The commune's key (None when nothing is given) and what is doubtful. Raises `BadCell`."""
        key = (text, postal_code)
        if key not in self._found:
            try:
                self._found[key] = (*self._search(tidy(text), postal_code), "")
            except BadCell as refusal:
                self._found[key] = (None, "", str(refusal))
        pk, remark, problem = self._found[key]
        if problem:
            raise BadCell(problem)
        return pk, remark

    def _search(self, text: str, postal_code: str) -> tuple[int | None, str]:
        if not text:
            return self._of_postal_code(postal_code)
        if _CODE.fullmatch(text):
            return self._of_code(text.upper())
        if found := _POSTAL_FIRST.fullmatch(text):
            postal_code, text = postal_code or found[1], found[2]
        elif found := _POSTAL_LAST.fullmatch(text):
            postal_code, text = postal_code or found[2], found[1]
        return self._of_name(text, postal_code)

    def _of_code(self, code: str) -> tuple[int | None, str]:
        if code in self.by_code:
            return self.by_code[code][0], ""
        if code in self.by_postal_code:
            return self._of_postal_code(code)
        raise BadCell("aucune commune actuelle ne porte ce code INSEE")

    def _of_postal_code(self, code: str) -> tuple[int | None, str]:
        if not code:
            return None, ""
        found = self.by_postal_code.get(code, [])
        if len(found) == 1:
            return found[0][0], f"commune retrouvée par le code postal : {found[0][1]}"
        if not found:
            raise BadCell("aucune commune ne porte ce code postal")
        return None, f"{len(found)} communes portent le code postal {code} : la commune reste à indiquer"

    def _of_name(self, text: str, postal_code: str) -> tuple[int, str]:
        named = self.by_name.get(folded_name(text), [])
        fitting = [row for row in named if postal_code in row[3]] if postal_code else named
        if len(fitting) == 1:
            return fitting[0][0], ""
        if len(named) == 1 and postal_code and named[0][1][:2] == postal_code[:2]:
            return named[0][0], f"le code postal {postal_code} n’est pas celui de {named[0][2]}"
        if len(fitting) > 1:
            places = ", ".join(f"{name} ({code})" for _pk, code, name, _postal in fitting[:MOST_NAMED])
            more = "…" if len(fitting) > MOST_NAMED else ""
            raise BadCell(
                f"plusieurs communes portent ce nom : {places}{more}. Ajoutez le code postal ou le code INSEE"
            )
        raise BadCell(f"commune inconnue{self._instead(postal_code)}")

    def _instead(self, postal_code: str) -> str:
        near = [name for _pk, name in self.by_postal_code.get(postal_code, [])][:MOST_NAMED]
        return f" ; au code postal {postal_code} : {', '.join(near)}" if near else ""
