"""Global search: the register of whoever may read one, CPTS, communes, EPCI, and users for administrators.

A constant number of queries whatever is found.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import User
from cpts_portal.accounts.permissions import may, roles_for
from cpts_portal.core.text import plural
from members.models import Professional, Structure
from territories.map.directory import Match, matches, words_of
from territories.models import Cpts, Epci

SHOWN = 8
MAX_LENGTH = 80


@dataclass(frozen=True)
class Result:
    label: str
    hint: str
    url: str = ""


@dataclass(frozen=True)
class ResultGroup:
    """Results of one kind; `more_url` leads to all of them when they are too many to show here."""

    title: str
    icon: str
    results: list[Result] = field(default_factory=list)
    has_more: bool = False
    more_url: str = ""


def search(text: str, actor: Actor) -> list[ResultGroup]:
    """Groups that found something: her register first, then CPTS. Empty when the text holds no letter, no digit."""
    words = words_of(text[:MAX_LENGTH])
    if not words:
        return []
    groups = [*register_groups(words, actor), cpts_group(words, actor)]
    groups += [commune_group(text[:MAX_LENGTH]), epci_group(words)]
    if may(actor, "view", "accounts.user"):
        groups.append(user_group(text[:MAX_LENGTH], words))
    return [group for group in groups if group.results]


def containing(rows: QuerySet, words: list[str]) -> QuerySet:
    """Rows whose folded `search` column holds a word that starts with each of these."""
    for word in words:
        rows = rows.filter(Q(search__startswith=word) | Q(search__contains=f" {word}"))
    return rows


def registers_read_by(actor: Actor, label: str) -> set[int]:
    """The CPTS whose register she reads: her role is held on the CPTS itself (agencies read no names)."""
    allowed = roles_for(label, "view")
    return {access.cpts_id for access in actor.accesses if access.cpts_id and access.role in allowed}


def register_groups(words: list[str], actor: Actor) -> list[ResultGroup]:
    """Persons by name or RPPS, structures by name, number or representative; merged and anonymised ones never."""
    people = registers_read_by(actor, "members.professional")
    structures = registers_read_by(actor, "members.structure")
    several = len(people | structures) > 1
    groups = []
    if people:
        known = Professional.objects.filter(cpts__in=people, merged_into__isnull=True, anonymised_on__isnull=True)
        rows = _first_rows(known.select_related("profession", "cpts"), words)
        results = [_record_result(row, (row.profession, row.rpps and f"RPPS {row.rpps}"), several) for row in rows]
        groups.append(_register_group("Personnes du registre", "person-badge", results, people, words))
    if structures:
        places = Structure.objects.filter(cpts__in=structures, merged_into__isnull=True)
        rows = _first_rows(places.select_related("commune", "cpts"), words)
        results = [
            _record_result(row, (row.get_kind_display(), row.commune, row.finess and f"FINESS {row.finess}"), several)
            for row in rows
        ]
        groups.append(_register_group("Structures du registre", "building", results, structures, words))
    return groups


def _first_rows(known: QuerySet, words: list[str]) -> list[Any]:
    return list(containing(known, words).order_by("sort_name", "pk")[: SHOWN + 1])


def _record_result(row: Professional | Structure, hints: Iterable[Any], several: bool) -> Result:
    """`several`: her registers are several, so the hint says whose the record is."""
    page = "person" if isinstance(row, Professional) else "structure"
    said = [*hints, row.cpts.full_name if several else ""]
    hint = " · ".join(str(part) for part in said if part)
    return Result(str(row), hint, reverse(f"members:{page}-detail", args=[row.cpts_id, row.pk]))


def _register_group(title: str, icon: str, results: list[Result], read: set[int], words: list[str]) -> ResultGroup:
    more = ""
    if len(read) == 1:
        more = f"{reverse('members:register', args=list(read))}?situation=all&q={'+'.join(words)}"
    return ResultGroup(title, icon, results[:SHOWN], len(results) > SHOWN, more)


def cpts_group(words: list[str], actor: Actor) -> ResultGroup:
    """Every CPTS is named, as in the public directory; the file of one outside her scope is explained, not opened."""
    asked = [word for word in words if word != "cpts"] or words
    named = containing(Cpts.directory.select_related("ars", "lead_fund"), asked)
    rows = list(named.order_by("name")[: SHOWN + 1])
    scope = actor.scope
    results = [_cpts_result(cpts, is_open=scope.is_everything or cpts.pk in scope.ids()) for cpts in rows[:SHOWN]]
    results.sort(key=lambda result: not result.url)
    listed = f"{reverse('territories:cpts-list')}?q={'+'.join(asked)}"
    return ResultGroup("CPTS", "people", results, len(rows) > SHOWN, listed)


def _cpts_result(cpts: Cpts, *, is_open: bool) -> Result:
    if is_open:
        return Result(cpts.full_name, cpts.get_stage_display(), reverse("territories:cpts-detail", args=[cpts.pk]))
    hint = f"Rattachée à {cpts.ars} et {cpts.lead_fund} : son dossier ne vous est pas ouvert."
    return Result(cpts.full_name, hint)


def commune_group(text: str) -> ResultGroup:
    matched, has_more = matches(text, SHOWN)
    results = [
        Result(
            match.commune.name,
            commune_hint(match),
            reverse("territories:commune", args=[match.commune.pk]),
        )
        for match in matched
    ]
    more = f"{reverse('territories:communes')}?q={'+'.join(words_of(text))}"
    return ResultGroup("Communes", "geo-alt", results, has_more, more)


def commune_hint(match: Match) -> str:
    """« Côtes-d’Armor (22) · 22400 · ancien nom : Lamballe »."""
    commune = match.commune
    parts = [str(commune.department), commune.postal_codes.replace(" ", ", "), f"code INSEE {commune.code}"]
    if match.former_names:
        parts.append(f"retrouvée par {', '.join(match.former_names[:3])}")
    return " · ".join(part for part in parts if part)


def epci_group(words: list[str]) -> ResultGroup:
    rows = list(containing(Epci.objects.all(), words).order_by("name")[: SHOWN + 1])
    results = [
        Result(
            epci.name,
            f"{epci.get_kind_display().capitalize()} · SIREN {epci.siren}",
            reverse("territories:epci", args=[epci.siren]),
        )
        for epci in rows[:SHOWN]
    ]
    return ResultGroup("Intercommunalités (EPCI)", "diagram-3", results, len(rows) > SHOWN)


def user_group(text: str, words: list[str]) -> ResultGroup:
    users = containing(User.objects.all(), words) | User.objects.filter(email__icontains=text.strip())
    rows = list(users.prefetch_related("accesses")[: SHOWN + 1])
    results = [
        Result(
            user.get_full_name(),
            f"{user.email} · {plural(len(user.accesses.all()), 'accès', 'accès')}",
            reverse("accounts:user-detail", args=[user.pk]),
        )
        for user in rows[:SHOWN]
    ]
    return ResultGroup(
        "Utilisateurs", "person", results, len(rows) > SHOWN, f"{reverse('accounts:user-list')}?q={'+'.join(words)}"
    )
