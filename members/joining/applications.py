"""Applications sent by the public form: kept, read by the coordination, decided by the board, answered by e-mail.

An anonymous visitor writes here and nowhere else: `submit` opens the scope of the one CPTS whose link she followed.
The register is written only when the coordination has read the application and said whose it is.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.emails import send_on_commit
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import scope
from cpts_portal.core.text import fold
from members.membership.adhesion import accept_many, apply_for_membership, refuse
from members.models import (
    Application,
    College,
    Contact,
    Membership,
    MembershipSettings,
    Practice,
    Professional,
    Structure,
)
from members.records.duplicates import Identity, candidates_for
from members.records.registration import (
    ContactLine,
    NumberTaken,
    PersonFields,
    PracticeLine,
    register_person,
    register_structure,
)
from territories.models import Cpts

Holder = Professional | Structure


@dataclass(frozen=True)
class PublicForm:
    """What a visitor sees of a CPTS whose form is open: read without an account, by its secret link only."""

    cpts: Cpts
    settings: MembershipSettings


def public_form(token: str) -> PublicForm | None:
    """The open form behind a link; None when the link is wrong or the form closed."""
    found = MembershipSettings.by_link.select_related("cpts").filter(form_token=token, form_is_open=True).first()
    return PublicForm(found.cpts, found) if found else None


def charter_print(text: str) -> str:
    """The fingerprint of a charter: says later which text was accepted (each text stays in the settings' history)."""
    return hashlib.sha256(text.strip().encode()).hexdigest() if text.strip() else ""


def submit(form: PublicForm, *, submission: uuid.UUID, values: Mapping[str, Any], now: datetime) -> Application:
    """Keep one application and thank the applicant; the same submission sent twice keeps one and thanks once."""
    charter = charter_print(form.settings.charter)
    with scope([form.cpts.pk]), transaction.atomic():
        known = Application.objects.filter(submission=submission).first()
        if known:
            return known
        application = Application(
            cpts=form.cpts,
            submission=submission,
            charter_sha256=charter,
            charter_accepted_at=now if charter else None,
            **values,
        )
        try:
            with transaction.atomic():
                save_as(application, by=None, reason="Formulaire public")
        except IntegrityError:  # the same form sent twice at the same instant
            return Application.objects.get(submission=submission)
        send_on_commit("application_received", application.email, {"application": application, "cpts": form.cpts})
        return application


def look_alikes(application: Application) -> list[tuple[Holder, list[str]]]:
    """Records of the register that may already be this applicant, with the signs."""
    if application.is_person:
        emails = [one["value"] for one in application.contacts if one["channel"] in ("email", "mss")]
        identity = Identity.of(
            rpps=application.rpps,
            first_name=application.civil_first_name,
            last_name=application.last_name or application.civil_last_name,
            profession_id=application.profession_id,
            emails=[*emails, application.email],
        )
        return list(candidates_for(application.cpts, identity).items())
    found: list[tuple[Holder, list[str]]] = []
    for structure in Structure.objects.filter(cpts=application.cpts, merged_into__isnull=True):
        signs = []
        if application.finess and structure.finess == application.finess:
            signs.append("même numéro FINESS")
        if application.siret and structure.siret == application.siret:
            signs.append("même SIRET")
        if fold(structure.name) == fold(application.name):
            signs.append("même nom")
        if signs:
            found.append((structure, signs))
    return found


@transaction.atomic
def enter_in_register(
    application: Application, *, into: Holder | None, on: date, by: User, college: College | None = None
) -> Membership:
    """Say whose application it is (an existing record, or a new one) and put it before the board.

    Nothing typed in an existing record is replaced; contacts and places it did not have are added.
    """
    found = _locked(application)
    try:
        holder = _completed(into, found, on=on, by=by) if into else _new_holder(found, on=on, by=by)
    except NumberTaken as taken:
        raise NotPossible(" ".join(taken.messages)) from taken
    membership = apply_for_membership(
        holder,
        on=found.received_at.date(),
        college=college,
        charter_accepted_on=found.charter_accepted_at.date() if found.charter_accepted_at else None,
        by=by,
    )
    found.membership, found.reviewed_by = membership, by
    save_as(found, by=by, reason="Inscrite au registre")
    return membership


@transaction.atomic
def refuse_before_register(application: Application, *, on: date, reason: str, by: User) -> Application:
    """The board refuses without the applicant ever entering the register; she is told why."""
    found = _locked(application)
    if not reason.strip():
        raise NotPossible("Indiquez le motif du refus.")
    found.decided_on, found.refusal_reason, found.reviewed_by = on, reason.strip(), by
    save_as(found, by=by, reason="Demande refusée par le bureau")
    _tell(found, "application_refused")
    return found


@transaction.atomic
def set_aside(application: Application, *, on: date, reason: str, by: User) -> Application:
    """A test, a double, an unwelcome message: no decision, no e-mail, the reason is kept."""
    found = _locked(application)
    if not reason.strip():
        raise NotPossible("Indiquez pourquoi cette demande est écartée.")
    found.discarded_on, found.discard_reason, found.reviewed_by = on, reason.strip(), by
    save_as(found, by=by, reason="Demande écartée")
    return found


@transaction.atomic
def decide_accept(
    memberships: Sequence[Membership], *, on: date, by: User, start: date | None = None, college: College | None = None
) -> list[Membership]:
    """The board accepts; those who applied by the form are told by e-mail."""
    accepted = accept_many(memberships, on=on, start=start, college=college, by=by)
    for application in _applications_of(accepted):
        application.decided_on = on
        save_as(application, by=by, reason="Demande acceptée par le bureau")
        _tell(application, "application_accepted")
    return accepted


@transaction.atomic
def decide_refuse(membership: Membership, *, on: date, reason: str, by: User) -> Membership:
    """The board refuses; who applied by the form is told by e-mail, with the reason."""
    refused = refuse(membership, on=on, reason=reason, by=by)
    for application in _applications_of([refused]):
        application.decided_on, application.refusal_reason = on, refused.refusal_reason
        save_as(application, by=by, reason="Demande refusée par le bureau")
        _tell(application, "application_refused")
    return refused


def told_by_email(memberships: Sequence[Membership]) -> list[str]:
    """Where the decision of the board is sent: to those who applied by the form."""
    return [application.email for application in _applications_of(memberships)]


def _applications_of(memberships: Sequence[Membership]) -> Sequence[Application]:
    return list(Application.objects.filter(membership__in=memberships).select_related("membership", "cpts"))


def _tell(application: Application, message: str) -> None:
    send_on_commit(message, application.email, {"application": application, "cpts": application.cpts})


def _locked(application: Application) -> Application:
    """Locked, and still to be reviewed."""
    found = Application.objects.select_for_update(of=("self",)).select_related("cpts").get(pk=application.pk)
    if found.membership_id or found.decided_on or found.discarded_on:
        raise NotPossible("Cette demande a déjà été traitée.")
    return found


def _new_holder(application: Application, *, on: date, by: User) -> Holder:
    if not application.is_person:
        names = ("name", "finess", "siret", "address", "commune", "representative_name", "representative_title")
        values = {name: getattr(application, name) for name in names}
        phones = [one["value"] for one in application.contacts if one["channel"] in ("phone", "mobile")]
        values |= {"kind": application.structure_kind, "email": application.email, "phone": (phones or [""])[0]}
        return register_structure(application.cpts, values=values, extra=application.extra, by=by)
    own = ("civil_last_name", "civil_first_name", "last_name", "profession", "rpps")
    fields = PersonFields(
        values={name: getattr(application, name) for name in own},
        contacts=[ContactLine(one["channel"], one["value"], one["consent"]) for one in application.contacts],
        practices=[_practice_line(application)] if _has_place(application) else [],
        extra=application.extra,
    )
    return register_person(application.cpts, fields=fields, on=on, by=by)


def _has_place(application: Application) -> bool:
    return bool(application.commune_id or application.place or application.address)


def _practice_line(application: Application) -> PracticeLine:
    return PracticeLine(
        mode=application.mode, place=application.place, address=application.address, commune=application.commune
    )


def _completed(holder: Holder, application: Application, *, on: date, by: User) -> Holder:
    """Add what the record did not have; replace nothing."""
    if holder.cpts_id != application.cpts_id or isinstance(holder, Professional) != application.is_person:
        raise NotPossible("Choisissez une fiche du registre de cette CPTS.")
    if isinstance(holder, Structure):
        return holder
    known = set(holder.contacts.values_list("channel", "value"))
    for one in application.contacts:
        if (one["channel"], one["value"]) not in known:
            contact = Contact(
                professional=holder,
                channel=one["channel"],
                value=one["value"],
                consent=one["consent"],
                consent_on=on if one["consent"] else None,
            )
            save_as(contact, by=by, reason="Demande d’adhésion")
    if application.commune_id and not holder.practices.filter(commune=application.commune, end__isnull=True).exists():
        practice = Practice(
            professional=holder,
            mode=application.mode,
            place=application.place,
            address=application.address,
            commune=application.commune,
        )
        save_as(practice, by=by, reason="Demande d’adhésion")
    return holder
