"""How people and structures become members of the association and leave it.

Membership is asked, then decided by the board on a date (règlement intérieur); it starts on a date and leaving ends
it. Nothing is deleted: a departure keeps the period, a refusal keeps its reason. Status is read from these dates
(`Membership.status_on`), never stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.periods import overlap
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr
from members.models import College, Mandate, Membership, Professional, Structure
from territories.models import Cpts

ALREADY = "{} a déjà une adhésion ou une demande en cours dans cette CPTS."
WITH_DEPARTURE = "Fin de mandat avec le départ"


def apply_for_membership(
    holder: Professional | Structure,
    *,
    on: date,
    by: User,
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
    by: User,
    college: College | None = None,
    end: date | None = None,
    decided_on: date | None = None,
    charter_accepted_on: date | None = None,
) -> Membership:
    """Record a membership already decided elsewhere (minutes of a board, spreadsheet of earlier years).

    `decided_on`: the day the board accepted, left empty when nobody knows it.
    """
    membership = Membership(
        cpts_id=holder.cpts_id,
        college=college,
        charter_accepted_on=charter_accepted_on,
        accepted_on=decided_on,
        start=start,
        end=end,
        **_held_by(holder),
    )
    return _saved_once(membership, by=by)


@transaction.atomic
def accept(
    membership: Membership, *, on: date, by: User, start: date | None = None, college: College | None = None
) -> Membership:
    """The board accepts on a date; the membership starts that day unless another day is given."""
    found = _locked(membership)
    _check_undecided(found)
    if found.applied_on and on < found.applied_on:
        raise NotPossible("La décision du bureau ne peut pas précéder la demande.")
    found.accepted_on = on
    found.start = start or on
    found.college = college or found.college
    _check_apart(found)
    save_as(found, by=by, reason="Demande acceptée par le bureau")
    return found


@transaction.atomic
def accept_many(
    memberships: Sequence[Membership], *, on: date, by: User, start: date | None = None, college: College | None = None
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
def refuse(membership: Membership, *, on: date, reason: str, by: User) -> Membership:
    """The board refuses, with a reason that stays in the record."""
    found = _locked(membership)
    _check_undecided(found)
    if not reason.strip():
        raise NotPossible("Indiquez le motif du refus.")
    found.refused_on = on
    found.refusal_reason = reason.strip()
    save_as(found, by=by, reason="Demande refusée par le bureau")
    return found


@transaction.atomic
def leave(membership: Membership, *, on: date, reason: str, by: User) -> Membership:
    """End the membership (the day given no longer counts) and the mandates held as a member, today or in advance."""
    found = _locked(membership)
    if found.start is None or found.end is not None:
        raise NotPossible("Seule une adhésion en cours peut prendre fin.")
    _depart(found, on=on, reason=reason, by=by, said="Départ")
    return found


@transaction.atomic
def change_departure(membership: Membership, *, on: date, reason: str, by: User) -> Membership:
    """Another day or another reason for a departure already recorded; the mandates it ends follow."""
    found = _locked(membership)
    if found.end is None:
        raise NotPossible("Aucun départ n’est enregistré pour cette adhésion.")
    if on != found.end:
        _resume_mandates(found, by=by, said="Départ modifié")
    _depart(found, on=on, reason=reason, by=by, said="Départ modifié")
    return found


@transaction.atomic
def come_back(membership: Membership, *, by: User) -> Membership:
    """Undo a departure recorded by mistake, and the end it put to mandates whose office is still free."""
    found = _locked(membership)
    if found.end is None:
        raise NotPossible("Cette adhésion est en cours.")
    _resume_mandates(found, by=by, said="Départ annulé")
    found.end = None
    found.leaving_reason = ""
    return _saved_once(found, by=by, reason="Départ annulé")


@transaction.atomic
def give_mandate(
    professional: Professional, *, office: str, start: date, by: User, subject: str = "", end: date | None = None
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
    if end and end <= start:
        raise NotPossible("La fin du mandat doit être postérieure à son début.")
    mandate.full_clean(validate_unique=False, validate_constraints=False)
    _take_office(mandate)
    save_as(mandate, by=by)
    return mandate


@transaction.atomic
def end_mandate(mandate: Mandate, *, on: date, by: User, reason: str = "Fin de mandat") -> Mandate:
    """Set the end, or change the one that was planned or mistyped."""
    found = Mandate.objects.select_for_update(of=("self",)).select_related("professional").get(pk=mandate.pk)
    if on <= found.start:
        raise NotPossible("La fin du mandat doit être postérieure à son début.")
    if found.end == on:
        raise NotPossible("Ce mandat prend déjà fin ce jour-là.")
    is_longer = found.end is not None and on > found.end
    found.end = on
    if is_longer:
        _take_office(found)
    save_as(found, by=by, reason=reason)
    return found


def _take_office(mandate: Mandate) -> None:
    """Refuse two holders at once; the CPTS is locked, so that two elections at the same instant wait for each other."""
    if mandate.office in Mandate.SINGLE_OFFICES:
        Cpts.objects.select_for_update(of=("self",)).get(pk=mandate.cpts_id)
        obstacle = _other_holder(mandate)
        if obstacle:
            raise NotPossible(obstacle)


def _other_holder(mandate: Mandate) -> str:
    """Who else holds an office of one person during this mandate, in words."""
    if mandate.office not in Mandate.SINGLE_OFFICES:
        return ""
    others = Mandate.objects.filter(cpts_id=mandate.cpts_id, office=mandate.office).exclude(pk=mandate.pk)
    for other in others.select_related("professional").order_by("start"):
        if overlap(other, mandate):
            until = f" jusqu’au {date_fr(other.end)}" if other.end else ""
            return (
                f"{mandate.get_office_display()} : ce mandat est tenu par {other.professional} "
                f"depuis le {date_fr(other.start)}{until}. Indiquez d’abord sa date de fin."
            )
    return ""


@dataclass(frozen=True)
class Election:
    """Somebody elected or appointed to an office."""

    professional: Professional
    office: str
    subject: str = ""


@transaction.atomic
def hold_election(*, on: date, ended: Sequence[Mandate], elected: Sequence[Election], by: User) -> list[Mandate]:
    """One meeting renews offices: some mandates end, others begin the same day. All or nothing."""
    if not ended and not elected:
        raise NotPossible("Cochez au moins un mandat qui prend fin, ou indiquez une personne élue.")
    for mandate in ended:
        if mandate.is_over_on(on):
            continue
        try:
            end_mandate(mandate, on=on, by=by)
        except NotPossible as refusal:
            raise NotPossible(f"{mandate} : {refusal}") from refusal
    return [
        give_mandate(each.professional, office=each.office, subject=each.subject, start=on, by=by) for each in elected
    ]


def mandates_that_end(membership: Membership, *, on: date) -> QuerySet[Mandate]:
    """What a departure on this day ends as well: the mandates this person holds by then."""
    return Mandate.objects.not_over_on(on).filter(
        professional_id=membership.professional_id, professional__isnull=False, start__lt=on
    )


def mandates_that_resume(membership: Membership) -> list[tuple[Mandate, str]]:
    """The mandates this departure ended, with the end they had before, and what stands in the way."""
    found = []
    own = Mandate.objects.filter(professional=membership.professional, professional__isnull=False, end=membership.end)
    for mandate in own:
        last = mandate.history.order_by("-history_id").first()
        if last and last.history_change_reason == WITH_DEPARTURE:
            mandate.end = last.prev_record.end
            found.append((mandate, _other_holder(mandate)))
    return found


def _depart(found: Membership, *, on: date, reason: str, by: User, said: str) -> None:
    if found.start is None or on <= found.start:
        raise NotPossible("Le départ doit être postérieur au début de l’adhésion.")
    if not reason.strip():
        raise NotPossible("Indiquez le motif du départ.")
    found.end = on
    found.leaving_reason = reason.strip()
    _saved_once(found, by=by, reason=said)
    for mandate in mandates_that_end(found, on=on):
        end_mandate(mandate, on=on, by=by, reason=WITH_DEPARTURE)


def _resume_mandates(membership: Membership, *, by: User, said: str) -> None:
    Cpts.objects.select_for_update(of=("self",)).get(pk=membership.cpts_id)
    for mandate, obstacle in mandates_that_resume(membership):
        if not obstacle:
            save_as(mandate, by=by, reason=said)


def _check_apart(membership: Membership) -> None:
    """The memberships of somebody never overlap, a planned departure included: she would count twice."""
    start = membership.start or membership.applied_on
    for other in Membership.objects.filter(**_held_by(membership.holder), start__isnull=False).exclude(
        pk=membership.pk
    ):
        ends_before = other.end is not None and start is not None and other.end <= start
        starts_after = membership.end is not None and other.start is not None and membership.end <= other.start
        if start is None or ends_before or starts_after:
            continue
        if other.end is None:
            raise NotPossible(ALREADY.format(membership.holder))
        raise NotPossible(
            f"{membership.holder} est adhérent du {date_fr(other.start)} au {date_fr(other.end)} : deux adhésions "
            "ne se chevauchent pas. Changez ou annulez plutôt ce départ."
        )


def _check_undecided(membership: Membership) -> None:
    """A membership that starts was decided, even when the day of the decision is not known."""
    if membership.start or membership.accepted_on or membership.refused_on:
        raise NotPossible("Cette demande a déjà reçu une décision du bureau.")


def _held_by(holder: Professional | Structure) -> dict[str, Professional | Structure]:
    return {"professional": holder} if isinstance(holder, Professional) else {"structure": holder}


def _locked(membership: Membership) -> Membership:
    return Membership.objects.select_for_update().get(pk=membership.pk)


def _saved_once(membership: Membership, *, by: User, reason: str = "") -> Membership:
    """Save, telling a second membership of the same holder at the same time in words."""
    if not membership.refused_on:
        _check_apart(membership)
    try:
        with transaction.atomic():
            membership.full_clean(validate_unique=False, validate_constraints=False)
            save_as(membership, by=by, reason=reason)
    except IntegrityError as error:
        raise NotPossible(ALREADY.format(membership.holder)) from error
    except ValidationError as error:
        raise NotPossible(" ".join(error.messages)) from error
    return membership
