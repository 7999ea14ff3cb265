"""Anonymisation of one CPTS: what it would do today, shown before; then done, to what was shown and nothing more."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.core.text import date_fr, plural
from members.models import Application, LetterBatch, Payment, Professional, RegisterImport, Structure
from members.privacy import privacy, retention
from territories.models import Cpts

AT_A_TIME = 200


@dataclass(frozen=True)
class Line:
    """One thing that would be done: its number, what it is, and why now."""

    pk: int
    name: str
    detail: str
    why: str


@dataclass(frozen=True)
class ErasedKind:
    """One kind of data past its period: how it is found, told and erased."""

    key: str
    one: str
    many: str
    effect: str
    find: Callable[..., QuerySet]
    line: Callable[[Any], Line]
    erase: Callable[[list, date, Any], int]

    def counted(self, count: int) -> str:
        return plural(count, self.one, self.many)


def _why(row: Professional | Structure) -> str:
    left, refused = row.left_on, row.refused_on  # type: ignore[union-attr]
    if left and (not refused or left >= refused):
        return f"Partie le {date_fr(left)}"
    if refused:
        return f"Demande refusée le {date_fr(refused)}"
    return f"Jamais adhérente, fiche inchangée depuis le {date_fr(row.unchanged_since)}"  # type: ignore[union-attr]


def _person(row: Professional) -> Line:
    return Line(row.pk, str(row), str(row.profession), _why(row))


def _structure(row: Structure) -> Line:
    return Line(row.pk, str(row), row.representative_name, _why(row))


def _payment(row: Payment) -> Line:
    return Line(row.pk, str(row), row.payer, f"Payé le {date_fr(row.paid_on)}")


def _application(row: Application) -> Line:
    received = f"Reçue le {_day(row.received_at)}"
    if row.discarded_on:
        return Line(row.pk, str(row), row.email, f"Écartée le {date_fr(row.discarded_on)}")
    if row.decided_on:
        return Line(row.pk, str(row), row.email, f"Refusée le {date_fr(row.decided_on)}")
    return Line(row.pk, str(row), row.email, f"{received}, jamais examinée")


def _import(row: RegisterImport) -> Line:
    return Line(row.pk, row.filename, row.get_status_display(), f"Déposé le {_day(row.created_at)}")


def _letters(row: LetterBatch) -> Line:
    return Line(row.pk, str(row), plural(row.letters, "lettre"), f"Demandé le {_day(row.created_at)}")


def _day(moment: Any) -> str:
    return date_fr(timezone.localtime(moment).date())


# The order is that of the page: what is erased, found and told in one row each.
KINDS = (
    ErasedKind(
        *("people", "personne", "personnes"),
        "nom, numéro RPPS, spécialités, coordonnées, lieux, motifs et historique effacés",
        retention.to_anonymise,
        _person,
        lambda rows, today, by: privacy.anonymise(rows, today=today, by=by),
    ),
    ErasedKind(
        *("structures", "structure", "structures"),
        "nom et fonction du représentant, adresse électronique, téléphone et champs libres effacés",
        retention.structures_to_clear,
        _structure,
        lambda rows, _today, by: privacy.clear_structures(rows, by=by),
    ),
    ErasedKind(
        *("payments", "paiement", "paiements"),
        "nom du payeur effacé, montant et numéro de reçu gardés",
        retention.payments_to_anonymise,
        _payment,
        lambda rows, _today, by: privacy.anonymise_payments(rows, by=by),
    ),
    ErasedKind(
        *("applications", "demande sans suite", "demandes sans suite"),
        "suppression, historique compris",
        retention.applications_to_erase,
        _application,
        lambda rows, _today, by: privacy.erase_applications(rows, by=by),
    ),
    ErasedKind(
        *("imports", "import de tableur", "imports de tableur"),
        "fichier déposé supprimé, bilan gardé ; l’import ne peut plus être annulé",
        retention.imports_to_empty,
        _import,
        lambda rows, _today, _by: privacy.empty_imports(rows),
    ),
    ErasedKind(
        *("letters", "envoi groupé", "envois groupés"),
        "fichier PDF et noms des personnes non jointes supprimés, date et nombre de lettres gardés",
        retention.letters_to_empty,
        _letters,
        lambda rows, _today, _by: privacy.empty_letters(rows),
    ),
)


@dataclass(frozen=True)
class Lot:
    """What this round does of one kind (the oldest first), and how many there are in all."""

    kind: ErasedKind
    lines: list[Line]
    total: int

    @property
    def waiting(self) -> int:
        """Left for another round."""
        return self.total - len(self.lines)


@dataclass(frozen=True)
class ErasurePlan:
    lots: dict[str, Lot]

    @property
    def is_empty(self) -> bool:
        return not any(lot.total for lot in self.lots.values())

    @property
    def shown(self) -> dict[str, list[int]]:
        """The numbers of what is shown, by kind."""
        return {key: [line.pk for line in lot.lines] for key, lot in self.lots.items()}


def counts_for(cpts: Cpts, *, today: date) -> dict[str, int]:
    return {kind.key: kind.find(cpts, today=today).count() for kind in KINDS}


def plan_for(cpts: Cpts, *, today: date) -> ErasurePlan:
    return ErasurePlan({kind.key: _lot(kind, cpts, today) for kind in KINDS})


def _lot(kind: ErasedKind, cpts: Cpts, today: date) -> Lot:
    found = kind.find(cpts, today=today)
    lines = [kind.line(row) for row in found[:AT_A_TIME]]
    return Lot(kind, lines, len(lines) if len(lines) < AT_A_TIME else found.count())


def told(counts: Mapping[str, int]) -> str:
    """« 1 personne, 2 structures et 1 import de tableur »; the kinds without any are left out."""
    parts = [kind.counted(counts[kind.key]) for kind in KINDS if counts.get(kind.key)]
    return " et ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


@transaction.atomic
def carry_out(cpts: Cpts, *, shown: Mapping[str, Iterable[int]], today: date, by: User | None) -> dict[str, int]:
    """Erase, among what was shown, what is still past its period; answers how many of each kind.

    Somebody who came back since the list was shown is left alone; what was not shown waits for the next list.
    """
    wanted = {kind.key: sorted(shown.get(kind.key, ())) for kind in KINDS}
    for model, key in ((Professional, "people"), (Structure, "structures")):
        list(model.objects.select_for_update().filter(cpts=cpts, pk__in=wanted[key]).order_by("pk").values_list("pk"))
    found = {kind.key: list(kind.find(cpts, today=today).filter(pk__in=wanted[kind.key])) for kind in KINDS}
    return {kind.key: kind.erase(found[kind.key], today, by) for kind in KINDS}
