"""Lists of commune codes typed, pasted or read from a small file: what each one is, and what to take instead.

Spreadsheets eat leading zeros: « 1001 » is read 01001, and said so. A code that is not a commune of the day is never
dropped in silence: its reason is given, with the commune to take instead when the map knows one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from territories.models import Commune, CommuneMovement
from territories.perimeter.conflicts import existence_problem
from territories.perimeter.simulation import communes_of

_CODE = re.compile(r"(\d{2}|2[AB])\d{3}")
_TOKEN = re.compile(r"[0-9A-Za-zÀ-ÿ]+")
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{3,}")
MAX_CODES = 5000
_MOST_MOVEMENTS = 10


@dataclass(frozen=True)
class CodeProblem:
    """A code that was not taken, as typed, why, and the commune to take instead (None: no idea)."""

    code: str
    reason: str
    proposal: Commune | None = None


@dataclass
class CodesReading:
    """What a list of codes gave. `padded` holds (as typed, as read) for the zeros put back."""

    communes: list[Commune] = field(default_factory=list)
    problems: list[CodeProblem] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    padded: list[tuple[str, str]] = field(default_factory=list)

    @property
    def proposals(self) -> list[Commune]:
        """Each commune proposed once, in the order met."""
        return list(dict.fromkeys(problem.proposal for problem in self.problems if problem.proposal))


def split_codes(text: str) -> list[str]:
    """The codes of a text, whatever separates them.

    On a line of codes only, each one counts. On a line that also holds a name (« 22093 ; Lamballe-Armor ; 22400 »),
    the codes before the name count and the rest (postal code, population) is left aside; when there is none before,
    the first one after it.
    """
    codes: list[str] = []
    for line in text.splitlines():
        name = _WORD.search(line)
        before = _TOKEN.findall(line[: name.start()] if name else line)
        if name is None:
            codes += before
        elif any(_looks_like_code(token) for token in _TOKEN.findall(line)):
            after = [token for token in _TOKEN.findall(line[name.end() :]) if _looks_like_code(token)]
            codes += before or after[:1]
        elif not _is_heading(_TOKEN.findall(line)):
            codes.append(line.strip()[:40])
    return codes


def _looks_like_code(token: str) -> bool:
    return bool(_CODE.fullmatch(_normal(token)))


def _is_heading(tokens: Iterable[str]) -> bool:
    """« code ; nom ; population », « Code INSEE »: the first line of many files."""
    return any(token.lower() in ("code", "codes", "insee", "com", "commune", "nom") for token in tokens)


def _normal(token: str) -> str:
    code = token.upper()
    return f"0{code}" if code.isdigit() and len(code) == 4 else code


def read_codes(tokens: Iterable[str], day: date) -> CodesReading:
    """Find the commune of each code on this day; a constant number of queries, whatever the length."""
    reading = CodesReading()
    typed_as: dict[str, str] = {}
    for typed in tokens:
        code = _normal(typed)
        if not _CODE.fullmatch(code):
            reading.problems.append(
                CodeProblem(typed, "ce n’est pas un code INSEE (5 caractères, par exemple 22093 ou 2A004)")
            )
        elif code in typed_as:
            reading.duplicates.append(code)
        else:
            typed_as[code] = typed
            if code != typed.upper():
                reading.padded.append((typed, code))
    _resolve(reading, list(typed_as), day)
    return reading


def _resolve(reading: CodesReading, codes: list[str], day: date) -> None:
    known = communes_of(codes, day)
    unknown = [code for code in codes if code not in known]
    hints = _proposals(unknown, day) if unknown else {}
    for code in codes:
        commune = known.get(code)
        if commune is None:
            reading.problems.append(hints[code])
            continue
        problem = existence_problem(commune, day)
        if problem is None:
            reading.communes.append(commune)
        else:
            reading.problems.append(CodeProblem(code, problem.message, problem.proposal))


def _proposals(codes: list[str], day: date) -> dict[str, CodeProblem]:
    """For codes that no commune bears: districts and delegated communes, old codes, then postal codes."""
    problems = {code: CodeProblem(code, "aucune commune ne porte ce code") for code in codes}
    problems.update(_postal_codes(codes))
    problems.update(_old_codes(codes, day))
    parts = Commune.objects.exclude(kind=Commune.Kind.COMMUNE).filter(code__in=codes)
    for part in parts.select_related("parent", "successor"):
        problem = existence_problem(part, day)
        if problem is not None:
            problems[part.code] = CodeProblem(part.code, problem.message, problem.proposal)
    return problems


def _old_codes(codes: list[str], day: date) -> dict[str, CodeProblem]:
    """Follow the official movements from these codes to the code of the day (a cycle stops)."""
    latest = {code: code for code in codes}
    for _ in range(_MOST_MOVEMENTS):
        steps = CommuneMovement.objects.filter(before__in=set(latest.values()), effective_on__lte=day)
        after = {m.before: m.after for m in steps.order_by("effective_on", "pk") if m.before != m.after}
        moved = {code: after[last] for code, last in latest.items() if last in after}
        if not moved:
            break
        latest.update(moved)
    known = communes_of({last for code, last in latest.items() if last != code}, day)
    return {
        code: CodeProblem(code, f"ancien code, devenu {known[last]}", known[last])
        for code, last in latest.items()
        if last != code and last in known
    }


def _postal_codes(codes: list[str]) -> dict[str, CodeProblem]:
    """A postal code typed for an INSEE code is the most common mistake; one commune only makes a proposal."""
    condition = Q()
    for code in codes[:50]:
        condition |= Q(postal_codes__contains=code)
    holders: dict[str, list[Commune]] = {}
    for commune in Commune.objects.current().filter(condition).order_by("name", "code")[:500]:
        for postal_code in commune.postal_codes.split():
            holders.setdefault(postal_code, []).append(commune)
    problems = {}
    for code in codes:
        communes = holders.get(code, [])
        names = ", ".join(str(commune) for commune in communes[:4])
        if communes:
            only = communes[0] if len(communes) == 1 else None
            problems[code] = CodeProblem(code, f"c’est un code postal, celui de {names}", only)
    return problems
