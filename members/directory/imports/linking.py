"""The register of a CPTS beside the national directory: links are proposed, differences shown, nothing overwritten.

What a coordinator typed stays until she takes over, field by field, what the directory says.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import fold
from members.directory.imports.practitioners import practitioners_of
from members.models import DirectoryEntry, DirectoryPractice, Practice, Professional, RefusedLink, Structure
from members.shared.directory_differences import (
    ENDED_PREFIX,
    PRACTICE_PREFIX,
    Difference,
    differences,
    same_place,
    spelled,
)
from territories.models import Cpts

CERTAIN, PROBABLE = "certain", "probable"


class LinkRefused(NotPossible):
    """The link or the update is not possible; the message says why in French."""


@dataclass(frozen=True)
class LinkProposal:
    professional: Professional
    entry: DirectoryEntry
    certainty: str
    reason: str

    @property
    def is_certain(self) -> bool:
        return self.certainty == CERTAIN

    @property
    def key(self) -> tuple[int, int]:
        return self.professional.pk, self.entry.pk


def propose_links(cpts: Cpts, *, day: date | None = None) -> list[LinkProposal]:
    """Professionals of the register not linked yet, with their probable entry (four queries, nothing written).

    Same RPPS: certain. Same name and profession among those who practise on the territory: probable; an entry already
    linked in this CPTS is not proposed, nor a link somebody refused, and two namesakes give two proposals.
    """
    register = Professional.objects.filter(
        cpts=cpts, directory_entry__isnull=True, merged_into__isnull=True, anonymised_on__isnull=True
    )
    people = list(register.select_related("profession").order_by("civil_last_name", "civil_first_name", "pk"))
    linked = Professional.objects.filter(cpts=cpts, directory_entry__isnull=False, merged_into__isnull=True)
    taken = linked.values("directory_entry")
    entries = DirectoryEntry.objects.select_related("profession")
    by_rpps = {
        entry.rpps: entry for entry in entries.filter(rpps__in=register.order_by().values("rpps")).exclude(pk__in=taken)
    }
    by_name: dict[tuple[str, str, int], list[DirectoryEntry]] = defaultdict(list)
    here = practitioners_of(cpts, day or timezone.localdate()).exclude(pk__in=taken)
    for entry in here.select_related("profession").order_by("rpps"):
        by_name[fold(entry.last_name), fold(entry.first_name), entry.profession_id].append(entry)
    refused = set(RefusedLink.objects.filter(cpts=cpts).values_list("professional_id", "entry_id"))
    found = (proposal for person in people for proposal in _proposals(person, by_rpps, by_name))
    return [proposal for proposal in found if proposal.key not in refused]


def _proposals(person: Professional, by_rpps: dict, by_name: dict) -> Iterable[LinkProposal]:
    same = by_rpps.get(person.rpps)
    if same is not None:
        yield LinkProposal(person, same, CERTAIN, "Même numéro RPPS")
        return
    names = {fold(name) for name in (person.civil_last_name, person.last_name) if name}
    for name in sorted(names):
        for entry in by_name.get((name, fold(person.civil_first_name), person.profession_id), ()):
            reason = "Même nom et même profession"
            if person.rpps:
                reason += ", mais le RPPS saisi est différent"
            yield LinkProposal(person, entry, PROBABLE, reason)


@transaction.atomic
def link(professional: Professional, entry: DirectoryEntry, *, by: User) -> Professional:
    """Say that this person of the register is this entry of the directory; no other field changes."""
    found = _locked(professional)
    other = Professional.objects.filter(cpts_id=found.cpts_id, directory_entry=entry, merged_into__isnull=True)
    holder = other.exclude(pk=found.pk).first()
    if holder is not None:
        raise LinkRefused(f"Cette fiche de l’annuaire est déjà rattachée à {holder} : détachez-la d’abord.")
    found.directory_entry = entry
    found.version += 1
    save_as(found, by=by, reason="Rattachement à l’annuaire national")
    return found


@transaction.atomic
def unlink(professional: Professional, *, by: User) -> Professional:
    found = _locked(professional)
    found.directory_entry = None
    found.version += 1
    save_as(found, by=by, reason="Rattachement à l’annuaire national retiré")
    return found


@transaction.atomic
def take_over(professional: Professional, fields: Iterable[str], *, by: User) -> list[Difference]:
    """Write what the directory says for these fields only; returns the differences that were settled.

    A field that is no longer different (somebody was faster) is refused, so that nobody confirms something unseen.
    """
    found = _locked(professional)
    offered = {difference.field: difference for difference in differences(found)}
    chosen = list(dict.fromkeys(fields))
    if not chosen:
        raise LinkRefused("Choisissez au moins une donnée à reprendre de l’annuaire.")
    if any(field not in offered for field in chosen):
        raise LinkRefused("Cette fiche vient de changer : relisez les différences avant de reprendre l’annuaire.")
    for field in chosen:
        _take(found, field, by=by)
    found.version += 1
    save_as(found, by=by, reason="Données reprises de l’annuaire national")
    return [offered[field] for field in chosen]


def _entry_of(person: Professional) -> DirectoryEntry:
    if person.directory_entry is None:
        raise LinkRefused("Cette fiche n’est plus rattachée à l’annuaire.")
    return person.directory_entry


def _take(found: Professional, field: str, *, by: User) -> None:
    entry = _entry_of(found)
    if field.startswith(PRACTICE_PREFIX):
        _add_practice(found, entry.practices.get(pk=field.removeprefix(PRACTICE_PREFIX)), by=by)
    elif field.startswith(ENDED_PREFIX):
        _end_practice(found, found.practices.get(pk=field.removeprefix(ENDED_PREFIX)), by=by)
    elif field == "first_name":
        found.civil_first_name = spelled(entry.first_name)
    elif field == "last_name":
        said = spelled(entry.last_name)
        found.last_name = "" if fold(said) == fold(found.civil_last_name) else said
    elif field == "rpps":
        _refuse_shared_rpps(found, entry.rpps)
        found.rpps = entry.rpps
    elif field == "profession":
        found.profession = entry.profession


def _add_practice(found: Professional, said: DirectoryPractice, *, by: User) -> None:
    structure = None
    if said.finess:
        structure = Structure.objects.filter(cpts_id=found.cpts_id, finess=said.finess, merged_into=None).first()
    practice = Practice(
        professional=found,
        mode=said.mode,
        structure=structure,
        place=said.place,
        address=said.address,
        commune=said.commune,
        start=said.start,
    )
    save_as(practice, by=by, reason="Lieu d’exercice repris de l’annuaire national")


def _end_practice(found: Professional, mine: Practice, *, by: User) -> None:
    rows = _entry_of(found).practices.filter(end__isnull=False)
    ended = [row.end for row in rows if row.end and same_place(row, mine)]
    end = max(ended)
    if mine.start is not None and end <= mine.start:
        raise LinkRefused(
            f"L’annuaire termine ce lieu d’exercice le {end:%d/%m/%Y}, avant son début dans le registre "
            f"({mine.start:%d/%m/%Y}) : corrigez d’abord cette date."
        )
    mine.end = end
    save_as(mine, by=by, reason="Fin reprise de l’annuaire national")


def _refuse_shared_rpps(found: Professional, rpps: str) -> None:
    others = Professional.objects.filter(cpts_id=found.cpts_id, rpps=rpps, merged_into__isnull=True)
    other = others.exclude(pk=found.pk).first()
    if other is not None:
        raise LinkRefused(f"{other} porte déjà ce numéro RPPS dans le registre : fusionnez d’abord les deux fiches.")


def _locked(professional: Professional) -> Professional:
    return Professional.objects.select_for_update().get(pk=professional.pk)
