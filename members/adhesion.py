"""How people and structures become members of the association and leave it.

Membership is asked, then decided by the board on a date (règlement intérieur); it starts on a date and leaving ends
it. Nothing is deleted: a departure keeps the period, a refusal keeps its reason. Status is read from these dates
(`Membership.status_on`), never stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cpts_portal.core.history import save_as
from members.models import College, Mandate, Membership, Professional, Structure


class NotPossible(Exception):
    """The act does not fit the state of the membership; the message says so in French."""


def apply_for_membership(
    holder: Professional | Structure,
    *,
    on: date,
    by: Any,
    college: College | None = None,
    charter_accepted_on: date | None = None,
) -> Membership:
    """Record an application, to be decided by the board."""
    membership = Membership(
        cpts_id=holder.cpts_id,
        college=college,
        applied_on=on,
        charter_accepted_on=charter_accepted_on,
        **_held_by(holder),
    )
    return _saved_once(membership, by=by)


def enrol(
    holder: Professional | Structure,
    *,
    start: date,
    by: Any,
    college: College | None = None,
    end: date | None = None,
    charter_accepted_on: date | None = None,
) -> Membership:
    """Record a membership already decided elsewhere (minutes of a board, spreadsheet of earlier years)."""
    membership = Membership(
        cpts_id=holder.cpts_id,
        college=college,
        charter_accepted_on=charter_accepted_on,
        accepted_on=start,
        start=start,
        end=end,
        **_held_by(holder),
    )
    return _saved_once(membership, by=by)


@transaction.atomic
def accept(
    membership: Membership, *, on: date, by: Any, start: date | None = None, college: College | None = None
) -> Membership:
    """The board accepts on a date; the membership starts that day unless another day is given."""
    found = _locked(membership)
    if found.accepted_on or found.refused_on:
        raise NotPossible("Cette demande a déjà reçu une décision du bureau.")
    if found.applied_on and on < found.applied_on:
        raise NotPossible("La décision du bureau ne peut pas précéder la demande.")
    found.accepted_on = on
    found.start = start or on
    found.college = college or found.college
    save_as(found, by=by, reason="Demande acceptée par le bureau")
    return found


@transaction.atomic
def accept_many(
    memberships: Sequence[Membership], *, on: date, by: Any, start: date | None = None, college: College | None = None
) -> list[Membership]:
    """One meeting of the board accepts several applications: all or none, the refusal names whose stands in the way."""
    accepted = []
    for membership in memberships:
        try:
            accepted.append(accept(membership, on=on, start=start, college=college, by=by))
        except NotPossible as refusal:
            raise NotPossible(f"{membership.holder} : {refusal}") from refusal
    return accepted


@transaction.atomic
def refuse(membership: Membership, *, on: date, reason: str, by: Any) -> Membership:
    """The board refuses, with a reason that stays in the record."""
    found = _locked(membership)
    if found.accepted_on or found.refused_on:
        raise NotPossible("Cette demande a déjà reçu une décision du bureau.")
    if not reason.strip():
        raise NotPossible("Indiquez le motif du refus.")
    found.refused_on = on
    found.refusal_reason = reason.strip()
    save_as(found, by=by, reason="Demande refusée par le bureau")
    return found


@transaction.atomic
def leave(membership: Membership, *, on: date, reason: str, by: Any) -> Membership:
    """End the membership (the day given no longer counts) and the mandates held as a member."""
    found = _locked(membership)
    if found.start is None or found.end is not None:
        raise NotPossible("Seule une adhésion en cours peut prendre fin.")
    if on <= found.start:
        raise NotPossible("Le départ doit être postérieur au début de l’adhésion.")
    if not reason.strip():
        raise NotPossible("Indiquez le motif du départ.")
    found.end = on
    found.leaving_reason = reason.strip()
    save_as(found, by=by, reason="Départ")
    _end_mandates(found, on=on, by=by)
    return found


@transaction.atomic
def come_back(membership: Membership, *, by: Any) -> Membership:
    """Undo a departure recorded by mistake."""
    found = _locked(membership)
    if found.end is None:
        raise NotPossible("Cette adhésion est en cours.")
    found.end = None
    found.leaving_reason = ""
    return _saved_once(found, by=by, reason="Départ annulé")


@transaction.atomic
def give_mandate(
    professional: Professional, *, office: str, start: date, by: Any, subject: str = "", end: date | None = None
) -> Mandate:
    """Elect or appoint a person; president, treasurer and secretary are held by one person at a time."""
    mandate = Mandate(
        cpts_id=professional.cpts_id,
        professional=professional,
        office=office,
        subject=subject,
        start=start,
        end=end,
    )
    try:
        with transaction.atomic():
            mandate.full_clean(validate_unique=False, validate_constraints=False)
            save_as(mandate, by=by)
    except IntegrityError as error:
        holder = Mandate.objects.filter(cpts_id=professional.cpts_id, office=office, end__isnull=True).first()
        raise NotPossible(
            f"{mandate.get_office_display()} : ce mandat est tenu par {holder.professional if holder else '?'}. "
            "Indiquez d’abord sa date de fin."
        ) from error
    return mandate


@transaction.atomic
def end_mandate(mandate: Mandate, *, on: date, by: Any) -> Mandate:
    if mandate.end is not None:
        raise NotPossible("Ce mandat a déjà pris fin.")
    if on <= mandate.start:
        raise NotPossible("La fin du mandat doit être postérieure à son début.")
    mandate.end = on
    save_as(mandate, by=by, reason="Fin de mandat")
    return mandate


@dataclass(frozen=True)
class Election:
    """Somebody elected or appointed to an office."""

    professional: Professional
    office: str
    subject: str = ""


@transaction.atomic
def hold_election(*, on: date, ended: Sequence[Mandate], elected: Sequence[Election], by: Any) -> list[Mandate]:
    """One meeting renews offices: some mandates end, others begin the same day. All or nothing."""
    if not ended and not elected:
        raise NotPossible("Cochez au moins un mandat qui prend fin, ou indiquez une personne élue.")
    for mandate in ended:
        try:
            end_mandate(mandate, on=on, by=by)
        except NotPossible as refusal:
            raise NotPossible(f"{mandate} : {refusal}") from refusal
    return [
        give_mandate(each.professional, office=each.office, subject=each.subject, start=on, by=by) for each in elected
    ]


def mandates_that_end(membership: Membership, *, on: date) -> QuerySet[Mandate]:
    """What a departure on this day ends as well: the mandates this person holds by then."""
    return Mandate.objects.filter(
        professional_id=membership.professional_id, professional__isnull=False, end__isnull=True, start__lt=on
    )


def _end_mandates(membership: Membership, *, on: date, by: Any) -> None:
    for mandate in mandates_that_end(membership, on=on):
        end_mandate(mandate, on=on, by=by)


def _held_by(holder: Professional | Structure) -> dict[str, Professional | Structure]:
    return {"professional": holder} if isinstance(holder, Professional) else {"structure": holder}


def _locked(membership: Membership) -> Membership:
    return Membership.objects.select_for_update().get(pk=membership.pk)


def _saved_once(membership: Membership, *, by: Any, reason: str = "") -> Membership:
    """Save, telling a second open membership of the same holder in words."""
    try:
        with transaction.atomic():
            membership.full_clean(validate_unique=False, validate_constraints=False)
            save_as(membership, by=by, reason=reason)
    except IntegrityError as error:
        raise NotPossible(
            f"{membership.holder} a déjà une adhésion ou une demande en cours dans cette CPTS."
        ) from error
    except ValidationError as error:
        raise NotPossible(" ".join(error.messages)) from error
    return membership
